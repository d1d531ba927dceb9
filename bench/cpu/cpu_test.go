package cpu_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/wswarden/wswarden/bench/cpu"
)

// files writes a made-up proc file system and returns a reader of it.
func files(t *testing.T, content map[string]string) cpu.Proc {
	t.Helper()
	root := t.TempDir()
	for name, text := range content {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return cpu.Proc{Root: root}
}

func TestUsageCountsEveryThreadOfEveryProcess(t *testing.T) {
	p := files(t, map[string]string{
		"10/task/10/schedstat": "25849118 3259577 96\n",
		"10/task/12/schedstat": "1000 0 1\n",
		"20/task/20/schedstat": "7 0 1\n",
		"30/task/30/schedstat": "999999 0 1\n",
	})
	got, err := p.Usage([]int{10, 20})
	if err != nil {
		t.Fatal(err)
	}
	want := cpu.Usage{10: 25849118, 12: 1000, 20: 7}
	if len(got) != len(want) {
		t.Fatalf("got %v, want %v", got, want)
	}
	for tid, d := range want {
		if got[tid] != d {
			t.Errorf("thread %d: got %v, want %v", tid, got[tid], d)
		}
	}
}

func TestUsageRefusesWhatItCannotRead(t *testing.T) {
	for name, text := range map[string]string{
		"empty":        "",
		"two numbers":  "1 2\n",
		"not a number": "x 2 3\n",
		"negative":     "-1 2 3\n",
		"too large":    "99999999999999999999 2 3\n",
	} {
		t.Run(name, func(t *testing.T) {
			p := files(t, map[string]string{"10/task/10/schedstat": text})
			if got, err := p.Usage([]int{10}); err == nil {
				t.Errorf("got %v, want an error for %q", got, text)
			}
		})
	}
	t.Run("no such process", func(t *testing.T) {
		if got, err := files(t, nil).Usage([]int{10}); err == nil {
			t.Errorf("got %v, want an error", got)
		}
	})
}

func TestSince(t *testing.T) {
	before := cpu.Usage{10: 100, 11: 50}
	tests := []struct {
		name  string
		after cpu.Usage
		want  time.Duration
		err   error
	}{
		{"no work", cpu.Usage{10: 100, 11: 50}, 0, nil},
		{"both worked", cpu.Usage{10: 130, 11: 57}, 37, nil},
		{"a thread started", cpu.Usage{10: 100, 11: 50, 12: 9}, 9, nil},
		{"a thread ended", cpu.Usage{10: 200}, 0, cpu.ErrThreadEnded},
		{"a thread id used again", cpu.Usage{10: 200, 11: 3}, 0, cpu.ErrThreadEnded},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := tt.after.Since(before)
			if got != tt.want || !errors.Is(err, tt.err) {
				t.Errorf("got %v, %v, want %v, %v", got, err, tt.want, tt.err)
			}
		})
	}
}

func TestTreeFollowsParents(t *testing.T) {
	p := files(t, map[string]string{
		"1/stat":  "1 (init) S 0 1 1 0 -1\n",
		"10/stat": "10 (nginx: master) S 1 10 10 0 -1\n",
		"11/stat": "11 (odd) name) (x) S 10 10 10 0 -1\n",
		"12/stat": "12 (grandchild) R 11 10 10 0 -1\n",
		"13/stat": "13 (stranger) R 1 10 10 0 -1\n",
		"self":    "not a process",
	})
	got, err := p.Tree(10)
	if want := []int{10, 11, 12}; err != nil || !slices.Equal(got, want) {
		t.Errorf("got %v, %v, want %v", got, err, want)
	}
	if got, err := p.Tree(99); err == nil {
		t.Errorf("got %v for a process that isn't there, want an error", got)
	}
}

func TestResident(t *testing.T) {
	p := files(t, map[string]string{
		"10/status": "Name:\tnginx\nVmHWM:\t  9000 kB\nVmRSS:\t    4012 kB\nRssAnon:\t 956 kB\n",
		"11/status": "Name:\tworker\nVmRSS:\t8 kB\n",
		"12/status": "Name:\tkthreadd\n",
		"13/status": "VmRSS:\tmany kB\n",
	})
	if got, err := p.Resident([]int{10, 11}); err != nil || got != 4020*1024 {
		t.Errorf("got %d, %v, want %d", got, err, 4020*1024)
	}
	for _, pid := range []int{12, 13, 14} {
		if got, err := p.Resident([]int{10, pid}); err == nil {
			t.Errorf("process %d: got %d, want an error", pid, got)
		}
	}
}

func TestBusyLeavesOutIdleAndWaiting(t *testing.T) {
	p := files(t, map[string]string{"stat": "cpu  1 2 4 1000 5000 8 16 32 64 0\ncpu0 1 1 1 1 1 1 1 1 0 0\n"})
	if got, err := p.Busy(); err != nil || got != 630*time.Millisecond {
		t.Errorf("got %v, %v, want 630ms", got, err)
	}
	for _, text := range []string{"", "cpu 1 2 3\n", "cpu a b c d e f g h i\n"} {
		if got, err := files(t, map[string]string{"stat": text}).Busy(); err == nil {
			t.Errorf("got %v for %q, want an error", got, text)
		}
	}
}
