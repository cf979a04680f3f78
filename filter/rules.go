package filter

import (
	"strings"

	"fluent-bit-entra-signin/internal/keypath"
)

// A rule says where a value may be in a record, and what the value proves.
type rule struct {
	path  string
	role  role
	trust trust             // for the roles that can yield a code
	exact bool              // the case of the keys matters
	named bool              // the user named the path: keys match in any case, and those spelled as the user did come first
	hint  func(string) hint // for signInHint
}

// role is what the value of a rule is good for. A rule may have several.
type role uint16

const (
	codeValue  role = 1 << iota // holds the code itself: 50126, "50126", "AADSTS50126: …", or a list of codes
	codeText                    // free text that may hold AADSTS50126
	codeName                    // holds the symbolic name of the code
	signInHint                  // its value says whether the record is a sign-in
	signInKey                   // only sign-ins have the key
	principal                   // who signs in; directory audits and programs' logs have the key too
	reasonText                  // the record's own words for what went wrong
	jsonText                    // may hold the record as JSON
	eventTime                   // when the sign-in happened
	recordList                  // the records of an envelope
	azureHead                   // every record of Azure Monitor has the key
)

// candidate are the roles that can yield a code.
const candidate = codeValue | codeText | codeName

// trust is what it takes to believe a code.
type trust uint8

const (
	trustAlways     trust = iota // the user named the path, or the value says AADSTS50126 itself
	trustOwnPath                 // the path is Entra's own: in a record that says it is something else, only a code of the catalog counts
	trustSharedPath              // others use the path: not in a record that says it is something else, and 0 and unknown codes only beside a sign of a sign-in
	trustSignInOnly              // the path is common: only in a record that says it is a sign-in
	trustFreeText                // anybody may write such a text: not in a record that says it is something else, and never over a field of the record
)

// builtin are the rules for records of known shapes: first those that may yield the code, in the order in which they are
// asked, then those of everything else that a decision needs. docs/shapes.md tells the user.
var builtin = []rule{
	{path: "status.errorCode", role: codeValue, trust: trustOwnPath},
	{path: "properties.status.errorCode", role: codeValue, trust: trustOwnPath},
	{path: "azure.signinlogs.properties.status.error_code", role: codeValue, trust: trustOwnPath},
	{path: "resultType", role: codeValue, trust: trustSharedPath},
	{path: "azure.signinlogs.result_type", role: codeValue, trust: trustOwnPath},
	{path: "ErrorNumber", role: codeValue, trust: trustSignInOnly}, // SQL Server counts its errors from 50000 under this name
	{path: "properties.ErrorCode", role: codeValue, trust: trustSignInOnly},
	{path: "ErrorCode", role: codeValue, trust: trustSignInOnly},
	{path: "error_codes", role: codeValue, trust: trustSharedPath},
	{path: "error.code", role: codeValue, trust: trustSignInOnly},
	{path: "error_description", role: codeText | reasonText, trust: trustFreeText},
	{path: "message", role: codeText, trust: trustFreeText},
	{path: "log", role: codeText, trust: trustFreeText},
	{path: "LogonError", role: codeName | reasonText, trust: trustSharedPath},

	{path: "category", role: signInHint | azureHead, hint: namesSignIns},
	{path: "operationName", role: signInHint | azureHead, hint: isSignInActivity},
	{path: "Type", role: signInHint, exact: true, hint: namesSignIns}, // the table of a Log Analytics row
	{path: "event.dataset", role: signInHint, hint: hintsSignIns},
	{path: "data_stream.dataset", role: signInHint, hint: hintsSignIns},
	{path: "event.action", role: signInHint, hint: isSignInActivity},
	{path: "Operation", role: signInHint, hint: isUserLogin},
	{path: "AccountUpn", role: signInKey, exact: true}, // the account of a row of Defender's hunting tables
	{path: "AccountObjectId", role: signInKey, exact: true},
	{path: "userPrincipalName", role: principal},
	{path: "properties.userPrincipalName", role: principal},
	{path: "servicePrincipalId", role: principal},
	{path: "properties.servicePrincipalId", role: principal},

	{path: "status.failureReason", role: reasonText},
	{path: "properties.status.failureReason", role: reasonText},
	{path: "resultDescription", role: reasonText},
	{path: "azure.signinlogs.result_description", role: reasonText},

	{path: "records", role: recordList}, // listKeys names these too
	{path: "value", role: recordList},
	{path: tablesKey, role: recordList},
}

// listKeys are the keys that hold the records of an envelope, in lower case: Azure Monitor's, Microsoft Graph's, and that of the
// answer of a Log Analytics query, whose records are rows of tables. Keys match in any case.
var listKeys = []string{"records", "value", tablesKey}

