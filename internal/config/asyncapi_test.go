package config_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/guard"
)

// The schemas of a document are in force as if they stood in the section; those of
// the section win.
func TestAsyncAPI(t *testing.T) {
	cfg, err := parse(withSection(t, `asyncapi: asyncapi.yaml
client:
  say: {allow: size(message.text) > 1, clean: {text: escape}}
  leave: {schema: {type: object, additionalProperties: false, properties: {type: {}, reason: {type: string}}}}
server:
  said: {undeclared: drop}`))
	if err != nil {
		t.Fatal(err)
	}
	p := cfg.Guard.Routes[0].Messages
	for _, tt := range []struct {
		rule guard.MessageRule
		text string
		want bool
	}{
		{p.Client["say"], `{"text": "hello"}`, true},
		{p.Client["say"], `{"text": "longer than that"}`, false},
		{p.Client["leave"], `{"reason": "tired"}`, true},
		{p.Server["said"], `{"text": 1}`, false},
	} {
		if bad := tt.rule.Schema.Check(message(t, tt.text, nil).Message); bad.OK() != tt.want {
			t.Errorf("schema of %s: got %q, want ok %v", tt.text, bad.Text(), tt.want)
		}
	}
	if ok, err := p.Client["say"].Allow.Holds(message(t, `{"text": "x"}`, nil)); ok || err != nil {
		t.Errorf("allow: got %v, %v; want false", ok, err)
	}
	equal(t, "messages of clients and servers", [2]int{len(p.Client), len(p.Server)}, [2]int{2, 1})
	equal(t, "parts", strings.Join(cfg.Parts, " "), filepath.Join(folder, "asyncapi.yaml"))
	for _, s := range cfg.Settings() {
		if s.Path == "routes[0].messages.client.say.schema" && s.Source != "derived from asyncapi.yaml:6" {
			t.Errorf("got source %q, want the document and line", s.Source)
		}
	}
}

func TestAsyncAPIAlone(t *testing.T) {
	p := policyOf(t, `asyncapi: asyncapi.yaml`)
	equal(t, "messages of clients and servers", [2]int{len(p.Client), len(p.Server)}, [2]int{2, 1})
	if p.Version == policyOf(t, `{}`).Version {
		t.Error("the document is no part of the version")
	}
}

func TestAsyncAPIProblems(t *testing.T) {
	section := func(text string) []string { return edits("    auth:", "    messages: {"+text+"}\n    auth:") }
	judge(t, []problemCase{
		{"not there", section("asyncapi: none.yaml"), wants(`9:26: routes[0].messages.asyncapi: read AsyncAPI document "`)},
		{"not understood", section("asyncapi: asyncapi-bad.yaml"), wants("9:26: routes[0].messages.asyncapi: ")},
		{"no document", section("asyncapi: order.yaml"), wants("9:26: routes[0].messages.asyncapi: ")},
		{"no messages", section("asyncapi: asyncapi-empty.yaml"), wants("9:26: routes[0].messages.asyncapi: ")},
		{"misspelt field of a schema there", section(`asyncapi: asyncapi.yaml, client: {say: {allow: 'message.txt != ""'}}`), wants(`9:71: routes[0].messages.client.say.allow: the schema declares no field "txt" of message; its fields are text, type`)},
	})
}
