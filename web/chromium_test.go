package web_test

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"
)

// chromium is a headless browser driven over its debugging protocol. It can
// reach the loopback address and no other host.
type chromium struct {
	conn *websocket.Conn

	mu       sync.Mutex
	lastID   int
	replies  map[int]chan reply
	sessions map[string]*page // by debugging session; a page's workers have their own
}

type reply struct {
	Result json.RawMessage
	Error  *struct{ Message string }
}

// page is one tab of the browser and what was noticed in it and its workers.
type page struct {
	t       *testing.T
	browser *chromium
	session string

	mu       sync.Mutex
	problems []string // console errors and warnings, uncaught exceptions, refused loads
	requests []string // addresses asked for
}

// launch starts Chromium for the duration of the test, or skips the test where
// there is none.
func launch(t *testing.T) *chromium {
	t.Helper()
	binary := findChromium(t)
	// Not t.TempDir: helpers of a browser that is going away may still write into its profile.
	profile, err := os.MkdirTemp("", "augmentedos-chromium-")
	require.NoError(t, err)
	cmd := exec.Command(binary, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
		"--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-default-apps",
		"--disable-domain-reliability", "--disable-extensions", "--disable-sync", "--metrics-recording-only",
		"--disable-features=OptimizationHints,MediaRouter,Translate", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
		"--remote-debugging-port=0", "--user-data-dir="+profile, "about:blank")
	stderr, err := cmd.StderrPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	b := &chromium{replies: map[int]chan reply{}, sessions: map[string]*page{}}
	t.Cleanup(func() {
		b.quit(cmd)
		_ = os.RemoveAll(profile)
	})
	b.conn, _, err = websocket.Dial(context.Background(), debuggingAddress(t, bufio.NewScanner(stderr)), nil)
	require.NoError(t, err)
	b.conn.SetReadLimit(64 << 20)
	go b.listen()
	return b
}

// quit asks the browser to close, so that its helpers end with it, and ends it
// by force when it does not.
func (b *chromium) quit(cmd *exec.Cmd) {
	force := time.AfterFunc(5*time.Second, func() { _ = cmd.Process.Kill() })
	defer force.Stop()
	if b.conn == nil {
		_ = cmd.Process.Kill()
	} else {
		_, _ = b.send("", "Browser.close", object{})
	}
	_ = cmd.Wait()
}

func findChromium(t *testing.T) string {
	t.Helper()
	names := []string{"chromium", "chromium-browser", "google-chrome", "chrome"}
	if chosen := os.Getenv("AOS_CHROMIUM"); chosen != "" {
		names = []string{chosen}
	}
	for _, name := range names {
		if found, err := exec.LookPath(name); err == nil {
			return found
		}
	}
	t.Skipf("the page was not tried in a browser: none of %s is on the PATH; install chromium or set AOS_CHROMIUM",
		strings.Join(names, ", "))
	return ""
}

// debuggingAddress reads where the browser listens, then keeps its pipe empty.
func debuggingAddress(t *testing.T, output *bufio.Scanner) string {
	t.Helper()
	var said []string
	for output.Scan() {
		if address, ok := strings.CutPrefix(output.Text(), "DevTools listening on "); ok {
			go func() {
				for output.Scan() {
				}
			}()
			return address
		}
		said = append(said, output.Text())
	}
	require.FailNow(t, "chromium did not start", strings.Join(said, "\n"))
	return ""
}

func (b *chromium) listen() {
	for {
		_, message, err := b.conn.Read(context.Background())
		if err != nil {
			return
		}
		var m struct {
			ID        int
			Method    string
			SessionID string
			Params    json.RawMessage
			reply
		}
		if json.Unmarshal(message, &m) != nil {
			continue
		}
		b.mu.Lock()
		waiting, page := b.replies[m.ID], b.sessions[m.SessionID]
		delete(b.replies, m.ID)
		b.mu.Unlock()
		if waiting != nil {
			waiting <- m.reply
		} else if page != nil {
			page.notice(m.Method, m.Params)
		}
	}
}

func (b *chromium) send(session, method string, params any) (chan reply, error) {
	b.mu.Lock()
	b.lastID++
	id, answer := b.lastID, make(chan reply, 1)
	b.replies[id] = answer
	b.mu.Unlock()
	command := object{"id": id, "method": method, "params": params}
	if session != "" {
		command["sessionId"] = session
	}
	message, err := json.Marshal(command)
	if err != nil {
		return nil, err
	}
	return answer, b.conn.Write(context.Background(), websocket.MessageText, message)
}

func (b *chromium) call(t *testing.T, session, method string, params, result any) {
	t.Helper()
	answer, err := b.send(session, method, params)
	require.NoError(t, err)
	select {
	case r := <-answer:
		require.Nil(t, r.Error, "%s", method)
		if result != nil {
			require.NoError(t, json.Unmarshal(r.Result, result))
		}
	case <-time.After(3 * time.Minute):
		require.FailNow(t, "the browser did not answer", method)
	}
}

type object = map[string]any

