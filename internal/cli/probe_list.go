package cli

import (
	"cmp"
	"encoding/json"
	"fmt"
	"text/tabwriter"

	"github.com/wswarden/wswarden/probe"
)

// jsonCheck is a check in the JSON form of --list. Its keys are a promise to
// programs.
type jsonCheck struct {
	Check       string   `json:"check"`
	Summary     string   `json:"summary"`
	Weaknesses  []string `json:"weaknesses"`
	Group       string   `json:"group"` // safe, load, memory, state, named
	Connections int      `json:"connections"`
	Messages    int      `json:"messages"`
	Seconds     float64  `json:"seconds"`
}

// listChecks prints the checks.
func (e *Env) listChecks(args []string, format string) error {
	if len(args) > 0 {
		return fail("leave out --list to test an endpoint", "unexpected argument %q", args[0])
	}
	switch format {
	case "text":
		return e.listChecksText()
	case "json":
		return e.listChecksJSON()
	}
	return fail("write --format text or --format json", "--list: the form %q is for reports", format)
}

func (e *Env) listChecksText() error {
	table := tabwriter.NewWriter(e.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "CHECK\tSHOWS\tALLOWED BY\tCONNECTIONS\tMESSAGES\tSECONDS\t")
	for _, c := range probe.Checks() {
		fmt.Fprintf(table, "%s\t%s\t%s\t%d\t%d\t%.0f\t%s\n", c.Name, cmp.Or(showWeaknesses(c.Weaknesses), "-"), allowedBy(c),
			c.Cost.Connections, c.Cost.Messages, c.Cost.Time.Seconds(), c.Summary)
	}
	return table.Flush()
}

// allowedBy is what makes a check run.
func allowedBy(c *probe.Check) string {
	switch c.Group {
	case probe.Safe:
		return "(safe)"
	case probe.Named:
		return "--with " + c.Name
	}
	return "--with " + string(c.Group)
}

func (e *Env) listChecksJSON() error {
	list := []jsonCheck{}
	for _, c := range probe.Checks() {
		j := jsonCheck{
			Check: c.Name, Summary: c.Summary, Weaknesses: []string{}, Group: cmp.Or(string(c.Group), "safe"),
			Connections: c.Cost.Connections, Messages: c.Cost.Messages, Seconds: c.Cost.Time.Seconds(),
		}
		for _, w := range c.Weaknesses {
			j.Weaknesses = append(j.Weaknesses, w.ID)
		}
		list = append(list, j)
	}
	out := json.NewEncoder(e.Stdout)
	out.SetIndent("", "  ")
	return out.Encode(list)
}
