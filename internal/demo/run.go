package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/wswarden/wswarden/catalogue"
)

// attackTime bounds one attack. An endpoint that neither answers nor ends the
// connection by then is reported as an error, not as a success of either side.
const attackTime = 20 * time.Second

// Row is one line of the table: the same traffic against both endpoints.
type Row struct {
	// Name says what was done.
	Name string
	// Weakness is what it exploits; nil for a legitimate client.
	Weakness *catalogue.Weakness
	// Unguarded and Guarded are what came of it.
	Unguarded, Guarded Result
	// Rule and Detail are what the guard's audit log has under the event that
	// the refusal named. Where a message was changed instead, Rule is the setting
	// that did it; where nothing happened, both are empty.
	Rule, Detail string
	// Err is set if the row could not be carried out.
	Err error
}

// Holds reports whether the guard did its duty: an attack was stopped, a
// legitimate client was served.
func (r Row) Holds() bool {
	return r.Err == nil && r.Guarded.Worked == (r.Weakness == nil)
}

// Hold reports whether the guard did its duty in every row.
func Hold(rows []Row) bool {
	return !slices.ContainsFunc(rows, func(r Row) bool { return !r.Holds() })
}

// MarshalJSON writes the row with stable keys.
func (r Row) MarshalJSON() ([]byte, error) {
	form := struct {
		Name      string `json:"name"`
		Weakness  string `json:"weakness,omitempty"`
		Holds     bool   `json:"holds"`
		Unguarded Result `json:"unguarded"`
		Guarded   Result `json:"guarded"`
		Rule      string `json:"rule,omitempty"`
		Detail    string `json:"detail,omitempty"`
		Error     string `json:"error,omitempty"`
	}{Name: r.Name, Holds: r.Holds(), Unguarded: r.Unguarded, Guarded: r.Guarded, Rule: r.Rule, Detail: r.Detail}
	if r.Weakness != nil {
		form.Weakness = r.Weakness.ID
	}
	if r.Err != nil {
		form.Error = r.Err.Error()
	}
	return json.Marshal(form)
}

// Run carries every attack and every legitimate session out against both ends
// of s, and calls show with each row as it is done. It returns all rows; an
// error means that it could not go on.
func Run(ctx context.Context, s *Stage, show func(Row)) ([]Row, error) {
	return RunAttacks(ctx, s, slices.Concat(legitimate, Attacks), show)
}

// RunAttacks is [Run] for some of the attacks.
func RunAttacks(ctx context.Context, s *Stage, attacks []Attack, show func(Row)) ([]Row, error) {
	var rows []Row
	for _, a := range attacks {
		row := Row{Name: a.Name, Weakness: a.Weakness}
		row.Unguarded, row.Err = s.attempt(ctx, a, s.bare)
		if row.Err == nil {
			row.Guarded, row.Err = s.attempt(ctx, a, s.fenced)
		}
		if row.Err == nil && row.Guarded.By != "" {
			row.Rule = row.Guarded.By
		}
		if row.Err == nil && row.Guarded.Event != "" {
			row.Err = s.explain(ctx, &row)
		}
		rows = append(rows, row)
		if ctx.Err() != nil {
			return rows, fmt.Errorf("demo: %w", context.Cause(ctx))
		}
		show(row)
	}
	return rows, nil
}

// attempt carries a out and waits until nothing of it is left, so that no row
// depends on the one before.
func (s *Stage) attempt(ctx context.Context, a Attack, t *target) (Result, error) {
	ctx, cancel := context.WithTimeout(ctx, attackTime)
	defer cancel()
	r, err := a.run(ctx, t)
	if err != nil {
		return r, fmt.Errorf("%s: %w", a.Name, err)
	}
	return r, s.settle(ctx)
}

// explain adds what the audit log says of a refusal.
func (s *Stage) explain(ctx context.Context, row *Row) error {
	ctx, cancel := context.WithTimeout(ctx, attackTime)
	defer cancel()
	line, err := s.events.find(ctx, row.Guarded.Event)
	row.Rule, row.Detail = line.Rule, line.Detail
	return err
}

// settle waits until the guard holds no connection.
func (s *Stage) settle(ctx context.Context) error {
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for s.guard.Stats().Reservations > 0 {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("wait for the guard to let go: %w", ctx.Err())
		}
	}
	return nil
}
