package sink

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fluent-bit-entra-signin/internal/keypath"
	"fluent-bit-entra-signin/sink/sinktest"
)

func TestBulkBytes(t *testing.T) {
	c := &Chunk{Records: []Record{
		{SignIn: true, Sec: 1, Body: pack(pairs{"id", "22608a25-1d9b-44b5-b0f2-cb94f06b2d00", "a", 1})},
		{SignIn: true, Sec: 2, Body: pack(pairs{"properties", pairs{"id", "own-id-of-\"quotes\""}})},
		{Sec: 3, Nsec: 4, Body: pack(pairs{"id", "short", "@timestamp", "2020-01-01"})},
	}}
	for _, f := range []struct {
		set   map[string]string
		index string
	}{
		{map[string]string{}, "entra-signin"},
		{map[string]string{"Data_Stream": "on"}, "logs-entra.signin-default"},
		{map[string]string{"Index": "mine"}, "mine"},
	} {
		r := startRig(t, Elasticsearch, f.set)
		var s spy
		r.server.SetFault(s.watch(nil))
		require.Equal(t, Verdict{Delivered: 3}, r.Deliver(t.Context(), c))
		assert.Equal(t, "/_bulk?filter_path=errors,items.*.status,items.*.error", s.requests[0].RequestURI)
		assert.Equal(t, "application/x-ndjson", s.requests[0].Header.Get("Content-Type"))
		lines := strings.Split(s.bodies[0], "\n")
		require.Len(t, lines, 7)
		action := `{"create":{"_index":"` + f.index + `","_id":`
		assert.Equal(t, []string{
			action + `"22608a25-1d9b-44b5-b0f2-cb94f06b2d00-` + hashed(c.Records[0].Body) + `"}}`,
			`{"@timestamp":"1970-01-01T00:00:01.000000000Z","id":"22608a25-1d9b-44b5-b0f2-cb94f06b2d00","a":1}`,
			action + `"own-id-of-\"quotes\"-` + hashed(c.Records[1].Body) + `"}}`,
			`{"@timestamp":"1970-01-01T00:00:02.000000000Z","properties":{"id":"own-id-of-\"quotes\""}}`,
		}, lines[:4])
		assert.Regexp(t, `^\{"create":\{"_index":"`+f.index+`","_id":"[A-Za-z0-9_-]{22}"\}\}$`, lines[4])
		assert.Equal(t, `{"id":"short","@timestamp":"2020-01-01"}`, lines[5])
		assert.Empty(t, lines[6])
	}
}

func hashed(raw []byte) string {
	sum := sha256.Sum256(raw)
	return base64.RawURLEncoding.EncodeToString(sum[:8])
}

func TestBulkURL(t *testing.T) {
	for in, want := range map[string]string{
		"http://h:9200":                    "/_bulk?filter_path=errors,items.*.status,items.*.error",
		"http://h:9200/":                   "/_bulk?filter_path=errors,items.*.status,items.*.error",
		"http://h/es/":                     "/es/_bulk?filter_path=errors,items.*.status,items.*.error",
		"http://h/es/_bulk":                "/es/_bulk?filter_path=errors,items.*.status,items.*.error",
		"http://h?pipeline=p":              "/_bulk?pipeline=p&filter_path=errors,items.*.status,items.*.error",
		"http://h/?filter_path=errors,%2A": "/_bulk?filter_path=errors,%2A",
	} {
		u, err := elasticsearchProtocol.receiverURL(in)
		require.NoError(t, err)
		assert.Equal(t, want, u.RequestURI(), in)
	}
}

// idText returns the _id that the sink writes for a record, as JSON.
func idText(t *testing.T, w wire, r Record) []byte {
	t.Helper()
	text, _, err := w.newEncoder().encode(nil, &r)
	require.NoError(t, err)
	var action struct {
		Create struct {
			ID json.RawMessage `json:"_id"`
		}
	}
	require.NoError(t, json.NewDecoder(bytes.NewReader(text)).Decode(&action))
	return action.Create.ID
}

