// Package cpu reads what processes cost from /proc: the time that their
// threads were on a processor, in nanoseconds from schedstat, and their
// resident memory. It is for comparing processes over a short window; it is
// not a profiler, and it knows no control groups and no system other than
// Linux.
package cpu

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// ErrThreadEnded is returned by [Usage.Since] when a thread of the earlier
// reading is gone: its last time can't be read any more, so the difference
// would be too small.
var ErrThreadEnded = errors.New("a measured thread ended within the window")

// Proc reads one proc file system. The zero value reads /proc.
type Proc struct {
	// Root is where the file system is mounted; empty means /proc.
	Root string
}

// Usage is the time on a processor since its start, by thread id.
type Usage map[int]time.Duration

// Usage reads the time of every thread of the given processes. A process that
// isn't there is an error.
func (p Proc) Usage(pids []int) (Usage, error) {
	u := make(Usage)
	for _, pid := range pids {
		tasks, err := os.ReadDir(p.path(pid, "task"))
		if err != nil {
			return nil, fmt.Errorf("read threads of process %d: %w", pid, err)
		}
		for _, task := range tasks {
			tid, err := strconv.Atoi(task.Name())
			if err != nil {
				continue
			}
			raw, err := os.ReadFile(p.path(pid, "task", task.Name(), "schedstat"))
			if errors.Is(err, os.ErrNotExist) {
				continue // ended between the listing and the reading
			}
			if err != nil {
				return nil, fmt.Errorf("read thread %d of process %d: %w", tid, pid, err)
			}
			d, err := parseSchedstat(string(raw))
			if err != nil {
				return nil, fmt.Errorf("read thread %d of process %d: %w", tid, pid, err)
			}
			u[tid] = d
		}
	}
	return u, nil
}

// Since is the time spent between two readings. Threads that started in
// between count whole; one that ended in between is [ErrThreadEnded].
func (u Usage) Since(before Usage) (time.Duration, error) {
	var sum time.Duration
	for tid, d := range before {
		now, ok := u[tid]
		if !ok || now < d {
			return 0, ErrThreadEnded
		}
		sum -= d
	}
	for _, d := range u {
		sum += d
	}
	return sum, nil
}

// Tree lists a process and all its descendants, the process first.
func (p Proc) Tree(pid int) ([]int, error) {
	entries, err := os.ReadDir(p.root())
	if err != nil {
		return nil, fmt.Errorf("list processes: %w", err)
	}
	children := make(map[int][]int)
	found := false
	for _, e := range entries {
		id, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		raw, err := os.ReadFile(p.path(id, "stat"))
		if err != nil {
			continue // ended since the listing
		}
		parent, err := parseParent(string(raw))
		if err != nil {
			return nil, fmt.Errorf("read process %d: %w", id, err)
		}
		children[parent] = append(children[parent], id)
		found = found || id == pid
	}
	if !found {
		return nil, fmt.Errorf("list processes: no process %d", pid)
	}
	tree := []int{pid}
	for i := 0; i < len(tree); i++ {
		tree = append(tree, children[tree[i]]...)
	}
	return tree, nil
}

// Resident is the resident memory of the processes together, in bytes. Pages
// that two of them share count twice, which cancels in a difference.
func (p Proc) Resident(pids []int) (int64, error) {
	var sum int64
	for _, pid := range pids {
		raw, err := os.ReadFile(p.path(pid, "status"))
		if err != nil {
			return 0, fmt.Errorf("read memory of process %d: %w", pid, err)
		}
		n, err := parseResident(string(raw))
		if err != nil {
			return 0, fmt.Errorf("read memory of process %d: %w", pid, err)
		}
		sum += n
	}
	return sum, nil
}

// Busy is the time that all processors of the machine were not idle, whoever
// used them, the host that a virtual machine runs on included. It counts in
// steps of 10 ms.
func (p Proc) Busy() (time.Duration, error) {
	raw, err := os.ReadFile(filepath.Join(p.root(), "stat"))
	if err != nil {
		return 0, fmt.Errorf("read processors: %w", err)
	}
	return parseBusy(string(raw))
}

func (p Proc) root() string {
	if p.Root == "" {
		return "/proc"
	}
	return p.Root
}

func (p Proc) path(pid int, names ...string) string {
	return filepath.Join(append([]string{p.root(), strconv.Itoa(pid)}, names...)...)
}

// parseSchedstat reads the first of the three numbers of a schedstat file:
// nanoseconds on a processor, then nanoseconds waiting, then time slices.
func parseSchedstat(s string) (time.Duration, error) {
	f := strings.Fields(s)
	if len(f) != 3 {
		return 0, fmt.Errorf("parse schedstat %q: want three numbers", s)
	}
	n, err := strconv.ParseInt(f[0], 10, 64)
	if err != nil || n < 0 {
		return 0, fmt.Errorf("parse schedstat %q: bad time on processor", s)
	}
	return time.Duration(n), nil
}

// parseBusy adds user, nice, system, irq, softirq and steal of the first line
// of the machine's stat file, in ticks of which Linux shows 100 a second.
func parseBusy(s string) (time.Duration, error) {
	line, _, _ := strings.Cut(s, "\n")
	f := strings.Fields(line)
	if len(f) < 9 || f[0] != "cpu" {
		return 0, fmt.Errorf("parse stat %q: no line for all processors", line)
	}
	var ticks int64
	for _, i := range []int{1, 2, 3, 6, 7, 8} {
		n, err := strconv.ParseInt(f[i], 10, 64)
		if err != nil || n < 0 {
			return 0, fmt.Errorf("parse stat %q: bad number %q", line, f[i])
		}
		ticks += n
	}
	return time.Duration(ticks) * 10 * time.Millisecond, nil
}

// parseParent reads the fourth field of a stat file. The second, the name in
// parentheses, may hold blanks and parentheses itself.
func parseParent(s string) (int, error) {
	_, rest, ok := cutLast(s, ") ")
	if f := strings.Fields(rest); ok && len(f) >= 2 {
		if n, err := strconv.Atoi(f[1]); err == nil {
			return n, nil
		}
	}
	return 0, fmt.Errorf("parse stat %q: no parent", s)
}

// parseResident reads the VmRSS line of a status file, which is in units of
// 1,024 bytes. A kernel thread or a zombie has none.
func parseResident(s string) (int64, error) {
	for line := range strings.Lines(s) {
		v, ok := strings.CutPrefix(line, "VmRSS:")
		if !ok {
			continue
		}
		n, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(v), "kB")), 10, 64)
		if err != nil || n < 0 {
			return 0, fmt.Errorf("parse status line %q: bad size", strings.TrimSpace(line))
		}
		return n * 1024, nil
	}
	return 0, errors.New("parse status: no VmRSS line")
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}
