package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"fluent-bit-entra-signin/catalog"
)

// A Kind of findings, with what was found.
type Kind struct {
	Name     string    `json:"kind"`
	Title    string    `json:"title"`
	Severity string    `json:"severity"`
	Rule     string    `json:"rule"`    // what was looked for, in words
	Instead  string    `json:"instead"` // what else may look like this, and how to tell
	Total    int       `json:"total"`   // of which Findings are the first
	Findings []Finding `json:"findings"`
}

// A Finding is who or what to look at.
type Finding struct {
	Account string   `json:"account,omitempty"`
	Source  string   `json:"source,omitempty"` // an address, or a range of them
	App     string   `json:"app,omitempty"`
	Client  string   `json:"client,omitempty"`
	Code    *uint32  `json:"code,omitempty"`
	Count   uint64   `json:"count"` // records
	Text    string   `json:"text"`
	First   Time     `json:"first"`
	Last    Time     `json:"last"`
	IDs     []string `json:"ids"` // of some of the records

	order int64
}

// findings computes all findings, and notes on what was looked at and not called a finding.
func (t *Tally) findings() (kinds []Kind, notes []string) {
	w := t.sources()
	add := func(k Kind, found []Finding) {
		slices.SortStableFunc(found, func(a, b Finding) int {
			return cmp.Or(cmp.Compare(b.order, a.order), cmp.Compare(b.Count, a.Count), cmp.Compare(a.First, b.First),
				cmp.Compare(a.Account, b.Account), cmp.Compare(a.Source, b.Source), cmp.Compare(a.App, b.App), cmp.Compare(a.Client, b.Client))
		})
		k.Total = len(found)
		k.Findings = found[:min(len(found), t.options.Top)]
		if k.Findings == nil {
			k.Findings = []Finding{}
		}
		kinds = append(kinds, k)
	}
	o := &t.options
	right, refused, sprayNote := w.sprays()
	guessed, guessNote := w.guessed()
	passed, declined, promptNote := t.prompts()
	add(Kind{
		Name: "spray_then_accepted", Title: "Password right after a spray", Severity: catalog.High.String(),
		Rule: fmt.Sprintf("One address or range was refused for at least %d accounts within %s, and after that a password was accepted "+
			"from there for an account that it had not been accepted for from there before.", o.SprayAccounts, words(o.SprayWindow)),
		Instead: "Left out where the accounts that are accepted from the source are more than half as many as those refused: an office, a " +
			"gateway of a provider, or the end of an outage.",
	}, right)
	add(Kind{
		Name: "failures_then_accepted", Title: "Many failures, then a success", Severity: catalog.High.String(),
		Rule: fmt.Sprintf("The password of one account was refused at least %d times from one range of addresses within %s, and then, for the "+
			"first time from there, accepted.", o.Failures, words(o.FailureWindow)),
		Instead: "Left out where the account had been accepted from that range before, and for devices that the tenant knows: those are " +
			"phones and programs with an old password. A user in a new place who has forgotten the password looks the same: ask.",
	}, guessed)
	add(Kind{
		Name: "prompts_then_accepted", Title: "MFA prompts, then one accepted", Severity: catalog.High.String(),
		Rule: fmt.Sprintf("An account had at least %d MFA prompts that were not accepted, or two that the user refused, within %s, and passed "+
			"one within %s after the last.", o.Prompts, words(o.PromptWindow), words(o.PromptWindow)),
		Instead: "Left out where this happens to five or more accounts in the same hour and none of them refused a prompt: that is an " +
			"outage of MFA.",
	}, passed)
	add(Kind{
		Name: "prompts_refused", Title: "MFA prompts refused by the user", Severity: catalog.Medium.String(),
		Rule:    "The user declined an MFA prompt, chose the wrong number, or reported it as fraud (500121). The password was right.",
		Instead: "Users refuse their own prompts by mistake: ask the user.",
	}, declined)
	add(Kind{
		Name: "many_accounts_refused", Title: "Many accounts refused from one source", Severity: catalog.Medium.String(),
		Rule: fmt.Sprintf("One address or range was refused for at least %d accounts within %s, and no new account was accepted from there.",
			o.SprayAccounts, words(o.SprayWindow)),
		Instead: "This is a spray, or an office whose accepted sign-ins are not in the input. Left out where three or more ranges were " +
			"refused for as many accounts in the same hour: that may be an outage.",
	}, refused)
	t.simple(add)
	for _, note := range []string{sprayNote, guessNote, promptNote} {
		if note != "" {
			notes = append(notes, note)
		}
	}
	return kinds, notes
}

