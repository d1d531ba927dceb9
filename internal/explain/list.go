package explain

import (
	"bytes"
	"fmt"
	"io"

	"github.com/wswarden/wswarden/catalogue"
)

// List writes all entries, one line each, in ID order. Text is an aligned
// table whose last column says which tools know the entry (R review, G guard,
// P probe), markdown a table, json an array of [Entry] without prose.
func List(out io.Writer, f Format) error {
	var b bytes.Buffer
	switch f {
	case FormatJSON:
		return writeJSON(out, convert(catalogue.All, newEntry))
	case FormatMarkdown:
		listMarkdown(&b, false)
	case FormatText:
		listText(&b)
	default:
		return fmt.Errorf("list weaknesses: unknown format %q", f)
	}
	_, err := out.Write(b.Bytes())
	return err
}

func listText(b *bytes.Buffer) {
	slug := 0
	for _, w := range catalogue.All {
		slug = max(slug, len(w.Slug))
	}
	fmt.Fprintf(b, "%-5s  %-8s  %-3s  %-*s  %s\n", "ID", "SEVERITY", "RGP", slug, "SLUG", "TITLE")
	for _, w := range catalogue.All {
		fmt.Fprintf(b, "%-5s  %-8s  %-3s  %-*s  %s\n", w.ID, w.Severity, letters(w), slug, w.Slug, w.Title)
	}
}

// listMarkdown writes the table, with links to the pages if they are beside it.
func listMarkdown(b *bytes.Buffer, links bool) {
	b.WriteString("| ID | Severity | Slug | Title | Review | Guard | Probe |\n|---|---|---|---|---|---|---|\n")
	yes := map[bool]string{true: "yes", false: ""}
	for _, w := range catalogue.All {
		id := w.ID
		if links {
			id = "[" + id + "](" + id + ".md)"
		}
		fmt.Fprintf(b, "| %s | %s | %s | %s | %s | %s | %s |\n",
			id, w.Severity, w.Slug, w.Title, yes[w.Review], yes[w.Guard], yes[w.Probe])
	}
}
