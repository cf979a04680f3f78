package browser

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var folder string // of the command, once it was built

// command builds the command once.
var command = sync.OnceValues(func() (path string, err error) {
	if folder, err = os.MkdirTemp("", "entra-signin"); err != nil {
		return "", err
	}
	path = filepath.Join(folder, "entra-signin")
	build := exec.Command("go", "build", "-o", path, "./cmd/entra-signin")
	build.Dir = filepath.Join("..", "..")
	build.Stderr = os.Stderr
	return path, build.Run()
})

func TestMain(m *testing.M) {
	code := m.Run()
	if folder != "" {
		_ = os.RemoveAll(folder)
	}
	os.Exit(code)
}

// report writes a report of the project's sample records.
func report(t *testing.T) string {
	t.Helper()
	if find() == "" {
		t.Skip("SKIPPED: no Chromium on PATH, and CHROMIUM is not set")
	}
	path, err := command()
	require.NoError(t, err)
	out := filepath.Join(t.TempDir(), "report.html")
	said, err := exec.Command(path, "report", "-o", out, "../data/signins.jsonl", "../data/inputs/graph.json", "../data/inputs/capture.avro").CombinedOutput()
	require.NoError(t, err, string(said))
	return out
}

func rowsOf(p *Page, table string) []string {
	return Eval[[]string](p, `((table) => [...document.querySelectorAll(table + " tbody tr:not([hidden])")].map((r) => r.cells[0].textContent.trim()))("`+table+`")`)
}

func TestReportSorts(t *testing.T) {
	p := Open(t, report(t), Options{})
	table := "table.codes"
	before := rowsOf(p, table)
	require.Greater(t, len(before), 10)
	p.Click(table + " thead th:nth-child(1) button")
	assert.Equal(t, "ascending", Eval[string](p, `document.querySelector("table.codes thead th").getAttribute("aria-sort")`))
	ascending := rowsOf(p, table)
	assert.Equal(t, "0", ascending[0])
	p.Click(table + " thead th:nth-child(1) button")
	descending := rowsOf(p, table)
	for i := range ascending {
		assert.Equal(t, ascending[i], descending[len(descending)-1-i])
	}
	p.Click(table + " thead th:nth-child(2) button")
	assert.Equal(t, before[0], rowsOf(p, table)[0], "the most severe first")
	p.Click(table + " thead th:nth-child(4) button")
	records := Eval[[]float64](p, `[...document.querySelectorAll("table.codes tbody tr")].map((r) => +r.cells[3].dataset.v)`)
	for i := range records[1:] {
		assert.GreaterOrEqual(t, records[i], records[i+1])
	}
	// By keyboard alone.
	Eval[bool](p, `document.querySelector("table.codes thead th button").focus() === undefined`)
	p.Type("table.codes thead th button", "\r")
	assert.Equal(t, "ascending", Eval[string](p, `document.querySelector("table.codes thead th").getAttribute("aria-sort")`))
	faults, requests := p.Faults()
	assert.Empty(t, faults)
	assert.Empty(t, requests, "nothing is asked for")
}

func TestReportFilters(t *testing.T) {
	p := Open(t, report(t), Options{})
	all := rowsOf(p, "table.codes")
	p.Type(`input[aria-label^="Filter: Error codes"]`, "mfa second")
	some := rowsOf(p, "table.codes")
	assert.Less(t, len(some), len(all))
	assert.Contains(t, some, "50074")
	assert.Regexp(t, `^\d+ of \d+$`, Eval[string](p, `document.querySelector("#codes ~ .tools output").value`))
	p.Type(`input[aria-label^="Filter: Error codes"]`, "\b\b\b\b\b\b\b\b\b\b")
	assert.Equal(t, all, rowsOf(p, "table.codes"))
	assert.Equal(t, "", Eval[string](p, `document.querySelector("#codes ~ .tools output").value`))
	Eval[bool](p, `((s) => { s.value = "high"; return s.dispatchEvent(new Event("change")); })(document.querySelector('select[aria-label^="severity: Error codes"]'))`)
	assert.Equal(t, []string{"53004"}, rowsOf(p, "table.codes"))
	p.Screenshot("report-filtered")
}

