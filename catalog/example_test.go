package catalog_test

import (
	"fmt"
	"strings"

	"fluent-bit-entra-signin/catalog"
)

func Example() {
	entry, ok := catalog.Embedded().Lookup(50126)
	if !ok {
		return // Microsoft adds codes at any time
	}
	fmt.Println(entry.Description)
	fmt.Println(entry.Severity, entry.Outcome, entry.Credential, entry.Techniques())
	// Output:
	// Invalid user name or password.
	// medium failure rejected [T1110.001 T1110.003]
}

func ExampleCatalog_Overlay() {
	mine := "code,severity,action\n50057,high,Raise a ticket with the joiners-and-leavers team.\n"
	c, err := catalog.Embedded().Overlay("mine.csv", strings.NewReader(mine))
	if err != nil {
		fmt.Println(err)
		return
	}
	entry, _ := c.Lookup(50057)
	fmt.Println(entry.Severity, entry.Name)
	// Output: high UserDisabled
}

func ExampleCatalog_Overlay_error() {
	_, err := catalog.Embedded().Overlay("mine.csv", strings.NewReader("code,severity\n50057,urgent\n"))
	fmt.Println(err)
	// Output: mine.csv:2:7: severity "urgent": must be info, low, medium, high or critical
}

func ExampleParseCode() {
	code, err := catalog.ParseCode("AADSTS50126")
	fmt.Println(code, err)
	// Output: 50126 <nil>
}
