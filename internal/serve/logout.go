package serve

import (
	"context"
	"net/http"

	"github.com/wswarden/wswarden/guard"
)

// The endpoints of the gateway's own on the public listener, for an identity
// provider.
const (
	logoutPath = "/-/wswarden/backchannel-logout"
	eventsPath = "/-/wswarden/security-events"
)

// endpoints puts the gateway's own endpoints before routes. Where no provider
// is configured they are paths like any other. A path has one spelling.
func (s *Server) endpoints(routes http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rc := s.logout.Load()
		switch {
		case rc != nil && r.RequestURI == logoutPath:
			s.guard.Own(rc.Logout()).ServeHTTP(w, r)
		case rc != nil && r.RequestURI == eventsPath:
			s.guard.Own(rc.Events()).ServeHTTP(w, r)
		default:
			routes.ServeHTTP(w, r)
		}
	})
}

// revoker passes orders on to the guard, which is made after what gives them.
type revoker struct{ s *Server }

func (r revoker) Revoke(ctx context.Context, v guard.Revocation) error {
	return r.s.guard.Revoke(ctx, v)
}
