package main

import (
	"encoding/xml"
	"fmt"
	"strings"

	"github.com/wswarden/wswarden/bench/result"
	"github.com/wswarden/wswarden/bench/table"
)

// noisy is the share of other processes above which a run says so.
const noisy = 0.05

// text is the run for a terminal.
func text(r *Run) string {
	var b strings.Builder
	b.WriteString(title(r) + "\n\n" + table.Aligned(readGrid(r)) + "\n")
	if len(r.StartUps) > 0 {
		b.WriteString(startTitle(r) + "\n\n" + table.Aligned(startGrid(r)) + "\n")
	}
	for _, line := range notes(r) {
		b.WriteString(line + "\n")
	}
	b.WriteString("\n")
	for _, v := range judge(r) {
		b.WriteString(mark(v) + " " + v.text + "\n")
	}
	return b.String()
}

// markdown is the same as a document; plot is the file name of the plot.
func markdown(r *Run, plot string) string {
	var b strings.Builder
	b.WriteString("# Review beside ast-grep and eslint\n\n" + title(r) + ".\n\n" + table.Piped(readGrid(r)) + "\n")
	if len(r.StartUps) > 0 {
		b.WriteString(startTitle(r) + ".\n\n" + table.Piped(startGrid(r)) + "\n")
	}
	for _, line := range notes(r) {
		b.WriteString("- " + line + "\n")
	}
	b.WriteString("\nGoals:\n\n")
	for _, v := range judge(r) {
		b.WriteString("- " + mark(v) + " " + v.text + "\n")
	}
	b.WriteString("\n![Megabytes read per second of processor time](" + plot + ")\n")
	return b.String()
}

func mark(v verdict) string {
	if v.reached {
		return "reached:"
	}
	return "MISSED:"
}

func title(r *Run) string {
	return fmt.Sprintf("Source read per second of processor time, minimum/median of %d rounds", r.Rounds)
}

func startTitle(r *Run) string {
	return fmt.Sprintf("Starts with next to nothing to read, minimum/median of %d", r.Starts)
}

// readGrid is a row for every tree and tool.
func readGrid(r *Run) [][]string {
	rows := [][]string{{"tree", "tool", "MB read", "lines", "CPU s", "MB/CPU-s", "of ast-grep", "peak MB"}}
	for _, t := range r.Trees {
		base, withBase := r.of("ast-grep", t.Name, Cell.Rate)
		for _, tool := range r.Tools {
			took, ok := r.of(tool, t.Name, func(c Cell) float64 { return c.CPU.Seconds() })
			if !ok {
				continue
			}
			rate, _ := r.of(tool, t.Name, Cell.Rate)
			read, _ := r.of(tool, t.Name, func(c Cell) float64 { return float64(c.Bytes) / 1e6 })
			lines, _ := r.of(tool, t.Name, func(c Cell) float64 { return float64(c.Lines) })
			peak, _ := r.peak(tool, t.Name)
			over := "-"
			if withBase {
				over = fmt.Sprintf("%.2fx", rate.Median/base.Median)
			}
			rows = append(rows, []string{t.Name, tool, number(read.Median), fmt.Sprintf("%.0f", lines.Median), both(took), both(rate), over, number(float64(peak) / 1e6)})
		}
	}
	return rows
}

// startGrid is a row for every tool, folder and state of the cache.
func startGrid(r *Run) [][]string {
	rows := [][]string{{"tool", "folder", "cache", "seconds", "CPU s", "peak MB"}}
	for _, tool := range r.Tools {
		for _, folder := range []string{startEmpty, startOneFile} {
			for _, cold := range []bool{true, false} {
				wall, ok := r.start(tool, folder, cold, wallSeconds)
				if !ok {
					continue
				}
				took, _ := r.start(tool, folder, cold, cpuSeconds)
				memory, _ := r.start(tool, folder, cold, func(u Usage) float64 { return float64(u.MaxRSS) / 1e6 })
				cache := "warm"
				if cold {
					cache = "cold"
				}
				rows = append(rows, []string{tool, folder, cache, both(wall), both(took), number(memory.Median)})
			}
		}
	}
	return rows
}

// notes say what was compared, and under which conditions.
func notes(r *Run) []string {
	var lines []string
	for _, t := range r.Trees {
		line := fmt.Sprintf("%s: %d files, %s MB, %d lines", t.Name, t.Files, number(float64(t.Bytes)/1e6), t.Lines)
		if parsed, ok := r.of("wswarden", t.Name, func(c Cell) float64 { return float64(c.Parsed) / 1e6 }); ok {
			line += fmt.Sprintf("; review takes %s MB of it apart", number(parsed.Median))
		}
		lines = append(lines, line)
	}
	lines = append(lines,
		"MB read: of wswarden what it says it walked, of the others the files of their languages; eslint reads JavaScript alone, and not the largest trees",
		"CPU: user and system time of a tool with all its processes; 1 MB is 1,000,000 bytes",
	)
	noise := fmt.Sprintf("Other processes and interrupts took %.1f %% of the processors", 100*r.Foreign())
	if r.Foreign() > noisy {
		noise += ": a noisy run, repeat it on a quiet machine"
	}
	env := r.Environment
	return append(lines, noise,
		fmt.Sprintf("%d x %s, Linux %s, %s, revision %s, %s", env.Processors, env.CPU, env.Kernel, env.Go, env.Revision, r.Started.UTC().Format("2006-01-02 15:04 MST")),
		"Command: "+r.Command)
}

func both(s result.Stat) string { return number(s.Min) + "/" + number(s.Median) }

// number has two or three digits that mean something.
func number(v float64) string {
	switch {
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	case v >= 1:
		return fmt.Sprintf("%.2f", v)
	}
	return fmt.Sprintf("%.3f", v)
}

// plot is a bar for every tree and tool, all to one scale.
func plot(r *Run) string {
	const left, most, step = 190, 420, 18
	colours := map[string]string{"wswarden": "#aa3377", "ast-grep": "#4477aa", "eslint": "#ccbb44"}
	longest := 0.0
	for _, c := range r.Cells {
		longest = max(longest, c.Rate())
	}
	var b strings.Builder
	y := 10
	for _, t := range r.Trees {
		for _, tool := range r.Tools {
			rate, ok := r.of(tool, t.Name, Cell.Rate)
			if !ok {
				continue
			}
			length := most * rate.Median / longest
			fmt.Fprintf(&b, `<text x="%d" y="%d" text-anchor="end">%s, %s</text>`, left-8, y+11, escaped(t.Name), escaped(tool))
			fmt.Fprintf(&b, `<rect x="%d" y="%d" width="%.1f" height="14" fill="%s"/>`, left, y, length, colours[tool])
			fmt.Fprintf(&b, `<text x="%.1f" y="%d">%s</text>`+"\n", left+length+6, y+11, number(rate.Median))
			y += step
		}
		y += step / 2
	}
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" width="720" height="%d" viewBox="0 0 720 %d" font-family="sans-serif" font-size="12">
<title>Megabytes of source read per second of processor time, median</title>
<rect width="100%%" height="100%%" fill="#ffffff"/>
%s</svg>
`, y, y, b.String())
}

func escaped(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a strings.Builder doesn't fail
	return b.String()
}
