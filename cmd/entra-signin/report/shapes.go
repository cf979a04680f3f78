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

// A shape is the keys of an object of a record, and what they lead to.
type shape struct {
	keys map[string]under
}

// under is what a key leads to: a field, an object that is looked into, or either.
type under struct {
	field field
	shape *shape
}

// root is the shape of a record, whatever wrote it.
var root = func() *shape {
	inner := newShape(graph)
	for key, keys := range map[string]map[string]field{
		"status": statusKeys, "location": locationKeys, "locationDetails": locationKeys, "deviceDetail": deviceKeys,
	} {
		below := newShape(keys)
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
	top := &shape{maps.Clone(inner.keys)}
	top.enter("properties", inner)
	top.enter("Properties", inner)
	signIns := newShape(map[string]field{"category": category, "identity": accountName, "result_description": reasonToo})
	signIns.enter("properties", inner)
	azure := newShape(nil)
	azure.enter("signinlogs", signIns)
	top.enter("azure", azure)
	for name, m := range inner.keys {
		top.set("azure.signinlogs.properties."+name, m.field)
	}
	source := newShape(map[string]field{"ip": callerAddress})
	source.enter("geo", newShape(map[string]field{"country_iso_code": country}))
	top.enter("source", source)
	top.enter("client", newShape(map[string]field{"ip": callerAddress}))
	top.set("source.ip", callerAddress)
	top.set("source.geo.country_iso_code", country)
	top.set("message", reasonToo)
	top.set(codePrefix+"code", ourCode)
	top.set(codePrefix+"severity", ourSeverity)
	return top
}()

// newShape is a shape with keys in all their spellings.
func newShape(keys map[string]field) *shape {
	s := &shape{make(map[string]under)}
	for key, what := range keys {
		for _, name := range spellings(key) {
			s.set(name, what)
		}
	}
	return s
}

func (s *shape) set(key string, what field) { s.keys[key] = under{what, s.keys[key].shape} }

func (s *shape) enter(key string, below *shape) { s.keys[key] = under{s.keys[key].field, below} }

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
