package config_test

import (
	"strings"
	"testing"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/internal/jsonscan"
)

// policyOf returns the policy of a file whose route has this section.
func policyOf(t *testing.T, section string) *guard.MessagePolicy {
	t.Helper()
	cfg, err := parse(withSection(t, section))
	if err != nil {
		t.Fatal(err)
	}
	return cfg.Guard.Routes[0].Messages
}

func withSection(t *testing.T, section string) string {
	t.Helper()
	return with(t, "    auth:", "    messages:\n      "+strings.ReplaceAll(section, "\n", "\n      ")+"\n    auth:")
}

func message(t *testing.T, text string, who *guard.Identity) *guard.Facts {
	t.Helper()
	d := new(jsonscan.Doc)
	if bad := jsonscan.NewScanner(jsonscan.Limits{}).Scan([]byte(text), d); !bad.OK() {
		t.Fatal(bad.Text())
	}
	return &guard.Facts{Message: d.Root(), Session: who, Conn: &guard.ConnFacts{}}
}

func TestPolicyOfASection(t *testing.T) {
	p := policyOf(t, `type: action
unknown: pass
unknown_server: reject
binary: text
reject: close
strikes: 3
secret: [hash]
error_detail: pass
insecure_prototype_keys: true
insecure_case_variants: true
limits: {depth: 1, keys: 2, object_keys: 3, elements: 4, values: 5, key_bytes: 6, string_bytes: 7, number_bytes: 8}
server_limits: {depth: 9}
client:
  order:
    mode: monitor
    schema: {type: object, additionalProperties: false, properties: {quantity: {type: integer}, text: {type: string, format: email}}}
    allow: message.quantity <= 1000 || "pro" in session.roles
    set: {userId: session.user, deep.source: '"web"', n: 1, list: [1, "a"]}
    clean: {text: strip}
    limit: 5/1s
    user_limit: {rate: 6/1s, burst: 7}
    fresh: true
    undeclared: drop
server:
  note: {mode: enforce, schema: {type: object}, allow: session.user == message.to, clean: {text: escape}, undeclared: drop, redact: [internal]}`)
	equal(t, "type", p.Type, "action")
	equal(t, "unknown", string(p.Unknown)+string(p.UnknownServer), "passreject")
	equal(t, "binary", p.Binary, guard.BinaryText)
	equal(t, "reject", p.Reject, guard.RejectClose)
	equal(t, "strikes", p.Strikes, 3)
	equal(t, "secret", p.Secret[0], "hash")
	equal(t, "error detail", p.ErrorDetail, guard.DetailPass)
	equal(t, "limits", p.JSON, guard.JSONLimits{Depth: 1, Keys: 2, ObjectKeys: 3, Elements: 4, Values: 5, KeyBytes: 6, StringBytes: 7, NumberBytes: 8, AllowPrototypeKeys: true, AllowCaseVariants: true})
	equal(t, "server limits", p.ServerJSON, guard.JSONLimits{Depth: 9})

	r := p.Client["order"]
	equal(t, "mode", r.Mode, guard.Monitor)
	equal(t, "limit", r.Limit, guard.Rate{Count: 5, Per: 1e9})
	equal(t, "user limit", r.UserLimit, guard.Rate{Count: 6, Per: 1e9, Burst: 7})
	equal(t, "fresh", r.Fresh, true)
	equal(t, "undeclared", r.Undeclared, guard.UndeclaredDrop)
	small, large := message(t, `{"quantity": 7}`, &guard.Identity{User: "u"}), message(t, `{"quantity": 7000}`, &guard.Identity{User: "u"})
	for name, want := range map[string]bool{"small": true, "large": false} {
		f := map[string]*guard.Facts{"small": small, "large": large}[name]
		if got, err := r.Allow.Holds(f); got != want || err != nil {
			t.Errorf("allow of a %s order: got %v, %v; want %v", name, got, err, want)
		}
	}
	for path, want := range map[string]string{"userId": `"u"`, "deep.source": `"web"`, "n": "1", "list": `[1,"a"]`} {
		got, err := r.Set[path].AppendJSON(nil, small)
		if string(got) != want || err != nil {
			t.Errorf("set of %q: got %s, %v; want %s", path, got, err, want)
		}
	}
	if got, ok := r.Clean["text"].Clean("<b>x</b>"); got != "x" || !ok {
		t.Errorf("clean: got %q, %v; want x", got, ok)
	}
	for text, want := range map[string]bool{`{"quantity": 1}`: true, `{"quantity": "1"}`: false, `{"text": "no address"}`: false} {
		if bad := r.Schema.Check(message(t, text, nil).Message); bad.OK() != want {
			t.Errorf("schema of %s: got %q, want ok %v", text, bad.Text(), want)
		}
	}

	s := p.Server["note"]
	equal(t, "server rule", string(s.Mode)+string(s.Undeclared)+s.Redact[0], "enforcedropinternal")
	if got, err := s.Allow.Holds(message(t, `{"to": "u"}`, &guard.Identity{User: "u"})); !got || err != nil {
		t.Errorf("allow of a note: got %v, %v; want true", got, err)
	}
	if got, _ := s.Clean["text"].Clean("<"); got != "&lt;" {
		t.Errorf("clean of a note: got %q", got)
	}
}

