package dialect_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/guard/dialect"
	"github.com/wswarden/wswarden/internal/jsonscan"
)

// What guard takes for one message and the server for another is a way around its
// rules. So texts that are nearly right are read by both.

// mutants returns seeds, and n texts made of them by changing, dropping and
// repeating pieces. The same ones every time.
func mutants(seeds, pieces []string, n int) []string {
	r := rand.New(rand.NewPCG(1, 2))
	out := slices.Clone(seeds)
	for len(out) < n {
		text := seeds[r.IntN(len(seeds))]
		for range 1 + r.IntN(3) {
			from := r.IntN(len(text) + 1)
			to := min(len(text), from+r.IntN(4))
			piece := pieces[r.IntN(len(pieces))]
			if r.IntN(4) == 0 {
				other := seeds[r.IntN(len(seeds))]
				at := r.IntN(len(other))
				piece = other[at:min(len(other), at+r.IntN(12))]
			}
			text = text[:from] + piece + text[to:]
		}
		out = append(out, strings.ToValidUTF8(text, ""))
	}
	return out
}

// peers returns what the parser of a server says of each text.
func peers(t *testing.T, parser string, texts []string, answers any) {
	t.Helper()
	var in bytes.Buffer
	for _, text := range texts {
		in.Write(jsonscan.AppendQuoted(nil, text))
		in.WriteByte('\n')
	}
	cmd := exec.CommandContext(t.Context(), program(t, "nodejs", "node"), "client/parse.mjs", parser)
	cmd.Stdin = &in
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, &stderr)
	}
	lines := strings.Join(strings.Split(strings.TrimSpace(string(out)), "\n"), ",")
	if err := json.Unmarshal([]byte("["+lines+"]"), answers); err != nil {
		t.Fatal(err)
	}
}

// read has a dialect read what a client says, behind an opening.
func read(t *testing.T, d dialect.Dialect, text string, opening ...string) (*dialect.Message, *dialect.Violation) {
	t.Helper()
	scanner := jsonscan.NewScanner(jsonscan.Limits{})
	c := d.Open(dialect.Opening{})
	for _, o := range opening {
		m := new(dialect.Message)
		m.Reset(dialect.Client, false, []byte(o), scanner)
		if bad := c.Read(m); bad != nil {
			t.Fatal(o, bad.Text)
		}
		c.Passed(m)
	}
	m := new(dialect.Message)
	m.Reset(dialect.Client, false, []byte(text), scanner)
	return m, c.Read(m)
}

