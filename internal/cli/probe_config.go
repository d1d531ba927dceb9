package cli

import (
	"errors"

	"github.com/wswarden/wswarden/internal/promise"
	"github.com/wswarden/wswarden/probe"
)

// applyConfig completes a target by the route of a guard configuration that has
// its path, and has it held to what the route promises. What the command line
// says stands.
func applyConfig(t *probe.Target, file string) error {
	p, err := promise.Load(file, t.URL.Path)
	switch {
	case errors.Is(err, promise.ErrNoRoute):
		return fail("give the address of one of its routes", "--config: %w", err)
	case err != nil:
		return badConfig(err)
	}
	t.Promises = p
	if t.Origin == "" && len(p.Origins) > 0 {
		t.Origin = p.Origins[0]
	}
	if len(t.Subprotocols) == 0 {
		t.Subprotocols = p.Subprotocols
	}
	if t.TicketURL == "" && p.Ticket != nil && len(t.Identities) > 0 {
		u := *t.URL
		u.Scheme = map[string]string{"ws": "http", "wss": "https"}[u.Scheme]
		u.Path, u.RawPath, u.RawQuery = p.TicketPath, "", ""
		t.TicketURL = u.String()
	}
	return nil
}
