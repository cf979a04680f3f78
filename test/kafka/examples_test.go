package kafka

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fluent-bit-entra-signin/test/kafka/standin"
)

const examples = root + "/examples/event-hub"

// example reads a file of the examples and puts the addresses and folders of a rig in the place of the documented ones.
func (r *rig) example(file string, more ...string) string {
	r.t.Helper()
	text, err := os.ReadFile(filepath.Join(examples, file))
	require.NoError(r.t, err)
	return r.replacer(more...).Replace(string(text))
}

// replacer puts the addresses and folders of a rig in the place of the documented ones, but first more.
func (r *rig) replacer(more ...string) *strings.Replacer {
	return strings.NewReplacer(append(more,
		"${EVENT_HUB_HOST}:9093", r.broker.Address,
		"/opt/entra/", filepath.Dir(r.so)+"/",
		"/var/lib/entra/", r.dir+"/",
	)...)
}

// startExample runs Fluent Bit with an example as its user would.
func (r *rig) startExample(file, config string) *standin.Process {
	r.t.Helper()
	return r.startWith("a", file, config, "ELASTICSEARCH_URL=http://"+r.receiver.Address(), "ELASTICSEARCH_API_KEY=a-key-for-a-test")
}

// Every pipeline is either tried below or in this list, so that a new file cannot be forgotten.
func TestEveryExampleIsTried(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(examples, "*"))
	require.NoError(t, err)
	var names []string
	for _, file := range files {
		names = append(names, filepath.Base(file))
	}
	assert.ElementsMatch(t, []string{
		"fluent-bit.conf", "fluent-bit.yaml", "managed-identity.conf", "managed-identity.yaml",
		"plugins.conf", // each classic pipeline names it
	}, names)
}

func TestExampleWithAConnectionString(t *testing.T) {
	t.Parallel()
	for _, file := range []string{"fluent-bit.yaml", "fluent-bit.conf"} {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, standin.BrokerOption{})
			r.listen()
			p := r.startExample(file, r.example(file))
			messages := standin.Messages(0, 1000, 0, standin.Average)
			require.NoError(t, r.broker.Produce(t.Context(), messages, 0))
			got := r.arrives(1000)
			assert.Equal(t, standin.Tally{Stored: 1000, Enriched: 1000}, got)
			r.stop(p)
			assert.NotContains(t, p.Output(), "[error]")
			assert.NotContains(t, p.Output(), "[ warn] [output")
			// Whatever was kept: the offset of the message, and the time of the sign-in.
			document := r.receiver.Example()
			assert.Contains(t, document, `"kafka":{"topic":"insights-logs-`)
			assert.Contains(t, document, `"@timestamp":"2026-03-02T09:`)
			assert.Contains(t, document, `"description":"`)
			assert.Contains(t, document, `"outcome":"`)
		})
	}
}

// The first pipeline of the documentation shows enriched records.
func TestFirstRecordOfTheDocumentation(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(root + "/docs/event-hub.md")
	require.NoError(t, err)
	_, block, found := strings.Cut(string(page), "   ```yaml\n   # fluent-bit-first.yaml\n")
	require.True(t, found)
	block, _, _ = strings.Cut(block, "   ```")
	r := newRig(t, standin.BrokerOption{})
	config := r.replacer().Replace(strings.ReplaceAll("\n"+block, "\n   ", "\n"))
	p := r.startExample("fluent-bit-first.yaml", config)
	require.NoError(t, r.broker.Produce(t.Context(), standin.Messages(0, 100, 10, standin.Small), 0))
	r.eventually("enriched records", func() bool { return strings.Contains(p.Output(), `"description":"`) })
	r.stop(p)
	assert.NotContains(t, p.Output(), "[error]")
}

// The identity cannot log in to the broker, which knows no OAUTHBEARER. What is tried is that Fluent Bit asks for the right token.
func TestExampleWithAManagedIdentity(t *testing.T) {
	t.Parallel()
	for _, file := range []string{"managed-identity.yaml", "managed-identity.conf"} {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, standin.BrokerOption{})
			asked := make(chan *http.Request, 10)
			imds := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
				select {
				case asked <- req:
				default:
				}
				part := base64.RawURLEncoding.EncodeToString
				token := part([]byte(`{"alg":"none","typ":"JWT"}`)) + "." +
					part(fmt.Appendf(nil, `{"sub":"an identity","iat":%d,"exp":%d}`, time.Now().Unix(), time.Now().Add(time.Hour).Unix())) + ".sig"
				w.Header().Set("Content-Type", "application/json")
				_, _ = fmt.Fprintf(w, `{"access_token":%q,"expires_in":"3600","token_type":"Bearer"}`, token)
			}))
			t.Cleanup(imds.Close)
			const line = "rdkafka.sasl.oauthbearer.method"
			address := map[string]string{
				".yaml": "rdkafka.sasl.oauthbearer.token.endpoint.url: " + imds.URL + "/metadata/identity/oauth2/token\n      " + line,
				".conf": "rdkafka.sasl.oauthbearer.token.endpoint.url " + imds.URL + "/metadata/identity/oauth2/token\n    " + line,
			}[filepath.Ext(file)]
			p := r.startExample(file, r.example(file, line, address))
			select {
			case req := <-asked:
				assert.Equal(t, "/metadata/identity/oauth2/token", req.URL.Path)
				assert.Equal(t, "true", req.Header.Get("Metadata"))
				assert.Equal(t, "2018-02-01", req.URL.Query().Get("api-version"))
				assert.Equal(t, "https://127.0.0.1", req.URL.Query().Get("resource"))
			case <-time.After(patience):
				t.Fatal("nobody asked for a token")
			}
			r.eventually("the broker is asked to log in with the token", func() bool { return strings.Contains(p.Output(), "OAUTHBEARER") })
			r.stop(p)
		})
	}
}
