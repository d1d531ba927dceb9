package dialect

import (
	"slices"
	"strings"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/internal/jsonscan"
)

// jsonText is messages that are one JSON text each, of which a field names the
// type. The whole text is the payload.
type jsonText struct {
	typ    jsonscan.Path
	prefix string // of a refusal, up to where its fields begin
	suffix string
	skip   []string // fields of a refusal whose name the type has
}

// NewJSON returns the dialect in which every message is one JSON text. typ is the
// path of the field that names its type, a string or a number as it is written. A
// message without it has no type.
//
// A refusal is an object with "error" at the same path, and beside it "code", a
// word; "message", a sentence; and "event", which names the audit line.
func NewJSON(typ string) (Dialect, error) {
	p, err := jsonscan.ParsePath(typ)
	if err != nil {
		return nil, err
	}
	j := &jsonText{typ: p}
	j.word(typ)
	return j, nil
}

func (j *jsonText) Name() string              { return "json" }
func (j *jsonText) Open(Opening) Conversation { return j }
func (j *jsonText) Passed(*Message)           {}

// Violations of JSON messages.
var (
	ErrJSONBinary    = &Violation{Weakness: catalogue.ParseUnguarded, Rule: "message.binary", Text: "binary messages are not accepted", Binary: true}
	ErrJSONAmbiguous = &Violation{Weakness: catalogue.DynamicDispatch, Rule: "message.type-ambiguous", Text: "a member differs from the type's name only in case"}
)

func (j *jsonText) Read(m *Message) *Violation {
	if m.Binary {
		return ErrJSONBinary
	}
	d, bad := m.Scan(m.Data)
	if !bad.OK() {
		return Malformed(bad)
	}
	typ := d.Lookup(j.typ)
	if m.From == Client && (!typ.Exists() || m.scanner.Limits().AllowCaseVariants) && d.Ambiguous(j.typ) {
		return ErrJSONAmbiguous
	}
	m.Add(Item{Type: typeName(m, typ), Payload: d.Root(), End: len(m.Data)})
	return nil
}

// typeName returns the name that v gives, nil if it is none.
func typeName(m *Message, v jsonscan.Value) []byte {
	if v.Kind() == jsonscan.Number {
		return v.Raw()
	}
	return m.Text(v)
}

func (j *jsonText) Rewrite(dst []byte, _ *Message, payloads [][]byte) []byte {
	return append(dst, payloads[0]...)
}

// word prepares refusals. typ is a valid path.
func (j *jsonText) word(typ string) {
	var d jsonscan.Doc
	var e jsonscan.Editor
	jsonscan.NewScanner(jsonscan.Limits{}).Scan([]byte("{}"), &d)
	e.Reset(&d)
	if e.Set(j.typ, []byte(`"error"`)) != nil { // as where it is in an array
		j.prefix, j.suffix = `{"type":"error"`, "}"
		return
	}
	text := string(e.Append(nil))
	j.prefix, j.suffix = strings.TrimSuffix(text, "}"), "}"
	jsonscan.NewScanner(jsonscan.Limits{}).Scan([]byte(text), &d)
	for name := range d.Root().Members() {
		j.skip = append(j.skip, string(name))
	}
}

func (j *jsonText) Refuse(dst []byte, _ *Message, _ int, r Refusal) Reply {
	dst = append(dst, j.prefix...)
	for _, f := range [...]struct{ name, text string }{{"code", r.Code}, {"message", r.Text}, {"event", r.Event}} {
		if slices.Contains(j.skip, f.name) {
			continue
		}
		dst = append(dst, `,"`...)
		dst = append(dst, f.name...)
		dst = append(dst, `":`...)
		dst = jsonscan.AppendQuoted(dst, f.text)
	}
	return Reply{Data: append(dst, j.suffix...)}
}
