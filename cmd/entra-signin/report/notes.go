package report

import "strings"

// Kinds of findings that one record suffices for.
type noted uint8

const (
	legacyNoted noted = iota
	deviceCodeNoted
	disabledNoted
	expiredNoted
)

// Codes that these are about.
const (
	userDisabled      = 50057
	guestDisabled     = 500571
	secretExpired     = 7000222
	certExpired       = 1000502
	promptNotAccepted = 500121
)

// A subject is who and what such a finding is about.
type subject struct {
	kind         noted
	account, app string // app is the client for legacy protocols
}

// evidence is what was seen of a subject.
type evidence struct {
	n, tokens uint64 // records, and those of them in which a token took the place of a credential
	span      span
	marks     []mark // the first in the input
}

// note takes note of a record that is a finding by itself.
func (t *Tally) note(e *Event) {
	switch {
	case e.Code == 0 && e.Flags&Legacy != 0 && e.Flags&MultiFactor == 0 && e.Account != "":
		t.subject(subject{legacyNoted, e.Account, e.Client}, e)
	case e.Code == 0 && e.Flags&DeviceCode != 0 && e.Account != "":
		t.subject(subject{deviceCodeNoted, e.Account, e.App}, e)
	case (e.Code == userDisabled || e.Code == guestDisabled) && e.Account != "":
		t.subject(subject{disabledNoted, e.Account, ""}, e)
	case e.Code == secretExpired || e.Code == certExpired:
		name := e.App
		if name == "" {
			name = e.Account
		}
		t.subject(subject{expiredNoted, "", name}, e)
	}
}

func (t *Tally) subject(s subject, e *Event) {
	ev := t.subjects[s]
	if ev == nil {
		if len(t.subjects) >= t.options.maxSubjects {
			t.lost = true
			return
		}
		ev = new(evidence)
		t.subjects[subject{s.kind, strings.Clone(s.account), strings.Clone(s.app)}] = ev
	}
	ev.n++
	if e.Flags&(Token|NonInteractive) != 0 {
		ev.tokens++
	}
	ev.span.add(e.Time)
	if len(ev.marks) < maxIDs {
		ev.marks = append(ev.marks, mark{e.Time, e.ID})
	}
}

// mfaState is what is known of the MFA prompts of an account that did not accept one.
type mfaState struct {
	n, declined uint32
	prompts     []mark
	refused     []mark // of those, where the user said no
	accepted    []mark
}

// maxMarks is how many of each are kept of an account.
const maxMarks = 200

// A budget is how many marks and times may be kept in all. What names and pairs are is bounded by itself; what happened to each is not.
type budget struct {
	left int
	over bool // more was asked for
}

func (b *budget) take() bool {
	if b.left == 0 {
		b.over = true
		return false
	}
	b.left--
	return true
}

// mfa takes note of MFA prompts.
func (t *Tally) mfa(stat *nameStat, e *Event) {
	m := mark{e.Time, e.ID}
	switch {
	case e.Time == 0 || e.IsApp:
	case e.Code == promptNotAccepted:
		if stat.mfa == nil {
			stat.mfa = new(mfaState)
			for _, passed := range stat.recent {
				if passed.time != 0 {
					stat.mfa.accepted = append(stat.mfa.accepted, passed)
				}
			}
		}
		stat.mfa.n++
		if len(stat.mfa.prompts) < maxMarks && t.marks.take() {
			stat.mfa.prompts = append(stat.mfa.prompts, m)
		}
		if e.Flags&Declined != 0 {
			stat.mfa.declined++
			if len(stat.mfa.refused) < maxMarks && t.marks.take() {
				stat.mfa.refused = append(stat.mfa.refused, m)
			}
		}
	case e.Code == 0 && e.Flags&MultiFactor != 0 && e.Flags&(NonInteractive|Token) == 0:
		if stat.mfa == nil {
			stat.recent[stat.next%2] = m
			stat.next = (stat.next + 1) % 2
		} else if len(stat.mfa.accepted) < maxMarks && t.marks.take() {
			stat.mfa.accepted = append(stat.mfa.accepted, m)
		}
	}
}
