package main

import (
	"strings"
	"testing"
	"time"

	"github.com/wswarden/wswarden/bench/result"
)

// figures is a run with the given microseconds of guard, at 10 of nginx, and
// bytes per idle connection.
func figures(p1, p16, idle float64) *result.Run {
	r := &result.Run{}
	add := func(peer, workload string, micros float64) {
		r.Cells = append(r.Cells, result.Cell{Peer: peer, Workload: workload, Units: 1000, Proxy: time.Duration(micros * 1e6)})
	}
	add("nginx", "256 B p1", 10)
	add("nginx", "256 B p16", 10)
	add("guard", "256 B p1", p1)
	add("guard", "256 B p16", p16)
	r.Idle = []result.Idle{{Peer: "guard", Connections: 1000, Before: 1, After: 1 + int64(1000*idle)}}
	r.Revocations = []result.Revocation{{Peer: "guard", P99: 100 * time.Millisecond}}
	return r
}

// slow is a run whose revocations took that long.
func slow(p99 ...time.Duration) *result.Run {
	r := figures(16, 16, 10_000)
	r.Revocations = nil
	for _, d := range p99 {
		r.Revocations = append(r.Revocations, result.Revocation{Peer: "guard", P99: d})
	}
	return r
}

func TestJudge(t *testing.T) {
	for _, tt := range []struct {
		name string
		run  *result.Run
		want []string // a word of each shortfall
	}{
		{"all at the bound", figures(16, 16, 10_000), nil},
		{"all better", figures(9, 9, 2000), nil},
		{"p1 short", figures(16.1, 16, 10_000), []string{"256 B p1: 1.61"}},
		{"p16 short", figures(16, 17, 10_000), []string{"256 B p16: 1.70"}},
		{"memory short", figures(16, 16, 10_001), []string{"10001 bytes"}},
		{"all short", figures(20, 20, 20_000), []string{"256 B p1", "256 B p16", "memory"}},
		{"memory that can't be", figures(16, 16, -5), []string{"memory"}},
		{"one slow revocation", slow(time.Second, 90*time.Millisecond, 80*time.Millisecond), nil},
		{"slow revocations", slow(time.Second, 101*time.Millisecond, 80*time.Millisecond), []string{"revocation: p99 101ms"}},
		{"no revocation", slow(), []string{"revocation: not measured"}},
		{"nothing measured", &result.Run{}, []string{"256 B p1", "256 B p16", "memory", "revocation"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := judge(tt.run)
			if len(got) != len(tt.want) {
				t.Fatalf("got %q, want %d", got, len(tt.want))
			}
			for i, want := range tt.want {
				if !strings.Contains(got[i], want) {
					t.Errorf("got %q, want it to contain %q", got[i], want)
				}
			}
		})
	}
}
