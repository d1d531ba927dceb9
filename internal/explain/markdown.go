package explain

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/wswarden/wswarden/catalogue"
)

// MarkdownOptions say how Markdown prints.
type MarkdownOptions struct {
	// Links turns the IDs of other entries into links to their files, as the
	// pages in docs/weaknesses want it.
	Links bool
}

// Markdown writes the whole entry w as a Markdown page.
func Markdown(out io.Writer, w *catalogue.Weakness, opts MarkdownOptions) error {
	var b bytes.Buffer
	t := w.Text()
	prose := func(s string) string { return s }
	if opts.Links {
		prose = func(s string) string { return linkIDs(s, w.ID) }
	}

	fmt.Fprintf(&b, "# %s %s\n\n%s.\n\n", w.ID, w.Slug, w.Title)
	fmt.Fprintf(&b, "- Severity: %s\n- Maps to: %s\n- Tools: %s\n", w.Severity, strings.Join(classes(w), "; "), faces(w))
	for _, s := range before(t) {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n", s.title, prose(s.body))
	}
	b.WriteString("\n## Vulnerable and fixed\n")
	for _, e := range t.Examples {
		fmt.Fprintf(&b, "\n### %s\n\n", exampleTitle(e))
		if e.Note != "" {
			fmt.Fprintf(&b, "%s\n\n", prose(e.Note))
		}
		fmt.Fprintf(&b, "Vulnerable:\n\n```%s\n%s\n```\n\n", e.Syntax, e.Vulnerable)
		fmt.Fprintf(&b, "Fixed:\n\n```%s\n%s\n```\n", e.Syntax, e.Fixed)
	}
	for _, s := range after(t) {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n", s.title, prose(s.body))
	}
	fmt.Fprintf(&b, "\n## %s\n", questionTitle(t))
	for _, q := range t.Questions {
		fmt.Fprintf(&b, "\n### %s\n\n%s\n", q.Question, prose(q.Answer))
	}
	b.WriteString("\n## References\n\n")
	for _, r := range t.References {
		fmt.Fprintf(&b, "- [%s](%s)", r.Title, r.URL)
		if r.Note != "" {
			b.WriteString(": " + r.Note)
		}
		b.WriteByte('\n')
	}
	_, err := out.Write(b.Bytes())
	return err
}

var entryID = regexp.MustCompile(`\bWS\d{3}\b`)

// linkIDs links the IDs in a Markdown text to their pages, except in code and
// except the entry's own.
func linkIDs(s, own string) string {
	lines := strings.Split(s, "\n")
	inFence := false
	for i, l := range lines {
		if strings.HasPrefix(l, "```") {
			inFence = !inFence
			continue
		}
		if inFence {
			continue
		}
		spans := strings.Split(l, "`") // the odd ones are code
		for j := 0; j < len(spans); j += 2 {
			spans[j] = entryID.ReplaceAllStringFunc(spans[j], func(id string) string {
				if _, ok := catalogue.Lookup(id); !ok || id == own {
					return id
				}
				return "[" + id + "](" + id + ".md)"
			})
		}
		lines[i] = strings.Join(spans, "`")
	}
	return strings.Join(lines, "\n")
}
