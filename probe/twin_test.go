package probe_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/internal/wireclient"
	"github.com/wswarden/wswarden/probe"
	"github.com/wswarden/wswarden/probe/probetest"
	"github.com/wswarden/wswarden/report"
)

// target is a twin as probe is pointed at it, with a cookie of alice.
func target(t *testing.T, s *probetest.Server) probe.Target {
	t.Helper()
	u, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	alice := probe.Identity{Name: "alice", Lines: []wireclient.Line{{Name: "Cookie", Value: s.SignIn("alice")}}}
	return probe.Target{URL: u, Origin: probetest.Origin, Identities: []probe.Identity{alice}}
}

// bearer is a twin with a bearer token of alice.
func bearer(t *testing.T, s *probetest.Server) probe.Target {
	t.Helper()
	out := target(t, s)
	out.Identities[0].Lines = []wireclient.Line{{Name: "Authorization", Value: "Bearer " + s.Token("alice", patience)}}
	return out
}

// run runs the checks that are on by default.
func run(t *testing.T, opt probe.Options) *report.Report {
	t.Helper()
	opt.Rate = 1000
	plan, err := probe.NewPlan(opt)
	if err != nil {
		t.Fatal(err)
	}
	r, err := plan.Run(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	b := plan.Budget()
	if r.Stats.Connections > b.Connections || r.Stats.Messages > b.Messages {
		t.Errorf("used %d connections, %d messages of a budget of %v", r.Stats.Connections, r.Stats.Messages, b)
	}
	report.Finish(r)
	return r
}

// found are the weaknesses and checks of the findings, such as "WS101 origin".
func found(r *report.Report) []string {
	var out []string
	for _, f := range r.Findings {
		out = append(out, f.Weakness.ID+" "+f.Check)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// describe is a report in lines, for the text of a failure.
func describe(r *report.Report) string {
	var b strings.Builder
	for _, f := range r.Findings {
		fmt.Fprintf(&b, "\n  %s %s %s: %s\n%s\n%s", f.Weakness.ID, f.Severity, f.Check, f.Message, f.Evidence.Request, f.Evidence.Response)
	}
	for _, j := range r.Judgements {
		if j.Verdict == report.NotJudged {
			fmt.Fprintf(&b, "\n  not judged %s: %s", j.Check, j.Message)
		}
	}
	for _, n := range r.Notes {
		fmt.Fprintf(&b, "\n  note: %s", n.Message)
	}
	return b.String()
}

func TestHardenedTwinHasNoFindings(t *testing.T) {
	for name, of := range map[string]func(*testing.T, *probetest.Server) probe.Target{"cookie": target, "bearer": bearer} {
		t.Run(name, func(t *testing.T) {
			s := probetest.Hardened(t)
			r := run(t, probe.Options{Target: of(t, s)})
			if got := found(r); len(got) > 0 {
				t.Errorf("got %v, want none%s", got, describe(r))
			}
			t.Logf("%v, %d connections%s", r.Stats.Elapsed, r.Stats.Connections, describe(r))
		})
	}
}

// alone are the twins with one weakness, and the only finding that they may
// make. Those whose want is empty are seen by no safe check.
var alone = []struct {
	weak  probetest.Switch
	want  string
	token bool // with a bearer token in the place of the cookie
}{
	{weak: probetest.OriginNone, want: "WS101 origin"},
	{weak: probetest.OriginPrefix, want: "WS102 origin"},
	{weak: probetest.OriginSuffix, want: "WS102 origin"},
	{weak: probetest.OriginDomain, want: "WS102 origin"},
	{weak: probetest.OriginContains, want: "WS102 origin"},
	{weak: probetest.OriginRegexDot, want: "WS102 origin"},
	{weak: probetest.OriginReversed, want: "WS102 origin"},
	{weak: probetest.OriginNull, want: "WS103 origin"},
	{weak: probetest.OriginAbsent, want: "WS103 origin"},
	{weak: probetest.OriginEmpty, want: "WS103 origin"},
	{weak: probetest.OriginPort, want: "WS102 origin"},
	{weak: probetest.OriginScheme, want: "WS102 origin"},
	{weak: probetest.OriginForwarded, want: "WS102 origin"},
	{weak: probetest.OriginReferer, want: "WS102 origin"},
	{weak: probetest.OriginLegacy, want: "WS102 origin"},
	{weak: probetest.OriginSubdomain, want: "WS102 origin"},
	{weak: probetest.OriginParent, want: "WS102 origin"},
	{weak: probetest.OriginTLD, want: "WS102 origin"},
	{weak: probetest.OriginLocalhost, want: "WS102 origin"},
	{weak: probetest.OriginLocalPrefix, want: "WS102 origin"},
	{weak: probetest.OriginPrivate, want: "WS102 origin"},
	{weak: probetest.OriginExtension, want: "WS102 origin"},
	{weak: probetest.OriginWildcard, want: "WS102 origin"},
	{weak: probetest.OriginAnyOf, want: "WS102 origin"},
	{weak: probetest.OriginList, want: "WS102 origin"},
	{weak: probetest.OriginUserinfo, want: "WS102 origin"},
	{weak: probetest.OriginTruncated, want: "WS102 origin"},
	{weak: probetest.OriginFailsOpen, want: "WS102 origin"},
	{weak: probetest.RefusedAfterUpgrade, want: "WS109 refusal"},
	{weak: probetest.VersionUnchecked, want: "WS105 handshake-version"},
	{weak: probetest.KeyUnchecked, want: "WS105 handshake-form"},
	{weak: probetest.MethodUnchecked, want: "WS105 handshake-form"},
	{weak: probetest.OldHTTP, want: "WS105 handshake-form"},
	{weak: probetest.BodyAccepted, want: "WS105 upgrade-body"},
	{weak: probetest.PipelineServed, want: "WS105 pipelined-request"},
	{weak: probetest.ForeignUpgrade, want: "WS105 foreign-upgrade"},
	{weak: probetest.SubprotocolEcho, want: "WS108 subprotocol"},
	{weak: probetest.SubprotocolUnoffered, want: "WS108 subprotocol"},
	{weak: probetest.PathSpelling, want: "WS101 path-spelling"},
	{weak: probetest.FallbackUnguarded, want: "WS101 fallback-transport"},
	{weak: probetest.VerboseHTTP, want: "WS503 error-detail"},
	{weak: probetest.AuthMissing, want: "WS201 auth"},
	{weak: probetest.BadCredential, want: "WS201 auth"},
	{weak: probetest.JWTNone, want: "WS208 auth", token: true},
	{weak: probetest.JWTUnverified, want: "WS208 auth", token: true},
	{weak: probetest.TokenInURL, want: "WS202 url-token", token: true},
	{weak: probetest.CloseUnanswered, want: "WS704 close-handshake"},
	{weak: probetest.ForwardedTrusted, want: "WS703 connection-count"},
	{weak: probetest.ConnectionUnlimited, want: "WS703 connection-count"},
	{weak: probetest.UnknownDispatched, want: "WS311 dispatch WS503 error-detail"},
	{weak: probetest.PrototypeKeys, want: "WS310 prototype"},
	{weak: probetest.ParseCrash, want: "WS301 malformed-message"},
	{weak: probetest.ErrorDetail, want: "WS503 error-detail"},
	{weak: probetest.SizeUnlimited, want: "WS701 message-size"},
	{weak: probetest.AcceptUnmasked, want: "WS801 framing"},
	{weak: probetest.AcceptReserved, want: "WS801 framing"},
	{weak: probetest.AcceptOpcode, want: "WS801 framing"},
	{weak: probetest.AcceptLongLength, want: "WS801 framing"},
	{weak: probetest.AcceptControlSize, want: "WS801 framing"},
	{weak: probetest.AcceptControlParts, want: "WS801 framing"},
	{weak: probetest.AcceptInterleaved, want: "WS801 framing"},
	{weak: probetest.AcceptCloseCode, want: "WS801 framing"},
	{weak: probetest.AcceptCloseReason, want: "WS801 framing"},
	{weak: probetest.AcceptUTF8, want: "WS801 framing"},
	// What these have is told in notes, or shown by checks that --with allows.
	{weak: probetest.CookieWeak},
	{weak: probetest.HeaderReflection},
	{weak: probetest.PageReflection},
	{weak: probetest.RateUnlimited},
	{weak: probetest.DeflateUnbounded},
	{weak: probetest.TicketReuse},
	{weak: probetest.IDOR},
}

// TestTwinWithOneWeakness holds all safe checks together to a twin with a
// single weakness: the one check that is about it finds it, and no other speaks.
func TestTwinWithOneWeakness(t *testing.T) {
	for _, c := range alone {
		t.Run(string(c.weak), func(t *testing.T) {
			t.Parallel()
			s := probetest.With(t, c.weak)
			opt := probe.Options{Target: target(t, s)}
			if c.token {
				opt.Target = bearer(t, s)
			}
			r := run(t, opt)
			if got := strings.Join(found(r), " "); got != c.want {
				t.Errorf("got %q, want %q%s", got, c.want, describe(r))
			}
		})
	}
}
