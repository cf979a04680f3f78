package kafka

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fluent-bit-entra-signin/test/kafka/standin"
)

// What docs/event-hub.md quotes of Fluent Bit's log is what the log says.
func TestTroublesLogWhatTheDocumentationQuotes(t *testing.T) {
	page, err := os.ReadFile(root + "/docs/event-hub.md")
	require.NoError(t, err)
	const (
		host     = "${EVENT_HUB_HOST}:9093"
		protocol = "rdkafka.security.protocol: SASL_SSL"
		timeout  = "rdkafka.session.timeout.ms: 30000"
		plain    = "rdkafka.sasl.mechanism: PLAIN"
	)
	for _, c := range []struct {
		name   string
		broken []string // what of examples/event-hub/fluent-bit.yaml is replaced by what
		lines  []string // of the log, as the page quotes them
	}{
		{"wrong key", []string{"${EVENT_HUB_CONNECTION_STRING}", "Endpoint=sb://127.0.0.1/;SharedAccessKeyName=listen;SharedAccessKey=d3Jvbmc="},
			[]string{"SASL authentication error: SaslAuthenticateRequest failed"}},
		{"no variable", []string{"${EVENT_HUB_CONNECTION_STRING}", "${NOT_SET}"},
			[]string{"variable ${NOT_SET} is used but not set", "sasl.username and sasl.password must be set"}},
		{"port closed", []string{host, "127.0.0.1:1"}, []string{"failed: Connection refused"}},
		{"no such name", []string{host, "contoso.invalid:9093"}, []string{"Failed to resolve 'contoso.invalid:9093'"}},
		{"no trust", []string{protocol, protocol + "\n      rdkafka.ssl.ca.location: " + unrelatedAuthority(t)}, []string{"certificate verify failed"}},
		{"no TLS", []string{protocol, "rdkafka.security.protocol: SASL_PLAINTEXT"},
			[]string{"Disconnected: connection closed by peer", "in state APIVERSION_QUERY)"}},
		{"no such topic", nil, []string{"consumer error: Subscribed topic not available: insights-logs-managedidentitysigninlogs"}},
		{"buffer_max_size", []string{"poll_ms: 100", "poll_ms: 100\n      buffer_max_size: 1M"},
			[]string{"Failed to create new consumer: `fetch.max.bytes` must be >= `message.max.bytes`"}},
		{"unknown property", []string{"rdkafka.socket.keepalive.enable", "rdkafka.socket.keep.alive"},
			[]string{"cannot configure 'socket.keep.alive' property with error: 'No such configuration property"}},
		{"no identity", []string{plain, "rdkafka.sasl.mechanism: OAUTHBEARER\n      rdkafka.sasl.oauthbearer.method: oidc\n" +
			"      rdkafka.sasl.oauthbearer.metadata.authentication.type: azure_imds\n" +
			"      rdkafka.sasl.oauthbearer.token.endpoint.url: http://127.0.0.1:1/\n      rdkafka.sasl.oauthbearer.config: query=a=b"},
			[]string{"Failed to acquire SASL OAUTHBEARER token"}},
		{"receiver down", []string{"storage.max_chunks_up: 64", "storage.max_chunks_up: 1", timeout, "rdkafka.session.timeout.ms: 3000\n      rdkafka.max.poll.interval.ms: 3000"},
			[]string{"records are left for a retry", "kafka.0 paused (storage buf overlimit", "Application maximum poll interval", "leaving group"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, standin.BrokerOption{})
			p := r.startExample("fluent-bit.yaml", r.example("fluent-bit.yaml", c.broken...))
			require.NoError(t, r.broker.Produce(t.Context(), standin.Messages(0, 2000, 0, standin.Small), 0))
			for _, line := range c.lines {
				assert.Contains(t, string(page), line)
				r.eventually(line, func() bool { return strings.Contains(p.Output(), line) })
			}
		})
	}
}

// unrelatedAuthority is a file with a certificate that has signed nothing here.
func unrelatedAuthority(t *testing.T) string {
	t.Helper()
	other := newRig(t, standin.BrokerOption{})
	return other.caFile()
}
