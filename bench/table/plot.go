package table

import (
	"encoding/xml"
	"fmt"
	"strings"

	"github.com/wswarden/wswarden/bench/result"
)

// The measures of the plot, in pixels.
const (
	plotWidth   = 720
	barLeft     = 130
	barMax      = 460
	barHeight   = 14
	barStep     = 18
	groupHeader = 26
)

// colours of the bars, in the order of the proxies; they are told apart in
// greyscale too.
var colours = []string{"#4477aa", "#ccbb44", "#aa3377", "#66ccee", "#228833", "#bbbbbb"}

// SVG is a bar a proxy and workload: the median, with a line at the minimum.
// Each workload has its own scale, which ends at its slowest proxy.
func SVG(r *result.Run) string {
	var body strings.Builder
	y := 10
	for _, w := range r.Workloads {
		y = group(&body, r, w, y)
	}
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" font-family="sans-serif" font-size="12">
<title>Processor time of the proxy per unit, in microseconds: median (bar) and minimum (line)</title>
<rect width="100%%" height="100%%" fill="#ffffff"/>
%s</svg>
`, plotWidth, y, plotWidth, y, body.String())
}

func group(b *strings.Builder, r *result.Run, w result.Workload, y int) int {
	longest := 0.0
	for _, p := range r.Peers {
		if s, ok := r.Micros(p.Name, w.Name); ok {
			longest = max(longest, s.Median)
		}
	}
	if longest == 0 {
		return y
	}
	fmt.Fprintf(b, `<text x="10" y="%d" font-weight="bold">%s, µs</text>`+"\n", y+14, escaped(w.Name))
	y += groupHeader
	for i, p := range r.Peers {
		s, ok := r.Micros(p.Name, w.Name)
		if !ok {
			continue
		}
		length, least := barMax*s.Median/longest, barLeft+barMax*s.Min/longest
		fmt.Fprintf(b, `<text x="%d" y="%d" text-anchor="end">%s</text>`, barLeft-8, y+11, escaped(p.Name))
		fmt.Fprintf(b, `<rect x="%d" y="%d" width="%.1f" height="%d" fill="%s"/>`, barLeft, y, length, barHeight, colours[i%len(colours)])
		fmt.Fprintf(b, `<line x1="%.1f" y1="%d" x2="%.1f" y2="%d" stroke="#000000"/>`, least, y, least, y+barHeight)
		fmt.Fprintf(b, `<text x="%.1f" y="%d">%s/%s</text>`+"\n", barLeft+length+6, y+11, number(s.Min), number(s.Median))
		y += barStep
	}
	return y + 8
}

func escaped(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a strings.Builder doesn't fail
	return b.String()
}
