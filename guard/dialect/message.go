package dialect

import (
	"bytes"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/internal/jsonscan"
)

// Message is one WebSocket message while it is judged. It keeps its memory for
// the next one, so that reading allocates nothing once it has grown. The zero
// Message is ready for Reset. It belongs to one goroutine at a time.
type Message struct {
	// From is who sent it.
	From Side
	// Binary says that it is no text; text is valid UTF-8.
	Binary bool
	// Data is the message. It must not be changed.
	Data []byte
	// Items are what Read has found.
	Items []Item

	scanner *jsonscan.Scanner
	docs    []*jsonscan.Doc // the first used ones are of this message
	used    int
	text    []byte  // decoded texts
	fields  []Field // envelopes
}

// Reset makes m the message data, of which JSON is scanned by s.
func (m *Message) Reset(from Side, binary bool, data []byte, s *jsonscan.Scanner) {
	m.From, m.Binary, m.Data, m.scanner = from, binary, data, s
	m.Items, m.used, m.text, m.fields = m.Items[:0], 0, m.text[:0], m.fields[:0]
}

// Release forgets the message, and gives up memory beyond what most need.
func (m *Message) Release() {
	const keptItems, keptBytes = 64, 16 << 10
	for _, d := range m.docs[:min(len(m.docs), keptDocs)] {
		d.Release()
	}
	if len(m.docs) > keptDocs {
		clear(m.docs[keptDocs:])
		m.docs = m.docs[:keptDocs]
	}
	if cap(m.Items) > keptItems {
		m.Items = nil
	}
	if cap(m.fields) > keptItems {
		m.fields = nil
	}
	if cap(m.text) > keptBytes {
		m.text = nil
	}
	clear(m.Items[:cap(m.Items)])
	clear(m.fields[:cap(m.fields)])
	m.Reset(Client, false, nil, nil)
}

// keptDocs is how many documents a message keeps for the next one.
const keptDocs = 2

// Scan indexes text, a part of Data or what was decoded from it, as one JSON text
// within the limits of the configuration. The Doc belongs to m.
func (m *Message) Scan(text []byte) (*jsonscan.Doc, jsonscan.Violation) {
	if m.used == len(m.docs) {
		m.docs = append(m.docs, new(jsonscan.Doc))
	}
	d := m.docs[m.used]
	m.used++
	return d, m.scanner.Scan(text, d)
}

// Text returns what the string v stands for, nil if it is none. Unlike
// [jsonscan.Value.Text] it stays good as long as the message.
func (m *Message) Text(v jsonscan.Value) []byte {
	if v.Kind() != jsonscan.String {
		return nil
	}
	if raw := v.Raw(); bytes.IndexByte(raw, '\\') < 0 {
		return raw[1 : len(raw)-1]
	}
	start := len(m.text)
	m.text = v.AppendText(m.text)
	return m.text[start:len(m.text):len(m.text)]
}

// Keep copies text into memory of m.
func (m *Message) Keep(text ...[]byte) []byte {
	start := len(m.text)
	for _, t := range text {
		m.text = append(m.text, t...)
	}
	return m.text[start:len(m.text):len(m.text)]
}

// Edited returns the value that e edits with all changes made, in memory of m.
func (m *Message) Edited(e *jsonscan.Editor) []byte {
	start := len(m.text)
	m.text = e.Append(m.text)
	return m.text[start:len(m.text):len(m.text)]
}

// Add appends an item.
func (m *Message) Add(it Item) { m.Items = append(m.Items, it) }

// Envelope returns an envelope of these fields, in memory of m.
func (m *Message) Envelope(fields ...Field) Envelope {
	start := len(m.fields)
	m.fields = append(m.fields, fields...)
	return m.fields[start:len(m.fields):len(m.fields)]
}

// Malformed returns the violation of a message, or of JSON within it, that the
// scanner refused.
func Malformed(v jsonscan.Violation) *Violation { return malformed[v.Code] }

// malformed has a violation for each code of a scan.
var malformed = func() map[jsonscan.Code]*Violation {
	m := map[jsonscan.Code]*Violation{}
	for _, c := range jsonscan.Codes() {
		w := catalogue.ParseUnguarded
		if c == jsonscan.KeyPrototype {
			w = catalogue.PrototypePollution
		}
		m[c] = &Violation{Weakness: w, Rule: "message." + c.String(), Text: c.Text()}
	}
	return m
}()

// Splice appends data to dst with what lies from start to end replaced by text.
func Splice(dst, data []byte, start, end int, text []byte) []byte {
	dst = append(dst, data[:start]...)
	dst = append(dst, text...)
	return append(dst, data[end:]...)
}
