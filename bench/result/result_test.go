package result_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"github.com/wswarden/wswarden/bench/result"
)

func TestOf(t *testing.T) {
	for _, tt := range []struct {
		name   string
		values []float64
		want   result.Stat
		ok     bool
	}{
		{"none", nil, result.Stat{}, false},
		{"one", []float64{3}, result.Stat{Min: 3, Median: 3}, true},
		{"odd, unsorted", []float64{9, 1, 4}, result.Stat{Min: 1, Median: 4}, true},
		{"even", []float64{8, 2, 4, 6}, result.Stat{Min: 2, Median: 5}, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			given := append([]float64(nil), tt.values...)
			got, ok := result.Of(tt.values)
			if got != tt.want || ok != tt.ok {
				t.Errorf("got %v, %v, want %v, %v", got, ok, tt.want, tt.ok)
			}
			if !reflect.DeepEqual(given, append([]float64(nil), tt.values...)) {
				t.Errorf("the values were changed to %v", tt.values)
			}
		})
	}
}

func run() *result.Run {
	return &result.Run{
		Started: time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC), Processors: 2,
		Cells: []result.Cell{
			{Peer: "nginx", Workload: "a", Round: 1, Units: 1000, Wall: time.Second, Proxy: 10 * time.Millisecond, Echo: 5 * time.Millisecond, Load: 5 * time.Millisecond, Busy: 120 * time.Millisecond},
			{Peer: "nginx", Workload: "a", Round: 2, Units: 1000, Wall: time.Second, Proxy: 14 * time.Millisecond, Echo: 5 * time.Millisecond, Load: 5 * time.Millisecond, Busy: 20 * time.Millisecond},
			{Peer: "nginx", Workload: "b", Round: 1, Units: 1, Wall: time.Second, Proxy: time.Second, Busy: time.Second},
			{Peer: "guard", Workload: "a", Round: 1, Units: 1000, Wall: time.Second, Proxy: 12 * time.Millisecond, Busy: 12 * time.Millisecond},
		},
		Idle: []result.Idle{{Peer: "guard", Connections: 100, Before: 1_000_000, After: 1_850_000}},
	}
}

func TestMicrosTakesOneCellOfTheTable(t *testing.T) {
	r := run()
	nginx, ok := r.Micros("nginx", "a")
	if want := (result.Stat{Min: 10, Median: 12}); !ok || nginx != want {
		t.Errorf("got %v, %v, want %v", nginx, ok, want)
	}
	guard, _ := r.Micros("guard", "a")
	if got, want := guard.Over(nginx), (result.Stat{Min: 1.2, Median: 1}); got != want {
		t.Errorf("got a ratio of %v, want %v", got, want)
	}
	if got, ok := r.Micros("guard", "b"); ok {
		t.Errorf("got %v for what wasn't measured", got)
	}
}

func TestIdlePerConnection(t *testing.T) {
	i, ok := run().IdleOf("guard")
	if got := i.PerConnection(); !ok || got != 8500 {
		t.Errorf("got %v, %v, want 8500", got, ok)
	}
	if i, ok := run().IdleOf("nginx"); ok {
		t.Errorf("got %v for what wasn't measured", i)
	}
}

// 100 ms of the 8 s that two processors had in four windows were somebody else's.
func TestForeign(t *testing.T) {
	if got, want := run().Foreign(), 0.1/8; got != want {
		t.Errorf("got %v, want %v", got, want)
	}
	if got := (&result.Run{}).Foreign(); got != 0 {
		t.Errorf("got %v without cells, want 0", got)
	}
}

// Of the direct peer, proxy and echo backend are one process, counted once.
func TestForeignCountsTheBackendOnce(t *testing.T) {
	r := &result.Run{Processors: 1, Cells: []result.Cell{{
		Peer: result.Direct, Units: 1, Wall: time.Second,
		Proxy: 300 * time.Millisecond, Echo: 300 * time.Millisecond, Load: 300 * time.Millisecond, Busy: 700 * time.Millisecond,
	}}}
	if got := r.Foreign(); got != 0.1 {
		t.Errorf("got %v, want 0.1", got)
	}
}

func TestSaveNamesTheFileByTimeAlone(t *testing.T) {
	dir := t.TempDir()
	name, err := run().Save(dir)
	if err != nil || name != "20260304-050607.json" {
		t.Fatalf("got %q, %v", name, err)
	}
	b, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	var got result.Run
	if err := json.Unmarshal(b, &got); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(&got, run()) {
		t.Errorf("got %+v, want what was saved", got)
	}
}
