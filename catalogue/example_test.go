package catalogue_test

import (
	"fmt"

	"github.com/wswarden/wswarden/catalogue"
)

func ExampleLookup() {
	w, ok := catalogue.Lookup("origin-unchecked")
	fmt.Println(ok, w.ID, w.Severity, w.CWE)
	// Output: true WS101 high [1385]
}

func ExampleMatch() {
	for _, w := range catalogue.Match("WS5..") {
		fmt.Println(w.ID, w.Slug)
	}
	// Output:
	// WS501 broadcast-raw
	// WS502 broadcast-unscoped
	// WS503 error-detail
	// WS504 record-leak
}

func ExampleWeakness_Text() {
	text := catalogue.UpgradeSmuggling.Text()
	fmt.Println(text.References[0].Title)
	fmt.Println(len(text.Examples), text.Examples[0].Language)
	// Output:
	// CWE-444: Inconsistent Interpretation of HTTP Requests
	// 1 Go
}
