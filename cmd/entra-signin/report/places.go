package report

import (
	"strings"

	"fluent-bit-entra-signin/internal/jsontext"
)

// field is what a value of a record is. Of two places for one field, the one that is named earlier here wins.
type field uint8

const (
	none field = iota
	created
	logged // when the record was written, some minutes later
	id
	upn
	loginName   // of Office 365, which Log Analytics has for the id of the user
	accountName // of a user who has no principal name in the record
	userID
	spName
	spID
	appName
	appID
	address
	callerAddress
	country
	countryCode // of the head of Azure Monitor's records
	client
	protocol
	transfer
	requirement
	interactive
	token
	category
	details
	reason
	reasonToo
	userAgent
	trust
	managed
	compliant
	fields // how many there are
)

// A level is an object of a record, with what its keys mean.
type level struct {
	keys map[string]meaning

	// firsts has a bit for the first letter of each key of a length. Most keys of a record have another, and need no look into keys.
	firsts [64]uint32
}

// meaning returns what a key means.
func (l *level) meaning(key string) (m meaning) {
	if n := len(key); n > 0 && n < len(l.firsts) && l.firsts[n]>>(key[0]&31)&1 == 0 {
		return m
	}
	return l.keys[key]
}

// A meaning is what a key leads to: a field, an object that is looked into, or either.
type meaning struct {
	field field
	level *level
}

// found are the values of one record.
type found struct {
	values [fields]string
}

// walk takes note of the values of the object that begins at i of a valid text, and returns the index behind it.
func (f *found) walk(at *level, text string, b []byte, i int) int {
	for i++; ; { // behind the bracket or a comma
		if i = jsontext.SkipBlank(b, i); b[i] == '}' {
			return i + 1
		}
		end, escaped := jsontext.SkipString(b, i)
		m := meaning{}
		if !escaped { // no key that is known has an escape
			m = at.meaning(text[i+1 : end-1])
		}
		i = f.value(m, text, b, jsontext.SkipColon(b, end))
		if i = jsontext.SkipBlank(b, i); b[i] == '}' {
			return i + 1
		}
		i++ // the comma
	}
}

// value takes note of the value at i and returns the index behind it.
func (f *found) value(m meaning, text string, b []byte, i int) int {
	switch b[i] {
	case '{':
		if m.level != nil {
			return f.walk(m.level, text, b, i)
		}
	case '[':
	case '"':
		end, escaped := jsontext.SkipString(b, i)
		if m == (meaning{}) {
			return end
		}
		s := jsontext.Unquote(text[i:end], escaped)
		if m.level != nil && strings.HasPrefix(s, "{") {
			// An object in a string, as tables of Log Analytics have them.
			if jsontext.Valid(s) {
				f.walk(m.level, s, []byte(s), 0)
			}
			return end
		}
		f.note(m.field, s)
		return end
	default:
		end := jsontext.Skip(b, i, jsontext.MaxDepth)
		if m.field != none && b[i] != 'n' {
			f.note(m.field, text[i:end])
		}
		return end
	}
	return jsontext.Skip(b, i, jsontext.MaxDepth)
}

// note takes note of a value, unless the record has had the field before.
func (f *found) note(what field, value string) {
	if f.values[what] == "" {
		f.values[what] = value
	}
}

// first returns the first of the fields that has a value.
func (f *found) first(of ...field) string {
	for _, what := range of {
		if v := f.values[what]; v != "" {
			return v
		}
	}
	return ""
}

// fill fills an event with what was found.
func (f *found) fill(e *Event) {
	v := &f.values
	e.Time = parseTime(f.first(created, logged))
	e.ID = parseID(v[id])
	e.App = f.first(appName, appID)
	e.Address = f.first(address, callerAddress)
	e.Country = f.first(country, countryCode)
	if len(e.Country) > 60 {
		e.Country = ""
	}
	e.Client = v[client]
	e.Reason = f.first(reason, reasonToo)
	e.Account = lower(f.first(upn, loginName, accountName, userID))
	if isApp := containsFold(v[category], "serviceprincipal") || containsFold(v[category], "managedidentity"); isApp || e.Account == "" {
		if name := f.first(spName, spID); name != "" {
			e.Account, e.IsApp = name, true
		} else if isApp {
			e.Account, e.IsApp = e.App, true
		}
	}
	set := func(is bool, flag Flags) {
		if is {
			e.Flags |= flag
		}
	}
	set(strings.EqualFold(v[interactive], "false") || containsFold(v[category], "noninteractive"), NonInteractive)
	set(containsFold(v[requirement], "multifactor"), MultiFactor)
	set(containsFold(v[token], "refreshtoken"), Token)
	set(strings.EqualFold(v[protocol], "deviceCode") || strings.EqualFold(v[transfer], "deviceCodeFlow"), DeviceCode)
	set(strings.EqualFold(v[protocol], "ropc") || v[userAgent] == "BAV2ROPC", ROPC)
	set(containsFold(v[details], "declined") || containsFold(v[details], "fraud") || containsFold(v[details], "did not select the correct"), Declined)
	set(v[trust] != "" || v[managed] == "true" || v[compliant] == "true", ManagedPlace)
	set(legacy[strings.ToLower(e.Client)], Legacy)
}

// legacy are the clients that cannot ask for a second factor, as Microsoft lists them under "Legacy authentication clients".
var legacy = map[string]bool{
	"authenticated smtp": true, "smtp": true, "autodiscover": true, "exchange activesync": true, "exchange online powershell": true,
	"exchange web services": true, "imap": true, "imap4": true, "mapi over http": true, "mapi": true, "offline address book": true,
	"outlook anywhere (rpc over http)": true, "pop": true, "pop3": true, "reporting web services": true, "other clients": true,
	"other clients; older office clients": true,
}

// lower is strings.ToLower, which most names need not.
func lower(s string) string {
	for _, c := range []byte(s) {
		if c >= 'A' && c <= 'Z' || c >= 0x80 {
			return strings.ToLower(s)
		}
	}
	return s
}

// containsFold tells whether s contains words, which are in lower case.
func containsFold(s, words string) bool {
	for i := 0; i+len(words) <= len(s); i++ {
		if strings.EqualFold(s[i:i+len(words)], words) {
			return true
		}
	}
	return false
}