func TestSchemaFiles(t *testing.T) {
	p := policyOf(t, `client:
  a: {schema_file: order.json, allow: message.symbol == "A"}
  b: {schema_file: order.yaml, allow: message.symbol == "A"}`)
	for _, name := range []string{"a", "b"} {
		r := p.Client[name]
		good, bad := message(t, `{"symbol": "A"}`, nil), message(t, `{"symbol": 1}`, nil)
		if !r.Schema.Check(good.Message).OK() || r.Schema.Check(bad.Message).OK() {
			t.Errorf("%s: the schema of the file is not in force", name)
		}
		if ok, err := r.Allow.Holds(good); !ok || err != nil {
			t.Errorf("%s: allow: got %v, %v; want true", name, ok, err)
		}
	}
}

// A reload must tell a policy that was changed from one that was not, though what is
// compiled differs each time.
func TestVersionOfAPolicy(t *testing.T) {
	const section = `client:
  a: {schema: {type: object, additionalProperties: false, properties: {x: {type: integer}}}, allow: message.x > 1, set: {y: session.user, z: 1}, clean: {t: escape}}
  b: {schema_file: order.json}`
	first := policyOf(t, section)
	if first.Version == "" {
		t.Fatal("got no version")
	}
	if again := policyOf(t, section); again.Version != first.Version {
		t.Error("the same section has two versions")
	}
	for _, change := range [][2]string{
		{"message.x > 1", "message.x > 2"}, {"integer", "number"}, {"session.user", "session.name"}, {"z: 1", "z: 2"}, {"escape", "strip"},
		{"order.json", "order.yaml"}, {"client:", "unknown: pass\nclient:"}, {"a: {", "a: {fresh: true, "}, {"  a:", "  c:"},
	} {
		changed := policyOf(t, strings.Replace(section, change[0], change[1], 1))
		if changed.Version == first.Version {
			t.Errorf("%q in place of %q makes no other version", change[1], change[0])
		}
	}
	if other := policyOf(t, section).Version; other != first.Version {
		t.Error("the version depends on what was read before")
	}
	raw, err := parse(strings.Replace(withSection(t, `client: {}`), "    messages:", "    dialect: raw\n    messages:", 1))
	if err != nil {
		t.Fatal(err)
	}
	if raw.Guard.Routes[0].Messages.Version == policyOf(t, `client: {}`).Version {
		t.Error("another dialect makes no other version")
	}
}

func TestMessageProblems(t *testing.T) {
	section := func(text string) []string { return edits("    auth:", "    messages:\n      "+text+"\n    auth:") }
	judge(t, []problemCase{
		{"rules by default", section("{}"), nil},
		{"a type that is a path", section("type: data.kind"), nil},
		{"dialect alone", edits("    auth:", "    dialect: json\n    auth:"), nil},
		{"rule that is a word", section("client: {a: strict}"), wants(`10:19: routes[0].messages.client.a: must be a section, not text`)},
		{"true for a schema", section("client: {a: {schema: true}}"), nil},
		{"false for a schema", section("client: {a: {schema: false}}"), nil},
		{"quoted boolean for a schema", section(`client: {a: {schema: "true"}}`), wants(`10:28: routes[0].messages.client.a.schema: must be a JSON Schema, not text`)},
		{"name of many bytes", section("client: {" + strings.Repeat("a", 201) + ": {}}"), wants("10:16: routes[0].messages.client.\"" + strings.Repeat("a", 64) + "…\": a name must have 1 to 200 bytes")},
		{"expression with a comment", section(`client: {a: {allow: "true // always"}}`), nil},
		{"expression over lines", section("client:\n        a:\n          allow: 'true &&\n            message.a ==  '"), wants("12:18: routes[0].messages.client.a.allow: line 1, column")},
		{"expression that is a tag", section("client: {a: {allow: !has(message.x)}}"), wants("10:27: routes[0].messages.client.a.allow: what starts with an exclamation mark is a tag to YAML; put the expression into quotes")},
		{"expression that is quoted in part", section(`client: {a: {allow: "pro" in session.roles}}`), wants("10:33: this is not YAML: ")},
		{"server limit", section("server: {a: {limit: 1/1s}}"), wants("10:20: routes[0].messages.server.a.limit: unknown key; it belongs in routes[].messages.client.NAME")},
		{"fresh", section("client: {a: {schema: true, fresh: true}}"), nil},
		{"fresh, nobody to ask", append(section("client: {a: {schema: true, fresh: true}}"), edits("  forward_auth: {url: \"http://127.0.0.1:3000/whoami\"}\n", "")...), wants("9:41: routes[0].messages.client.a.fresh: nothing could judge a session again (WS207)")},
		{"path within a list", section("client: {a: {set: {\"items[0].owner\": session.user}}}"), nil},
	})
}

