package report

import (
	"fmt"
	"strings"
)

// promiseStyle is how the verdicts over promises are shown.
var promiseStyle = map[PromiseVerdict]style{PromiseHeld: good, PromiseBroken: bad, PromiseNotJudged: unsure}

// promises writes what the configuration promises, line by line: what became of
// it, and for what is not held, why.
func (p *textPage) promises(list []Promise) {
	if len(list) == 0 {
		return
	}
	count := map[PromiseVerdict]int{}
	fmt.Fprintln(p.w, p.paint(bold, "Promises of the configuration"))
	about := ""
	for _, one := range list {
		count[one.Verdict]++
		if head := one.about(); head != about {
			fmt.Fprintf(p.w, "  %s\n", p.paint(bold, head))
			about = head
		}
		text := one.Text
		if one.Verdict != PromiseHeld {
			text += ": " + one.Why
		}
		if one.Verdict == PromiseBroken && one.Weakness != nil {
			text = one.Weakness.ID + " " + text
		}
		fmt.Fprint(p.w, "    "+p.paint(promiseStyle[one.Verdict], fmt.Sprintf("%-10s", one.Verdict))+" ")
		p.prose(15, 15, printable(text))
	}
	var sum []string
	for _, v := range []PromiseVerdict{PromiseHeld, PromiseBroken, PromiseNotJudged} {
		if count[v] > 0 {
			sum = append(sum, fmt.Sprintf("%d %s", count[v], v))
		}
	}
	fmt.Fprintf(p.w, "  %s\n\n", strings.Join(sum, ", "))
}

// about is what a promise is about.
func (one Promise) about() string {
	if one.Message == "" {
		return "connections to " + printable(one.Route)
	}
	return fmt.Sprintf("messages %q", one.Message)
}
