package filter_test

import (
	"fmt"

	"fluent-bit-entra-signin/catalog"
	"fluent-bit-entra-signin/filter"
)

// A record as one line of JSON, as the command entra-signin enrich reads it.
func ExampleEngine_EnrichJSON() {
	e, err := filter.New(filter.DefaultOptions(), catalog.Embedded())
	if err != nil {
		panic(err)
	}
	line, counts, err := e.EnrichJSON(nil, []byte(`{"userPrincipalName":"a@contoso.com","status":{"errorCode":50126}}`))
	fmt.Printf("%s%d with a known code, %v\n", line, counts.Matched, err)
	// Output:
	// {"userPrincipalName":"a@contoso.com","status":{"errorCode":50126},"description":"Invalid user name or password.","severity":"medium"}
	// 1 with a known code, <nil>
}

// A chunk of one event, as Fluent Bit hands it to a filter: [[timestamp, metadata], record].
func ExampleEngine_Enrich() {
	o := filter.DefaultOptions()
	o.Fields = []string{"severity", "outcome"}
	e, err := filter.New(o, catalog.Embedded())
	if err != nil {
		panic(err)
	}
	chunk := []byte("\x92\x92\xd7\x00\x65\x53\xf1\x00\x00\x00\x00\x00\x80\x81\xaaresultType\xa550126")
	r := e.Enrich(chunk)
	defer r.Release()
	fmt.Printf("%d bytes became %d\n%q\n", len(chunk), r.Size, r.AppendTo(nil)[13:])
	// Output:
	// 31 bytes became 63
	// "\x83\xaaresultType\xa550126\xa8severity\xa6medium\xa7outcome\xa7failure"
}

// The zero value of Options appends nothing, so options start from DefaultOptions. An option is set by its value in text,
// as Fluent Bit has it.
func ExampleOptions_List() {
	o := filter.DefaultOptions()
	for _, opt := range o.List() {
		if opt.Name == "Schema" {
			fmt.Println(opt.Apply("ecs"), "/", opt.Apply("elastic"))
		}
	}
	fmt.Println(o.Schema)
	// Output:
	// <nil> / option Schema: "elastic": must be one of flat, ecs, ocsf
	// ecs
}