// A schema describes what a type says. The field that names the type need not be in
// it: the rule was found by it.
func TestTypeFieldCountsAsDeclared(t *testing.T) {
	for _, tt := range []struct {
		name, section, message string
		ok                     bool
		left                   string // of undeclared: drop
	}{
		{"closed", "type: action\nclient: {a: {schema: {type: object, additionalProperties: false, properties: {n: {}}}}}", `{"action":"a","n":1}`, true, ""},
		{"closed, without properties", "client: {a: {schema: {type: object, additionalProperties: false}}}", `{"type":"a"}`, true, ""},
		{"closed by another keyword", "client: {a: {schema: {type: object, unevaluatedProperties: false}}}", `{"type":"a"}`, true, ""},
		{"members of a type", "client: {a: {schema: {type: object, additionalProperties: {type: integer}}}}", `{"type":"a","n":1}`, true, ""},
		{"something else", "client: {a: {schema: {type: object, additionalProperties: false}}}", `{"type":"a","x":1}`, false, ""},
		{"another field of the type", "type: action\nclient: {a: {schema: {type: object, additionalProperties: false}}}", `{"type":"a"}`, false, ""},
		{"declared", "client: {a: {schema: {type: object, additionalProperties: false, properties: {type: {const: b}}}}}", `{"type":"a"}`, false, ""},
		{"within", "type: head.kind\nclient: {a: {schema: {type: object, additionalProperties: false, properties: {head: {type: object, additionalProperties: false}}}}}", `{"head":{"kind":"a"}}`, true, ""},
		{"within what is not declared", "type: head.kind\nclient: {a: {schema: {type: object, additionalProperties: false}}}", `{"head":{"kind":"a"}}`, false, ""},
		{"dropped", "client: {a: {schema: {properties: {n: {}}}, undeclared: drop}}", `{"type":"a","n":1,"x":2}`, true, `{"type":"a","n":1}`},
		{"nothing is declared", "client: {a: {schema: {type: object}, undeclared: drop}}", `{"type":"a","x":2}`, true, `{"type":"a","x":2}`},
	} {
		r := policyOf(t, tt.section).Client["a"]
		v := message(t, tt.message, nil).Message
		if bad := r.Schema.Check(v); bad.OK() != tt.ok {
			t.Errorf("%s: got %q, want ok %v", tt.name, bad.Text(), tt.ok)
		}
		if tt.left == "" {
			continue
		}
		d := new(jsonscan.Doc)
		jsonscan.NewScanner(jsonscan.Limits{}).Scan([]byte(tt.message), d)
		var e jsonscan.Editor
		e.Reset(d)
		list, _ := r.Schema.AppendUndeclared(nil, d.Root())
		for _, u := range list {
			e.Drop(u)
		}
		if got := string(e.Append(nil)); got != tt.left {
			t.Errorf("%s: got %s left, want %s", tt.name, got, tt.left)
		}
	}
}

// Beside the type there is nothing of it in the payload.
func TestTypeFieldOfOtherDialects(t *testing.T) {
	cfg, err := parse(strings.Replace(withSection(t, "client: {a: {schema: {type: object, additionalProperties: false}}}"), "    messages:", "    dialect: socketio\n    messages:", 1))
	if err != nil {
		t.Fatal(err)
	}
	if bad := cfg.Guard.Routes[0].Messages.Client["a"].Schema.Check(message(t, `{"type":"a"}`, nil).Message); bad.OK() {
		t.Error("got a field that nothing declares accepted")
	}
}

// Messages that are let in against their schema must not cost more for that.
func TestExpressionsOfMonitoredRules(t *testing.T) {
	const rule = `server:
  a: {MODE schema: {properties: {l: {type: array, maxItems: 10, items: {type: string, maxLength: 10}}}}, allow: 'message.l.all(a, message.l.exists(b, b == "b"))'}
client:
  a: {MODE schema: {properties: {l: {type: array, maxItems: 10, items: {type: string, maxLength: 10}}}}, allow: 'message.l.all(a, message.l.exists(b, b == "b"))'}`
	large := `{"l":["` + strings.Repeat(`a","`, 999) + `b"]}`
	for _, tt := range []struct{ name, route, mode string }{
		{"rules", "", "mode: monitor,"},
		{"route", "    mode: monitor\n", ""},
	} {
		text := strings.Replace(withSection(t, strings.ReplaceAll(rule, "MODE", tt.mode)), "    auth:", tt.route+"    auth:", 1)
		cfg, err := parse(text)
		if err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		m := cfg.Guard.Routes[0].Messages
		for _, r := range []guard.MessageRule{m.Client["a"], m.Server["a"]} {
			if ok, err := r.Allow.Holds(message(t, `{"l":["a","b"]}`, nil)); !ok || err != nil {
				t.Errorf("%s: a small message: got %v, %v, want true", tt.name, ok, err)
			}
			if ok, err := r.Allow.Holds(message(t, large, nil)); ok || err == nil {
				t.Errorf("%s: a large message: got %v, %v, want an error about its cost", tt.name, ok, err)
			}
		}
	}
}
