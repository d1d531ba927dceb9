package board

import "strings"

// Markdown is the scoreboard as a document. The text of cells comes from
// foreign source code in part, so that markup in it is made harmless.
func Markdown(r *Run) string {
	var b strings.Builder
	b.WriteString("# Review on real repositories\n\n")
	b.WriteString(cell(r.title()) + ". Made by `" + r.Command + "`; README.md says how to read it.\n")
	for _, t := range r.tables() {
		b.WriteString("\n## " + cell(t.title) + "\n\n")
		for _, n := range t.notes {
			b.WriteString(cell(n) + "\n\n")
		}
		if len(t.rows) == 0 {
			b.WriteString("None.\n")
			continue
		}
		b.WriteString(line(t.head))
		b.WriteString("|" + strings.Repeat("---|", len(t.head)) + "\n")
		for _, row := range t.rows {
			b.WriteString(line(row))
		}
	}
	return b.String()
}

func line(cells []string) string {
	out := make([]string, len(cells))
	for i, c := range cells {
		out[i] = cell(c)
	}
	return "| " + strings.Join(out, " | ") + " |\n"
}

var escape = strings.NewReplacer(
	"\\", "\\\\", "|", "\\|", "<", "&lt;", ">", "&gt;", "&", "&amp;", "`", "\\`", "*", "\\*", "_", "\\_", "[", "\\[", "]", "\\]",
	"\n", " ", "\r", " ",
)

func cell(s string) string { return escape.Replace(s) }