func TestReportWithoutJavaScript(t *testing.T) {
	p := Open(t, report(t), Options{NoScript: true})
	assert.Zero(t, Eval[int](p, `document.querySelectorAll(".tools, th button").length`), "what does not work is not there")
	assert.Greater(t, len(rowsOf(p, "table.codes")), 10)
	assert.Greater(t, Eval[int](p, `document.querySelectorAll(".chart rect").length`), 10)
	assert.Greater(t, Eval[float64](p, `document.querySelector(".chart svg").getBoundingClientRect().height`), 50.0)
	p.Screenshot("report-no-javascript")
}

// colours are the luminance of ground and text, from 0 to 255.
const colours = `(["backgroundColor", "color"].map((c) => getComputedStyle(document.body)[c].match(/\d+/g).slice(0, 3).reduce((a, b) => a + b / 3, 0)))`

func TestReportIsLightOrDark(t *testing.T) {
	file := report(t)
	p := Open(t, file, Options{})
	light := Eval[[]float64](p, colours)
	assert.Greater(t, light[0], light[1]+150)
	p.Screenshot("report-light")
	p = Open(t, file, Options{Dark: true})
	dark := Eval[[]float64](p, colours)
	assert.Less(t, dark[0]+150, dark[1])
	p.Screenshot("report-dark")
}

func TestReportPrints(t *testing.T) {
	p := Open(t, report(t), Options{Print: true, Dark: true})
	c := Eval[[]float64](p, colours)
	assert.Greater(t, c[0], c[1]+150, "paper is white")
	assert.Equal(t, "none", Eval[string](p, `getComputedStyle(document.querySelector(".tools")).display`))
	p.Screenshot("report-print")
	p = Open(t, report(t), Options{})
	pdf := p.PDF()
	assert.True(t, bytes.HasPrefix(pdf, []byte("%PDF")))
	assert.Zero(t, Eval[int](p, `document.querySelectorAll("details[data-printed]").length`), "what was opened for the printer is closed again")
	if folder := os.Getenv("SCREENSHOTS"); folder != "" {
		require.NoError(t, os.WriteFile(filepath.Join(folder, "report.pdf"), pdf, 0o600))
	}
}

func TestReportOnANarrowScreen(t *testing.T) {
	p := Open(t, report(t), Options{Width: 360})
	assert.LessOrEqual(t, Eval[int](p, `document.documentElement.scrollWidth`), 360, "the page does not scroll sideways")
	p.Screenshot("report-narrow")
}

func TestReportLinks(t *testing.T) {
	p := Open(t, report(t), Options{})
	assert.Empty(t, Eval[[]string](p, `[...document.querySelectorAll('a[href^="#"]')].map((a) => a.hash.slice(1)).filter((id) => !document.getElementById(id))`))
	p.Click(`nav a[href="#codes"]`)
	assert.Equal(t, "#codes", Eval[string](p, `location.hash`))
}

func TestReportIsAccessible(t *testing.T) {
	file := report(t)
	for _, o := range []Options{{}, {Dark: true}, {Width: 360}} {
		p := Open(t, file, o)
		serious, ok := p.Axe()
		if !ok {
			t.Skip("SKIPPED: axe-core is not installed")
		}
		for _, v := range serious {
			t.Errorf("%+v: %s (%s): %d times, first %s", o, v.Help, v.ID, len(v.Nodes), v.Nodes[0].HTML)
		}
	}
}

// What a record holds stays text.
func TestReportRunsNothingFromRecords(t *testing.T) {
	if find() == "" {
		t.Skip("SKIPPED: no Chromium on PATH, and CHROMIUM is not set")
	}
	path, err := command()
	require.NoError(t, err)
	folder := t.TempDir()
	in, out := filepath.Join(folder, "in.jsonl"), filepath.Join(folder, "out.html")
	const evil = `<img src=x onerror=\"document.title='evil'\"><script>document.title='evil'</script>`
	require.NoError(t, os.WriteFile(in, []byte(`{"createdDateTime":"2026-03-02T09:07:13Z","userPrincipalName":"`+evil+`","appDisplayName":"`+evil+
		`","ipAddress":"203.0.113.1","clientAppUsed":"IMAP4","location":{"countryOrRegion":"`+evil+`"},"status":{"errorCode":0}}`), 0o600))
	said, err := exec.Command(path, "report", "-o", out, in).CombinedOutput()
	require.NoError(t, err, string(said))
	p := Open(t, out, Options{})
	assert.NotEqual(t, "evil", Eval[string](p, `document.title`))
	assert.Zero(t, Eval[int](p, `document.images.length`))
	assert.Contains(t, Eval[string](p, `document.body.textContent`), "onerror")
}
