package browser

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// Options are how a page is opened.
type Options struct {
	Width    int  // of the window in pixels; 1280 where it is 0
	Dark     bool // the reader wants dark colours
	NoScript bool // JavaScript is off
	Print    bool // as it is printed
}

// A Page is open in a browser until the test ends.
type Page struct {
	t   testing.TB
	ctx context.Context

	mu       sync.Mutex
	faults   []string // what the browser's console says
	requests []string // addresses that the page asked for, but its own
}

var browsers = []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"}

func find() string {
	if path := os.Getenv("CHROMIUM"); path != "" {
		return path
	}
	for _, name := range browsers {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// Open opens a file as a page. It skips the test where there is no browser.
func Open(t testing.TB, file string, o Options) *Page {
	t.Helper()
	path := find()
	if path == "" {
		t.Skip("SKIPPED: no Chromium on PATH, and CHROMIUM is not set")
	}
	file, err := filepath.Abs(file)
	require.NoError(t, err)
	flags := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, // root, as in a container, has none
		chromedp.WSURLReadTimeout(time.Minute))
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), flags...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	p := &Page{t: t, ctx: ctx}
	address := (&url.URL{Scheme: "file", Path: file}).String()
	require.NoError(t, chromedp.Do(ctx)) // starts the browser
	require.NoError(t, chromedp.Listen(ctx, func(event any) {
		p.mu.Lock()
		defer p.mu.Unlock()
		switch e := event.(type) {
		case *runtime.EventExceptionThrown:
			p.faults = append(p.faults, e.ExceptionDetails.Text)
		case *log.EventEntryAdded:
			if e.Entry.Level == log.EntryLevelError || e.Entry.Level == log.EntryLevelWarning {
				p.faults = append(p.faults, e.Entry.Text)
			}
		case *network.EventRequestWillBeSent:
			if e.Request.URL != address {
				p.requests = append(p.requests, e.Request.URL)
			}
		}
	}))
	width := o.Width
	if width == 0 {
		width = 1280
	}
	scheme, media := "light", ""
	if o.Dark {
		scheme = "dark"
	}
	if o.Print {
		media = "print"
	}
	p.run(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, log.Enable, cdp.Empty{})
		_, err2 := cdp.Call(ctx, t, network.Enable, network.EnableParams{})
		_, err3 := cdp.Call(ctx, t, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: o.NoScript})
		_, err4 := cdp.Call(ctx, t, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: int64(width), Height: 900,
			DeviceScaleFactor: 1, Mobile: width < 600})
		_, err5 := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: media,
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
		return errors.Join(err, err2, err3, err4, err5)
	}), chromedp.Navigate(address))
	return p
}

// patience is how long the browser may take for one step, on a machine that is busy.
const patience = time.Minute

func (p *Page) run(steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	require.NoError(p.t, chromedp.Do(ctx, steps...))
}

// get runs an action that returns a value.
func get[T any](p *Page, action chromedp.Action[T]) T {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	value, err := chromedp.Run(ctx, action)
	require.NoError(p.t, err)
	return value
}

// Eval returns the value of a JavaScript expression. It works also where the page's own JavaScript is off.
func Eval[T any](p *Page, expression string) T {
	p.t.Helper()
	return get(p, chromedp.Evaluate[T](expression))
}

// Click clicks on the first element of a CSS selector.
func (p *Page) Click(selector string) {
	p.t.Helper()
	p.run(chromedp.Click(chromedp.CSS(selector)))
}

// Type types into the first element of a CSS selector.
func (p *Page) Type(selector, text string) {
	p.t.Helper()
	p.run(chromedp.SendKeys(chromedp.CSS(selector), text))
}

// Faults returns what the browser's console has complained of, and addresses that the page asked for.
func (p *Page) Faults() (faults, requests []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.faults, p.requests
}

// Screenshot writes a picture of the whole page into the folder that SCREENSHOTS names, if it does.
func (p *Page) Screenshot(name string) {
	p.t.Helper()
	folder := os.Getenv("SCREENSHOTS")
	if folder == "" {
		return
	}
	picture := get(p, chromedp.FullScreenshot(100))
	require.NoError(p.t, os.WriteFile(filepath.Join(folder, name+".png"), picture, 0o600))
}

// PDF prints the page.
func (p *Page) PDF() []byte {
	p.t.Helper()
	return get(p, chromedp.PrintToPDF(chromedp.PDFPrintBackground()))
}

// A Violation is what axe found.
type Violation struct {
	ID     string `json:"id"`
	Impact string `json:"impact"`
	Help   string `json:"help"`
	Nodes  []struct {
		HTML string `json:"html"`
	} `json:"nodes"`
}

// Axe returns what axe-core calls serious or critical. ok is false where there is no axe-core, and the log says so.
func (p *Page) Axe() (serious []Violation, ok bool) {
	p.t.Helper()
	source, err := os.ReadFile(filepath.Join("node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		p.t.Log("SKIPPED: axe-core is not installed: npm install in test/browser")
		return nil, false
	}
	p.run(chromedp.Evaluate[chromedp.Void](string(source) + ";0"))
	result := get(p, chromedp.Evaluate[string](`axe.run(document, {resultTypes: ["violations"]}).then((r) => JSON.stringify(r.violations.map(
		(v) => ({id: v.id, impact: v.impact, help: v.help, nodes: v.nodes.map((n) => ({html: n.html}))}))))`, chromedp.EvalAwaitPromise))
	var all []Violation
	require.NoError(p.t, json.Unmarshal([]byte(result), &all))
	for _, v := range all {
		if v.Impact == "serious" || v.Impact == "critical" {
			serious = append(serious, v)
		} else {
			p.t.Logf("axe, %s: %s (%s)", v.Impact, v.Help, v.ID)
		}
	}
	return serious, true
}
