package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
)

// results hold what became of each test.
type results map[test]string

func (r results) of(t test) string {
	if state, ok := r[t]; ok {
		return state
	}
	return "missing"
}

// event is a line of go test -json.
type event struct{ Action, Test, Output string }

// runAll runs the named tests, one go test per package, and returns their
// results with the output of those that failed.
func runAll(list []promise) (results, string) {
	byFolder := map[string][]test{}
	for _, p := range list {
		for _, t := range p.tests {
			if p.later == "" && !slices.Contains(byFolder[t.folder], t) {
				byFolder[t.folder] = append(byFolder[t.folder], t)
			}
		}
	}
	folders := make([]string, 0, len(byFolder))
	for folder := range byFolder {
		folders = append(folders, folder)
	}
	slices.Sort(folders)
	all, failed := results{}, strings.Builder{}
	for _, folder := range folders {
		runFolder(folder, byFolder[folder], all, &failed)
	}
	return all, failed.String()
}

func runFolder(folder string, tests []test, all results, failed *strings.Builder) {
	var names []string
	for _, t := range tests {
		top, _, _ := strings.Cut(t.name, "/")
		if !slices.Contains(names, regexp.QuoteMeta(top)) {
			names = append(names, regexp.QuoteMeta(top))
		}
	}
	cmd := exec.Command("go", "test", "-json", "-run", "^("+strings.Join(names, "|")+")$", folder)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	outputs := map[string]*strings.Builder{}
	lines := bufio.NewScanner(bytes.NewReader(out))
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var e event
		if json.Unmarshal(lines.Bytes(), &e) != nil {
			continue
		}
		if e.Action == "output" {
			if outputs[e.Test] == nil {
				outputs[e.Test] = &strings.Builder{}
			}
			outputs[e.Test].WriteString(e.Output)
			continue
		}
		if !slices.Contains([]string{"pass", "fail", "skip"}, e.Action) {
			continue
		}
		for _, t := range tests {
			if strings.ReplaceAll(t.name, " ", "_") == e.Test {
				all[t] = e.Action
			}
		}
		if e.Action == "fail" && outputs[e.Test] != nil {
			failed.WriteString(brief(outputs[e.Test].String()))
		}
	}
	if err != nil && outputs[""] == nil {
		failed.WriteString(folder + ": " + err.Error() + "\n")
	}
}

// brief keeps the beginning of what a failed test said; the rest is a
// `go test` away.
func brief(text string) string {
	const most = 1500
	if len(text) > most {
		return strings.ToValidUTF8(text[:most], "") + "\n…\n"
	}
	return text
}
