// Package draft writes a configuration of the guard for the endpoints that review
// has found: routes, sign-in, message types with the fields that handlers read, and
// the rules that contain the findings, each with the finding beside it.
//
// A draft is a beginning. Lines that the code doesn't show, or that an owner of the
// program has to decide, are marked with "confirm:". Where nothing is known the
// draft refuses. It judges no code: that is the business of the rules.
package draft

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/wswarden/wswarden/internal/yamltext"
	"github.com/wswarden/wswarden/report"
	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/model"
)

// Input is what a draft is made of: the model of a program, the findings of the
// rules in it, and its files in the order of their paths.
type Input struct {
	Program  *model.Program
	Findings []report.Finding
	Files    []*ir.File
}

// Mark begins the comment of every line that somebody has to confirm.
const Mark = "confirm:"

// Title is how every draft begins.
const Title = "# A guard in front of this program, drafted by 'wswarden review --emit-guard'"

// A drafter holds what the parts of one draft share.
type drafter struct {
	Input
	places *places
	cited  map[string]bool // IDs of findings that a line contains
	forms  []channelForm   // of channelForms; nil before it was asked
	public []string        // of publicChannels
}

// Write returns the draft: YAML that the guard accepts. It is the same for the same
// input. Without an endpoint that serves it is nil.
func Write(in Input) []byte {
	d := &drafter{Input: in, cited: map[string]bool{}}
	d.places = d.scan()
	routes := d.routes()
	if len(routes) == 0 {
		return nil
	}
	var items yamltext.Items
	for _, r := range routes {
		items = append(items, d.route(r))
	}
	var body bytes.Buffer
	top := yamltext.Object{
		{Key: "listen", Value: d.places.free(8080, 8081)},
		{Key: "admin", Value: d.places.free(9090, 9091), Comment: "health and metrics, apart from the public port"},
		{Key: "sign_in", Value: d.signIn(routes)},
		{Key: "audit", Value: yamltext.Flow{{Key: "file", Value: "audit.jsonl"}}, Comment: "one line a refusal, with the weakness id"},
		{Key: "routes", Value: items},
	}
	yamltext.Write(&body, top, 0)
	return append(d.head(body.Bytes()), body.Bytes()...)
}

// head says what the file is, how much of it is to be confirmed, and which findings
// it leaves as they are.
func (d *drafter) head(body []byte) []byte {
	var b bytes.Buffer
	line := func(format string, args ...any) {
		b.WriteString(strings.TrimRight("# "+fmt.Sprintf(format, args...), " ") + "\n")
	}
	b.WriteString(Title + "\n")
	line("from what its code shows. Beside a line stands the finding that it contains.")
	switch n := bytes.Count(body, []byte("# "+Mark)); n {
	case 0:
		line("Nothing is left to confirm. Judge it with 'wswarden guard --check --config FILE'.")
	default:
		line("%d lines are marked '%s': the code doesn't say, or it is yours to decide.", n, Mark)
		line("Judge the file with 'wswarden guard --check --config FILE'.")
	}
	if left := d.left(); len(left) > 0 {
		line("")
		line("Not contained here, for the code to mend:")
		for _, text := range left {
			line("  %s", text)
		}
	}
	b.WriteByte('\n')
	return b.Bytes()
}

// maxLeft bounds the list of findings that the draft leaves.
const maxLeft = 30

// left lists the findings that no line contains, by weakness.
func (d *drafter) left() []string {
	places := map[string][]string{}
	var ids []string
	for i := range d.Findings {
		f := &d.Findings[i]
		id := f.Weakness.ID
		if d.cited[id] || f.Confidence < report.MediumConfidence {
			continue
		}
		if places[id] == nil {
			ids = append(ids, id)
		}
		places[id] = append(places[id], place(f.Span))
	}
	slices.Sort(ids)
	var out []string
	for _, id := range ids {
		if len(out) == maxLeft {
			return append(out, "and others")
		}
		out = append(out, id+" "+some(places[id]))
	}
	return out
}

// some names the first of several places.
func some(list []string) string {
	const most = 3
	if len(list) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(list[:most], ", "), len(list)-most)
	}
	return strings.Join(list, ", ")
}

func place(s report.Span) string { return fmt.Sprintf("%s:%d", s.Path, s.Line) }
