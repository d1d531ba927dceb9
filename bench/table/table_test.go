package table_test

import (
	"encoding/xml"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/wswarden/wswarden/bench/result"
	"github.com/wswarden/wswarden/bench/table"
)

func run() *result.Run {
	cell := func(peer, workload string, round, units int, proxy time.Duration) result.Cell {
		return result.Cell{Peer: peer, Workload: workload, Round: round, Units: units, Wall: time.Second, Proxy: proxy, Busy: proxy}
	}
	return &result.Run{
		Started: time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC), Command: "go run ./bench -rounds=2", Revision: "0123456789ab",
		Go: "go1.26.0", Kernel: "6.1.0", CPU: "Example <CPU>", Processors: 2, Rounds: 2, Window: 1.5,
		Peers: []result.Peer{{Name: "nginx", Version: "1.22.1"}, {Name: "guard"}, {Name: result.Direct}},
		Workloads: []result.Workload{
			{Name: "256 B p1", Connections: 50, Size: 256, InFlight: 1},
			{Name: "64 KiB p1", Connections: 50, Size: 65536, InFlight: 1},
			{Name: "handshake", Connections: 2000},
		},
		Cells: []result.Cell{
			cell("nginx", "256 B p1", 1, 1000, 13600*time.Microsecond), cell("nginx", "256 B p1", 2, 1000, 15400*time.Microsecond),
			cell("guard", "256 B p1", 1, 1000, 20400*time.Microsecond), cell("guard", "256 B p1", 2, 1000, 22250*time.Microsecond),
			cell("nginx", "64 KiB p1", 1, 100, 23900*time.Microsecond),
			cell("nginx", "handshake", 1, 2000, 80*time.Millisecond), cell("guard", "handshake", 1, 2000, 160*time.Millisecond),
			cell(result.Direct, "256 B p1", 1, 1000, 2*time.Millisecond),
		},
		Idle: []result.Idle{
			{Peer: "nginx", Connections: 1000, Before: 5_000_000, After: 25_000_000},
			{Peer: "guard", Connections: 1000, Before: 9_000_000, After: 18_500_000},
		},
	}
}

func TestText(t *testing.T) {
	const want = `µs of the proxy's processor time per echo round trip (or handshake), minimum/median of 2 rounds of 1.5 s

                                          256 B p1   64 KiB p1     handshake   KB per idle connection
nginx 1.22.1                             13.6/14.5     239/239     40.0/40.0                     20.0
guard                                    20.4/21.3           -     80.0/80.0                     9.50
  of nginx                             1.50x/1.47x           -   2.00x/2.00x                    0.47x
direct (the echo backend's own time)     2.00/2.00           -             -                        -

Handshakes per second of processor time (median): nginx 25000, guard 12500
Connections: 256 B p1: 50, 64 KiB p1: 50; pN is N messages in flight on each
Idle: resident memory with 1000 connections, less that without, after one message on each; 1 KB is 1,000 bytes
Other processes and interrupts took 0.0 % of the processors during the windows
2 x Example <CPU>, Linux 6.1.0, go1.26.0, revision 0123456789ab, 2026-03-04 05:06 UTC
Command: go run ./bench -rounds=2
`
	if got := table.Text(run()); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestMarkdownIsOneTableWithAsManyColumnsInEachRow(t *testing.T) {
	got := table.Markdown(run(), "plot.svg")
	rows := 0
	for line := range strings.Lines(got) {
		if !strings.HasPrefix(line, "|") {
			continue
		}
		rows++
		if n := strings.Count(line, "|"); n != 6 {
			t.Errorf("got %d bars in %q, want 6", n, line)
		}
	}
	if rows != 6 { // header, rule, three proxies, one ratio
		t.Errorf("got %d rows, want 6, in\n%s", rows, got)
	}
	for _, want := range []string{"| nginx 1.22.1 | 13.6/14.5 |", "1.50x/1.47x", "(plot.svg)", "- Command: go run"} {
		if !strings.Contains(got, want) {
			t.Errorf("got no %q in\n%s", want, got)
		}
	}
}

func TestANoisyRunSaysSo(t *testing.T) {
	r := run()
	if got := table.Text(r); strings.Contains(got, "noisy") {
		t.Errorf("got a quiet run called noisy in\n%s", got)
	}
	r.Cells[0].Busy += time.Second
	if got := table.Text(r); !strings.Contains(got, "% of the processors during the windows: a noisy run") {
		t.Errorf("got no word of the noise in\n%s", got)
	}
}

// A run that was cut to a few proxies and without idle connections lacks that
// column, and a first proxy without a figure gives no ratio.
func TestWhatWasNotMeasuredIsADash(t *testing.T) {
	r := run()
	r.Idle, r.Cells = nil, r.Cells[2:4]
	got := table.Text(r)
	if strings.Contains(got, "idle") {
		t.Errorf("got an idle column in\n%s", got)
	}
	for line := range strings.Lines(got) {
		if strings.HasPrefix(line, "  of nginx") && strings.Contains(line, "x/") {
			t.Errorf("got the ratio %q to nothing", line)
		}
	}
}

func TestSVGHasABarForEachFigure(t *testing.T) {
	r := run()
	r.Workloads[0].Name = "<256> & more"
	for i := range r.Cells {
		if r.Cells[i].Workload == "256 B p1" {
			r.Cells[i].Workload = r.Workloads[0].Name
		}
	}
	got := table.SVG(r)
	bars, dec := 0, xml.NewDecoder(strings.NewReader(got))
	for {
		tok, err := dec.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatalf("%v in\n%s", err, got)
		}
		if e, ok := tok.(xml.StartElement); ok && e.Name.Local == "line" {
			bars++
		}
	}
	if bars != 6 {
		t.Errorf("got %d bars, want 6", bars)
	}
}
