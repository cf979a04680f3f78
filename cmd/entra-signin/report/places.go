package report

import (
	"strings"
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
	ourCode // what the engine has appended
	ourSeverity
	fields // how many there are
)

// found are the values of one record.
type found struct {
	values [fields]string
}

// note takes note of a value, unless the record has had the field before.
func (f *found) note(what field, value string) {
	if what != none && f.values[what] == "" {
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
	set(isLegacy(e.Client), Legacy)
}

// legacy are the clients that cannot ask for a second factor, as Microsoft lists them under "Legacy authentication clients".
var legacy = map[string]bool{
	"authenticated smtp": true, "smtp": true, "autodiscover": true, "exchange activesync": true, "exchange online powershell": true,
	"exchange web services": true, "imap": true, "imap4": true, "mapi over http": true, "mapi": true, "offline address book": true,
	"outlook anywhere (rpc over http)": true, "pop": true, "pop3": true, "reporting web services": true, "other clients": true,
	"other clients; older office clients": true,
}

func isLegacy(client string) bool {
	var lower [40]byte // no name is longer
	if len(client) > len(lower) {
		return false
	}
	for i := range len(client) {
		lower[i] = toLower(client[i])
	}
	return legacy[string(lower[:len(client)])]
}

func toLower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		c |= 0x20
	}
	return c
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

// containsFold tells whether s contains words, which are in lower case and ASCII.
func containsFold(s, words string) bool {
	for i := 0; i+len(words) <= len(s); i++ {
		n := 0
		for n < len(words) && toLower(s[i+n]) == words[n] {
			n++
		}
		if n == len(words) {
			return true
		}
	}
	return false
}
