// Package result holds what a run of the benchmark measured, in the form that
// is kept as JSON, and the statistics over it. It doesn't measure and doesn't
// lay out tables.
package result

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// Run is one run of the benchmark: every proxy in turn, round by round.
type Run struct {
	// Started is in UTC.
	Started time.Time `json:"started"`
	// Command is the command line, without paths of the machine.
	Command string `json:"command"`
	// Revision of the source; "+changes" is added where files were changed.
	Revision string `json:"revision"`
	// Go is the version of the toolchain, Kernel of the operating system.
	Go     string `json:"go"`
	Kernel string `json:"kernel"`
	// CPU is the model of the processor; Processors is how many there are.
	CPU        string `json:"cpu"`
	Processors int    `json:"processors"`
	// Rounds is how often each cell was measured, Window how long, in seconds.
	Rounds int     `json:"rounds"`
	Window float64 `json:"window_seconds"`
	// Peers are the proxies, the first one being what the others are compared with.
	Peers     []Peer     `json:"peers"`
	Workloads []Workload `json:"workloads"`
	Cells     []Cell     `json:"cells"`
	Idle      []Idle     `json:"idle"`
	// Revocations are what it took to close the connections of a user.
	Revocations []Revocation `json:"revocations,omitempty"`
}

// Peer is a proxy under test.
type Peer struct {
	Name    string `json:"name"`
	Version string `json:"version,omitempty"`
}

// Workload is a column of the table.
type Workload struct {
	Name        string `json:"name"`
	Connections int    `json:"connections"`
	// Size is the length of a message in bytes, 0 where only handshakes are made.
	Size int `json:"size_bytes,omitempty"`
	// InFlight is how many messages of a connection are under way.
	InFlight int `json:"in_flight,omitempty"`
}

// Cell is one measured window.
type Cell struct {
	Peer     string `json:"peer"`
	Workload string `json:"workload"`
	Round    int    `json:"round"`
	// Units is how many echo round trips, or handshakes, were made.
	Units int `json:"units"`
	// Wall is the length of the window, the others are time on a processor: of
	// the proxy, of the echo backend, of the load generator, and of the whole
	// machine. All in nanoseconds.
	Wall  time.Duration `json:"wall_ns"`
	Proxy time.Duration `json:"proxy_ns"`
	Echo  time.Duration `json:"echo_ns"`
	Load  time.Duration `json:"load_ns"`
	Busy  time.Duration `json:"busy_ns"`
}

// Idle is the memory of a proxy with and without idle connections.
type Idle struct {
	Peer        string `json:"peer"`
	Connections int    `json:"connections"`
	// Before and After are resident bytes of all its processes.
	Before int64 `json:"before_bytes"`
	After  int64 `json:"after_bytes"`
}

// Revocation is one order to end a user's sessions: the times from the call to
// the Close frames at the clients, and to the answer.
type Revocation struct {
	Peer        string        `json:"peer"`
	Connections int           `json:"connections"`
	Median      time.Duration `json:"median_ns"`
	P99         time.Duration `json:"p99_ns"`
	Last        time.Duration `json:"last_ns"`
	Answer      time.Duration `json:"answer_ns"`
}

// RevocationOf returns the one with the median P99 of a proxy.
func (r *Run) RevocationOf(peer string) (Revocation, bool) {
	var of []Revocation
	for _, v := range r.Revocations {
		if v.Peer == peer {
			of = append(of, v)
		}
	}
	if len(of) == 0 {
		return Revocation{}, false
	}
	slices.SortFunc(of, func(a, b Revocation) int { return int(a.P99 - b.P99) })
	return of[len(of)/2], true
}

// PerConnection is in bytes.
func (i Idle) PerConnection() float64 { return float64(i.After-i.Before) / float64(i.Connections) }

// Micros is the proxy's time on a processor per unit, in microseconds.
func (c Cell) Micros() float64 { return float64(c.Proxy.Nanoseconds()) / 1e3 / float64(c.Units) }

// Stat is the minimum and the median of the rounds.
type Stat struct{ Min, Median float64 }

// Of computes the Stat; ok is false without values.
func Of(values []float64) (s Stat, ok bool) {
	if len(values) == 0 {
		return Stat{}, false
	}
	v := slices.Sorted(slices.Values(values))
	mid := len(v) / 2
	s = Stat{Min: v[0], Median: v[mid]}
	if len(v)%2 == 0 {
		s.Median = (v[mid-1] + v[mid]) / 2
	}
	return s, true
}

// Over is minimum by minimum and median by median.
func (s Stat) Over(base Stat) Stat { return Stat{s.Min / base.Min, s.Median / base.Median} }

// Micros is the Stat of [Cell.Micros] for a proxy under a workload.
func (r *Run) Micros(peer, workload string) (Stat, bool) {
	var values []float64
	for _, c := range r.Cells {
		if c.Peer == peer && c.Workload == workload {
			values = append(values, c.Micros())
		}
	}
	return Of(values)
}

// IdleOf is the idle measurement of a proxy.
func (r *Run) IdleOf(peer string) (Idle, bool) {
	for _, i := range r.Idle {
		if i.Peer == peer {
			return i, true
		}
	}
	return Idle{}, false
}

// Foreign is the share, 0 to 1, of the machine's processors that others than
// the proxy, the backend and the generator took during the windows: above a
// few hundredths the figures are noise. What the kernel books on nobody, such
// as interrupts, is in it.
func (r *Run) Foreign() float64 {
	var foreign, all time.Duration
	for _, c := range r.Cells {
		own := c.Echo + c.Load
		if c.Peer != Direct {
			own += c.Proxy // of Direct it is Echo, counted already
		}
		foreign += max(0, c.Busy-own)
		all += c.Wall * time.Duration(r.Processors)
	}
	if all == 0 {
		return 0
	}
	return float64(foreign) / float64(all)
}

// Direct is the name of the peer that is no proxy but the backend itself.
const Direct = "direct"

// Save writes the run to dir, as JSON under a name made of the date and
// time alone, and returns the name.
func (r *Run) Save(dir string) (string, error) {
	b, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		return "", fmt.Errorf("save results: %w", err)
	}
	name := r.Started.UTC().Format("20060102-150405") + ".json"
	if err := os.WriteFile(filepath.Join(dir, name), append(b, '\n'), 0o644); err != nil {
		return "", fmt.Errorf("save results: %w", err)
	}
	return name, nil
}
