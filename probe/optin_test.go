package probe_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wswarden/wswarden/internal/wireclient"
	"github.com/wswarden/wswarden/probe"
	"github.com/wswarden/wswarden/probe/corpus"
	"github.com/wswarden/wswarden/probe/probetest"
	"github.com/wswarden/wswarden/report"
)

// spoken is a recording of the twin's application, as alice uses it.
const spoken = `{"type":"whoami"}
{"type":"list_orders"}
{"type":"get_order","id":1001}
{"type":"place_order","item":"lamp","quantity":1}
{"type":"subscribe","channel":"room:lobby"}
{"type":"chat","text":"hello"}
{"type":"search","q":"lamp"}
{"type":"update_profile","nickname":"al"}
{"type":"redeem","code":"c1","nonce":"n1"}
{"type":"echo","text":"x"}
`

// full is a twin as probe is pointed at it with all that it can be given.
func full(t *testing.T, s *probetest.Server) probe.Target {
	t.Helper()
	out := target(t, s)
	out.Identities = append(out.Identities, probe.Identity{Name: "bob", Lines: []wireclient.Line{{Name: "Cookie", Value: s.SignIn("bob")}}})
	c, err := corpus.Parse([]byte(spoken))
	if err != nil {
		t.Fatal(err)
	}
	out.Corpus = c
	out.Revoke, out.Audit = probe.Hook(s.LogoutURL()), probe.Hook(s.AuditURL())
	out.CanaryPath, out.UpstreamPath = s.CanaryPath(), s.UpstreamPath()
	out.Privileged = []string{"admin_stats"}
	out.Another, out.OtherPath = probetest.Another, "/other"
	return out
}

// ticketed is full with tickets.
func ticketed(t *testing.T, s *probetest.Server) probe.Target {
	out := full(t, s)
	out.TicketURL = s.TicketURL()
	return out
}

// tokened is full with a token of alice that expires in three seconds.
func tokened(t *testing.T, s *probetest.Server) probe.Target {
	out := full(t, s)
	out.Identities[0].Lines = []wireclient.Line{{Name: "Authorization", Value: "Bearer " + s.Token("alice", 3*time.Second)}}
	return out
}

// inBand is full with a first message that authenticates.
func inBand(t *testing.T, s *probetest.Server) probe.Target {
	out := full(t, s)
	out.Identities[0].Lines = []wireclient.Line{{Name: "Authorization", Value: "Bearer " + s.Token("alice", time.Hour)}}
	out.AuthMessage = `{"type":"auth","token":"{token}"}`
	return out
}

// administrator is full with carol, who is one.
func administrator(t *testing.T, s *probetest.Server) probe.Target {
	out := full(t, s)
	out.Demote = probe.Hook(s.DemoteURL())
	out.Identities = []probe.Identity{{Name: "carol", Lines: []wireclient.Line{{Name: "Cookie", Value: s.SignIn("carol")}}}}
	return out
}

type aim = func(*testing.T, *probetest.Server) probe.Target