func TestBulkID(t *testing.T) {
	idKeys, err := keypath.ParseAll(DefaultOptions().IDKey)
	require.NoError(t, err)
	w := newElasticsearchWire(nil, "i", idKeys)
	idOf := func(w *elasticsearchWire, r Record) string {
		var s string
		require.NoError(t, json.Unmarshal(idText(t, w, r), &s))
		return s
	}
	id := func(w *elasticsearchWire, sec int64, body pairs) string {
		return idOf(w, Record{Sec: sec, Body: pack(body), SignIn: true})
	}
	const own = "22608a25-1d9b-44b5-b0f2-cb94f06b2d00"
	for name, body := range map[string]pairs{
		"Graph":             {"id", own},
		"diagnostic log":    {"id", 7, "properties", pairs{"id", own}},
		"Log Analytics":     {"Id", own},
		"first of several":  {"Id", "another-id-that-is-long-enough", "id", own},
		"too short a first": {"id", "5", "properties", pairs{"id", own}},
	} {
		assert.Regexp(t, "^"+own+"-[A-Za-z0-9_-]{11}$", id(w, 1, body), name)
		assert.Equal(t, id(w, 1, body), id(w, 2, body), "read again, at another time: %s", name)
		assert.Len(t, idOf(w, Record{Sec: 1, Body: pack(body)}), 22, "not of a sign-in: %s", name)
	}
	hashes := map[string]bool{}
	for _, h := range []string{
		id(w, 1, pairs{"id", "short"}),
		id(w, 2, pairs{"id", "short"}),
		id(w, 1, pairs{"id", strings.Repeat("long", 200)}),
		id(w, 1, pairs{"id", "not UTF-8 \xff but long enough"}),
		id(w, 1, pairs{"id", 22608251944}),
		id(w, 1, pairs{}),
		id(newElasticsearchWire(nil, "i", nil), 1, pairs{"id", own}),
	} {
		assert.Len(t, h, 22)
		hashes[h] = true
	}
	assert.Len(t, hashes, 7)
	assert.Equal(t, id(w, 1, pairs{"a", 1}), id(w, 1, pairs{"a", 1}), "the same in every attempt")
}

// A catalog that changed between two attempts changes no _id; what came in does, and so does what stood beside it.
func TestBulkIDFollowsFromWhatCameIn(t *testing.T) {
	idKeys, err := keypath.ParseAll(DefaultOptions().IDKey)
	require.NoError(t, err)
	w := newElasticsearchWire(nil, "i", idKeys)
	id := func(body, raw, beside string, signIn bool) string {
		r := Record{Sec: 1, Body: pack(pairs{"id", "22608a25-1d9b-44b5-b0f2-cb94f06b2d00", "severity", body}), Raw: []byte(raw), Beside: []byte(beside), SignIn: signIn}
		return string(idText(t, w, r))
	}
	for _, signIn := range []bool{true, false} {
		assert.Equal(t, id("low", "raw", "", signIn), id("high", "raw", "", signIn))
		assert.NotEqual(t, id("low", "raw", "", signIn), id("low", "another", "", signIn))
	}
	assert.NotEqual(t, id("", "raw", "", false), id("", "raw", "pod", false))
	assert.NotEqual(t, id("", "rawpod", "", false), id("", "raw", "pod", false))
	assert.Equal(t, id("", "raw", "", true), id("", "raw", "offset 2", true), "a sign-in that was sent twice is one")
}

// Three states of one risky user have the user's id, and are three documents.
func TestRecordsOfOneIDAreNotLost(t *testing.T) {
	r := startRig(t, Elasticsearch, nil)
	c := &Chunk{ID: ID{1}, Tag: "t"}
	for _, state := range []string{"atRisk", "remediated", "confirmedCompromised"} {
		for _, signIn := range []bool{true, false} {
			c.Records = append(c.Records, Record{Sec: 1, SignIn: signIn,
				Body: pack(pairs{"category", "RiskyUsers", "properties", pairs{"id", "22608a25-1d9b-44b5-b0f2-cb94f06b2d00", "riskState", state}})})
		}
	}
	require.Equal(t, Verdict{Delivered: 6}, r.Deliver(t.Context(), c))
	assert.Zero(t, r.Stats().Existing)
	assert.Len(t, r.stored(), 6)
}

func TestBulkConflictIsDelivered(t *testing.T) {
	r := startRig(t, Elasticsearch, nil)
	c := signIns(10, 10)[0]
	require.Equal(t, Verdict{Delivered: 10}, r.Deliver(t.Context(), c))
	require.Equal(t, Verdict{Delivered: 10}, r.Deliver(t.Context(), c), "as after a restart of the host")
	assert.Equal(t, Stats{Delivered: 20, Existing: 10}, r.Stats())
	r.checkOnceWithoutLetters(t, 10)
}

func (r *rig) checkOnceWithoutLetters(t *testing.T, total int) {
	t.Helper()
	assert.Len(t, r.stored(), total)
	assert.Empty(t, r.letters(t))
}

