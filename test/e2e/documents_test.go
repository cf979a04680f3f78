package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fluent-bit-entra-signin/sink/sinktest"
)

// documents returns the pages of the documentation that show configurations of Fluent Bit.
//
// Each fenced block of ini or yaml in them is one file. Its first line is a comment with the file's name. A file named fluent-bit*
// is a whole pipeline: the test starts Fluent Bit with it, in a folder with the files that stand before it on the page. A comment
// such as "# output.yaml, in place of filters and outputs" begins a part: the whole pipeline in YAML before it, with
// this text where those sections were, is a pipeline too. A block that is only a [FILTER] needs no name: it is tried in the classic
// pipeline of the README.
func documents(t *testing.T) (pages []string) {
	t.Helper()
	all, err := filepath.Glob(filepath.Join(root, "docs", "*.md"))
	require.NoError(t, err)
	for _, page := range append(all, filepath.Join(root, "README.md")) {
		text, err := os.ReadFile(page)
		require.NoError(t, err)
		if fenced.Match(text) {
			pages = append(pages, page)
		}
	}
	return pages
}

var (
	fenced   = regexp.MustCompile("(?ms)^```(?:ini|yaml)\n(.*?)^```$")
	fileName = regexp.MustCompile(`^# (\S+\.(?:conf|yaml))(?:, in place of (\w+)(?: and (\w+))?)?\n`)
)

// A configFile is a file as a page shows it.
type configFile struct{ name, text string }

// pipelines returns the whole pipelines of a page, each as a list of files of which the last is the one to start with.
func pipelines(t *testing.T, page string) (all [][]configFile) {
	t.Helper()
	text, err := os.ReadFile(page)
	require.NoError(t, err)
	var before []configFile
	var whole string // the last whole pipeline in YAML
	for _, block := range fenced.FindAllSubmatch(text, -1) {
		name := fileName.FindSubmatch(block[1])
		if name == nil && !ofFluentBit.Match(block[1]) {
			continue
		}
		if name == nil && bytes.HasPrefix(block[1], []byte("[FILTER]")) {
			all = append(all, withFilter(t, string(block[1])))
			continue
		}
		require.NotNil(t, name, "a configuration in %s does not begin with a comment that names its file:\n%s", page, block[1])
		file := configFile{string(name[1]), string(block[1])}
		switch {
		case len(name[2]) > 0:
			require.NotEmpty(t, whole, "%s: no pipeline in YAML before %s", page, file.name)
			file.text = without(without(whole, string(name[3]), ""), string(name[2]), file.text)
			all = append(all, append(before[:len(before):len(before)], file))
		case strings.HasPrefix(file.name, "fluent-bit"):
			all = append(all, append(before[:len(before):len(before)], file))
			if strings.HasSuffix(file.name, ".yaml") {
				whole = file.text
			}
		default:
			before = append(before, file)
		}
	}
	return all
}

// ofFluentBit matches configurations of Fluent Bit, and not those of other programs.
var ofFluentBit = regexp.MustCompile(`(?m)^(?:pipeline:|\[(?:SERVICE|INPUT|FILTER|OUTPUT|PARSER|PLUGINS)\])`)

// withFilter returns the classic pipeline of the README with another filter.
func withFilter(t *testing.T, filter string) []configFile {
	t.Helper()
	for _, files := range pipelines(t, filepath.Join(root, "README.md")) {
		last := &files[len(files)-1]
		if last.name == "fluent-bit.conf" {
			last.text = regexp.MustCompile(`(?m)^\[FILTER\]\n(?: .*\n)*`).ReplaceAllLiteralString(last.text, filter)
			return files
		}
	}
	t.Fatal("README.md has no classic pipeline")
	return nil
}

// without replaces a section of the pipeline in a configuration in YAML.
func without(config, section, by string) string {
	if section == "" {
		return config
	}
	return regexp.MustCompile(`(?m)^  `+section+`:\n(?:   .*\n)*`).ReplaceAllLiteralString(config, by)
}

// A user who copies a configuration from the documentation sees enriched records, also from files that exist already and have lines
// that are longer than tail's default buffer.
func TestConfigurationsInTheDocumentationShowRecords(t *testing.T) {
	fluentBit(t)
	for _, page := range documents(t) {
		for i, files := range pipelines(t, page) {
			name := fmt.Sprintf("%s/%d %s", filepath.Base(page), i+1, files[len(files)-1].name)
			t.Run(name, func(t *testing.T) { tryDocumented(t, files) })
		}
	}
}

// longLine is the number of records in one envelope of some 90 kB, more than twice the default buffer of tail.
const longLine = 200

