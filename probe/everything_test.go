package probe_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wswarden/wswarden/probe"
	"github.com/wswarden/wswarden/probe/probetest"
	"github.com/wswarden/wswarden/report"
)

// everything are the options that allow all checks.
func everything(target probe.Target) probe.Options {
	opt := probe.Options{Target: target, With: []string{"state", "load", "memory"}}
	for _, c := range probe.Checks() {
		if c.Group == probe.Named {
			opt.With = append(opt.With, c.Name)
		}
	}
	return opt
}

// All checks together find nothing on the hardened twin, whoever connects.
func TestEverythingOnTheHardenedTwin(t *testing.T) {
	for name, of := range map[string]aim{"cookie": full, "ticket": ticketed} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := probetest.Start(t, probetest.Options{TicketTTL: 5 * time.Second})
			opt := everything(of(t, s))
			opt.Skip = []string{"lifetime"} // an hour
			r := run(t, opt)
			if got := found(r); len(got) > 0 {
				t.Errorf("got %v, want none%s", got, describe(r))
			}
			for _, n := range r.Notes {
				for _, bad := range []string{"fault of its own", "second time", "left no trace"} {
					if strings.Contains(n.Message, bad) {
						t.Errorf("note: %s", n.Message)
					}
				}
			}
		})
	}
}

// mayAlso are checks that rightly speak of a weakness too that another is
// about.
var mayAlso = map[probetest.Switch][]string{
	probetest.SQLErrors:  {"WS503"}, // the text of the database
	probetest.RecordLeak: {"WS503"}, // the hash
}

// quick are weaknesses that show to checks of the groups state and safe within
// seconds; with one of them alone no check speaks of another.
var quick = map[probetest.Switch]string{
	probetest.IDOR:               "WS402",
	probetest.IdentityFromClient: "WS401",
	probetest.MassAssignment:     "WS405",
	probetest.SubscribeAny:       "WS404",
	probetest.BroadcastRaw:       "WS501",
	probetest.BroadcastUnscoped:  "WS502",
	probetest.RecordLeak:         "WS504",
	probetest.TunnelOnRefusal:    "WS105",
	probetest.SQLErrors:          "WS305",
}

func TestNoCheckSpeaksOfAnothersWeakness(t *testing.T) {
	for weak, want := range quick {
		t.Run(string(weak), func(t *testing.T) {
			t.Parallel()
			opt := everything(full(t, probetest.With(t, weak)))
			opt.With = slices.DeleteFunc(opt.With, func(w string) bool { return w == "load" || w == "memory" })
			opt.Skip = []string{"lifetime", "slow-peer"}
			r := run(t, opt)
			allowed := append([]string{want}, mayAlso[weak]...)
			seen := want == ""
			for _, f := range r.Findings {
				seen = seen || f.Weakness.ID == want
				if !slices.Contains(allowed, f.Weakness.ID) {
					t.Errorf("%s of %s: %s\n%s\n%s", f.Weakness.ID, f.Check, f.Message, f.Evidence.Request, f.Evidence.Response)
				}
			}
			if !seen {
				t.Errorf("got %v, want %s%s", found(r), want, describe(r))
			}
			if slices.ContainsFunc(r.Judgements, func(j report.Judgement) bool { return strings.Contains(j.Message, "fault of its own") }) {
				t.Error("a check ended by a fault of its own")
			}
		})
	}
}
