package dialect_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/guard/dialect"
	"github.com/wswarden/wswarden/internal/jsonscan"
)

// step is one message of a conversation, and what a dialect makes of it.
type step struct {
	name string
	side string // "<" from the client, ">" from the server; a "b" behind it means binary
	data string
	// want is one line an item: its type, its payload, its envelope; an asterisk
	// before the type says that it is the protocol's own. Or "!" and the rule of a
	// violation.
	want []string
	// refuse has the message not passed on, and is what the client is told.
	refuse string
}

// scanner leaves names in two cases to the dialects.
var scanner = jsonscan.NewScanner(jsonscan.Limits{AllowCaseVariants: true})

var refusal = dialect.Refusal{Code: "schema", Text: "not \"so\"", Event: "e1"}

// converse plays steps to a new conversation.
func converse(t *testing.T, c dialect.Conversation, steps []step) {
	t.Helper()
	for _, s := range steps {
		m := message(s.side, []byte(s.data))
		bad := c.Read(m)
		if got := describe(m, bad); !equal(got, s.want) {
			t.Errorf("%s: %s %q:\n got %q,\nwant %q", s.name, s.side, s.data, got, s.want)
		}
		if bad == nil && s.refuse == "" {
			c.Passed(m)
			continue
		}
		at := 0
		if bad != nil {
			at = -1
		}
		if s.side[0] != '<' {
			continue
		}
		reply := c.Refuse([]byte("before"), m, at, refusal)
		if s.refuse != "" {
			checkReply(t, s, reply)
		}
	}
}

// begin plays what opens a conversation.
func begin(t *testing.T, c dialect.Conversation, steps []step) {
	t.Helper()
	for _, s := range steps {
		m := message(s.side, []byte(s.data))
		if bad := c.Read(m); bad != nil {
			t.Fatalf("%s: %s", s.data, bad.Text)
		}
		c.Passed(m)
	}
}

// checkReply compares with what a step wants: "close" in front says that the
// connection is to be closed, "-" that nothing is said.
func checkReply(t *testing.T, s step, reply dialect.Reply) {
	t.Helper()
	got := "-"
	if reply.Data != nil {
		got = strings.TrimPrefix(string(reply.Data), "before")
	}
	if reply.Close {
		got = "close " + got
	}
	if got != s.refuse {
		t.Errorf("%s: refused with\n got %q,\nwant %q", s.name, got, s.refuse)
	}
}

func message(side string, data []byte) *dialect.Message {
	m := new(dialect.Message)
	from := dialect.Client
	if side[0] == '>' {
		from = dialect.Server
	}
	m.Reset(from, strings.HasSuffix(side, "b"), data, scanner)
	return m
}

func describe(m *dialect.Message, bad *dialect.Violation) (lines []string) {
	if bad != nil {
		return []string{"!" + bad.Rule}
	}
	for _, it := range m.Items {
		line := string(it.Type)
		if it.Kind == dialect.Protocol {
			line = "*" + line
		}
		if it.Payload.Exists() {
			line += " " + string(it.Payload.Raw())
		}
		for _, f := range it.Envelope {
			line += fmt.Sprintf(" %s=%s", f.Name, f.Text)
		}
		if it.Unseen {
			line += " unseen"
		}
		lines = append(lines, line)
	}
	return lines
}

func equal(a, b []string) bool { return strings.Join(a, "\n") == strings.Join(b, "\n") }

// is makes a list of what a step wants.
func is(lines ...string) []string { return lines }

// rewritten checks what Rewrite promises of any message that can be read: what it
// writes is read as the same items with the new payloads, and what was not changed
// has the same bytes. c must be able to read the message twice.
func rewritten(t *testing.T, c dialect.Conversation, side string, data []byte) {
	t.Helper()
	m := message(side, data)
	if c.Read(m) != nil {
		return
	}
	for _, replace := range [...]func(raw []byte) []byte{
		func(raw []byte) []byte { return append(bytes.Clone(raw), ' ') },
		func(raw []byte) []byte { return bytes.Clone(raw) },
	} {
		payloads := make([][]byte, len(m.Items))
		some := false
		for i, it := range m.Items {
			if it.Payload.Exists() {
				payloads[i] = replace(it.Payload.Raw())
				some = true
			}
		}
		if !some {
			return
		}
		again := message(side, c.Rewrite(nil, m, payloads))
		bad := c.Read(again)
		if got, want := describe(again, bad), describe(m, nil); !equal(got, want) {
			t.Fatalf("%q was rewritten as %q:\n got %q,\nwant %q", data, again.Data, got, want)
		}
	}
}

// fuzz runs rewritten on messages behind what opens a conversation.
func fuzz(f *testing.F, d dialect.Dialect, o dialect.Opening, opening []step, seeds ...string) {
	f.Helper()
	for _, s := range seeds {
		f.Add([]byte(s), false, false)
		f.Add([]byte(s), true, false)
		f.Add([]byte(s), false, true)
	}
	f.Fuzz(func(t *testing.T, data []byte, server, binary bool) {
		side := "<"
		if server {
			side = ">"
		}
		if binary {
			side += "b"
		}
		c := d.Open(o)
		begin(t, c, opening)
		rewritten(t, c, side, data)
		m := message(side, data)
		if bad := c.Read(m); bad != nil {
			c.Refuse(nil, m, -1, refusal)
			return
		}
		if !server {
			c.Refuse(nil, m, 0, refusal)
		}
		c.Passed(m)
		c.Read(message(side, data))
	})
}

// quote returns text as a JSON string.
func quote(text string) string { return string(jsonscan.AppendQuoted(nil, text)) }
