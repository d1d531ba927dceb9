package asyncapi_test

import (
	"os"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/internal/asyncapi"
)

// TestDocsExample holds the document that docs/asyncapi.md shows.
func TestDocsExample(t *testing.T) {
	page, err := os.ReadFile("../../docs/asyncapi.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(page), "<!-- document -->\n```yaml\n")
	text, _, found := strings.Cut(rest, "```\n")
	if !found {
		t.Fatal("docs/asyncapi.md has no document")
	}
	doc, err := asyncapi.Load(write(t, map[string]string{"a.yaml": text, "schemas/order.json": `{"type": "object"}`}))
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := doc.Client["place_order"]; !ok || len(doc.Client) != 1 {
		t.Errorf("clients send %v, want place_order", doc.Client)
	}
	if _, ok := doc.Server["order"]; !ok || len(doc.Server) != 1 {
		t.Errorf("the server sends %v, want order", doc.Server)
	}
}