// simple adds the findings that one record suffices for.
func (t *Tally) simple(add func(Kind, []Finding)) {
	of := make(map[noted][]Finding)
	for s, ev := range t.subjects {
		f := Finding{Account: s.account, Count: ev.n, First: Time(ev.span.first), Last: Time(ev.span.last), IDs: idsOf(ev.marks)}
		switch s.kind {
		case legacyNoted:
			f.Client = s.app
			f.Text = fmt.Sprintf("%s signed in with %s, without a second factor", s.account, s.app)
		case deviceCodeNoted:
			f.App = s.app
			f.Text = fmt.Sprintf("%s signed in to %s with a device code", s.account, orUnknown(s.app))
		case disabledNoted:
			f.Text = s.account + " is disabled and still tries"
			if ev.tokens == ev.n {
				f.Text += ", with a token only: a device or program that was left signed in"
			} else {
				f.order = 1
			}
		case expiredNoted:
			f.App = s.app
			f.Text = "the secret or certificate of " + orUnknown(s.app) + " has expired"
		}
		of[s.kind] = append(of[s.kind], f)
	}
	add(Kind{
		Name: "legacy_protocols", Title: "Legacy protocols without a second factor", Severity: catalog.Medium.String(),
		Rule:    "A sign-in succeeded with a protocol that knows no second factor, such as IMAP, POP or SMTP, and none was required.",
		Instead: "Most are scanners and scripts: move them to modern authentication, and block the protocols.",
	}, of[legacyNoted])
	add(Kind{
		Name: "device_code", Title: "Device code sign-ins", Severity: catalog.Medium.String(),
		Rule:    "A sign-in with a device code succeeded. Phishing uses such codes, because the user types one on Microsoft's own page.",
		Instead: "Meeting rooms and command-line tools use them too: ask whether the user did.",
	}, of[deviceCodeNoted])
	add(Kind{
		Name: "disabled_accounts", Title: "Disabled accounts that still try", Severity: catalog.Low.String(),
		Rule:    "Sign-ins of a disabled account (50057, 500571). Where not all came with a token, somebody or some program still has the name.",
		Instead: "A leaver's phone goes on for weeks: revoke its sessions.",
	}, of[disabledNoted])
	add(Kind{
		Name: "expired_secrets", Title: "Applications with expired secrets", Severity: catalog.Low.String(),
		Rule:    "An application offered a secret (7000222) or certificate (1000502) that has expired.",
		Instead: "Not an attack: something has stopped working. Renew the secret, or remove the application.",
	}, of[expiredNoted])
	var unknown []Finding
	for _, number := range sortedKeys(t.codes) {
		c := t.codes[number]
		if c.entry != nil {
			continue
		}
		text := "the catalog has no entry"
		if c.reason != "" {
			text = c.reason
		}
		unknown = append(unknown, Finding{Code: &number, Count: c.n, First: Time(c.span.first), Last: Time(c.span.last), Text: text, IDs: []string{}})
	}
	add(Kind{
		Name: "unknown_codes", Title: "Codes that the catalog lacks", Severity: catalog.Unknown.String(),
		Rule:    "The code of a record is not in the catalog.",
		Instead: "Microsoft adds codes without a word: https://login.microsoftonline.com/error looks one up, and --catalog adds it.",
	}, unknown)
}

func orUnknown(name string) string {
	if name == "" {
		return "an application without a name"
	}
	return name
}

// words writes a duration for a person.
func words(d time.Duration) string {
	switch {
	case d%(7*24*time.Hour) == 0 && d > 0:
		return plural(int(d/(7*24*time.Hour)), "week")
	case d%(24*time.Hour) == 0:
		return plural(int(d/(24*time.Hour)), "day")
	case d%time.Hour == 0:
		return plural(int(d/time.Hour), "hour")
	case d%time.Minute == 0:
		return plural(int(d/time.Minute), "minute")
	}
	return d.String()
}

func plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}

// idsOf are the ids of marks, in the order of time, each once.
func idsOf(marks []mark) []string {
	marks = slices.Clone(marks)
	slices.SortFunc(marks, func(a, b mark) int {
		return cmp.Or(cmp.Compare(a.time, b.time), strings.Compare(a.id.String(), b.id.String()))
	})
	ids := []string{}
	for _, m := range marks {
		if s := m.id.String(); s != "" && !slices.Contains(ids, s) {
			ids = append(ids, s)
		}
	}
	return ids[:min(len(ids), maxIDs)]
}
