// Command promises runs the tests behind each promise of the architecture and
// prints, promise by promise, whether it holds. A promise of a later stage says
// so instead.
//
//	go run ./internal/testdb/with -- go run ./internal/promises
//	go run ./internal/promises -write | -check     docs/promises.md
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
)

func main() {
	write := flag.Bool("write", false, "write "+page)
	check := flag.Bool("check", false, "compare "+page)
	flag.Parse()
	var err error
	switch {
	case *write:
		err = os.WriteFile(page, []byte(pageText()), 0o644)
	case *check:
		err = checkPage()
	default:
		err = report()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "promises:", err)
		os.Exit(1)
	}
}

const page = "docs/promises.md"

func checkPage() error {
	have, err := os.ReadFile(page)
	if err == nil && !bytes.Equal(have, []byte(pageText())) {
		err = errors.New(page + " is out of date: make docs")
	}
	return err
}

// report runs everything and prints a line per promise.
func report() error {
	results, output := runAll(promises())
	section, kept, broken, later := "", 0, 0, 0
	for _, p := range promises() {
		if p.section != section {
			section = p.section
			fmt.Printf("\n%s\n", section)
		}
		state := p.state(results)
		switch state {
		case "pass":
			kept++
		case "later":
			later++
		default:
			broken++
		}
		fmt.Printf("  %-5s  %s\n", state, p.text)
		for _, test := range p.tests {
			fmt.Printf("         %s %s: %s\n", test.folder, test.name, results.of(test))
		}
	}
	fmt.Printf("\n%d hold, %d do not, %d come later\n", kept, broken, later)
	if broken > 0 {
		fmt.Fprintln(os.Stderr, strings.TrimSpace(output))
		return fmt.Errorf("%d promises are not kept", broken)
	}
	return nil
}

// state is pass when all tests passed. A test that does not exist or was
// skipped shows nothing, so it does not pass.
func (p promise) state(results results) string {
	if p.later != "" {
		return "later"
	}
	for _, test := range p.tests {
		if results.of(test) != "pass" {
			return "FAIL"
		}
	}
	return "pass"
}

func pageText() string {
	var b strings.Builder
	b.WriteString(`# Promises

<!-- written by ` + "`make docs`" + ` -->

What was promised of this system, and the test that shows it. ` + "`make promises`" + ` runs exactly these tests and prints each
promise with pass or fail; a test that is missing or skipped counts as failed. "Later" names what is not there yet,
so that nothing is silently left out. The list is ` + "`internal/promises/list.go`" + `.
`)
	section := ""
	for _, p := range promises() {
		if p.section != section {
			section = p.section
			fmt.Fprintf(&b, "\n## %s\n\n| Promise | Shown by |\n| --- | --- |\n", section)
		}
		var shown []string
		for _, test := range p.tests {
			shown = append(shown, fmt.Sprintf("`%s` in `%s`", test.name, test.folder))
		}
		if p.later != "" {
			shown = []string{"later: " + p.later}
		}
		fmt.Fprintf(&b, "| %s | %s |\n", strings.ReplaceAll(p.text, "|", `\|`), strings.Join(shown, "<br>"))
	}
	return b.String()
}
