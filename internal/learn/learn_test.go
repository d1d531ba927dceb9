package learn_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
	"go.yaml.in/yaml/v4"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/guard/dialect"
	"github.com/wswarden/wswarden/internal/jsonscan"
	"github.com/wswarden/wswarden/internal/learn"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// start makes a learner that writes only when it is told.
func start(t testing.TB, name string) *learn.Learner {
	t.Helper()
	l, err := learn.Start(learn.Options{File: name, Route: "/ws", Type: "type", Every: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

// show shows a learner a message, and reports whether it could be read.
func show(l *learn.Learner, from dialect.Side, kind, text string) bool {
	var d jsonscan.Doc
	if !jsonscan.NewScanner(jsonscan.Limits{}).Scan([]byte(text), &d).OK() {
		return false
	}
	l.Observe(guard.Observation{Route: "/ws", From: from, Type: []byte(kind), Payload: d.Root(), Bytes: len(text)})
	return true
}

func proposal(t testing.TB, l *learn.Learner, name string) string {
	t.Helper()
	if err := l.Write(); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestProposal(t *testing.T) {
	name := filepath.Join(t.TempDir(), "messages.yaml")
	l := start(t, name)
	for i := range 3 {
		show(l, dialect.Client, "place_order", fmt.Sprintf(`{"type":"place_order","symbol":"AAPL","quantity":%d,"price":12.5,"tags":["day"],"on":null}`, 10+i*45))
		show(l, dialect.Client, "place_order", `{"type":"place_order","symbol":"AAPL","quantity":1,"price":-3,"tags":[],"note":{"text":"0123456789"}}`)
	}
	show(l, dialect.Client, "ping", `{"type":"ping"}`)
	show(l, dialect.Server, "prices", `{"type":"prices","of":{"0f8fad5b-d9cb":1.5,"7c9e6679-7425":2}}`)
	const want = `# Proposed by wswarden from what it saw on /ws.
# Read it before it goes into a route: what was not seen is refused, and what an
# attacker sent meanwhile is allowed. Bounds are rounded up. It has no allow, set and
# clean yet: who may do what can't be seen from outside.
messages:
  type: type
  unknown: reject
  client:
    ping: # 1 message
      schema:
        type: object
        required: [type]
        additionalProperties: false
        properties:
          type:
            type: string
            maxLength: 8
    place_order: # 6 messages
      schema:
        type: object
        required: [price, quantity, symbol, tags, type]
        additionalProperties: false
        properties:
          note:
            type: object
            required: [text]
            additionalProperties: false
            properties:
              text:
                type: string
                maxLength: 16
          "on":
            type: "null"
          price:
            type: number
            minimum: -10
            maximum: 100
          quantity:
            type: integer
            minimum: 0
            maximum: 1000
          symbol:
            type: string
            maxLength: 8
          tags:
            type: array
            maxItems: 8
            items:
              type: string
              maxLength: 8
          type:
            type: string
            maxLength: 16
  server:
    prices: # 1 message
      schema:
        type: object
        required: [of, type]
        properties:
          of:
            type: object
            maxProperties: 8
            additionalProperties:
              type: number
              minimum: 0
              maximum: 10
          type:
            type: string
            maxLength: 8
      undeclared: drop
`
	if got := proposal(t, l, name); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
	if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("got mode %v, want 0600", info.Mode())
	}
}

// schemas returns the schemas of a proposal by type.
func schemas(t testing.TB, text, side string) map[string]*jsonscan.Schema {
	t.Helper()
	var doc struct {
		Messages map[string]any
	}
	if err := yaml.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	out := map[string]*jsonscan.Schema{}
	rules, _ := doc.Messages[side].(map[string]any)
	for name, rule := range rules {
		s, err := jsonscan.CompileValue(rule.(map[string]any)["schema"], jsonscan.Options{})
		if err != nil {
			t.Fatalf("%s: %v in\n%s", name, err, text)
		}
		out[name] = s
	}
	return out
}

// TestBounds shows far more than may be kept.
func TestBounds(t *testing.T) {
	name := filepath.Join(t.TempDir(), "messages.yaml")
	l := start(t, name)
	letters := func(i int) string { return strings.Map(func(r rune) rune { return r - '0' + 'a' }, fmt.Sprint(i)) }
	for i := range 1000 {
		show(l, dialect.Client, "t"+letters(i), `{}`)
	}
	for i := range 2000 {
		show(l, dialect.Server, "wide", `{"`+letters(i)+`":{"x":{"y":[1,"`+letters(i)+`"]}}}`)
	}
	show(l, dialect.Server, "deep", strings.Repeat(`{"a":`, 25)+"1"+strings.Repeat("}", 25))
	for _, kind := range []string{"4f3a2b1c-0d9e", "alice@example.com 123456", "", "<b>", strings.Repeat("x", 200)} {
		show(l, dialect.Client, kind, `{}`)
	}
	text := proposal(t, l, name)
	if len(text) > 64<<10 {
		t.Errorf("the proposal has %d bytes", len(text))
	}
	if n := len(schemas(t, text, "client")); n != 100 {
		t.Errorf("%d types, want 100", n)
	}
	for _, want := range []string{"# There was more than could be kept", "# 5 messages had a type that looks like data"} {
		if !strings.Contains(text, want) {
			t.Errorf("the proposal does not say %q", want)
		}
	}
	if s := schemas(t, text, "server"); s["wide"] == nil || s["deep"] == nil {
		t.Errorf("got %v", s)
	}
}

// TestOldFileOfSomebodyElse keeps a file whose name a proposal would take when it is
// moved aside.
func TestOldFileOfSomebodyElse(t *testing.T) {
	name := filepath.Join(t.TempDir(), "messages.yaml")
	l := start(t, name)
	show(l, dialect.Client, "first", `{}`)
	first := proposal(t, l, name)
	l = start(t, name)
	show(l, dialect.Client, "second", `{}`)
	if err := os.WriteFile(name+".old", []byte("mine: true\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := learn.Start(learn.Options{File: name}); !errors.Is(err, learn.ErrNotOurs) {
		t.Errorf("at the start: got error %v, want ErrNotOurs", err)
	}
	if err := l.Write(); !errors.Is(err, learn.ErrNotOurs) {
		t.Errorf("got error %v, want ErrNotOurs", err)
	}
	for file, want := range map[string]string{name: first, name + ".old": "mine: true\n"} {
		if got, err := os.ReadFile(file); err != nil || string(got) != want {
			t.Errorf("%s: got %q, %v, want %q", file, got, err, want)
		}
	}
}

// TestMapsAreTold proposes any names for objects whose names have nothing in
// common.
func TestMapsAreTold(t *testing.T) {
	name := filepath.Join(t.TempDir(), "messages.yaml")
	l := start(t, name)
	for _, user := range []string{"alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi"} {
		show(l, dialect.Server, "online", `{"users":{"`+user+`":{"since":5}}}`)
	}
	if text := proposal(t, l, name); strings.Contains(text, "alice") || !strings.Contains(text, "maxProperties: 8") {
		t.Errorf("names of users became fields:\n%s", text)
	}
}

func TestWriting(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "messages.yaml")
	l := start(t, name)
	if err := l.Write(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(name); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a proposal of nothing was written: %v", err)
	}
	show(l, dialect.Client, "first", `{}`)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	first, err := os.ReadFile(name)
	if err != nil || !strings.Contains(string(first), "first:") {
		t.Fatalf("after Close: %v, %s", err, first)
	}

	l = start(t, name) // the next run keeps what the one before has seen
	show(l, dialect.Client, "second", `{}`)
	second := proposal(t, l, name)
	if old, err := os.ReadFile(name + ".old"); err != nil || string(old) != string(first) || strings.Contains(second, "first:") {
		t.Errorf("the proposal of the run before: %v, %s", err, old)
	}
	show(l, dialect.Client, "third", `{}`)
	if third := proposal(t, l, name); !strings.Contains(third, "second:") || !strings.Contains(third, "third:") {
		t.Errorf("got %s", third)
	}
	if names, _ := filepath.Glob(filepath.Join(dir, "*")); len(names) != 2 {
		t.Errorf("files are left: %v", names)
	}

	other := filepath.Join(dir, "wswarden.yaml")
	if err := os.WriteFile(other, []byte("listen: 127.0.0.1:8080\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{other, dir} {
		if _, err := learn.Start(learn.Options{File: name}); !errors.Is(err, learn.ErrNotOurs) {
			t.Errorf("%s: got error %v, want ErrNotOurs", name, err)
		}
	}
	if _, err := learn.Start(learn.Options{File: filepath.Join(dir, "none", "x")}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("in a missing folder: got error %v", err)
	}
	if err := os.WriteFile(name, []byte("edited: true\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	show(l, dialect.Client, "fourth", `{}`)
	if err := l.Write(); !errors.Is(err, learn.ErrNotOurs) {
		t.Errorf("over an edited file: got error %v", err)
	}
}

func TestConcurrentUse(t *testing.T) {
	name := filepath.Join(t.TempDir(), "messages.yaml")
	l := start(t, name)
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			for range 50 {
				show(l, dialect.Side(i%2), "chat", `{"text":"x"}`)
				if err := l.Write(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if text := proposal(t, l, name); strings.Count(text, "# 100 messages") != 2 {
		t.Errorf("got %s", text)
	}
}

// FuzzLearn shows any two messages. The schema that is proposed for them accepts
// both, and no text of theirs is in it.
func FuzzLearn(f *testing.F) {
	f.Add(`{"a":1,"b":[{"c":"x"},null],"d":{"e":-0.5}}`, `{"a":"text","b":[],"f":1e300}`)
	f.Add(`[[1],[{"x":true}],"s"]`, `{"1234-5678":{"a":1},"b":{"a":"x"}}`)
	f.Add(`"\ud83d\ude00"`, `-1e-7`)
	name := filepath.Join(f.TempDir(), "messages.yaml")
	f.Fuzz(func(t *testing.T, one, two string) {
		l := start(t, name)
		var seen []string
		for _, text := range []string{one, two} {
			if show(l, dialect.Client, "t", text) {
				seen = append(seen, text)
			}
		}
		if len(seen) == 0 {
			return
		}
		text := l.Proposal()
		s := schemas(t, text, "client")["t"]
		for _, doc := range seen {
			var d jsonscan.Doc
			jsonscan.NewScanner(jsonscan.Limits{}).Scan([]byte(doc), &d)
			if bad := s.Check(d.Root()); !bad.OK() {
				t.Errorf("%s is refused: %s\n%s", doc, bad.Text(), text)
			}
			var v any
			if json.Unmarshal([]byte(doc), &v) == nil {
				eachText(v, func(value string) {
					if len(value) > 12 && !strings.Contains(onlyNames(v), value) && strings.Contains(text, value) {
						t.Errorf("the value %q is in the proposal:\n%s", value, text)
					}
				})
			}
		}
	})
}

// eachText calls f for every string value.
func eachText(v any, f func(string)) {
	switch v := v.(type) {
	case string:
		f(v)
	case []any:
		for _, e := range v {
			eachText(e, f)
		}
	case map[string]any:
		for _, e := range v {
			eachText(e, f)
		}
	}
}

// onlyNames returns all names of fields, and what every proposal holds.
func onlyNames(v any) string {
	var b strings.Builder
	b.WriteString("additionalProperties maxProperties")
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			b.WriteString(onlyNames(e))
		}
	case map[string]any:
		for name, e := range v {
			b.WriteString(" " + name + " " + onlyNames(e))
		}
	}
	return b.String()
}
