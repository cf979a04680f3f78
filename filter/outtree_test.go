package filter

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestECS(t *testing.T) {
	ecs := []string{"Schema", "ecs"}
	const (
		event  = `"event":{"severity":47,"outcome":"failure","reason":"Wrong password."}`
		fault  = `"error":{"code":"50126","message":"Wrong password."}`
		level  = `"log":{"level":"medium"}`
		threat = `"threat":{"technique":{"id":["T1110"]}}`
		labels = `"labels":{"credential":"rejected"}`
	)
	checkFieldCases(t, map[string]fieldCase{
		"new maps": {ecs, `{"resultType":"50126"}`,
			`{"resultType":"50126",` + event + `,` + fault + `,` + level + `,` + threat + `,` + labels + `}`},
		"a success": {ecs, `{"status":{"errorCode":0}}`,
			`{"status":{"errorCode":0},"event":{"severity":1,"outcome":"success","reason":"Signed in."},"log":{"level":"info"},"labels":{"credential":"accepted"}}`},
		"an interrupt": {ecs, `{"status":{"errorCode":50076}}`,
			`{"status":{"errorCode":50076},"event":{"severity":1,"outcome":"unknown","reason":"MFA asked for."},"error":{"code":"50076","message":"MFA asked for."},"log":{"level":"info"},"labels":{"credential":"accepted"}}`},
		"maps that exist": {ecs, `{"event":{"dataset":"x","outcome":"unknown"},"resultType":"50126","threat":{"technique":{"name":"y"}},"log":{},"labels":{"env":"prod"},"z":1}`,
			`{"event":{"dataset":"x","outcome":"failure","severity":47,"reason":"Wrong password."},"resultType":"50126","threat":{"technique":{"name":"y","id":["T1110"]}},"log":{"level":"medium"},"labels":{"env":"prod","credential":"rejected"},"z":1,` + fault + `}`},
		"values that are no maps stay": {ecs, `{"event":"x","resultType":"50126","threat":{"technique":[1]},"log":"line","labels":["a"]}`,
			`{"event":"x","resultType":"50126","threat":{"technique":[1]},"log":"line","labels":["a"],` + fault + `}`},
		"kept": {append(ecs, "Overwrite", "off"), `{"resultType":"50126","event":{"outcome":"x"},"error":{"code":1,"message":2},"log":{"level":3},"threat":{"technique":{"id":4}},"labels":{"credential":5}}`,
			`{"resultType":"50126","event":{"outcome":"x","severity":47,"reason":"Wrong password."},"error":{"code":1,"message":2},"log":{"level":3},"threat":{"technique":{"id":4}},"labels":{"credential":5}}`},
		"several techniques": {ecs, `{"resultType":"50053","event":{"severity":1,"outcome":2,"reason":3},"error":1,"log":1}`,
			`{"resultType":"50053","event":{"severity":73,"outcome":"failure","reason":"Locked."},"error":1,"log":1,"threat":{"technique":{"id":["T1110","T1110.003"]}}}`},
	})
}

func TestOCSF(t *testing.T) {
	checkFieldCases(t, map[string]fieldCase{
		"failure": {[]string{"Schema", "ocsf"}, `{"resultType":"50053"}`,
			`{"resultType":"50053","severity_id":4,"severity":"High","status_id":2,"status_code":"50053","status_detail":"Locked.","class_uid":3002}`},
		"interrupt": {[]string{"Schema", "ocsf"}, `{"resultType":"50140","class_uid":1}`,
			`{"resultType":"50140","class_uid":3002,"severity_id":1,"severity":"Informational","status_id":99,"status_code":"50140","status_detail":"Stay signed in?"}`},
		"success": {[]string{"Schema", "ocsf"}, `{"status":{"errorCode":0}}`,
			`{"status":{"errorCode":0},"severity_id":1,"severity":"Informational","status_id":1,"status_code":"0","status_detail":"Signed in.","class_uid":3002}`},
	})
}

func TestInnerHeaders(t *testing.T) {
	record := `{"resultType":"50126","error":{`
	for i := range 14 {
		record += fmt.Sprintf(`"k%d":1,`, i)
	}
	record += `"z":1},"event":{"severity":47,"outcome":"failure","reason":"Wrong password."},"log":1,"threat":1,"labels":1}`
	out := enriched(t, engine(t, "Schema", "ecs"), record)
	assert.Equal(t, strings.Replace(record, `"z":1}`, `"z":1,"code":"50126","message":"Wrong password."}`, 1), out)
}

func TestUnknownCodeInSchemas(t *testing.T) {
	const text = `The catalog has no entry for code 999999.`
	assert.Equal(t, `{"status":{"errorCode":999999},"event":{"severity":0,"outcome":"unknown","reason":"`+text+`"},"error":{"code":"999999","message":"`+text+`"},"log":{"level":"unknown"}}`,
		enriched(t, engine(t, "Schema", "ecs"), `{"status":{"errorCode":999999}}`))
	assert.Equal(t, `{"status":{"errorCode":999999},"severity_id":0,"severity":"Unknown","status_id":0,"status_code":"999999","status_detail":"`+text+`","class_uid":3002}`,
		enriched(t, engine(t, "Schema", "ocsf"), `{"status":{"errorCode":999999}}`))
}
