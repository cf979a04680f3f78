package search_test

import (
	"fmt"

	"fluent-bit-entra-signin/catalog"
	"fluent-bit-entra-signin/catalog/search"
)

func ExampleFind() {
	for _, entry := range search.Find(catalog.Embedded(), "wrong password")[:1] {
		fmt.Println(entry.Code, entry.Description)
	}
	// Output: 50126 Invalid user name or password.
}

func ExampleSuggest() {
	fmt.Println(len(search.Find(catalog.Embedded(), "UserDisbled")))
	fmt.Println(search.Suggest(catalog.Embedded(), "UserDisbled")[0].Name)
	// Output:
	// 0
	// UserDisabled
}