// TestGraphQLParser compares with graphql-js.
func TestGraphQLParser(t *testing.T) {
	t.Parallel()
	texts := mutants([]string{
		`{ hello }`, `query A($a: [Int!]! = [1, -2.5e+3] @d, $b: T = {x: "}", y: Z}) @e(f: true) { a: b(c: ENUM, d: null) @skip(if: $a) { e } }`,
		`mutation M { order(input: {quantity: 1, note: """ "block" \""" """}) { id ...F } } fragment F on Order @x { user { name } }`,
		"subscription S { ... on Sub { ticks ... @include(if: true) { more } } # comment }\n }", `query A{a} query B{b ...C} fragment C on T{c ...D} fragment D on T{d ...C}`,
		`{ a(b: "\"\\ é\u0041\u{1F600}") }`, `{ type query fragment on mutation input }`,
	}, []string{"", " ", "{", "}", "(", ")", "...", "\"", "\"\"\"", "\\", "#", "\n", "\r", ",", "$", "@", ":", "=", "[", "]", "!", "|", "&", "on", "query", "a", "_", "0", "1", "-", ".", "e", "\ufeff", "\u2028", "é", "\t", "fragment F on T{z}"}, 6000)
	var answers [][]struct {
		Kind, Name string
		Fields     []string
	}
	peers(t, "graphql", texts, &answers)
	accepted := 0
	for i, text := range texts {
		for _, operation := range answers[i] {
			name := ""
			if operation.Name != "" {
				name = `,"operationName":` + string(jsonscan.AppendQuoted(nil, operation.Name))
			}
			m, bad := read(t, dialect.NewGraphQL(dialect.GraphQL{}), `{"type":"subscribe","id":"1","payload":{"query":`+string(jsonscan.AppendQuoted(nil, text))+name+`}}`, `{"type":"connection_init"}`)
			if bad != nil {
				continue // more than the server
			}
			accepted++
			want := strings.TrimSpace(operation.Kind + " " + operation.Name)
			fields, _ := m.Items[0].Envelope.Get("fields")
			got := strings.Fields(string(fields))
			slices.Sort(got)
			if string(m.Items[0].Type) != want || !slices.Equal(got, operation.Fields) {
				t.Errorf("%q: got %s of %q, the server reads %s of %q", text, m.Items[0].Type, got, want, operation.Fields)
			}
		}
		if answers[i] == nil {
			m, bad := read(t, dialect.NewGraphQL(dialect.GraphQL{}), `{"type":"subscribe","id":"1","payload":{"query":`+string(jsonscan.AppendQuoted(nil, text))+`}}`, `{"type":"connection_init"}`)
			if bad == nil {
				t.Errorf("%q: got %s, the server refuses it", text, m.Items[0].Type)
			}
		}
	}
	if accepted < len(texts)/20 {
		t.Errorf("only %d of %d texts were accepted: they show too little", accepted, len(texts))
	}
}

// TestSocketIOParser compares with socket.io-parser.
func TestSocketIOParser(t *testing.T) {
	t.Parallel()
	texts := mutants([]string{
		`42["order",{"a":1}]`, `427["order",{"a":[1,2]},"x"]`, `42/chat,["say","hi"]`, `42/chat,12["say"]`, `451-["file",{"_placeholder":true,"num":0}]`, `452-/chat,3["file"]`,
		`40`, `40{"token":"x"}`, `40/chat,`, `40/chat,{"a":1}`, `41`, `41/chat,`, `44{"message":"x"}`, `433["ok"]`,
	}, []string{"", " ", "0", "1", "7", "42", "-", ",", "/", "/chat,", "[", "]", "{", "}", "\"", "\"order\"", "null", "e", ".", "+", "x", "\t", "\n", "é", "connect", "disconnect"}, 6000)
	var answers []*struct {
		Type        int
		Nsp         string
		ID          *float64
		Event       any
		Attachments int
	}
	peers(t, "socketio", texts, &answers)
	accepted, d := 0, dialect.NewSocketIO(dialect.SocketIO{})
	for i, text := range texts {
		m, bad := read(t, d, text, "40/chat,")
		if bad != nil || text[0] != '4' {
			continue // refused, or none of its packets
		}
		accepted++
		want := answers[i]
		if want == nil {
			t.Errorf("%q: got %s, the server refuses it", text, m.Items[0].Type)
			continue
		}
		it := m.Items[0]
		namespace, _ := it.Envelope.Get("namespace")
		event := []string{"connect", "disconnect", fmt.Sprint(want.Event)}[want.Type]
		if string(it.Type) != event || string(namespace) != want.Nsp || (text[1] == '5') != (want.Attachments > 0) {
			t.Errorf("%q: got %s in %s, the server reads %+v", text, it.Type, namespace, *want)
		}
		if want.ID != nil {
			ack := d.Open(dialect.Opening{}).Refuse(nil, m, 0, dialect.Refusal{})
			if begin := fmt.Sprintf("%.0f[", *want.ID); !strings.Contains(string(ack.Data), begin) {
				t.Errorf("%q: answered by %s, the server waits for %.0f", text, ack.Data, *want.ID)
			}
		}
	}
	if accepted < len(texts)/20 {
		t.Errorf("only %d of %d texts were accepted: they show too little", accepted, len(texts))
	}
}
