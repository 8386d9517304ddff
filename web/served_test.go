package web_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/augmentedos/graph/bench/rig"
	"github.com/stretchr/testify/require"
)

// program is the product as it is shipped, with data of its own.
type program struct {
	t              *testing.T
	binary, folder string
	addr           string
	cmd            *exec.Cmd
}

// built makes the program, once it is clear that there is a browser to try it
// with.
func built(t *testing.T) *program {
	t.Helper()
	findChromium(t)
	folder, err := os.MkdirTemp("", "augmentedos-served-")
	require.NoError(t, err)
	require.NoError(t, os.Chmod(folder, 0o755)) // PostgreSQL may run as somebody else
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	binary := filepath.Join(folder, "augmentedos")
	out, err := exec.Command("go", "build", "-o", binary, "..").CombinedOutput()
	require.NoError(t, err, string(out))
	port, err := rig.FreePort()
	require.NoError(t, err)
	return &program{t: t, binary: binary, folder: folder, addr: fmt.Sprintf("127.0.0.1:%d", port)}
}

func (p *program) url() string { return "http://" + p.addr }

// serve starts it and waits until it is ready.
func (p *program) serve(settings ...string) {
	p.t.Helper()
	var said bytes.Buffer
	p.cmd = exec.Command(p.binary, "serve")
	p.cmd.Env = append(append(os.Environ(), "DATABASE_URL=", "AOS_ADDR="+p.addr, "AOS_DATA_DIR="+filepath.Join(p.folder, "data")), settings...)
	p.cmd.Stdout, p.cmd.Stderr = &said, &said
	require.NoError(p.t, p.cmd.Start())
	p.t.Cleanup(func() { p.end(syscall.SIGTERM) })
	require.Eventually(p.t, func() bool {
		response, err := http.Get(p.url() + "/readyz")
		if err != nil {
			return false
		}
		defer response.Body.Close()
		return response.StatusCode == http.StatusOK
	}, 2*time.Minute, 50*time.Millisecond, "the server does not get ready: %s", &said)
}

func (p *program) end(signal os.Signal) {
	if p.cmd.ProcessState == nil {
		_ = p.cmd.Process.Signal(signal)
		_ = p.cmd.Wait()
	}
}

// counts asks the API for the numbers that the live page shows, as "status count".
func (p *program) counts(field string) map[string]int {
	p.t.Helper()
	body, err := json.Marshal(object{"query": "{ " + field + "(groupBy: STATUS) { groups { key count } } }"})
	require.NoError(p.t, err)
	response, err := http.Post(p.url()+"/graphql", "application/json", bytes.NewReader(body))
	require.NoError(p.t, err)
	defer response.Body.Close()
	var answer struct {
		Data map[string]struct {
			Groups []struct {
				Key   string
				Count int
			}
		}
	}
	require.NoError(p.t, json.NewDecoder(response.Body).Decode(&answer))
	counts := map[string]int{}
	for _, group := range answer.Data[field].Groups {
		counts[strings.ToLower(strings.ReplaceAll(group.Key, "_", " "))] = group.Count
	}
	return counts
}

// shownCounts reads a legend of the live page.
func shownCounts(p *page, id string) map[string]int {
	text := p.until("no legend", fmt.Sprintf(`[...document.querySelectorAll('#%s .legend li')].map((li) => li.textContent).join('\n')`, id)).(string)
	counts := map[string]int{}
	for line := range strings.Lines(text) {
		number, status, _ := strings.Cut(strings.TrimSpace(line), " ")
		var n int
		_, _ = fmt.Sscan(strings.ReplaceAll(number, ",", ""), &n)
		counts[status] = n
	}
	return counts
}

// soon is how long somebody who has just started the product may wait until
// something moves: 5 s is what is promised on a machine of their own, and what
// the test logs; tests share theirs. The browser's own start is not ours to
// measure.
const soon = 30 * time.Second

func TestAFreshServerMovesInABrowser(t *testing.T) {
	t.Parallel()
	product, b := built(t), launch(t)
	product.serve()
	opened := time.Now()
	p := b.open(t, product.url()+"/live")
	p.until("it is not live", `document.querySelector('#link').dataset.state === 'live'`)
	live := time.Now()
	p.until("nothing moves", `document.querySelectorAll('#moving li.news').length > 0`)
	require.Less(t, time.Since(live), soon, "until a status was seen to move")
	t.Logf("a status was seen to move %s after the page was asked for, %s after it was connected", time.Since(opened), time.Since(live))
	p.screenshot("live-fresh")

	t.Run("the subscription of README moves in the explorer", func(t *testing.T) {
		explorer := openExplorer(t, b, product.url()+"/")
		subscription := readmeSubscription(t)
		explorer.until("no editor to write in", fmt.Sprintf(`(%s.setValue(%q), true)`, query, subscription))
		explorer.until("the editor did not take it", fmt.Sprintf(`%s.getValue() === %q`, query, subscription))
		begun := time.Now()
		explorer.click(run)
		explorer.answers(`"newStatus"`)
		require.Less(t, time.Since(begun), soon, "until a change was seen")
		explorer.screenshot("explorer-subscription")
		explorer.click(run)
		requireAtHome(t, explorer, product.url())
	})

	requireAtHome(t, p, product.url())
	product.end(syscall.SIGKILL)
	p.until("it did not notice that the server is gone", `document.querySelector('#link').dataset.state === 'lost'`)
	p.screenshot("live-lost")
	product.serve("AOS_SIMULATE=0") // nobody moves anything now, so numbers can be compared
	p.until("it did not come back by itself", `document.querySelector('#link').dataset.state === 'live'`)
	for id, field := range map[string]string{"runs": "workflowInstanceStats", "tasks": "taskInstanceStats"} {
		require.Eventually(t, func() bool { return fmt.Sprint(shownCounts(p, id)) == fmt.Sprint(product.counts(field)) },
			20*time.Second, 200*time.Millisecond, "%s on the page are not those of the API: %v", id, product.counts(field))
	}
	p.screenshot("live-back")
}

// readmeSubscription is what README says to run in the explorer.
func readmeSubscription(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../README.md")
	require.NoError(t, err)
	found := regexp.MustCompile("```graphql\n(subscription [^\n]+)\n```").FindSubmatch(text)
	require.NotNil(t, found, "README has a subscription for the explorer")
	return string(found[1])
}

// requireAtHome holds a page to an empty console and to its own server.
func requireAtHome(t *testing.T, p *page, origin string) {
	t.Helper()
	problems, requests := p.noticed()
	require.Empty(t, problems, "the console is not empty")
	for _, address := range requests {
		local := strings.HasPrefix(address, origin+"/") || strings.HasPrefix(address, "data:") || strings.HasPrefix(address, "blob:"+origin)
		require.True(t, local, "a request left for %s", address)
	}
}