func tryDocumented(t *testing.T, files []configFile) {
	main := files[len(files)-1]
	so, dir := object(t), t.TempDir()
	logs, state := filepath.Join(dir, "logs"), filepath.Join(dir, "state")
	require.NoError(t, os.Mkdir(logs, 0o700))
	require.NoError(t, os.Mkdir(state, 0o700))
	shipped, err := os.ReadFile(records)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(logs, "signins.json"), shipped, 0o600))
	envelope := make([]string, longLine)
	for n := range envelope {
		envelope[n] = signIn(n)
	}
	long := `{"records":[` + strings.Join(envelope, ",") + "]}\n"
	require.NoError(t, os.WriteFile(filepath.Join(logs, "long.json"), []byte(long), 0o600))
	secret := filepath.Join(dir, "secret")
	require.NoError(t, os.WriteFile(secret, []byte("a-secret-for-a-test"), 0o600))
	codes := filepath.Join(dir, "codes.csv")
	require.NoError(t, os.WriteFile(codes, []byte("code,severity,action\n50126,low,Ask the help desk.\n"), 0o600))
	t.Setenv("COLLECTOR_TOKEN", "a-secret-for-a-test")
	t.Setenv("LOKI_TOKEN", "a-secret-for-a-test")

	far := &anyReceiver{
		bulk: &sinktest.Bulk{Index: indexOf(main.text)}, loki: &sinktest.Loki{}, splunk: &sinktest.SplunkHEC{}, collector: &sinktest.Collector{},
	}
	server := sinktest.Start(t, far)
	host, port, err := net.SplitHostPort(strings.TrimPrefix(server.URL(), "http://"))
	require.NoError(t, err)
	replace := strings.NewReplacer(
		"/opt/entra/flb-filter_entra_signin.so", so,
		"/opt/entra/out_entra_signin.so", filepath.Join(filepath.Dir(so), "out_entra_signin.so"),
		"/var/log/entra/", logs+"/",
		"/var/lib/entra/", state+"/",
		"/etc/fluent-bit/codes.csv", codes,
		"loki.example.com", host, "3100", port,
		"port: 2021", "port: "+freePort(t),
	)
	adapt := func(text string) string {
		text = aSecret.ReplaceAllLiteralString(text, secret)
		return replace.Replace(aReceiver.ReplaceAllLiteralString(text, server.URL()))
	}
	for _, file := range files[:len(files)-1] {
		require.NoError(t, os.WriteFile(filepath.Join(dir, file.name), []byte(adapt(file.text)), 0o600))
	}
	if needsABroker.MatchString(main.text) {
		checkOnly(t, filepath.Join(dir, main.name), adapt(main.text))
		return
	}
	p := startIn(t, dir, main.name, adapt(main.text))
	all := func() []string {
		written, err := filepath.Glob(filepath.Join(state, "*.jsonl"))
		require.NoError(t, err)
		text := p.out.String() + texts(t, written...)
		return slices.AppendSeq(far.records(), strings.Lines(text))
	}
	enriched := func() (n int) {
		for _, record := range all() {
			if strings.Contains(record, `"severity"`) {
				n++
			}
		}
		return n
	}
	if main.name == "fluent-bit-grep.yaml" { // only the high and critical sign-ins pass
		p.eventually("a record", func() bool { return enriched() > 0 })
	} else {
		p.eventually("the records", func() bool { return len(all()) >= allRecords+longLine && enriched() >= withSeverity+longLine })
	}
	if main.name == "fluent-bit-stream.yaml" {
		p.eventually("a count", func() bool { return strings.Contains(p.out.String(), `"failures"`) })
	}
	p.stop()
	assert.NotContains(t, p.log.String(), "[error]")
}

// A pipeline that reads from Kafka is checked and not run: test/kafka has a broker.
var needsABroker = regexp.MustCompile(`(?mi)^\s*(?:- )?name:?\s+kafka\s*$`)

func checkOnly(t *testing.T, path, config string) {
	since(t, "5.0.0", "a check of filters in --dry-run")
	require.NoError(t, os.WriteFile(path, []byte(config), 0o600))
	check := exec.Command(fluentBit(t), "--dry-run", "-c", path)
	check.Dir = filepath.Dir(path)
	out, err := check.CombinedOutput()
	require.NoError(t, err, "%s", out)
	assert.NotContains(t, string(out), "[error]")
}

// What stands for the user's own files and receivers in the documentation.
var (
	aSecret   = regexp.MustCompile(`/run/secrets/[\w-]+`)
	aReceiver = regexp.MustCompile(`https://[\w.]+\.example\.com(:\d+)?`)
)

// indexOf is the index that a configuration names, or the default.
func indexOf(config string) string {
	if found := regexp.MustCompile(`(?mi)^\s*index:?\s+(\S+)`).FindStringSubmatch(config); found != nil {
		return found[1]
	}
	return "entra-signin"
}

// anyReceiver is Elasticsearch, Loki, Splunk and an HTTP collector in one.
type anyReceiver struct {
	bulk      *sinktest.Bulk
	loki      *sinktest.Loki
	splunk    *sinktest.SplunkHEC
	collector *sinktest.Collector
}

func (a *anyReceiver) Receive(r *http.Request, body []byte) sinktest.Reply {
	switch {
	case strings.HasSuffix(r.URL.Path, "/_bulk"):
		return a.bulk.Receive(r, body)
	case strings.HasSuffix(r.URL.Path, "/loki/api/v1/push"):
		return a.loki.Receive(r, body)
	case strings.HasPrefix(r.URL.Path, "/services/collector"):
		return a.splunk.Receive(r, body)
	}
	return a.collector.Receive(r, body)
}

// records returns the text of all that was received, a label of Loki's included.
func (a *anyReceiver) records() (all []string) {
	for _, document := range a.bulk.Docs() {
		all = append(all, string(document))
	}
	for _, entry := range a.loki.Entries() {
		text, _ := json.Marshal(entry.Labels) // a map of strings
		all = append(all, entry.Line+string(text))
	}
	for _, event := range a.splunk.Events() {
		all = append(all, string(event.Event))
	}
	for _, record := range a.collector.Records() {
		all = append(all, string(bytes.TrimSpace(record)))
	}
	return all
}
