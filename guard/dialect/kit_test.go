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
		lines = append(lines, describeItem(it, it.Payload.Raw()))
	}
	return lines
}

func describeItem(it dialect.Item, payload []byte) string {
	line := string(it.Type)
	if it.Kind == dialect.Protocol {
		line = "*" + line
	}
	if it.Payload.Exists() {
		line += " " + string(payload)
	}
	for _, f := range it.Envelope {
		line += fmt.Sprintf(" %s=%s", f.Name, f.Text)
	}
	if it.Unseen {
		line += " unseen"
	}
	return line
}

func equal(a, b []string) bool { return strings.Join(a, "\n") == strings.Join(b, "\n") }

// is makes a list of what a step wants.
func is(lines ...string) []string { return lines }

// promise is what a dialect promises of Rewrite beyond what all do.
type promise struct {
	// exact says that payloads that are replaced by themselves give the same bytes.
	exact bool
	// any is a payload that every item of an application may have; empty for none.
	any string
}

// rewritten checks Rewrite on any message that can be read: what it writes is read
// as the same items with the new payloads. c must be able to read the message twice.
func rewritten(t *testing.T, c dialect.Conversation, side string, data []byte, p promise) {
	t.Helper()
	same := func(it dialect.Item) []byte { return bytes.Clone(it.Payload.Raw()) }
	if got := rewrite(t, c, side, data, same); p.exact && got != nil && !bytes.Equal(got, data) {
		t.Fatalf("%q with its own payloads was rewritten as %q", data, got)
	}
	rewrite(t, c, side, data, func(it dialect.Item) []byte { return append(same(it), ' ') })
	if p.any == "" {
		return
	}
	rewrite(t, c, side, data, func(it dialect.Item) []byte {
		if it.Kind == dialect.Protocol {
			return nil
		}
		return []byte(p.any)
	})
}

// rewrite replaces payloads, nil leaving one as it is, and checks that what comes
// out is read so. It returns what came out, nil if there was nothing to replace.
func rewrite(t *testing.T, c dialect.Conversation, side string, data []byte, replace func(dialect.Item) []byte) []byte {
	t.Helper()
	m := message(side, data)
	if c.Read(m) != nil {
		return nil
	}
	payloads := make([][]byte, len(m.Items))
	var want []string
	some := false
	for i, it := range m.Items {
		payload := it.Payload.Raw()
		if it.Payload.Exists() && !it.Fixed {
			payloads[i] = replace(it)
		}
		if payloads[i] != nil {
			some, payload = true, bytes.TrimSpace(payloads[i])
		}
		want = append(want, describeItem(it, payload))
	}
	if !some {
		return nil
	}
	again := message(side, c.Rewrite(nil, m, payloads))
	bad := c.Read(again)
	if got := describe(again, bad); !equal(got, want) {
		t.Fatalf("%q was rewritten as %q:\n got %q,\nwant %q", data, again.Data, got, want)
	}
	return again.Data
}

// fuzz runs rewritten on messages behind what opens a conversation.
func fuzz(f *testing.F, d dialect.Dialect, p promise, opening []step, seeds ...string) {
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
		c := d.Open(dialect.Opening{})
		begin(t, c, opening)
		rewritten(t, c, side, data, p)
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
