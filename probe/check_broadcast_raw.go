package probe

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"time"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/internal/wire"
	"github.com/wswarden/wswarden/probe/corpus"
	"github.com/wswarden/wswarden/report"
)

func init() {
	register(&Check{
		Name: "broadcast-raw", Summary: "sends harmless markup and a member of its own, and looks at what another connection receives",
		Weaknesses: []*catalogue.Weakness{catalogue.BroadcastRaw}, Group: State, Needs: NeedAccepted, Cost: Cost{Connections: 60, Messages: 200, Time: 60 * time.Second}, Run: runBroadcastRaw,
	})
}

// textMember matches members that people write text into.
var textMember = regexp.MustCompile(`(?i)^(text|message|msg|body|content|comment|title|description|name|nickname|subject|note|status|bio)$`)

// talkative matches names of messages that are meant for everybody.
var talkative = regexp.MustCompile(`(?i)chat|message|post|say|announce|broadcast|typing|comment|shout|presence`)

func runBroadcastRaw(ctx context.Context, s *Session) error {
	w := catalogue.BroadcastRaw
	v, err := s.converse(ctx, func(k known) bool { return !k.reads() })
	if err != nil || v == nil {
		return err
	}
	defer v.close()
	ear, err := v.ear(ctx)
	if err != nil {
		return err
	}
	defer ear.close()
	arrivals := 0
	for _, k := range v.known {
		for _, member := range slices.Sorted(maps.Keys(k.payload)) {
			if _, isText := k.payload[member].(string); !isText || !textMember.MatchString(member) {
				continue
			}
			mark := canary("markup")
			markup := "<img src=x id=" + mark + ">"
			for _, payload := range []map[string]any{
				corpus.With(corpus.With(k.payload, member, markup), corpus.Unknown, mark),
				corpus.With(k.payload, member, markup),
			} {
				a, heard, err := v.atEar(ctx, ear, k.name, payload)
				if err != nil {
					return err
				}
				what := ""
				u, raw := find(v.speak, heard, markup)
				_, arrived := find(v.speak, heard, mark)
				if arrived {
					arrivals++
				}
				if raw {
					what = "with its markup as it was sent"
				} else if u = extra(v.speak, heard, mark); u.Payload != nil {
					what = "with a member that nobody has declared"
				}
				if what == "" {
					continue
				}
				s.Weak(Finding{Weakness: w, Fix: "send others a message of your own making, with the members that you name and text escaped; and never insert it into a page as HTML", Anchor: k.name + "." + member,
					Evidence: report.Evidence{Request: a.evidence.Request, Response: s.Mask(showUnit(u)) + "\n"},
					Message:  fmt.Sprintf("A message %q arrives at another connection %s: a script in it runs in the page of everybody who shows it as HTML.", k.name, what)})
				break
			}
		}
	}
	if arrivals == 0 {
		s.NotJudged(w, "nothing that was sent arrived at another connection")
		return nil
	}
	s.Pass(w, "%d marked texts arrive without markup", arrivals)
	return nil
}

// atEar sends a message and returns what came at the other connection alone.
func (v *conversation) atEar(ctx context.Context, ear *talk, typ string, payload map[string]any) (answered, []wire.Unit, error) {
	a, all, err := v.heard(ctx, ear, typ, payload)
	return a, all[min(len(a.units), len(all)):], err
}

// extra returns a message that passes the undeclared member on.
func extra(speak speech, units []wire.Unit, mark string) wire.Unit {
	for _, u := range units {
		found := false
		pairs(speak.hear(u).body, func(name string, v any) { found = found || name == corpus.Unknown && v == mark })
		if found {
			return u
		}
	}
	return wire.Unit{}
}
