package config_test

import (
	"strings"
	"testing"
)

func TestTextThatIsNoConfiguration(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"empty", "", wants("1:1: the file is empty; start with")},
		{"comment alone", "# nothing\n", wants("1:1: the file is empty")},
		{"null", "~\n", wants("1:1: the file holds nothing where settings belong")},
		{"list", "- a\n", wants("1:1: the file holds a list where settings belong")},
		{"word", "\n  hello\n", wants("2:3: the file holds text where settings belong")},
		{"second document", "listen: 127.0.0.1:80\n---\nlisten: 127.0.0.1:81\n", wants("3:1: a second YAML document starts here; keep one document")},
		{"second document that is broken", "listen: 127.0.0.1:80\n---\n[", wants("4:1: this is not YAML")},
		{"tabs", "listen: 127.0.0.1:80\nroutes:\n\t- path: /ws\n \t  backend: x\n", wants("3:1: a tab indents the line; indent with spaces", "4:2: a tab indents the line")},
		{"not UTF-8", "listen: a\nadmin: \xff\n", wants("2:1: the line is not UTF-8; save the file as UTF-8")},
		{"UTF-16", "\xff\xfea\x00:\x00", wants("1:1: the line is not UTF-8")},
		{"control character", "listen: a\nadmin: \"\x01\"\n", wants("2:9: control characters are not allowed")},
		{"open bracket", "listen: a\nroutes: [\n", wants("3:1: this is not YAML: did not find expected node content")},
		{"colon in a value", "listen: a: b\n", wants(`1:10: this is not YAML: mapping values are not allowed in this context; put a value that holds ": " into quotes`)},
		{"start of a token", "listen: @a\n", wants("1:9: this is not YAML: found character that cannot start any token; put a value that starts with this character into quotes")},
		{"unknown alias", "listen: *a\n", wants("1:9: anchors and aliases are not accepted; write the value out")},
		{"anchored root", "&a\nlisten: a\n", wants("1:1: anchors and aliases are not accepted")},
		{"tagged root", "!a\nlisten: a\n", wants("1:1: tags are not accepted")},
		{"nesting", "routes: " + strings.Repeat("[", 100), wants("1:")},
		{"nesting by dashes", strings.Repeat("- ", 100) + "a", wants("1:")},
		{"size", strings.Repeat("#", 1<<20+1), wants("1:1: the file is larger than 1MiB")},
	} {
		t.Run(c.name, func(t *testing.T) { compare(t, c.text, c.want) })
	}
}

func TestNestingIsNamed(t *testing.T) {
	for _, text := range []string{"routes: " + strings.Repeat("[", 100), strings.Repeat("- ", 100) + "a", strings.Repeat("{a: ", 100)} {
		got := problemsOf(t, text)
		if len(got) != 1 || !strings.Contains(got[0], "settings are nested deeper than 32 levels") {
			t.Errorf("got %q for %.20q", got, text)
		}
	}
}

func TestByteOrderMarkIsSkipped(t *testing.T) {
	compare(t, "\ufeff"+base, nil)
}

func TestLineEndsOfWindows(t *testing.T) {
	text := strings.ReplaceAll(base, "\n", "\r\n")
	compare(t, text, nil)
	compare(t, strings.Replace(text, "/ws", "ws", 1), wants("6:11: routes[0].path: "))
}

