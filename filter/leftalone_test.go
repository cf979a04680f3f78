package filter

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// Records that are no sign-ins, or do not say so, come out as they came in.
func TestLeftAlone(t *testing.T) {
	e := engine(t)
	for name, record := range map[string]string{
		"Graph activity log":                  `{"category":"MicrosoftGraphActivityLogs","operationName":"Microsoft Graph Activity","resultSignature":"403","properties":{"responseStatusCode":403,"userPrincipalName":"a@contoso.com"}}`,
		"Graph activity log with a result":    `{"category":"MicrosoftGraphActivityLogs","resultType":"50126","resultSignature":"403"}`,
		"Graph activity row":                  `{"Type":"MicrosoftGraphActivityLogs","ResultType":"0","ServicePrincipalId":"1"}`,
		"audit log":                           `{"category":"AuditLogs","operationName":"Add member to group","resultType":"Success","userPrincipalName":"a@contoso.com","properties":{"resultType":"Success"}}`,
		"audit log with a number":             `{"category":"AuditLogs","resultType":"0","properties":{"userPrincipalName":"a@contoso.com"}}`,
		"audit row":                           `{"Type":"AuditLogs","Category":"AuditLogs","ResultType":"","UserPrincipalName":"a@contoso.com"}`,
		"Key Vault":                           `{"category":"AuditEvent","operationName":"SecretGet","resultType":"Success","resultSignature":"OK","properties":{"httpStatusCode":200}}`,
		"a firewall with a status of its own": `{"category":"AzureFirewall","properties":{"status":{"errorCode":0}}}`,
		"HTTP":                                `{"resultType":"404","url":"/"}`,
		"HTTP, a number":                      `{"resultType":200}`,
		"zero that says nothing":              `{"resultType":"0"}`,
		"Defender, another table":             `{"category":"AdvancedHunting-IdentityLogonEvents","properties":{"ErrorCode":50126,"AccountUpn":"a@contoso.com"}}`,
		"ErrorCode":                           `{"level":"error","ErrorCode":50126,"message":"disk full"}`,
		"ErrorCode beside a correlation id":   `{"correlation_id":"1","ErrorCode":50126}`,
		"ErrorCode beside a user":             `{"userPrincipalName":"a@contoso.com","ErrorCode":50126}`,
		"ErrorNumber, SQL Server":             `{"ErrorNumber":50126,"ErrorSeverity":16,"ErrorMessage":"THROW"}`,
		"error.code":                          `{"error":{"code":50126,"message":"boom"}}`,
		"error.code, a word":                  `{"error":{"code":"Request_ResourceNotFound"}}`,
		"error_codes nobody knows":            `{"error_codes":[17]}`,
		"a LogonError nobody knows":           `{"LogonError":"SomethingElse"}`,
		"an ordinary line":                    `{"log":"GET / 200 50126"}`,
		"AADSTS and too few digits":           `{"message":"AADSTS501"}`,
		"AADSTS and too many digits":          `{"message":"AADSTS5012612345"}`,
		"the code of nothing":                 `{"error_description":"AADSTS00000: Error for test."}`,
		"value":                               `{"value":[{"price":1},{"price":2}]}`,
		"value, a number":                     `{"value":50126}`,
		"records":                             `{"records":[{"category":"books","title":"x"}]}`,
		"records of words":                    `{"records":["50126","x"]}`,
		"JSON of something else":              `{"log":"{\"level\":\"info\",\"ErrorCode\":50126}"}`,
		"additionalDetails":                   `{"status":{"additionalDetails":"AADSTS50126: x"}}`,
		"a code below something else":         `{"data":{"status":{"errorCode":50126}}}`,
		"nothing":                             `{}`,
	} {
		t.Run(name, func(t *testing.T) {
			_, r := enrich(t, e, eventOf(t, record))
			assert.False(t, r.Changed)
			assert.Equal(t, Counts{Records: 1, NoCode: 1}, r.Counts)
			assert.Equal(t, record, lineOf(t, e, record))
			holder := `{"payload":` + quote(record) + `}`
			assert.Equal(t, holder, lineOf(t, e, holder))
		})
	}
}