func TestBulkRefusals(t *testing.T) {
	r := startRig(t, Elasticsearch, nil)
	r.server.Receiver.(*sinktest.Bulk).Item = func(_ string, doc []byte) int {
		if strings.Contains(string(doc), `"bad":true`) {
			return http.StatusBadRequest
		}
		return http.StatusCreated
	}
	c := &Chunk{Tag: "entra.x", Records: []Record{
		{Sec: 1, Body: pack(pairs{"n", 0})},
		{Sec: 2, Body: pack(pairs{"n", 1, "bad", true})},
		{Sec: 3, Body: pack([]any{"not a map"})},
		{Sec: 4, Body: pack(pairs{"n", 3, "_id", "inside"})},
	}}
	require.Equal(t, Verdict{Delivered: 1, Refused: 3}, r.Deliver(t.Context(), c))
	letters := r.letters(t)
	require.Len(t, letters, 3)
	assert.Equal(t, 400, letters[0].Status)
	assert.Contains(t, letters[0].Reason, "the item was answered with 400 mapper_parsing_exception: no [")
	assert.JSONEq(t, `{"@timestamp":"1970-01-01T00:00:02.000000000Z","n":1,"bad":true}`, string(letters[0].Record))
	assert.Equal(t, "entra.x", letters[0].Tag)
	assert.Equal(t, errNotMap.Error(), letters[1].Reason)
	assert.NotEmpty(t, letters[1].Raw)
	assert.Contains(t, letters[2].Reason, "document_parsing_exception")
}

func TestBulkItemOutcomes(t *testing.T) {
	for _, c := range []struct {
		status int
		kind   string
		want   state
	}{
		{200, "", delivered}, {201, "", delivered}, {409, "version_conflict_engine_exception", delivered},
		{400, "mapper_parsing_exception", refused}, {403, "", refused}, {404, "document_missing_exception", refused},
		{403, "security_exception", pending}, {404, "index_not_found_exception", pending}, {400, "index_closed_exception", pending},
		{413, "", refused},
		{403, "cluster_block_exception", pending}, {408, "", pending}, {429, "es_rejected_execution_exception", pending},
		{500, "", pending}, {503, "unavailable_shards_exception", pending},
		{0, "", pending}, {-1, "", pending}, {100, "", pending}, {302, "", pending}, {1000, "", pending},
	} {
		t.Run(fmt.Sprint(c.status, c.kind), func(t *testing.T) {
			b := bulkReasons{client: &client{}, shown: map[bulkResult]string{}}
			o := b.outcome(&bulkResult{status: c.status, kind: c.kind, reason: "because"})
			assert.Equal(t, c.want, o.state)
			assert.Equal(t, c.want != delivered, strings.Contains(o.reason, "because"))
		})
	}
}

// What a receiver calls an error is as little to be trusted as what it says of one.
func TestBulkErrorTypeIsFitForALog(t *testing.T) {
	b := bulkReasons{client: &client{}, shown: map[bulkResult]string{}}
	o := b.outcome(&bulkResult{status: 400, kind: "\x1b[31m" + strings.Repeat("k", 100_000), reason: "r"})
	assert.NotContains(t, o.reason, "\x1b")
	assert.Less(t, len(o.reason), 1000)
}

// Reasons that repeat what is in the records cost little, however many different ones an answer has.
func TestBulkReasonsAreBounded(t *testing.T) {
	r := startRig(t, Elasticsearch, map[string]string{"Batch_Bytes": "5M"})
	r.server.SetFault(func(x *sinktest.Exchange) bool {
		var items []string
		for i := range strings.Count(string(x.Body), "\n") / 2 {
			reason := fmt.Sprintf("failed to parse %d, %s", i/2, strings.Repeat(`\"a&amp;%2541`, 60))
			items = append(items, fmt.Sprintf(`{"create":{"status":400,"error":{"type":"mapper","reason":%q}}}`, reason))
		}
		x.Answer(sinktest.Reply{Status: 200, ContentType: "application/json", Body: `{"errors":true,"items":[` + strings.Join(items, ",") + `]}`})
		return true
	})
	require.Equal(t, Verdict{Refused: 2000}, r.Deliver(t.Context(), signIns(2000, 2000)[0]))
	different := map[string]int{}
	for _, l := range r.letters(t) {
		assert.Contains(t, l.Reason, "the item was answered with 400")
		different[l.Reason]++
	}
	assert.Equal(t, maxReasons+1, len(different))
}
