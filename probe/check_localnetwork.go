package probe

import (
	"context"
	"time"
)

func init() {
	register(&Check{
		Name:    "local-network",
		Summary: "says what protects a server on this machine or in a private network from pages",
		Cost:    Cost{Time: time.Second},
		Run:     runLocalNetwork,
	})
}

func runLocalNetwork(_ context.Context, s *Session) error {
	if !s.Target.Internal() {
		s.Pass(nil, "the target is at a public address")
		return nil
	}
	s.Note("pages of the public web reach servers on this machine and in private networks: Chrome asks the user first (Local Network Access), other browsers do not. What is bound here is not thereby out of reach; the checks of Origin and Host are what protects it")
	s.Pass(nil, "see the notes")
	return nil
}
