package deploy

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tinylib/msgp/msgp"

	"fluent-bit-entra-signin/sink"
	"fluent-bit-entra-signin/sink/sinktest"
)

const elasticsearch = "deploy/elasticsearch/"

// A mapping is what Elasticsearch knows of a field.
type mapping struct {
	Type        string              `json:"type,omitempty"`
	Enabled     *bool               `json:"enabled,omitempty"`
	IgnoreAbove int                 `json:"ignore_above,omitempty"`
	Malformed   bool                `json:"ignore_malformed,omitempty"`
	Fields      map[string]mapping  `json:"fields,omitempty"`
	Properties  map[string]*mapping `json:"properties,omitempty"`
}

type template struct {
	Template struct {
		Settings struct {
			Index struct {
				Lifecycle struct{ Name string } `json:"lifecycle"`
				Codec     string                `json:"codec"`
				Mapping   struct {
					IgnoreMalformed bool `json:"ignore_malformed"`
					TotalFields     struct {
						Limit  int  `json:"limit"`
						Ignore bool `json:"ignore_dynamic_beyond_limit"`
					} `json:"total_fields"`
				} `json:"mapping"`
			} `json:"index"`
		} `json:"settings"`
		Mappings struct {
			DateDetection    *bool               `json:"date_detection"`
			NumericDetection *bool               `json:"numeric_detection"`
			DynamicTemplates []map[string]any    `json:"dynamic_templates"`
			Properties       map[string]*mapping `json:"properties"`
		} `json:"mappings"`
	} `json:"template"`
	Meta map[string]string `json:"_meta"`
}

func strict(t *testing.T, file string, into any) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(read(t, elasticsearch+file)))
	d.DisallowUnknownFields()
	require.NoError(t, d.Decode(into), file)
}

// mappingOf puts the component templates of an index template together, as Elasticsearch does.
func mappingOf(t *testing.T, schema string) *mapping {
	t.Helper()
	var index struct {
		IndexPatterns []string          `json:"index_patterns"`
		DataStream    map[string]any    `json:"data_stream"`
		Priority      int               `json:"priority"`
		ComposedOf    []string          `json:"composed_of"`
		Meta          map[string]string `json:"_meta"`
	}
	strict(t, "index-template-"+schema+".json", &index)
	require.NotNil(t, index.DataStream)
	all := &mapping{Properties: map[string]*mapping{}}
	for _, name := range index.ComposedOf {
		var component template
		strict(t, "component-"+strings.TrimPrefix(name, "entra-signin-")+".json", &component)
		for field, m := range component.Template.Mappings.Properties {
			require.NotContains(t, all.Properties, field, "two components map it")
			all.Properties[field] = m
		}
	}
	if schema == "flat" {
		assert.Contains(t, index.IndexPatterns, "logs-entra.signin-*", "the index that the sink uses by default")
	}
	return all
}

// fits tells why Elasticsearch would refuse a value; "" if it would not. A field that is not mapped gets a mapping by its first value, as
// dynamic mapping does. Values of the wrong type in a field that is no object are ignored, because of ignore_malformed.
func (m *mapping) fits(path string, value any) string {
	if m.Enabled != nil && !*m.Enabled {
		return ""
	}
	switch v := value.(type) {
	case nil:
		return ""
	case []any:
		for _, one := range v {
			if why := m.fits(path, one); why != "" {
				return why
			}
		}
		return ""
	case map[string]any:
		if m.Type == "flattened" {
			return ""
		}
		if m.Properties == nil {
			return fmt.Sprintf("%s is an object, and mapped as %s", path, m.Type)
		}
		for key, one := range v {
			// A dot in a key is a way into an object.
			at := m
			keys := strings.Split(key, ".")
			for _, k := range keys[:len(keys)-1] {
				if at.Properties[k] == nil {
					at.Properties[k] = &mapping{Properties: map[string]*mapping{}}
				}
				at = at.Properties[k]
			}
			k := keys[len(keys)-1]
			if at.Properties[k] == nil {
				if at.Properties[k] = dynamic(one); at.Properties[k] == nil {
					continue
				}
			}
			if why := at.Properties[k].fits(path+"."+key, one); why != "" {
				return why
			}
		}
		return ""
	}
	if m.Properties != nil || m.Type == "flattened" {
		return fmt.Sprintf("%s is %v, and mapped as an object", path, value)
	}
	return ""
}

