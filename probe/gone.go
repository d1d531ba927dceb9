package probe

import (
	"context"
	"fmt"
	"time"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/report"
)

// goneAfter is how long a server that can't be reached gets to come back.
const goneAfter = time.Second

// unreachable reports whether the target, which answered before, can't be
// reached any more.
func (r *run) unreachable(ctx context.Context, s *Session) bool {
	if sleep(ctx, goneAfter) != nil {
		return false
	}
	nc, err := r.session(start).Dial(ctx, s.plain(), nil)
	if err == nil {
		nc.Close()
	}
	return err != nil && ctx.Err() == nil
}

// reportGone reports a server that ended while the check ran: whoever sends the
// same ends it for everybody.
func (s *Session) reportGone() {
	var e report.Evidence
	s.mu.Lock()
	last := s.last
	s.mu.Unlock()
	if last != nil {
		e = last.Evidence()
	}
	s.Weak(Finding{
		Weakness: catalogue.ParseUnguarded, Severity: catalogue.High, Confidence: report.MediumConfidence, Evidence: e, Fix: fixParse, Anchor: "gone",
		Message: fmt.Sprintf("While the check %q ran, the server ended: it can't be reached any more. The evidence is the last connection before. Whoever sends the same ends it for everybody. Start it again, and --skip this check to have the others judged.", s.check.Name),
	})
}
