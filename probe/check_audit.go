package probe

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

func init() {
	register(&Check{
		Name: "audit", Summary: "looks whether the run shows in what --audit-hook says",
		Group: State, Cost: Cost{Connections: 20, Messages: 4, Time: 40 * time.Second}, Run: runAudit,
	})
}

func runAudit(ctx context.Context, s *Session) error {
	if s.Target.Audit == "" {
		s.NotJudged(nil, "it needs a command or an address that shows the audit log (--audit-hook)")
		return nil
	}
	before, err := s.hook(ctx, s.Target.Audit, http.MethodGet)
	if err != nil {
		return err
	}
	if len(before) >= maxBody {
		s.NotJudged(nil, "the audit log is longer than %s: have the hook show its end alone", bytesText(maxBody))
		return nil
	}
	r, err := s.Request(ctx, s.Target.Identity())
	if err != nil {
		return err
	}
	o, err := s.Try(ctx, r.With("Origin", "https://"+s.Target.Foreign))
	if err != nil {
		return err
	}
	// A log may be written beside the answer.
	for range 10 {
		after, err := s.hook(ctx, s.Target.Audit, http.MethodGet)
		if err != nil {
			return err
		}
		if len(after) > len(before) || after != before {
			s.Pass(nil, "a handshake from a foreign origin (%v) shows in the audit log", o)
			return nil
		}
		if err := sleep(ctx, 300*time.Millisecond); err != nil {
			return err
		}
	}
	s.Note("%s", fmt.Sprintf("a handshake from a foreign origin (%v) left no trace in the audit log: nobody learns of an attack", o))
	return nil
}
