//go:build linux

package main

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func TestParse(t *testing.T) {
	o, err := parse([]string{"-proxies", "direct,guard,nginx", "-rounds", "3", "-seconds", "0.5", "-out", "/home/me/results", "-guard", "/home/me/wswarden"})
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"nginx", "guard", "direct"}; !slices.Equal(o.proxies, want) {
		t.Errorf("got %v, want nginx first and direct last", o.proxies)
	}
	if o.rounds != 3 || o.window != 500*time.Millisecond || o.idle != 8000 {
		t.Errorf("got %+v", o)
	}
	if strings.Contains(o.command, "/home") || !strings.Contains(o.command, "-rounds=3") {
		t.Errorf("got the command line %q, want the flags without paths", o.command)
	}
	for _, bad := range [][]string{
		{"-rounds", "0"}, {"-seconds", "0"}, {"-idle", "-1"}, {"-settle", "-1s"}, {"-proxies", "nginx,nginx"}, {"extra"},
	} {
		if o, err := parse(bad); err == nil {
			t.Errorf("%q: got %+v, want an error", bad, o)
		}
	}
}

func TestOpenFilesAreCheckedBeforeTheRun(t *testing.T) {
	for _, tt := range []struct {
		limit, connections int
		ok                 bool
	}{
		{20_000, 8000, true}, {16_128, 8000, true}, {16_127, 8000, false}, {1024, 8000, false}, {64, 0, true},
	} {
		err := checkOpenFiles(tt.limit, tt.connections)
		if (err == nil) != tt.ok {
			t.Errorf("limit %d, %d connections: got %v", tt.limit, tt.connections, err)
		}
	}
	if err := checkOpenFiles(1024, 8000); !strings.Contains(err.Error(), "-idle 448") || !strings.Contains(err.Error(), "16128") {
		t.Errorf("got %q, want what fits and what is needed", err)
	}
}
