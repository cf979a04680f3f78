package report

import (
	"maps"
	"strings"
)

// graph are the keys of a sign-in of Microsoft Graph. Azure Monitor has them under properties; Log Analytics writes them with a
// capital letter, Elastic in snake case.
var graph = map[string]field{
	"createdDateTime":           created,
	"id":                        id,
	"userPrincipalName":         upn,
	"userDisplayName":           accountName,
	"userId":                    userID,
	"servicePrincipalName":      spName,
	"servicePrincipalId":        spID,
	"appDisplayName":            appName,
	"appId":                     appID,
	"ipAddress":                 address,
	"clientAppUsed":             client,
	"authenticationProtocol":    protocol,
	"originalTransferMethod":    transfer,
	"authenticationRequirement": requirement,
	"isInteractive":             interactive,
	"incomingTokenType":         token,
	"userAgent":                 userAgent,
	"category":                  category,
	"resultDescription":         reasonToo,
}

var (
	statusKeys   = map[string]field{"additionalDetails": details, "failureReason": reason}
	locationKeys = map[string]field{"countryOrRegion": country}
	deviceKeys   = map[string]field{"trustType": trust, "isManaged": managed, "isCompliant": compliant}
)

// root is the level of a record, whatever wrote it.
var root = func() *level {
	inner := newLevel(graph)
	for key, keys := range map[string]map[string]field{
		"status": statusKeys, "location": locationKeys, "locationDetails": locationKeys, "deviceDetail": deviceKeys,
	} {
		below := newLevel(keys)
		for _, name := range spellings(key) {
			inner.enter(name, below)
		}
		for name, what := range keys { // of a table whose columns are named by paths
			inner.set(key+"."+name, what)
		}
	}
	inner.set("created_at", created)
	for name, what := range map[string]field{
		"time": logged, "TimeGenerated": created, "@timestamp": logged, "CreationTime": created, "Timestamp": created, "timestamp": logged,
		"callerIpAddress": callerAddress, "CallerIPAddress": callerAddress, "location": countryCode, "Location": countryCode,
		"Type": category, "identity": accountName, "Identity": accountName,
		"ClientIP": callerAddress, "ActorIpAddress": callerAddress, "Id": id, "UserId": loginName, "ApplicationId": appID, // Office 365
		"AccountUpn": upn, "AccountObjectId": userID, "Application": appName, "ApplicationID": appID, "Country": country,
		"IPAddress": address, "error_description": reasonToo,
	} {
		inner.set(name, what)
	}
	top := &level{keys: maps.Clone(inner.keys), firsts: inner.firsts}
	top.enter("properties", inner)
	top.enter("Properties", inner)
	signIns := newLevel(map[string]field{"category": category, "identity": accountName, "result_description": reasonToo})
	signIns.enter("properties", inner)
	azure := newLevel(nil)
	azure.enter("signinlogs", signIns)
	top.enter("azure", azure)
	for name, m := range inner.keys {
		top.set("azure.signinlogs.properties."+name, m.field)
	}
	source := newLevel(map[string]field{"ip": callerAddress})
	source.enter("geo", newLevel(map[string]field{"country_iso_code": country}))
	top.enter("source", source)
	top.enter("client", newLevel(map[string]field{"ip": callerAddress}))
	top.set("source.ip", callerAddress)
	top.set("source.geo.country_iso_code", country)
	top.set("message", reasonToo)
	return top
}()

// newLevel is a level with keys in all their spellings.
func newLevel(keys map[string]field) *level {
	l := &level{keys: make(map[string]meaning)}
	for key, what := range keys {
		for _, name := range spellings(key) {
			l.set(name, what)
		}
	}
	return l
}

func (l *level) set(key string, what field) { l.put(key, meaning{what, l.keys[key].level}) }

func (l *level) enter(key string, below *level) { l.put(key, meaning{l.keys[key].field, below}) }

func (l *level) put(key string, m meaning) {
	l.keys[key] = m
	if len(key) < len(l.firsts) {
		l.firsts[len(key)] |= 1 << (key[0] & 31)
	}
}

// spellings are a key of Graph, and as Log Analytics and Elastic write it.
func spellings(key string) []string {
	var snake strings.Builder
	for i, c := range []byte(key) {
		if c >= 'A' && c <= 'Z' && i > 0 {
			snake.WriteByte('_')
		}
		snake.WriteString(strings.ToLower(string(c)))
	}
	upper := strings.ToUpper(key[:1]) + key[1:]
	return []string{key, upper, snake.String()}
}
