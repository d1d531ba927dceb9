package cli

import (
	"errors"

	"github.com/wswarden/wswarden/internal/config"
	"github.com/wswarden/wswarden/internal/promise"
	"github.com/wswarden/wswarden/probe"
)

// applyConfig completes a target by what a guard configuration promises of the
// route that has its path. What the command line says stands.
func applyConfig(t *probe.Target, file string) error {
	p, err := promise.Load(file, t.URL.Path)
	var ce *config.Error
	switch {
	case errors.Is(err, promise.ErrNoRoute):
		return fail("give the address of one of its routes", "--config: %w", err)
	case errors.As(err, &ce):
		return badConfig(err)
	case err != nil:
		return fail("check the name after --config", "--config: %w", err)
	}
	t.Promises = p
	if t.Origin == "" && len(p.Origins) > 0 {
		t.Origin = p.Origins[0]
	}
	if t.Another == "" && len(p.Origins) > 1 {
		t.Another = p.Origins[1]
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
