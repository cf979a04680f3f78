package browser

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// site returns the page of codes.
func site(t *testing.T) string {
	t.Helper()
	if find() == "" {
		t.Skip("SKIPPED: no Chromium on PATH, and CHROMIUM is not set")
	}
	dir := t.TempDir()
	build := exec.Command("go", "run", "./internal/site", dir)
	build.Dir = filepath.Join("..", "..")
	said, err := build.CombinedOutput()
	require.NoError(t, err, string(said))
	return filepath.Join(dir, "index.html")
}

// search replaces the text in the search box, and returns the codes that the page shows then.
func search(p *Page, text string) []string {
	Eval[int](p, `((text) => { const q = document.getElementById("q"); q.value = text; q.dispatchEvent(new Event("input", {bubbles: true})); return 0 })(`+quoted(text)+`)`)
	return shown(p)
}

func quoted(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(text) + `"`
}

func shown(p *Page) []string { return rowsOf(p, "#codes") }

func status(p *Page) string { return Eval[string](p, `document.getElementById("status").textContent`) }

func clean(t *testing.T, p *Page) {
	t.Helper()
	faults, requests := p.Faults()
	assert.Empty(t, faults)
	assert.Empty(t, requests, "the page asks nobody for anything")
}

func TestSiteSearch(t *testing.T) {
	p := Open(t, site(t), Options{})
	assert.Len(t, shown(p), 29, "the codes that users asked for")
	assert.Equal(t, "50126", shown(p)[0])
	for text, first := range map[string]string{
		"50126": "50126", "aadsts50126": "50126", "AADSTS 500121": "500121", "5012": "50120", "UserDisabled": "50057", "user disabled": "50057",
		"wrong password": "50126", "lockout": "50053", "expired password": "50055",
		"Error Code: 53003 Request Id: 12345678-1234-1234-1234-123456789012":                                             "53003",
		"AADSTS50105: Your administrator has configured the application\nTrace ID: 50126aaa-0000-0000-0000-000000000000": "50105",
	} {
		found := search(p, text)
		if assert.NotEmpty(t, found, text) {
			assert.Equal(t, first, found[0], text)
		}
	}
	assert.Equal(t, []string{"50126", "50053"}, search(p, "we saw AADSTS50126 and then AADSTS50053"))
	assert.Empty(t, search(p, "qwertyuiop"))
	assert.Contains(t, status(p), "No code matches")

	search(p, "certificate")
	assert.Len(t, shown(p), 50)
	p.Click("#more")
	assert.Greater(t, len(shown(p)), 50)

	took := Eval[float64](p, `(() => { const q = document.getElementById("q"), t = performance.now(); q.value = "password"; q.dispatchEvent(new Event("input", {bubbles: true})); document.body.offsetHeight; return performance.now() - t })()`)
	t.Logf("a search takes %.1f ms", took)
	assert.Less(t, took, 500.0, "50 ms, with room for a machine that is busy")
	clean(t, p)
}

func TestSiteFilters(t *testing.T) {
	p := Open(t, site(t), Options{})
	choose := func(id, value string) {
		Eval[int](p, `(() => { const s = document.getElementById("`+id+`"); s.value = "`+value+`"; s.dispatchEvent(new Event("input", {bubbles: true})); return 0 })()`)
	}
	choose("severity", "high")
	assert.Contains(t, shown(p), "53011")
	assert.Equal(t, []string{"high"}, Eval[[]string](p, `[...new Set([...document.querySelectorAll("tbody .s")].map((s) => s.textContent))]`))
	choose("technique", "T1199")
	assert.Equal(t, []string{"530034"}, shown(p))
	choose("severity", "")
	choose("technique", "")
	choose("credential", "no_account")
	assert.Len(t, shown(p), 7)
	choose("outcome", "interrupt")
	assert.Equal(t, []string{"50059"}, shown(p))
	choose("category", "risk")
	assert.Empty(t, shown(p))
	clean(t, p)
}

func TestSiteLinksAndCopies(t *testing.T) {
	p := Open(t, site(t), Options{})
	Eval[int](p, `(location.hash = "#999999", 0)`)
	assert.Eventually(t, func() bool { return len(shown(p)) == 0 }, patience, patience/600, "a code that the catalog lacks")
	Eval[int](p, `(location.hash = "#53003", 0)`)
	assert.Eventually(t, func() bool { return len(shown(p)) > 0 && shown(p)[0] == "53003" }, patience, patience/600)
	assert.Equal(t, "https://login.microsoftonline.com/error?code=53003", Eval[string](p, `[...document.querySelectorAll("tbody tr:first-child a")].pop().href`))
	for _, kind := range []string{"text", "JSON", "CSV row"} {
		p.Click(`button[aria-label="Copy 53003 as ` + kind + `"]`)
		assert.Eventually(t, func() bool { return status(p) == "Copied 53003 as "+kind+"." }, patience, patience/600)
	}
	clean(t, p)
}

func TestSiteForEveryReader(t *testing.T) {
	page := site(t)
	for name, o := range map[string]Options{"site-desktop": {}, "site-dark": {Dark: true}, "site-narrow": {Width: 360}, "site-print": {Print: true}, "site-plain": {NoScript: true}} {
		t.Run(name, func(t *testing.T) {
			p := Open(t, page, o)
			if o.NoScript {
				assert.Greater(t, len(shown(p)), 1500, "a plain table of all codes")
				assert.False(t, Eval[bool](p, `document.getElementById("form").checkVisibility()`))
				return // the page is too long for a picture
			}
			assert.LessOrEqual(t, Eval[int](p, `document.documentElement.scrollWidth`), Eval[int](p, `innerWidth`), "nothing is cut off at the side")
			p.Screenshot(name)
			if o.Print {
				assert.NotEmpty(t, p.PDF())
				return
			}
			clean(t, p)
			if serious, ok := p.Axe(); ok {
				assert.Empty(t, serious)
			}
		})
	}
}
