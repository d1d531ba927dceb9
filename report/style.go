package report

import "github.com/wswarden/wswarden/catalogue"

// style is a set of display attributes, as parameters of the terminal's SGR
// sequence. The empty style changes nothing.
type style string

const (
	plain     style = ""
	bold      style = "1"
	faint     style = "2"
	underline style = "4"
	good      style = "32"
	bad       style = "31"
	unsure    style = "33"
)

// severityStyle is indexed by catalogue.Severity.
var severityStyle = [...]style{
	catalogue.Low:      "36",
	catalogue.Medium:   "33",
	catalogue.High:     "31",
	catalogue.Critical: "1;31",
}

// stateStyle says at a glance which defences stand.
var stateStyle = map[State]style{Present: good, Default: plain, Absent: bad, Unknown: unsure}

// paint puts s into a style where colours are wanted.
func paint(color bool, st style, s string) string {
	if !color || st == plain || s == "" {
		return s
	}
	return "\x1b[" + string(st) + "m" + s + "\x1b[0m"
}
