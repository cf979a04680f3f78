package filter

import (
	"strconv"

	"fluent-bit-entra-signin/catalog"
)

// schemas are the layouts that are not flat.
var schemas = map[string][]schemaField{
	SchemaECS:  ecs,
	SchemaOCSF: ocsf,
}

type schemaField struct {
	path  []string
	field field
}

// ecs follows the Elastic Common Schema 8. event.severity has no scale of its own there; the numbers are the risk scores
// that Elastic's detection rules use for the same words. event.outcome knows no interrupt, which is neither success nor failure.
// ECS has no field for a credential; labels is where it has values of one's own.
var ecs = []schemaField{
	{[]string{"event", "severity"}, func(e *catalog.Entry) any {
		return [...]int64{0, 1, 21, 47, 73, 99}[e.Severity]
	}},
	{[]string{"event", "outcome"}, func(e *catalog.Entry) any {
		return [...]string{"unknown", "success", "unknown", "failure"}[e.Outcome]
	}},
	{[]string{"event", "reason"}, fields["description"]},
	{[]string{"error", "code"}, unlessSuccess(func(e *catalog.Entry) any { return strconv.FormatUint(uint64(e.Code), 10) })},
	{[]string{"error", "message"}, unlessSuccess(fields["description"])},
	{[]string{"log", "level"}, fields["severity"]},
	{[]string{"threat", "technique", "id"}, func(e *catalog.Entry) any {
		if ids := e.Techniques(); len(ids) > 0 {
			return ids
		}
		return nil
	}},
	{[]string{"labels", "credential"}, fields["credential"]},
}

// ocsf follows the class Authentication (3002) of the Open Cybersecurity Schema Framework 1.x: severity_id 0 is unknown,
// 1 informational to 5 critical; status_id 0 is unknown, 1 success, 2 failure and 99 other, which is where interrupts go.
// OCSF has no place for a credential: auth_factors names the factors that were used, and not what became of them.
var ocsf = []schemaField{
	{[]string{"severity_id"}, func(e *catalog.Entry) any { return int64(e.Severity) }},
	{[]string{"severity"}, func(e *catalog.Entry) any {
		return [...]string{"Unknown", "Informational", "Low", "Medium", "High", "Critical"}[e.Severity]
	}},
	{[]string{"status_id"}, func(e *catalog.Entry) any { return [...]int64{0, 1, 99, 2}[e.Outcome] }},
	{[]string{"status_code"}, func(e *catalog.Entry) any { return strconv.FormatUint(uint64(e.Code), 10) }},
	{[]string{"status_detail"}, fields["description"]},
	{[]string{"class_uid"}, func(*catalog.Entry) any { return int64(3002) }},
}

func unlessSuccess(f field) field {
	return func(e *catalog.Entry) any {
		if e.Outcome == catalog.Success {
			return nil
		}
		return f(e)
	}
}
