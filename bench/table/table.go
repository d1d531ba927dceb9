// Package table lays out what a run of the benchmark measured: as aligned text,
// as Markdown and as a plot. It measures nothing and knows no goals.
package table

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/wswarden/wswarden/bench/result"
)

// Text is the table for a terminal, with what it says above and below.
func Text(r *result.Run) string {
	var b strings.Builder
	b.WriteString(title(r) + "\n\n")
	b.WriteString(Aligned(grid(r)))
	b.WriteString("\n")
	for _, line := range notes(r) {
		b.WriteString(line + "\n")
	}
	return b.String()
}

// Markdown is the same as a document; plot is the file name of the plot.
func Markdown(r *result.Run, plot string) string {
	var b strings.Builder
	b.WriteString("# The gateway beside passthrough proxies\n\n" + title(r) + ".\n\n")
	b.WriteString(Piped(grid(r)))
	b.WriteString("\n")
	for _, line := range notes(r) {
		b.WriteString("- " + line + "\n")
	}
	b.WriteString("\n![Microseconds per unit, each column to its own scale](" + plot + ")\n")
	return b.String()
}

func title(r *result.Run) string {
	return fmt.Sprintf("µs of the proxy's processor time per echo round trip (or handshake), minimum/median of %d rounds of %g s", r.Rounds, r.Window)
}

// grid is the table: a header, a row a proxy, and below each but the first its
// ratio to the first.
func grid(r *result.Run) [][]string {
	head := []string{""}
	for _, w := range r.Workloads {
		head = append(head, w.Name)
	}
	withIdle := len(r.Idle) > 0
	if withIdle {
		head = append(head, "KB per idle connection")
	}
	rows := [][]string{head}
	for i, p := range r.Peers {
		row, ratio := []string{label(p)}, []string{"  of " + r.Peers[0].Name}
		for _, w := range r.Workloads {
			cell, over := compare(r, p.Name, w.Name)
			row, ratio = append(row, cell), append(ratio, over)
		}
		if withIdle {
			cell, over := compareIdle(r, p.Name)
			row, ratio = append(row, cell), append(ratio, over)
		}
		rows = append(rows, row)
		if i > 0 && p.Name != result.Direct {
			rows = append(rows, ratio)
		}
	}
	return rows
}

func label(p result.Peer) string {
	if p.Name == result.Direct {
		return "direct (the echo backend's own time)"
	}
	return strings.TrimSpace(p.Name + " " + p.Version)
}

func compare(r *result.Run, peer, workload string) (cell, ratio string) {
	s, ok := r.Micros(peer, workload)
	if !ok {
		return "-", "-"
	}
	cell = number(s.Min) + "/" + number(s.Median)
	base, ok := r.Micros(r.Peers[0].Name, workload)
	if !ok {
		return cell, "-"
	}
	o := s.Over(base)
	return cell, fmt.Sprintf("%.2fx/%.2fx", o.Min, o.Median)
}

func compareIdle(r *result.Run, peer string) (cell, ratio string) {
	i, ok := r.IdleOf(peer)
	if !ok {
		return "-", "-"
	}
	cell = number(i.PerConnection() / 1000)
	base, ok := r.IdleOf(r.Peers[0].Name)
	if !ok || base.PerConnection() <= 0 {
		return cell, "-"
	}
	return cell, fmt.Sprintf("%.2fx", i.PerConnection()/base.PerConnection())
}

// noisy is the share of other processes above which a run says so.
const noisy = 0.05

// notes say under which conditions the figures came about.
func notes(r *result.Run) []string {
	var lines, connections []string
	for _, w := range r.Workloads {
		if w.Size > 0 {
			connections = append(connections, fmt.Sprintf("%s: %d", w.Name, w.Connections))
			continue
		}
		var rates []string
		for _, p := range r.Peers {
			if s, ok := r.Micros(p.Name, w.Name); ok {
				rates = append(rates, fmt.Sprintf("%s %.0f", p.Name, 1e6/s.Median))
			}
		}
		lines = append(lines, "Handshakes per second of processor time (median): "+strings.Join(rates, ", "))
	}
	lines = append(lines, "Connections: "+strings.Join(connections, ", ")+"; pN is N messages in flight on each")
	if len(r.Idle) > 0 {
		lines = append(lines, fmt.Sprintf("Idle: resident memory with %d connections, less that without, after one message on each; 1 KB is 1,000 bytes", r.Idle[0].Connections))
	}
	for _, p := range r.Peers {
		if v, ok := r.RevocationOf(p.Name); ok {
			lines = append(lines, fmt.Sprintf("Revocation of a user with %d connections, from the call to the Close frame at the client: median %s ms, p99 %s ms, last %s ms; answered after %s ms (%s)",
				v.Connections, millis(v.Median), millis(v.P99), millis(v.Last), millis(v.Answer), label(p)))
		}
	}
	noise := fmt.Sprintf("Other processes and interrupts took %.1f %% of the processors during the windows", 100*r.Foreign())
	if r.Foreign() > noisy {
		noise += ": a noisy run, repeat it on a quiet machine"
	}
	return append(lines, noise,
		fmt.Sprintf("%d x %s, Linux %s, %s, revision %s, %s", r.Processors, r.CPU, r.Kernel, r.Go, r.Revision, r.Started.UTC().Format("2006-01-02 15:04 MST")),
		"Command: "+r.Command)
}

func millis(d time.Duration) string { return number(float64(d) / 1e6) }

// number has two or three digits that mean something.
func number(v float64) string {
	switch {
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.2f", v)
}

// Piped lays out rows as a table of Markdown, the first of them being its head.
func Piped(rows [][]string) string {
	var b strings.Builder
	for i, row := range rows {
		b.WriteString("| " + strings.Join(row, " | ") + " |\n")
		if i == 0 {
			b.WriteString("|---" + strings.Repeat("|--:", len(row)-1) + "|\n")
		}
	}
	return b.String()
}

// Aligned lays out rows for a terminal. It sets the first column to the left and the others to the right.
func Aligned(rows [][]string) string {
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	var b strings.Builder
	for _, row := range rows {
		for i, cell := range row {
			pad := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
			if i == 0 {
				b.WriteString(cell + pad)
			} else {
				b.WriteString("   " + pad + cell)
			}
		}
		b.WriteString("\n")
	}
	return b.String()
}
