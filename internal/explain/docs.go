package explain

import (
	"bytes"

	"github.com/wswarden/wswarden/catalogue"
)

//go:generate go run ./gen -out ../../docs/weaknesses

// generated heads each file, so that nobody edits it by hand.
const generated = "<!-- Generated from catalogue/ by go generate ./internal/explain. Do not edit. -->\n\n"

// Docs returns the files of docs/weaknesses by name: a page for each entry and
// README.md, the index.
func Docs() map[string][]byte {
	files := make(map[string][]byte, len(catalogue.All)+1)
	for _, w := range catalogue.All {
		var b bytes.Buffer
		b.WriteString(generated)
		if err := Markdown(&b, w, MarkdownOptions{Links: true}); err != nil {
			panic("explain: write to buffer: " + err.Error()) // a bytes.Buffer does not fail
		}
		files[w.ID+".md"] = b.Bytes()
	}
	files["README.md"] = index()
	return files
}

func index() []byte {
	var b bytes.Buffer
	b.WriteString(generated)
	b.WriteString(indexHead)
	listMarkdown(&b, true)
	b.WriteString(indexTail)
	return b.Bytes()
}

const indexHead = `# The weaknesses

Every finding of ` + "`wswarden review`" + `, every refusal of ` + "`wswarden guard`" + ` and every result of ` + "`wswarden probe`" + ` names one of
these entries by its ID. An ID never changes its meaning and is never reused. The hundreds follow the life of a connection: 1 handshake and transport,
2 authentication and session, 3 message input, 4 authorization, 5 what is sent to others, 6 the browser client,
7 resource limits, 8 framing, 9 dependencies.

"The guide" in these pages is the WebSocket security code review guide whose trading platform stands in
` + "`examples/trading`" + `; where one of its samples is itself defective, the entry says so.

The severity is the default. Review raises or lowers it with what it sees, as the entry says. The last three columns tell
whether review can find the weakness in source code, guard prevents or contains it, and probe can show it on a live
endpoint. In the terminal: ` + "`wswarden explain WS101`" + `, ` + "`wswarden explain --list`" + `.

The settings of guard are shown as parts of a configuration. One that a version of guard does not have yet is refused
with what to do meanwhile, never ignored: ` + "`wswarden guard --check --config FILE`" + ` tells.

`

const indexTail = `
## As JSON

` + "`wswarden explain --format json WS101`" + ` prints one object, ` + "`wswarden explain --list --format json`" + ` an array of such objects
without ` + "`text`" + `. Keys are added, never renamed or removed; lists are never null; strings below ` + "`text`" + ` are Markdown unless
they are code.

| Key | Type | Meaning |
|---|---|---|
| id, slug, title | string | as in the table above |
| severity | string | critical, high, medium or low |
| cwe | array of numbers | CWE, most specific first |
| asvs | array of strings | OWASP ASVS 5.0 requirements, such as V4.4.2 |
| guide | array of numbers | sections of the code review guide |
| review, guard, probe | boolean | which tools know it |
| text.what_goes_wrong, .attack, .spot, .guard, .probe | string | the sections of a page |
| text.examples[] | object | language, framework, syntax, note, vulnerable, fixed |
| text.questions[] | object | question, answer |
| text.references[] | object | title, url, note |
`
