package rules

import (
	"slices"
	"strings"
	"unicode"
)

// A Kind says what the values of a field are.
type Kind uint8

// The kinds of fields.
const (
	Text   Kind = iota
	Bool        // true or false, also as a text
	Number      // a whole number, also as a text
	List        // of texts; one text is a list of one
)

// A Field is what a condition asks of a record.
type Field struct {
	Name string // as conditions write the field, which is as Microsoft Graph does
	Kind Kind
	// Places are the paths by which records of different origin have the field, in the order in which they are asked: the first
	// that says something counts. Keys match in any case, and what stands on the way may be a list, of which every element counts,
	// or JSON in a text.
	Places []string
}

// more says where a field stands besides where its name says. What ends in ! comes before that.
type more struct {
	name   string
	kind   Kind
	places []string
}

// fields are those of the sign-in record of Microsoft Graph (resource signIn, version beta) that one record can be judged by.
// Azure Monitor has them under properties. Log Analytics has them with a capital first letter, and Elastic's Azure integration in
// snake case (see places). Places with other names were found in Microsoft's reference of the tables SigninLogs and
// EntraIdSignInEvents, and in the ingest pipeline of Elastic's integration.
var fields = makeFields([]more{
	{"appId", Text, []string{"ApplicationId", "properties.ApplicationId"}},
	{"appDisplayName", Text, []string{"Application", "properties.Application"}},
	{"resourceId", Text, []string{"properties.resourceId!", "ResourceIdentity!"}}, // Azure Monitor has an ARM path in resourceId
	{"resourceDisplayName", Text, nil},
	{"resourceTenantId", Text, nil},
	{"homeTenantId", Text, nil},
	{"userPrincipalName", Text, []string{"AccountUpn", "properties.AccountUpn"}},
	{"userId", Text, []string{"AccountObjectId", "properties.AccountObjectId"}},
	{"userType", Text, nil},
	{"servicePrincipalId", Text, nil},
	{"servicePrincipalName", Text, nil},
	{"ipAddress", Text, []string{"callerIpAddress", "source.ip"}},
	{"location.countryOrRegion", Text, []string{"LocationDetails.countryOrRegion", "geo.country_iso_code", "Country", "properties.Country"}},
	{"autonomousSystemNumber", Number, nil},
	{"clientAppUsed", Text, nil},
	{"userAgent", Text, []string{"user_agent.original"}},
	{"isInteractive", Bool, nil},
	{"signInEventTypes", List, nil},
	{"authenticationProtocol", Text, nil},
	{"authenticationRequirement", Text, nil},
	{"authenticationDetails.authenticationMethod", Text, nil},
	{"authenticationDetails.authenticationStepResultDetail", Text, nil},
	{"originalTransferMethod", Text, nil},
	{"incomingTokenType", Text, nil},
	{"clientCredentialType", Text, nil},
	{"tokenIssuerType", Text, nil},
	{"crossTenantAccessType", Text, nil},
	{"conditionalAccessStatus", Text, nil},
	{"isTenantRestricted", Bool, nil},
	{"flaggedForReview", Bool, nil},
	{"deviceDetail.deviceId", Text, []string{"EntraIdDeviceId", "properties.EntraIdDeviceId"}},
	{"deviceDetail.displayName", Text, nil},
	{"deviceDetail.operatingSystem", Text, nil},
	{"deviceDetail.browser", Text, nil},
	{"deviceDetail.isCompliant", Bool, nil},
	{"deviceDetail.isManaged", Bool, nil},
	{"deviceDetail.trustType", Text, []string{"DeviceTrustType", "properties.DeviceTrustType"}},
	{"riskDetail", Text, nil},
	{"riskEventTypes_v2", List, []string{"riskEventTypes", "properties.riskEventTypes", "azure.signinlogs.properties.risk_event_types"}},
	{"riskLevelAggregated", Text, nil},
	{"riskLevelDuringSignIn", Text, []string{"azure.signinlogs.properties.risk_level_during_signin"}},
	{"riskState", Text, nil},
	{"status.failureReason", Text, []string{"resultDescription", "azure.signinlogs.result_description"}},
	{"status.additionalDetails", Text, nil},
})

// Fields returns the fields that conditions may name besides those of the catalog.
func Fields() []Field { return fields }

// The fields of the catalog's entry, which conditions may name too.
const (
	fieldCode       = "code"
	fieldOutcome    = "outcome"
	fieldCredential = "credential"
	fieldCategory   = "category"
)

var catalogFields = []string{fieldCode, fieldOutcome, fieldCredential, fieldCategory}

func makeFields(list []more) []Field {
	made := make([]Field, len(list))
	for i, m := range list {
		f := Field{Name: m.name, Kind: m.kind}
		var after []string
		for _, place := range m.places {
			if first, ok := strings.CutSuffix(place, "!"); ok {
				f.Places = append(f.Places, first)
			} else {
				after = append(after, place)
			}
		}
		for _, place := range append([]string{m.name, "properties." + m.name, "azure.signinlogs.properties." + snake(m.name)}, after...) {
			if !slices.Contains(f.Places, place) {
				f.Places = append(f.Places, place)
			}
		}
		made[i] = f
	}
	return made
}

// snake writes riskEventTypes_v2 as risk_event_types_v2.
func snake(name string) string {
	var b strings.Builder
	for i, r := range name {
		if unicode.IsUpper(r) && i > 0 {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// fieldNamed returns the index of a field, in any case, or -1.
func fieldNamed(name string) int {
	for i := range fields {
		if strings.EqualFold(fields[i].Name, name) {
			return i
		}
	}
	return -1
}
