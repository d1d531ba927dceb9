package probe

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/internal/wire"
	"github.com/wswarden/wswarden/report"
)

func init() {
	register(&Check{
		Name: "revocation", Summary: "ends the sign-in by --revoke-hook while two connections are open, and measures the seconds until each is closed",
		Weaknesses: []*catalogue.Weakness{catalogue.RevocationUnwired, catalogue.RecheckFailsOpen}, Group: State, Needs: NeedIdentity | NeedAccepted, Last: true,
		Cost: Cost{Connections: 6, Messages: 150, Time: 75 * time.Second}, Run: runRevocation,
	})
}

const fixRevocation = "tell every server of an ended session and close its connections; with guard: POST /revocations, back-channel logout, and session.recheck"

// held is a connection that is watched for its end.
type heldConn struct {
	c     *Conn
	ended time.Duration // after the event; zero: it has not
	how   string
	// acted says that a message was answered, at that time after the event.
	acted time.Duration
	e     report.Evidence
}

func runRevocation(ctx context.Context, s *Session) error {
	w := catalogue.RevocationUnwired
	if s.Target.Revoke == "" {
		s.NotJudged(nil, "it needs a command or an address that ends the sign-in (--revoke-hook)")
		return nil
	}
	message, types, err := s.pulse(ctx)
	if err != nil {
		return err
	}
	talker, err := s.Connect(ctx, s.Target.Identity())
	if err != nil {
		return err
	}
	defer talker.Close()
	listener, err := s.Connect(ctx, s.Target.Identity())
	if err != nil {
		return err
	}
	defer listener.Close()
	if _, err := s.hook(ctx, s.Target.Revoke, http.MethodPost); err != nil {
		return err
	}
	began := time.Now()
	t, l := &heldConn{c: talker}, &heldConn{c: listener}
	patience := s.Left(ctx).Time - 8*time.Second
	for time.Since(began) < patience && (t.ended == 0 || l.ended == 0) {
		if err := s.watchTalker(ctx, t, began, message, types); err != nil {
			return err
		}
		if err := l.watch(ctx, began, 200*time.Millisecond); err != nil {
			return err
		}
	}
	s.judgeRevocation(w, t, l, patience, message != nil)
	return nil
}

// pulse is a message that reads something and is answered, and the types of the
// answers; nil where none is known.
func (s *Session) pulse(ctx context.Context) ([]byte, []string, error) {
	v, err := s.converse(ctx, known.reads)
	if err != nil || v == nil {
		return nil, nil, err
	}
	defer v.close()
	for _, k := range v.known {
		if v.works(k) {
			return v.speak.wrap(k.name, k.payload, 1), v.controls[k.name].types, nil
		}
	}
	return nil, nil, nil
}

// watch waits d for the end of the connection.
func (h *heldConn) watch(ctx context.Context, began time.Time, d time.Duration) error {
	if h.ended != 0 {
		return ctx.Err()
	}
	ended, how, err := endsWithin(ctx, h.c, d)
	if ended {
		h.ended, h.how = since(began), how
	}
	h.e = h.c.Evidence()
	return err
}

// watchTalker sends the message about once a second and notes whether it is
// still answered.
func (s *Session) watchTalker(ctx context.Context, h *heldConn, began time.Time, message []byte, types []string) error {
	if h.ended != 0 {
		return sleep(ctx, 200*time.Millisecond)
	}
	if message == nil || s.Left(ctx).Messages < 10 {
		return h.watch(ctx, began, 800*time.Millisecond)
	}
	if err := h.c.Send(ctx, wire.Text, message); err != nil && !errors.Is(err, ErrEnded) {
		return err
	}
	units, err := collect(ctx, h.c, 800*time.Millisecond, func(wire.Unit) bool { return false })
	if err != nil {
		return err
	}
	_, speak := s.knownMessages()
	for _, u := range units {
		if heard := speak.hear(u); heard.refusal == "" && containsAny(types, heard.typ) {
			h.acted = since(began)
		}
	}
	return h.watch(ctx, began, time.Millisecond)
}

func containsAny(list []string, one string) bool {
	for _, s := range list {
		if s == one {
			return true
		}
	}
	return false
}

func (s *Session) judgeRevocation(w *catalogue.Weakness, t, l *heldConn, patience time.Duration, talks bool) {
	acted := ""
	if t.acted > 0 {
		acted = fmt.Sprintf(" A message was still carried out %v after it.", t.acted.Round(100*time.Millisecond))
	}
	round := func(d time.Duration) time.Duration { return d.Round(100 * time.Millisecond) }
	switch {
	case t.ended == 0 && l.ended == 0:
		s.Weak(Finding{Weakness: w, Fix: fixRevocation, Evidence: t.e, Anchor: "open",
			Message: fmt.Sprintf("%v after the sign-in was ended both of its connections are open.%s Logging out, or being banned, ends nothing that is open.", round(patience), acted)})
	case l.ended == 0:
		s.Weak(Finding{Weakness: catalogue.RecheckFailsOpen, Fix: "judge the session by a timer on the connection, not by a check when a message comes", Evidence: l.e, Anchor: "listener",
			Message: fmt.Sprintf("Of two connections of an ended sign-in the one that sends messages is %s after %v; the one that only listens is open after %v, and gets its feed.", t.how, round(t.ended), round(patience))})
		s.Pass(w, "the connection that talks is %s %v after the sign-in was ended", t.how, round(t.ended))
	case t.ended == 0:
		s.Weak(Finding{Weakness: w, Fix: fixRevocation, Evidence: t.e, Anchor: "talker",
			Message: fmt.Sprintf("The connection that listens is %s after %v; the one that sends messages is open after %v.%s", l.how, round(l.ended), round(patience), acted)})
	case max(t.ended, l.ended) > 10*time.Second || t.acted > 2*time.Second:
		s.Weak(Finding{Weakness: w, Severity: catalogue.Medium, Fix: fixRevocation, Evidence: t.e, Anchor: "late",
			Message: fmt.Sprintf("The connections of an ended sign-in are closed after %v and %v.%s", round(t.ended), round(l.ended), acted)})
	default:
		s.Pass(w, "connections are closed %v and %v after the sign-in was ended", round(t.ended), round(l.ended))
		s.Pass(catalogue.RecheckFailsOpen, "one that only listens too")
	}
}