func dynamic(value any) *mapping {
	switch v := value.(type) {
	case nil:
		return nil
	case map[string]any:
		return &mapping{Properties: map[string]*mapping{}}
	case []any:
		if len(v) == 0 {
			return nil
		}
		return dynamic(v[0])
	}
	return &mapping{Type: "keyword"}
}

// enrich returns the records of the project as the plugin makes them, with all fields.
func enrich(t *testing.T, schema string) [][]byte {
	t.Helper()
	args := []string{"-C", root, "run", "./cmd/entra-signin", "enrich", "--only-matched", "--schema", schema}
	if schema == "flat" {
		args = append(args, "--fields", "description,severity,outcome,name,category,action,technique,credential,code")
	}
	out, err := exec.Command("go", append(args, "test/data/signins.jsonl")...).Output()
	require.NoError(t, err)
	return bytes.Split(bytes.TrimSpace(out), []byte("\n"))
}

// Every record of the project goes through the sink into an index that has the mapping, the shapes mixed. Every field that the plugin appends is
// mapped explicitly.
func TestElasticsearchTakesEveryShape(t *testing.T) {
	for schema, appended := range map[string][]string{
		"flat": {"description", "severity", "outcome", "name", "category", "action", "technique", "credential", "code"},
		"ecs": {"event.severity", "event.outcome", "event.reason", "error.code", "error.message", "log.level", "threat.technique.id",
			"labels.credential"},
	} {
		t.Run(schema, func(t *testing.T) {
			m := mappingOf(t, schema)
			for _, path := range appended {
				at := m
				for key := range strings.SplitSeq(path, ".") {
					at = at.Properties[key]
					require.NotNil(t, at, path)
				}
				assert.NotEmpty(t, at.Type, path)
			}
			var refused []string
			index := &sinktest.Bulk{Item: func(_ string, doc []byte) int {
				var document map[string]any
				if json.Unmarshal(doc, &document) != nil {
					return http.StatusBadRequest
				}
				if why := m.fits("", document); why != "" {
					refused = append(refused, why)
					return http.StatusBadRequest
				}
				return http.StatusCreated
			}}
			server := sinktest.Start(t, index)
			options := sink.DefaultOptions()
			options.Sink, options.URL, options.DataStream = "elasticsearch", server.URL(), true
			delivery, err := sink.New(options, func(_ sink.Level, line string) { t.Log(line) })
			require.NoError(t, err)
			t.Cleanup(func() { _ = delivery.Close(context.Background()) })
			chunk := &sink.Chunk{Tag: "entra.signin"}
			for n, record := range enrich(t, schema) {
				var document map[string]any
				require.NoError(t, json.Unmarshal(record, &document))
				body, err := msgp.AppendIntf(nil, document)
				require.NoError(t, err)
				chunk.Records = append(chunk.Records, sink.Record{Sec: int64(1767225600 + n), Body: body, SignIn: true})
			}
			require.Greater(t, len(chunk.Records), 40)
			delivery.Deliver(context.Background(), chunk)
			if schema == "ecs" {
				// ECS has objects called error and log. A record that has text there cannot be in such an index: docs/deploy.md says so.
				require.Len(t, refused, 3)
				for _, why := range refused {
					assert.Regexp(t, `^\.(error|log) is .*, and mapped as an object$`, why)
				}
			} else {
				assert.Empty(t, refused)
			}
			assert.Len(t, index.Docs(), len(chunk.Records)-len(refused))
		})
	}
}