// optIn are the checks that --with allows: what each says of a twin with one
// weakness. A check that only describes says it in a note.
var optIn = []struct {
	check  string
	weak   probetest.Switch
	want   string // the finding, or a part of the note
	aim    aim
	opts   probetest.Options
	budget time.Duration
}{
	{"ticket-replay", probetest.TicketReuse, "WS204", ticketed, probetest.Options{TicketTTL: 10 * time.Second, PerAddress: 40}, 0},
	{"ticket-replay", probetest.TicketRace, "WS204", ticketed, probetest.Options{TicketTTL: 10 * time.Second, PerAddress: 40}, 0},
	{"ticket-expiry", probetest.TicketEternal, "WS204", ticketed, probetest.Options{}, 0},
	{"ticket-binding", probetest.TicketAddress, "WS204", ticketed, probetest.Options{TicketTTL: 10 * time.Second}, 0},
	{"ticket-binding", probetest.TicketOrigin, "WS204", ticketed, probetest.Options{TicketTTL: 10 * time.Second}, 0},
	{"ticket-binding", probetest.TicketRoute, "WS204", ticketed, probetest.Options{TicketTTL: 10 * time.Second}, 0},
	{"ticket-quality", probetest.TicketGuessable, "WS204", ticketed, probetest.Options{}, 0},
	{"auth-race", probetest.AuthRace, "WS203", inBand, probetest.Options{InBand: true}, 0},
	{"auth-race", probetest.AuthUnhurried, "WS203", inBand, probetest.Options{InBand: true, Idle: time.Minute}, 0},
	{"session-fixation", probetest.SessionFixation, "WS201", full, probetest.Options{}, 0},
	{"cross-user", probetest.IDOR, "WS402", full, probetest.Options{}, 0},
	{"identity-field", probetest.IdentityFromClient, "WS401", full, probetest.Options{}, 0},
	{"mass-assignment", probetest.MassAssignment, "WS405", full, probetest.Options{}, 0},
	{"privileged-message", probetest.PrivilegedOpen, "WS403", full, probetest.Options{}, 0},
	{"foreign-channel", probetest.SubscribeAny, "WS404", full, probetest.Options{}, 0},
	{"foreign-channel", probetest.SubscribeWildcard, "WS404", full, probetest.Options{}, 0},
	{"broadcast-raw", probetest.BroadcastRaw, "WS501", full, probetest.Options{}, 0},
	{"broadcast-scope", probetest.BroadcastUnscoped, "WS502", full, probetest.Options{}, 0},
	{"revocation", probetest.RevocationUnwired, "WS206", full, probetest.Options{}, 12 * time.Second},
	{"revocation", probetest.RecheckOnMessage, "WS211", full, probetest.Options{}, 12 * time.Second},
	{"credential-expiry", probetest.ExpiryIgnored, "WS205", tokened, probetest.Options{}, 0},
	{"role-change", probetest.RoleStale, "WS207", administrator, probetest.Options{}, 0},
	{"tunnel", probetest.TunnelOnRefusal, "WS105", full, probetest.Options{}, 0},
	{"upstream-status", probetest.StatusConfusion, "WS105", full, probetest.Options{}, 0},
	{"message-replay", probetest.ReplayAccepted, "second time with the same nonce", full, probetest.Options{}, 0},
	{"message-race", probetest.RaceWindow, "was carried out", full, probetest.Options{}, 0},
	{"audit", probetest.AuditMissing, "left no trace", full, probetest.Options{}, 0},
	{"injection", probetest.SQLErrors, "WS305", full, probetest.Options{}, 0},
	{"injection", probetest.NoSQLOperators, "WS306", full, probetest.Options{}, 0},
	{"injection", probetest.TemplateEval, "WS313", full, probetest.Options{}, 0},
	{"binary-format", probetest.BinaryDeserialised, "WS309", full, probetest.Options{}, 0},
	{"record-leak", probetest.RecordLeak, "WS504", full, probetest.Options{}, 0},
	{"message-flood", probetest.RateUnlimited, "WS702", full, probetest.Options{}, 0},
	{"control-flood", probetest.ControlUnlimited, "WS707", full, probetest.Options{}, 0},
	{"connection-flood", probetest.ConnectionUnlimited, "WS703", full, probetest.Options{}, 0},
	{"connection-flood", probetest.ForwardedTrusted, "WS703", full, probetest.Options{}, 0},
	{"counter-leak", probetest.RefusalCounted, "WS709", full, probetest.Options{}, 0},
	{"slow-peer", probetest.IdleUnbounded, "WS704", full, probetest.Options{}, 15 * time.Second},
	{"slow-peer", probetest.HeaderUnhurried, "WS704", full, probetest.Options{}, 15 * time.Second},
	{"slow-peer", probetest.MessageUnhurried, "WS708", full, probetest.Options{}, 15 * time.Second},
	{"nesting", probetest.NestingUnbounded, "WS301", full, probetest.Options{}, 0},
	{"slow-reader", probetest.SendUnbounded, "WS706", full, probetest.Options{Burst: 5000}, 0},
	{"large-message", probetest.SizeUnlimited, "WS701", full, probetest.Options{}, 0},
	{"declared-length", probetest.SizeUnlimited, "WS701", full, probetest.Options{MessageTimeout: 30 * time.Second}, 0},
	{"compression-bomb", probetest.DeflateUnbounded, "WS705", full, probetest.Options{}, 0},
	{"fragments", probetest.FragmentUnlimited, "WS708", full, probetest.Options{MessageTimeout: 30 * time.Second}, 0},
}

// optInRun runs one check alone.
func optInRun(t *testing.T, check string, target probe.Target, budget time.Duration) *report.Report {
	t.Helper()
	opt := probe.Options{Target: target, Only: []string{check}, Rate: 1000}
	if c := probe.Lookup(check); c == nil {
		t.Fatalf("there is no check %q", check)
	} else if c.Group != probe.Safe {
		opt.With = []string{check}
	}
	opt.Budget.Time = budget
	return run(t, opt)
}

// said reports whether the run says what is wanted, and what else it found.
func said(r *report.Report, want string) (yes bool, others []string) {
	for _, f := range r.Findings {
		if f.Weakness.ID == want {
			yes = true
		} else {
			others = append(others, f.Weakness.ID+" "+f.Message)
		}
	}
	if strings.HasPrefix(want, "WS") {
		return yes, others
	}
	return slices.ContainsFunc(r.Notes, func(n report.Note) bool { return strings.Contains(n.Message, want) }), others
}

// Each check fails on a twin that has its weakness and nothing else, and passes
// on the hardened one.
func TestOptInChecks(t *testing.T) {
	for _, tt := range optIn {
		t.Run(tt.check+"/"+string(tt.weak), func(t *testing.T) {
			t.Parallel()
			hardened := tt.opts
			r := optInRun(t, tt.check, tt.aim(t, probetest.Start(t, hardened)), tt.budget)
			if got, _ := said(r, tt.want); got || len(r.Findings) > 0 {
				t.Errorf("on the hardened twin: got %v%s", found(r), describe(r))
			}
			judged := slices.ContainsFunc(r.Judgements, func(j report.Judgement) bool { return j.Verdict == report.Passed })
			if !judged {
				t.Errorf("on the hardened twin nothing was judged%s", describe(r))
			}
			weak := tt.opts
			weak.Weak = []probetest.Switch{tt.weak}
			r = optInRun(t, tt.check, tt.aim(t, probetest.Start(t, weak)), tt.budget)
			yes, others := said(r, tt.want)
			if !yes {
				t.Errorf("with %q: got %v, want %s%s", tt.weak, found(r), tt.want, describe(r))
			}
			if len(others) > 0 {
				t.Errorf("with %q it also says %q", tt.weak, others)
			}
		})
	}
}