func TestKeysAndForms(t *testing.T) {
	judge(t, []problemCase{
		{"unknown key with a near one", edits("listen:", "lisen:"), wants("1:1: lisen: unknown key; did you mean listen?")},
		{"unknown key with swapped letters", edits("origins:", "orgiins:"), wants("8:5: routes[0].orgiins: unknown key; did you mean origins?")},
		{"unknown key with a dash", edits("forward_auth:", "forward-auth:"), wants("4:3: sign_in.forward-auth: unknown key; did you mean forward_auth?")},
		{"unknown key of another section", edits("origins:", "max_age: 5h\n    origins:"), wants("8:5: routes[0].max_age: unknown key; it belongs in routes[].session")},
		{"unknown key of two sections", edits("origins:", "secret_env: A\n    origins:"), wants("8:5: routes[0].secret_env: unknown key; it belongs in sign_in.jwt or identity")},
		{"unknown key of the top", edits("origins:", "trusted_proxies: []\n    origins:"), wants("8:5: routes[0].trusted_proxies: unknown key; it belongs in the top level")},
		{"unknown key like no other", edits("listen:", "xyzzy: 1\nlisten:"), wants("1:1: xyzzy: unknown key; the keys here are listen, tls,")},
		{"unknown key that is no word", edits("listen:", "\"a\\nb.c\": 1\nlisten:"), wants(`1:1: "a\nb.c": unknown key`)},
		{"repeated key", edits("listen:", "listen: 127.0.0.1:80\nlisten:"), wants("2:1: listen: the key is here twice; line 1 has it too")},
		{"key that is a number", edits("listen:", "1: 2\nlisten:"), wants("1:1: a key must be a word, not a number")},
		{"key that is a list", edits("listen:", "? [a]\n: 2\nlisten:"), wants("1:3: a key must be a word, not a list")},
		{"merge key", edits("ticket: true", "<<: {ticket: true}"), wants(`9:12: routes[0].auth."<<": merge keys are not accepted`)},
		{"anchor", edits("127.0.0.1:8080", "&a 127.0.0.1:8080"), wants("1:9: listen: anchors and aliases are not accepted")},
		{"anchor on a key", edits("listen", "&a listen"), wants("1:1: listen: anchors and aliases are not accepted")},
		{"alias", edits("/ws", "&a /ws", "ws://127.0.0.1:3000/ws", "*a"), wants("6:11: routes[0].path: anchors", "7:14: routes[0].backend: anchors and aliases are not accepted")},
		{"tag", edits("/ws", "!!str /ws"), wants("6:11: routes[0].path: tags are not accepted")},
		{"no value", edits(" 127.0.0.1:8080", ""), wants("1:8: listen: there is no value; write one, or remove the key")},
		{"list for text", edits("127.0.0.1:8080", "[a]"), wants("1:1: listen: must be text, not a list")},
		{"number for text", edits("issuer: id", "issuer: 12"), wants("3:17: sign_in.jwt.issuer: must be text, not a number; put it into quotes")},
		{"date for text", edits("issuer: id", "issuer: 2001-01-01"), wants("3:17: sign_in.jwt.issuer: must be text, not a date")},
		{"switch for text", edits("issuer: id", "issuer: true"), wants("3:17: sign_in.jwt.issuer: must be text, not true or false")},
		{"empty text", edits("issuer: id", "issuer: ''"), wants("3:17: sign_in.jwt.issuer: the text is empty")},
		{"spaces around text", edits("issuer: id", "issuer: ' id'"), wants("3:17: sign_in.jwt.issuer: the text starts or ends with a space")},
		{"lines of text", edits("issuer: id", `issuer: "a\nb"`), wants("3:17: sign_in.jwt.issuer: the text holds a line break")},
		{"long text", edits("issuer: id", "issuer: "+strings.Repeat("a", 3000)), wants("3:17: sign_in.jwt.issuer: the text is longer than 2048 bytes")},
		{"text for a section", edits("auth: {ticket: true}", "auth: ticket"), wants("9:11: routes[0].auth: must be a section, not text; write its settings below it")},
		{"text for an optional section", edits("{issuer: id, audience: trading, jwks_file: jwks.json}", "id"), wants("3:8: sign_in.jwt: must be a section, not text")},
		{"text for a list", edits(`["https://app.example.com"]`, `"https://app.example.com"`), wants("8:14: routes[0].origins: must be a list, not text; write [value]")},
		{"section for a list", edits(`["https://app.example.com"]`, `{a: b}`), wants("8:5: routes[0].origins: must be a list, not a section")},
		{"text for a route", edits("\n    auth: {ticket: true}", "\n    auth: {ticket: true}\n  - text"), wants("10:5: routes[1]: must be a section, not text")},
		{"entry twice", edits(`["https://app.example.com"]`, `["https://a.b", "https://a.b"]`), wants("8:30: routes[0].origins[1]: the entry is here twice")},
		{"long list", edits(`["https://app.example.com"]`, "["+strings.Repeat("a, ", 1001)+"]"), wants("8:5: routes[0].origins: the list has more than 1000 entries")},
	})
}

func TestProblemsAreBounded(t *testing.T) {
	got := problemsOf(t, strings.Repeat("a:\n", 100_000))
	if len(got) != 1001 || !strings.Contains(got[1000], "there are more than 1000 problems") {
		t.Errorf("got %d problems, the last %q; want 1001 and a note", len(got), got[len(got)-1])
	}
}
