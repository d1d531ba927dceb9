package jsonscan_test

import (
	"fmt"

	"github.com/wswarden/wswarden/internal/jsonscan"
)

// Example judges one message, as a gateway does, and stamps it with who sent it.
func Example() {
	// Once.
	scanner := jsonscan.NewScanner(jsonscan.Limits{Depth: 8, TrustUTF8: true})
	typeField, _ := jsonscan.ParsePath("action")
	user, _ := jsonscan.ParsePath("userId")
	schema, err := jsonscan.Compile([]byte(`{
		"type": "object",
		"required": ["quantity"],
		"properties": {"quantity": {"type": "integer", "minimum": 1}}
	}`), jsonscan.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}

	// For each message, with a Doc and an Editor from a pool.
	var doc jsonscan.Doc
	var edit jsonscan.Editor
	judge := func(message string) {
		if bad := scanner.Scan([]byte(message), &doc); !bad.OK() {
			fmt.Println("refused:", bad.Text())
			return
		}
		if bad := schema.Check(doc.Root()); !bad.OK() {
			fmt.Printf("refused: %s (%s)\n", bad.Text(), bad.Pointer())
			return
		}
		edit.Reset(&doc)
		if err := edit.Set(user, []byte(`"u-1"`)); err != nil {
			fmt.Println("refused:", err)
			return
		}
		fmt.Printf("%s: %s\n", doc.Lookup(typeField).Text(), edit.Append(nil))
	}
	judge(`{"action":"buy","userId":"u-2","quantity":5}`)
	judge(`{"action":"buy","quantity":0}`)
	judge(`{"action":"buy","action":"sell","quantity":1}`)

	// Output:
	// buy: {"action":"buy","userId":"u-1","quantity":5}
	// refused: a number is too small (/properties/quantity/minimum)
	// refused: a member name is repeated within an object
}
