package config_test

import (
	"maps"
	"os"
	"path/filepath"
	"testing"
)

func TestLearnRules(t *testing.T) {
	foreign := filepath.Join(folder, "foreign.yaml")
	if err := os.WriteFile(foreign, []byte("listen: 127.0.0.1:8080\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	route := func(key string) []string { return edits("    auth:", "    "+key+"\n    auth:") }
	judge(t, []problemCase{
		{"in monitor mode", route("mode: monitor\n    learn: out.yaml"), nil},
		{"with messages", route("messages: {unknown: pass}\n    learn: out.yaml"), nil},
		{"without messages", route("learn: out.yaml"), wants("9:12: routes[0].learn: the route has no messages section, and refuses messages that can't be read; set mode: monitor")},
		{"over another file", route("mode: monitor\n    learn: " + foreign), wants(`10:12: routes[0].learn: "foreign.yaml" can't be written: the file is there, and is no proposal of wswarden; name a file of its own`)},
		{"into no folder", route("mode: monitor\n    learn: none/out.yaml"), wants(`10:12: routes[0].learn: "none/out.yaml" can't be written: no such file or directory; name a file`)},
		{"two routes", route("mode: monitor\n    learn: out.yaml\n    auth: {ticket: true}\n  - path: /b\n    backend: ws://127.0.0.1:3000/ws\n    origins: [\"https://app.example.com\"]\n    mode: monitor\n    learn: out.yaml"),
			wants("16:12: routes[1].learn: another route writes there, too")},
	})
}

// The section that learn stands for has the defaults of one that is written.
func TestDefaultsOfLearn(t *testing.T) {
	settings := func(section string) map[string]string {
		cfg, err := parse(with(t, "    auth:", "    mode: monitor\n    learn: out.yaml\n"+section+"    auth:"))
		if err != nil {
			t.Fatal(err)
		}
		out := map[string]string{}
		for _, s := range cfg.Settings() {
			out[s.Path] = s.Value
		}
		return out
	}
	if got, want := settings(""), settings("    messages: {unknown: pass}\n"); !maps.Equal(got, want) {
		t.Errorf("got %v\nwant %v", got, want)
	}
}
