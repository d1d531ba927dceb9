package flow

import "testing"

func TestFormatted(t *testing.T) {
	args := []*value{{lit: &literal{text: "a.example"}}, {}}
	for format, want := range map[string]string{
		"wss://%s/ws?token=%s": "wss://a.example/ws?token={}",
		"wss://{}/ws?token={}": "wss://a.example/ws?token={}",
		"wss://{0}/{name}":     "wss://a.example/{name}",
		"100%% of %5.2f":       "100% of a.example",
		"%s %s %s":             "a.example {} {}",
		"%":                    "%",
		"{":                    "{",
		"plain":                "plain",
	} {
		if got := (&interp{}).formatted(format, args, nil); got != want {
			t.Errorf("formatted(%q): got %q, want %q", format, got, want)
		}
	}
}

func FuzzFormatted(f *testing.F) {
	for _, s := range []string{"wss://%s/ws?token=%s", "{}{0}%", "%5", "{{}", "%%"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, format string) {
		if got := (&interp{}).formatted(format, []*value{{}}, nil); len(got) > maxShape {
			t.Errorf("formatted(%q): %d bytes, more than %d", format, len(got), maxShape)
		}
	})
}

func TestCredentialIn(t *testing.T) {
	for shape, want := range map[string]string{
		"wss://x/ws?token={t}":          "token",
		"wss://x/ws?room=1&api_key={k}": "api_key",
		"wss://x/ws?ticket={t}":         "",
		"wss://x/ws?token=":             "",
		"token={t}":                     "",
	} {
		if got := credentialIn(shape); got != want {
			t.Errorf("credentialIn(%q): got %q, want %q", shape, got, want)
		}
	}
}
