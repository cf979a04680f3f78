package report

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fluent-bit-entra-signin/catalog"
	"fluent-bit-entra-signin/catalog/rules"
	"fluent-bit-entra-signin/cmd/entra-signin/input"
	"fluent-bit-entra-signin/filter"
	"fluent-bit-entra-signin/internal/ordered"
)

// A tenant writes sign-in records as Microsoft Graph has them.
type tenant struct {
	*rand.Rand
	lines []string
	n     int
}

var monday = time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)

// signIn is one record. What is empty is what most records have.
type signIn struct {
	at                                            time.Time
	user, address, app, client, requirement, more string
	code                                          int
	detail                                        string
}

func (t *tenant) add(s signIn) {
	t.n++
	or := func(s, other string) string {
		if s == "" {
			return other
		}
		return s
	}
	t.lines = append(t.lines, fmt.Sprintf(`{"id":"00000000-0000-4000-8000-%012d","createdDateTime":%q,"userPrincipalName":%q,"ipAddress":%q,`+
		`"appDisplayName":%q,"clientAppUsed":%q,"authenticationRequirement":%q,"isInteractive":true,"location":{"countryOrRegion":"FR"},`+
		`"status":{"errorCode":%d,"additionalDetails":%q}%s}`, t.n, s.at.UTC().Format(time.RFC3339), or(s.user, "ana@contoso.com"),
		or(s.address, "203.0.113.10"), or(s.app, "Office 365"), or(s.client, "Browser"), or(s.requirement, "singleFactorAuthentication"),
		s.code, s.detail, s.more))
}

const (
	people   = 80
	multi    = "multiFactorAuthentication"
	office   = "203.0.113.10"
	attacker = "198.51.100.66"
)

func person(i int) string { return fmt.Sprintf("person%02d@contoso.com", i) }

// home is the address of a person's home.
func home(i int) string { return fmt.Sprintf("192.0.%d.%d", i/8, 20+i%8*20) }

// quiet is a week of a tenant in which nothing happens: people sign in at the office and at home, mistype a password now and then,
// and pass an MFA prompt in the morning.
func quiet() *tenant {
	t := &tenant{Rand: rand.New(rand.NewPCG(1, 2))}
	for day := range 5 {
		for i := range people {
			at := monday.AddDate(0, 0, day).Add(8*time.Hour + time.Duration(t.IntN(3600))*time.Second)
			place := office
			if t.IntN(3) == 0 {
				place = home(i)
			}
			for range t.IntN(8) / 6 { // one in four mistypes
				t.add(signIn{at: at, user: person(i), address: place, code: 50126})
				at = at.Add(20 * time.Second)
			}
			t.add(signIn{at: at, user: person(i), address: place, code: 50074, requirement: multi})
			at = at.Add(15 * time.Second)
			if t.IntN(12) == 0 {
				t.add(signIn{at: at, user: person(i), address: place, code: 500121, requirement: multi, detail: "MFA denied; user did not respond to mobile app notification"})
				at = at.Add(40 * time.Second)
			}
			t.add(signIn{at: at, user: person(i), address: place, requirement: multi, detail: "MFA completed in Azure AD"})
			for range 4 {
				at = at.Add(time.Duration(30+t.IntN(90)) * time.Minute)
				t.add(signIn{at: at, user: person(i), address: place, app: fmt.Sprintf("App %d", t.IntN(6))})
			}
		}
	}
	return t
}

// order is how an export may order its records.
type order string

func (t *tenant) in(o order) string {
	lines := append([]string{}, t.lines...)
	switch o {
	case "newest first":
		for i, j := 0, len(lines)-1; i < j; i, j = i+1, j-1 {
			lines[i], lines[j] = lines[j], lines[i]
		}
	case "shuffled":
		rand.New(rand.NewPCG(3, 4)).Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
	}
	return strings.Join(lines, "\n") + "\n"
}

var orders = []order{"oldest first", "newest first", "shuffled"}

// reportOf reads records with so many workers.
func reportOf(t testing.TB, o Options, workers int, texts ...string) *Report {
	t.Helper()
	var extractors []*Extractor
	for range workers {
		options, set := filter.DefaultOptions(), o.Rules
		if options.Context = set != nil; !options.Context {
			set = rules.Embedded()
		}
		x, err := NewExtractor(options, catalog.Embedded(), set)
		require.NoError(t, err)
		extractors = append(extractors, x)
	}
	tally := NewTally(o)
	for i, text := range texts {
		name := fmt.Sprintf("in%d", i)
		tally.Begin(name)
		tally.End(ordered.Run(context.Background(), workers, func(emit func(*Part) error) error {
			r := input.Reader{Emit: func(b *input.Batch) error { return emit(&Part{Batch: b}) }}
			return r.File(name, strings.NewReader(text))
		}, func(worker int, p *Part) {
			extractors[worker].Extract(p)
		}, func(p *Part) error {
			tally.Add(p)
			return nil
		}))
	}
	return tally.Report()
}

// kind returns what was found of a kind.
func (r *Report) kind(t testing.TB, name string) Kind {
	t.Helper()
	for _, k := range r.Kinds {
		if k.Name == name {
			return k
		}
	}
	t.Fatalf("no kind %s", name)
	return Kind{}
}

// attacks are the kinds that call something an attack, or nearly so.
var attacks = []string{"spray_then_accepted", "failures_then_accepted", "prompts_then_accepted", "prompts_refused", "many_accounts_refused"}

// called lists what was found of these kinds.
func (r *Report) called(t testing.TB) (found []string) {
	for _, name := range attacks {
		for _, f := range r.kind(t, name).Findings {
			found = append(found, name+": "+f.Text)
		}
	}
	return found
}

func jsonOf(t testing.TB, r *Report) string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, r.WriteJSON(&b))
	return b.String()
}