const tablesKey = "tables"

// listKey returns which of listKeys a key is, or "".
func listKey(key string) string {
	for _, lower := range listKeys {
		if len(key) == len(lower) && equalFold(key, lower) {
			return lower
		}
	}
	return ""
}

// textMaps are keys that lead to more rules and whose map may be JSON in a string: Log Analytics has Status in this form in
// some tables, and exports properties in this form.
var textMaps = []string{"status", "properties"}

// times are the paths of eventTime, in the order in which they are asked.
var times = []string{
	"time", "createdDateTime", "TimeGenerated", "CreationTime", "@timestamp",
	"properties.createdDateTime", "Timestamp", "properties.Timestamp",
}

// maxRules is how many rules the bits of findings can tell apart.
const maxRules = 64

// rulesOf returns the rules of an engine with these options.
func rulesOf(o *Options) (rules []rule) {
	for _, path := range o.CodeKey {
		rules = append(rules, rule{path: path, role: codeValue | codeText, named: true})
	}
	for _, r := range builtin {
		if len(o.CodeKey) > 0 {
			r.role &^= candidate
		}
		if !o.Split {
			r.role &^= recordList | azureHead
		}
		if r.role != 0 {
			rules = append(rules, r)
		}
	}
	for _, path := range o.JSONKey {
		rules = append(rules, rule{path: path, role: jsonText})
	}
	if o.TimeFromRecord {
		for _, path := range times {
			rules = append(rules, rule{path: path, role: eventTime})
		}
	}
	return rules
}

// leavesOf returns what a scan notes for the rules, whose paths were checked.
func leavesOf(rules []rule) (leaves []leaf) {
	for i, r := range rules {
		path, _ := parsePath(r.path)
		for _, grouped := range groupings(path) {
			leaves = append(leaves, leaf{path: grouped, fold: !r.exact, rules: 1 << i, field: -1})
			if r.named {
				leaves = append(leaves, leaf{path: grouped, rules: 1 << i, asNamed: 1 << i, field: -1})
			}
		}
	}
	for _, key := range textMaps {
		leaves = append(leaves, leaf{path: keypath.Keys(key), fold: true, field: -1, text: true})
	}
	return leaves
}

// roleMasks are the rules with a role, as bits.
type roleMasks struct {
	candidates, hints, keys, principals, reasons, json, times, lists, azure uint64
}

func masksOf(rules []rule) (m roleMasks) {
	for i, r := range rules {
		for _, of := range []struct {
			role role
			mask *uint64
		}{
			{candidate, &m.candidates}, {signInHint, &m.hints}, {signInKey, &m.keys}, {principal, &m.principals},
			{reasonText, &m.reasons}, {jsonText, &m.json}, {eventTime, &m.times}, {recordList, &m.lists}, {azureHead, &m.azure},
		} {
			if r.role&of.role != 0 {
				*of.mask |= 1 << i
			}
		}
	}
	return m
}

// hint is what a value says about its record.
type hint uint8

const (
	noHint hint = iota
	hintSignIn
	hintOther
)

// namesSignIns reads the category of an Azure Monitor record or the table of a Log Analytics row. The names of sign-ins contain
// "SignIn" (SignInLogs, NonInteractiveUserSignInLogs, AdvancedHunting-EntraIdSignInEvents, …), and no others do. In the
// log of a .NET program the category is the name of a logger. The loggers of Microsoft's identity libraries report errors of
// Entra, so they say nothing against a code.
func namesSignIns(value string) hint {
	switch {
	case value == "SignInLogs", containsFold(value, "signin"):
		return hintSignIn
	case strings.HasPrefix(value, "Microsoft.Identity"):
		return noHint
	}
	return hintOther
}

// hintsSignIns is namesSignIns for names that users choose too, which therefore prove nothing against a record.
func hintsSignIns(value string) hint {
	if containsFold(value, "signin") {
		return hintSignIn
	}
	return noHint
}

// isSignInActivity reads the operation of an Azure Monitor record.
func isSignInActivity(value string) hint {
	const activity = "Sign-in activity" // nearly always spelled like this
	if value == activity || strings.EqualFold(value, activity) {
		return hintSignIn
	}
	return noHint
}

// isUserLogin reads the operation of an Office 365 management activity.
func isUserLogin(value string) hint {
	if strings.EqualFold(value, "UserLoginFailed") || strings.EqualFold(value, "UserLoggedIn") {
		return hintSignIn
	}
	return noHint
}

func containsFold(s, lower string) bool {
	for i := 0; i+len(lower) <= len(s); i++ {
		if equalFold(s[i:i+len(lower)], lower) {
			return true
		}
	}
	return false
}
