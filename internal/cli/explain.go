package cli

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/spf13/cobra"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/internal/explain"
)

// maxProse is the widest that prose is set: longer lines are hard to read.
const maxProse = 100

// Explain makes the explain command.
func Explain(env *Env) *cobra.Command {
	var list bool
	format := oneOf(string(explain.FormatText), string(explain.FormatJSON), string(explain.FormatMarkdown))
	cmd := &cobra.Command{
		Use:   "explain ID|SLUG",
		Short: "print what a weakness is, how it is attacked and how it is closed",
		Example: "  wswarden explain WS101\n" +
			"  wswarden explain ticket-weak --format markdown\n" +
			"  wswarden explain --list",
		ValidArgsFunction: completeWeakness,
		RunE: func(_ *cobra.Command, args []string) error {
			f, err := explain.ParseFormat(format.value)
			switch {
			case err != nil:
				return err
			case list && len(args) > 0:
				return fail("leave out one of the two", "--list and %q at once", args[0])
			case list:
				return explain.List(env.Stdout, f)
			case len(args) != 1:
				return fail("run 'wswarden explain --list' for the weaknesses", "explain needs one ID or slug, such as WS101")
			}
			w, ok := catalogue.Lookup(args[0])
			if !ok {
				return fail(nearWeakness(args[0]), "no weakness is called %q", args[0])
			}
			return env.explain(w, f)
		},
	}
	cmd.Flags().BoolVar(&list, "list", false, "print all weaknesses, one line each")
	addWord(cmd, format, "format", "form of the output")
	return cmd
}

func (e *Env) explain(w *catalogue.Weakness, f explain.Format) error {
	switch f {
	case explain.FormatJSON:
		return explain.JSON(e.Stdout, w)
	case explain.FormatMarkdown:
		return explain.Markdown(e.Stdout, w, explain.MarkdownOptions{})
	}
	return explain.Text(e.Stdout, w, explain.Options{Width: min(e.Width, maxProse), Color: e.Color})
}

// nearWeakness returns a hint for a name that is none: the entries that share
// a word with it, or a word that is nearly the same.
func nearWeakness(name string) string {
	var near []string
	for _, w := range catalogue.All {
		if strings.EqualFold(w.ID, "WS"+name) || sharesWord(name, w.Slug+" "+strings.ToLower(w.Title)) {
			near = append(near, w.Slug)
		}
	}
	if len(near) == 0 || len(near) > 5 {
		return "run 'wswarden explain --list' for the weaknesses"
	}
	return fmt.Sprintf("did you mean %s?", strings.Join(near, " or "))
}

// sharesWord reports whether a word of name is one of text, but for a letter of
// the longer ones.
func sharesWord(name, text string) bool {
	isGap := func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }
	for _, a := range strings.FieldsFunc(strings.ToLower(name), isGap) {
		for _, b := range strings.FieldsFunc(text, isGap) {
			if a == b && len(a) > 2 || len(a) > 4 && oneEditApart(a, b) {
				return true
			}
		}
	}
	return false
}

// oneEditApart reports whether one letter changed, added or left out makes b of
// a, or nothing at all.
func oneEditApart(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	switch len(b) - len(a) {
	case 0:
		return i == len(a) || a[i+1:] == b[i+1:]
	case 1:
		return a[i:] == b[i+1:]
	}
	return false
}

func completeWeakness(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	var out []string
	if len(args) == 0 {
		for _, w := range catalogue.All {
			out = append(out, w.ID+"\t"+w.Title, w.Slug+"\t"+w.ID)
		}
	}
	return out, cobra.ShellCompDirectiveNoFileComp
}
