package probe

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/report"
)

// goneAfter is how long a server that can't be reached gets to come back.
const goneAfter = time.Second

// unreachable says how the target, which answered before, can't be reached any
// more; empty if it can. Where a proxy stands in front it is the proxy that says
// so, each time that it is asked.
func (r *run) unreachable(ctx context.Context, s *Session) string {
	how := ""
	for range 2 {
		if sleep(ctx, goneAfter) != nil {
			return ""
		}
		c, o, err := r.session(start).Open(ctx, s.plain())
		switch {
		case ctx.Err() != nil:
			return ""
		case errors.Is(err, errConnect):
			return "it can't be reached any more"
		case err != nil:
			return ""
		case c != nil:
			c.Close()
			return ""
		case !s.Control.Upgraded() || !slices.Contains(gatewayFaults, o.Status):
			return ""
		}
		how = fmt.Sprintf("what stands in front of it answers every handshake with %d", o.Status)
	}
	return how
}

// gatewayFaults are what proxies answer whose server is not there.
var gatewayFaults = []int{http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout}

// reportGone reports a server that ended while the check ran: whoever sends the
// same ends it for everybody.
func (s *Session) reportGone(how string) {
	var e report.Evidence
	s.mu.Lock()
	last := s.last
	s.mu.Unlock()
	if last != nil {
		e = last.Evidence()
	}
	s.Weak(Finding{
		Weakness: catalogue.ParseUnguarded, Severity: catalogue.High, Confidence: report.MediumConfidence, Evidence: e, Fix: fixParse, Anchor: "gone",
		Message: fmt.Sprintf("While the check %q ran, the server ended: %s. The evidence is the last connection before. Whoever sends the same ends it for everybody. Start it again, and --skip this check to have the others judged.", s.check.Name, how),
	})
}