// open shows address in a new tab with its own storage.
func (b *chromium) open(t *testing.T, address string) *page {
	t.Helper()
	var made struct{ BrowserContextID, TargetID, SessionID string }
	b.call(t, "", "Target.createBrowserContext", object{}, &made)
	b.call(t, "", "Target.createTarget", object{
		"url": "about:blank", "browserContextId": made.BrowserContextID, "width": 1440, "height": 900,
	}, &made)
	b.call(t, "", "Target.attachToTarget", object{"targetId": made.TargetID, "flatten": true}, &made)
	p := &page{t: t, browser: b, session: made.SessionID}
	b.mu.Lock()
	b.sessions[p.session] = p
	b.mu.Unlock()
	for _, method := range []string{"Page.enable", "Runtime.enable", "Log.enable", "Network.enable"} {
		b.call(t, p.session, method, object{}, nil)
	}
	b.call(t, p.session, "Target.setAutoAttach", object{"autoAttach": true, "waitForDebuggerOnStart": true, "flatten": true}, nil)
	t.Cleanup(func() {
		_, _ = b.send("", "Target.disposeBrowserContext", object{"browserContextId": made.BrowserContextID})
	})
	p.visit(address)
	return p
}

func (p *page) visit(address string) {
	p.t.Helper()
	p.browser.call(p.t, p.session, "Page.navigate", object{"url": address}, nil)
}

// prefer sets the colour scheme the reader's system asks for.
func (p *page) prefer(scheme string) {
	p.t.Helper()
	p.browser.call(p.t, p.session, "Emulation.setEmulatedMedia",
		object{"features": []object{{"name": "prefers-color-scheme", "value": scheme}}}, nil)
}

// notice keeps what a tester would see in the browser's console and network
// panes, of the page and of each worker it starts.
func (p *page) notice(method string, params json.RawMessage) {
	var e struct {
		Type             string
		SessionID        string
		Args             []struct{ Value, Description any }
		Entry            struct{ Level, Text, URL string }
		ExceptionDetails struct {
			Text      string
			Exception struct{ Description string }
		}
		Request struct{ URL string }
	}
	if json.Unmarshal(params, &e) != nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	switch method {
	case "Target.attachedToTarget":
		p.join(e.SessionID)
	case "Network.requestWillBeSent":
		p.requests = append(p.requests, e.Request.URL)
	case "Runtime.exceptionThrown":
		p.problems = append(p.problems, e.ExceptionDetails.Text+" "+e.ExceptionDetails.Exception.Description)
	case "Runtime.consoleAPICalled":
		if e.Type == "error" || e.Type == "warning" || e.Type == "assert" {
			p.problems = append(p.problems, fmt.Sprintf("console.%s %v", e.Type, e.Args))
		}
	case "Log.entryAdded":
		if e.Entry.Level == "error" || e.Entry.Level == "warning" {
			p.problems = append(p.problems, e.Entry.Text+" "+e.Entry.URL)
		}
	}
}

// join listens to a worker of the page from its first line on.
func (p *page) join(session string) {
	p.browser.mu.Lock()
	p.browser.sessions[session] = p
	p.browser.mu.Unlock()
	for _, method := range []string{"Runtime.enable", "Log.enable", "Network.enable", "Runtime.runIfWaitingForDebugger"} {
		_, _ = p.browser.send(session, method, object{})
	}
}

func (p *page) noticed() (problems, requests []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string{}, p.problems...), append([]string{}, p.requests...)
}

// until waits for a JavaScript expression to become truthy and returns it.
func (p *page) until(what, expression string) any {
	p.t.Helper()
	script := fmt.Sprintf(`new Promise((resolve, reject) => {
		const end = Date.now() + 120000;
		const look = () => {
			let found;
			try { found = (%s); } catch {}
			if (found) resolve(found);
			else if (Date.now() > end) reject(new Error('it did not happen'));
			else setTimeout(look, 25);
		};
		look();
	})`, expression)
	var answer struct {
		Result           struct{ Value any }
		ExceptionDetails *struct{ Exception struct{ Description string } }
	}
	p.browser.call(p.t, p.session, "Runtime.evaluate",
		object{"expression": script, "awaitPromise": true, "returnByValue": true}, &answer)
	if answer.ExceptionDetails != nil {
		p.screenshot("failed")
		problems, _ := p.noticed()
		require.FailNow(p.t, what, "%s\n%s\n%s", expression, answer.ExceptionDetails.Exception.Description, strings.Join(problems, "\n"))
	}
	return answer.Result.Value
}

// click presses the first element a CSS selector finds, when it is there.
func (p *page) click(selector string) {
	p.t.Helper()
	p.until("nothing to click at "+selector, fmt.Sprintf(`((e) => e && (e.click(), true))(document.querySelector(%q))`, selector))
}

// screenshot keeps a picture in AOS_SCREENSHOTS, if that folder is named.
func (p *page) screenshot(name string) {
	p.t.Helper()
	folder := os.Getenv("AOS_SCREENSHOTS")
	if folder == "" {
		return
	}
	var shot struct{ Data string }
	p.browser.call(p.t, p.session, "Page.captureScreenshot", object{"format": "png"}, &shot)
	picture, err := base64.StdEncoding.DecodeString(shot.Data)
	require.NoError(p.t, err)
	require.NoError(p.t, os.MkdirAll(folder, 0o755))
	require.NoError(p.t, os.WriteFile(filepath.Join(folder, name+".png"), picture, 0o600))
}
