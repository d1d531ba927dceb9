package cli

import (
	"slices"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/internal/config"
	"github.com/wswarden/wswarden/probe"
)

// applyConfig completes a target by the route of a guard configuration that has
// its path. What the command line says stands.
func applyConfig(t *probe.Target, file string) error {
	cfg, err := config.Load(file, nil)
	if err != nil {
		return badConfig(err)
	}
	i := slices.IndexFunc(cfg.Guard.Routes, func(r guard.Route) bool { return r.Path == t.URL.Path })
	if i < 0 {
		return fail("give the address of one of its routes", "--config %q has no route %q", file, t.URL.Path)
	}
	route := cfg.Guard.Routes[i]
	if t.Origin == "" && len(route.Origins) > 0 {
		t.Origin = route.Origins[0]
	}
	if len(t.Subprotocols) == 0 {
		t.Subprotocols = route.Subprotocols
	}
	if t.TicketURL == "" && route.Auth.Ticket != nil && len(t.Identities) > 0 {
		u := *t.URL
		u.Scheme = map[string]string{"ws": "http", "wss": "https"}[u.Scheme]
		u.Path, u.RawPath, u.RawQuery = route.Path+"/ticket", "", ""
		t.TicketURL = u.String()
	}
	return nil
}
