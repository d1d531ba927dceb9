package probe

import (
	"context"
	"strings"
	"time"

	"github.com/wswarden/wswarden/catalogue"
)

func init() {
	register(&Check{
		Name: "upstream-status", Summary: "has a backend answer 101 at --upstream-path and, behind it, asks for the path that --canary-path names",
		Weaknesses: []*catalogue.Weakness{catalogue.UpgradeSmuggling}, Group: State, Cost: Cost{Connections: 6, Messages: 0, Time: 15 * time.Second}, Run: runUpstreamStatus,
	})
}

func runUpstreamStatus(ctx context.Context, s *Session) error {
	if !strings.HasPrefix(s.Target.UpstreamPath, "/") {
		s.NotJudged(catalogue.UpgradeSmuggling, "it needs a path at which a backend can be made to answer 101, such as --upstream-path '/health?url=http://responder.example/101'")
		return nil
	}
	front, ok, err := s.frontAnswer(ctx)
	if err != nil || !ok {
		return err
	}
	r := s.plain()
	r.Target = s.Target.UpstreamPath
	return s.behind(ctx, r, front, "an upgrade that a backend answers with 101")
}
