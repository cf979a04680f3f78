package input

import "strings"

// A column is what a column of a table is in a record of Microsoft Graph, which every other part of the program knows.
type column struct {
	path  string // key, or for columns of the portal two keys with a dot between them; "" to leave the column out
	kind  kind
	known bool
	code  bool // holds the error code
	inner bool // a dot in path stands between two keys
}

// kind is how a cell is written in JSON.
type kind uint8

const (
	text     kind = iota // a string; or what it holds, if that is an object or array in JSON
	number               // a number, if it is one
	word                 // "Single-factor authentication" as singleFactorAuthentication
	boolean              // "Yes", "True"
	location             // "Lyon, Rhone, FR" as an object
)

// portal are the columns of the Entra portal's downloads, by their names in lower case with single blanks. The downloads have
// blanks behind some names and two in the middle of one.
var portal = map[string]column{
	"date (utc)":                             {path: "createdDateTime"},
	"request id":                             {path: "id"},
	"correlation id":                         {path: "correlationId"},
	"user id":                                {path: "userId"},
	"user":                                   {path: "userDisplayName"},
	"username":                               {path: "userPrincipalName"},
	"user type":                              {path: "userType", kind: word},
	"user agent":                             {path: "userAgent"},
	"cross tenant access type":               {path: "crossTenantAccessType", kind: word},
	"incoming token type":                    {path: "incomingTokenType", kind: word},
	"authentication protocol":                {path: "authenticationProtocol", kind: word},
	"original transfer method":               {path: "originalTransferMethod", kind: word},
	"client credential type":                 {path: "clientCredentialType", kind: word},
	"unique token identifier":                {path: "uniqueTokenIdentifier"},
	"application":                            {path: "appDisplayName"},
	"application id":                         {path: "appId"},
	"resource":                               {path: "resourceDisplayName"},
	"resource id":                            {path: "resourceId"},
	"resource tenant id":                     {path: "resourceTenantId"},
	"home tenant id":                         {path: "homeTenantId"},
	"home tenant name":                       {path: "homeTenantName"},
	"ip address":                             {path: "ipAddress"},
	"location":                               {path: "location", kind: location},
	"sign-in error code":                     {path: "status.errorCode", kind: number, code: true},
	"failure reason":                         {path: "status.failureReason"},
	"multifactor authentication result":      {path: "status.additionalDetails"},
	"client app":                             {path: "clientAppUsed"},
	"device id":                              {path: "deviceDetail.deviceId"},
	"browser":                                {path: "deviceDetail.browser"},
	"operating system":                       {path: "deviceDetail.operatingSystem"},
	"compliant":                              {path: "deviceDetail.isCompliant", kind: boolean},
	"managed":                                {path: "deviceDetail.isManaged", kind: boolean},
	"join type":                              {path: "deviceDetail.trustType"},
	"multifactor authentication auth method": {path: "mfaDetail.authMethod"},
	"multifactor authentication auth detail": {path: "mfaDetail.authDetail"},
	"authentication requirement":             {path: "authenticationRequirement", kind: word},
	"sign-in identifier":                     {path: "signInIdentifier"},
	"session id":                             {path: "sessionId"},
	"ip address (seen by resource)":          {path: "ipAddressFromResourceProvider"},
	"autonomous system number":               {path: "autonomousSystemNumber", kind: number},
	"flagged for review":                     {path: "flaggedForReview", kind: boolean},
	"token issuer type":                      {path: "tokenIssuerType", kind: word},
	"token issuer name":                      {path: "tokenIssuerName"},
	"conditional access":                     {path: "conditionalAccessStatus", kind: word},
	"service principal id":                   {path: "servicePrincipalId"},
	"service principal name":                 {path: "servicePrincipalName"},
	"credential key id":                      {path: "servicePrincipalCredentialKeyId"},
	"credential thumbprint":                  {path: "servicePrincipalCredentialThumbprint"},
	"managed identity type":                  {path: "managedServiceIdentity.msiType", kind: word},
	"federated token id":                     {path: "federatedCredentialId"},
}

// exported are columns of Log Analytics and of what people make of answers of Graph, in lower case, and whether they have the code.
// Such columns keep their name.
var exported = map[string]bool{
	"resulttype": true, "status": true, "status.errorcode": true, "errorcode": true, "errornumber": true,
	"azure.signinlogs.result_type": true, "azure.signinlogs.properties.status.error_code": true,

	"timegenerated": false, "createddatetime": false, "userprincipalname": false, "userdisplayname": false, "userid": false,
	"appdisplayname": false, "appid": false, "ipaddress": false, "category": false, "operationname": false, "correlationid": false,
	"resultdescription": false, "clientappused": false, "type": false, "serviceprincipalid": false, "serviceprincipalname": false,
	"@timestamp": false, "status.failurereason": false, "azure.signinlogs.properties.user_principal_name": false,
	"azure.signinlogs.properties.app_display_name": false,
}

// columnsOf tells what the columns of a table are. Of two with one name the first counts.
func columnsOf(names []string) []column {
	_, isPortal := find(names, "sign-in error code")
	taken := make(map[string]bool)
	columns := make([]column, len(names))
	for i, name := range names {
		c, ok := portal[plainName(name)]
		switch {
		case ok && isPortal:
			c.known, c.inner = true, strings.Contains(c.path, ".")
		case isPortal && plainName(name) == "status":
			continue // a word for what the code says
		default:
			// Log Analytics writes the zone behind the name of a time.
			c = column{path: strings.TrimSuffix(strings.TrimSpace(name), " [UTC]")}
			isCode, exported := exported[strings.ToLower(c.path)]
			c.code, c.known = isCode, exported || ok
		}
		if !taken[c.path] {
			columns[i] = c
		}
		taken[c.path] = true
	}
	return columns
}

// A group are columns that stand in one object of a record; those of the record itself have the key "".
type group struct {
	key     string
	members []member
}

type member struct {
	column
	index int // among the columns
	key   string
}

// groupsOf sorts columns into groups.
func groupsOf(columns []column) []group {
	groups := []group{{}}
	for i, c := range columns {
		if c.path == "" {
			continue
		}
		outer, key := "", c.path
		if c.inner {
			outer, key, _ = strings.Cut(c.path, ".")
		}
		at := 0
		for at < len(groups) && groups[at].key != outer {
			at++
		}
		if at == len(groups) {
			groups = append(groups, group{key: outer})
		}
		groups[at].members = append(groups[at].members, member{c, i, key})
	}
	return groups
}

// find returns the index of a column by its plain name.
func find(names []string, plain string) (int, bool) {
	for i, name := range names {
		if plainName(name) == plain {
			return i, true
		}
	}
	return 0, false
}

// plainName is a name in lower case with single blanks.
func plainName(name string) string {
	return strings.ToLower(strings.Join(strings.Fields(name), " "))
}