func TestElasticsearchPolicy(t *testing.T) {
	var policy struct {
		Policy struct {
			Phases map[string]struct {
				MinAge  string                    `json:"min_age"`
				Actions map[string]map[string]any `json:"actions"`
			} `json:"phases"`
			Meta map[string]string `json:"_meta"`
		} `json:"policy"`
	}
	strict(t, "ilm-policy.json", &policy)
	assert.Contains(t, policy.Policy.Phases["hot"].Actions, "rollover")
	assert.Contains(t, policy.Policy.Phases["delete"].Actions, "delete")
	var settings template
	strict(t, "component-settings.json", &settings)
	assert.Equal(t, "entra-signin", settings.Template.Settings.Index.Lifecycle.Name)
}

// The script puts each file to where the others look for it.
func TestElasticsearchInstall(t *testing.T) {
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("no curl here")
	}
	var mu sync.Mutex
	var puts []string
	bodies := map[string]string{}
	status := http.StatusOK
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		var body bytes.Buffer
		_, _ = body.ReadFrom(r.Body)
		puts = append(puts, r.URL.Path)
		bodies[r.URL.Path] = body.String()
		assert.Equal(t, "ApiKey x", r.Header.Get("Authorization"))
		assert.Equal(t, http.MethodPut, r.Method)
		w.WriteHeader(status)
	}))
	defer server.Close()
	script := filepath.Join(root, elasticsearch, "install.sh")
	out, err := exec.Command(script, server.URL, "-H", "Authorization: ApiKey x").CombinedOutput()
	require.NoError(t, err, "%s", out)
	files, err := filepath.Glob(filepath.Join(root, elasticsearch, "*.json"))
	require.NoError(t, err)
	assert.Len(t, bodies, len(files), "every file is put")
	for _, schema := range []string{"flat", "ecs"} {
		var index struct {
			ComposedOf []string `json:"composed_of"`
		}
		require.NoError(t, json.Unmarshal([]byte(bodies["/_index_template/entra-signin-"+schema]), &index))
		for _, name := range index.ComposedOf {
			before := slices.Index(puts, "/_component_template/"+name)
			assert.NotEqual(t, -1, before, name)
			assert.Less(t, before, slices.Index(puts, "/_index_template/entra-signin-"+schema))
		}
	}
	status = http.StatusForbidden
	require.Error(t, exec.Command(script, server.URL, "-H", "Authorization: ApiKey x").Run())
}

// No parser of ES|QL can be had in Go. What the queries name must be mapped or made by the query itself, and the commands must exist.
func TestESQLNamesFieldsThatAreMapped(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(root, elasticsearch, "*.esql"))
	require.NoError(t, err)
	require.Len(t, files, 2)
	m := mappingOf(t, "flat")
	word := regexp.MustCompile(`"[^"]*"|@?[A-Za-z_][\w.]*`)
	words := map[string]bool{}
	for _, w := range strings.Fields("WHERE EVAL STATS SORT LIMIT FROM AND OR IN BY DESC NOW COALESCE CASE COUNT COUNT_DISTINCT VALUES MAX hour") {
		words[w] = true
	}
	for _, file := range files {
		text := string(read(t, strings.TrimPrefix(file, root+"/")))
		first, rest, _ := strings.Cut(text, "\n")
		assert.Equal(t, "FROM logs-entra.signin-*", first)
		made := map[string]bool{}
		for _, assigned := range regexp.MustCompile(`(\w+) = `).FindAllStringSubmatch(rest, -1) {
			made[assigned[1]] = true
		}
		for line := range strings.Lines(rest) {
			assert.Regexp(t, `^\| (WHERE|EVAL|STATS|SORT|LIMIT) `, line)
		}
		for _, name := range word.FindAllString(rest, -1) {
			if strings.HasPrefix(name, `"`) || words[name] || made[name] {
				continue
			}
			at := m
			for key := range strings.SplitSeq(name, ".") {
				at = at.Properties[key]
				require.NotNil(t, at, "%s: %s is not mapped", file, name)
			}
		}
	}
}
