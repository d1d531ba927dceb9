package probe

import (
	"context"
	"fmt"
	"net"
	"time"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/report"
)

func init() {
	register(&Check{
		Name:       "host",
		Summary:    "comes under a foreign name, as a browser does after DNS rebinding",
		Weaknesses: []*catalogue.Weakness{catalogue.HostUnchecked},
		Cost:       Cost{Connections: 8, Messages: 8, Time: 8 * time.Second},
		Run:        runHost,
	})
}

const fixHost = "compare the Host header with the names and ports that the server is really called by, and refuse others with 403 or 421; comparing it with Origin does not help"

func runHost(ctx context.Context, s *Session) error {
	w := catalogue.HostUnchecked
	host := s.Target.Foreign
	if port := s.Target.URL.Port(); port != "" {
		host = net.JoinHostPort(host, port)
	}
	own := *s.Target.URL
	own.Host = host
	r, err := s.Request(ctx, s.Target.Identity())
	if err != nil {
		return err
	}
	rebound, err := s.Try(ctx, r.With("Host", host).With("Origin", OwnOrigin(&own)))
	if err != nil {
		return err
	}
	switch {
	case !s.Control.Accepted() && rebound.Like(s.Control):
		s.NotJudged(w, "it is %v under its own name and under a foreign one; the check of the credential may hide the one of Host", rebound)
	case !rebound.Like(s.Control):
		s.Pass(w, "under the name of a foreign page, as after DNS rebinding, it is %v", rebound)
	case !s.Target.Internal():
		s.Pass(w, "it answers to any name, which matters for servers on loopback and in private networks; this one is at a public address")
		s.Note("a handshake with Host %s is %v; if the same program also runs inside of a network, DNS rebinding reaches it there", host, rebound)
	default:
		severity, only := w.Severity, ""
		// As with a foreign origin: what no browser adds by itself stands between.
		if least, why := s.hijack(false); least == catalogue.Low {
			severity, only = least, " "+why
		}
		s.Weak(Finding{
			Weakness: w, Severity: severity, Evidence: rebound.Evidence, Confidence: report.HighConfidence, Fix: fixHost, Anchor: "rebinding",
			Message: fmt.Sprintf("A handshake with Host %s and the Origin of the same name is %v. A page whose name resolves to this address afterwards (DNS rebinding) drives this server from the browser of whoever opens it.%s", host, rebound, only),
		})
	}
	return s.oddHosts(ctx)
}

// oddHosts notes what else passes for a Host. RFC 9112 section 3.2 wants 400
// for most of it; alone it lets nobody in.
func (s *Session) oddHosts(ctx context.Context) error {
	if !s.Control.Accepted() {
		return nil
	}
	for _, f := range []form{
		{"no Host header", func(r Request) Request { return r.Without("Host") }, true},
		{"two Host headers", func(r Request) Request { return r.Plus("Host", s.Target.Foreign) }, true},
		{"a target in absolute form for another host", func(r Request) Request { r.Target = "http://" + s.Target.Foreign + r.Target; return r }, true},
	} {
		r, err := s.Request(ctx, s.Target.Identity())
		if err != nil {
			return err
		}
		c, o, err := s.Open(ctx, f.change(r))
		if err != nil {
			return err
		}
		if c != nil {
			c.Close()
		}
		if o.Upgraded() {
			s.Note("a handshake with %s is accepted; RFC 9112 section 3.2 asks for 400", f.what)
		}
	}
	return nil
}
