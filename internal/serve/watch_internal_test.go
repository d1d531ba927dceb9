package serve

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/wswarden/wswarden/internal/config"
)

func TestWatcher(t *testing.T) {
	dir := t.TempDir()
	name := func(n string) string { return filepath.Join(dir, n) }
	clock := time.Unix(1e9, 0)
	write := func(n, text string) {
		t.Helper()
		if err := os.WriteFile(name(n), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		clock = clock.Add(time.Second)
		if err := os.Chtimes(name(n), clock, clock); err != nil {
			t.Fatal(err)
		}
	}
	for _, n := range []string{"wswarden.yaml", "cert.pem", "key.pem", "schema.json", "other.json"} {
		write(n, "1")
	}
	cfg := &config.Config{File: name("wswarden.yaml"), Parts: []string{name("schema.json")}, TLS: &config.TLS{CertFile: name("cert.pem"), KeyFile: name("key.pem")}}
	w := watch(cfg)
	steps := []struct {
		name   string
		do     func()
		reload bool
	}{
		{"nothing", func() {}, false},
		{"the configuration changed", func() { write("wswarden.yaml", "2") }, false},
		{"it still changes", func() { write("wswarden.yaml", "22") }, false},
		{"it has settled", func() {}, true},
		{"it was not taken", func() {}, true},
		{"it was taken", w.take, false},
		{"the certificate changed", func() { write("cert.pem", "2") }, false},
		{"its key follows", func() { write("key.pem", "2") }, false},
		{"both have settled", func() {}, true},
		{"both were taken", w.take, false},
		{"a part of the configuration changed", func() { write("schema.json", "2") }, false},
		{"it has settled", func() {}, true},
		{"it was taken", w.take, false},
		{"another file changed", func() { write("other.json", "2") }, false},
		{"it is none of them", func() {}, false},
		{"it is one now", func() {
			cfg.Parts = []string{name("other.json")}
			w.follow(cfg)
		}, false},
		{"it changes", func() { write("other.json", "3") }, false},
		{"it has settled", func() {}, true},
		{"it was taken", w.take, false},
		{"what it replaced changes", func() { write("schema.json", "3") }, false},
		{"it is none of them any more", func() {}, false},
		{"a file is gone", func() { os.Remove(name("wswarden.yaml")) }, false},
		{"it stays away", func() {}, false},
		{"it is back as it was", func() {
			write("wswarden.yaml", "22")
			os.Chtimes(name("wswarden.yaml"), time.Unix(1e9+5, 0), time.Unix(1e9+5, 0))
		}, false},
	}
	for _, s := range steps {
		s.do()
		if got := w.settled(); got != s.reload {
			t.Errorf("%s: settled is %v, want %v", s.name, got, s.reload)
		}
	}
}
