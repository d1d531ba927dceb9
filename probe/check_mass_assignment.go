package probe

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"time"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/internal/wire"
	"github.com/wswarden/wswarden/report"
)

func init() {
	register(&Check{
		Name: "mass-assignment", Summary: "adds role, isAdmin, balance and the like to messages, and looks whether the record has them",
		Weaknesses: []*catalogue.Weakness{catalogue.MassAssignment}, Group: State, Needs: NeedAccepted, Cost: Cost{Connections: 60, Messages: 300, Time: 60 * time.Second}, Run: runMassAssignment,
	})
}

// changing matches names of messages that store a record.
var changing = regexp.MustCompile(`(?i)update|set|save|edit|create|add|register|profile|patch|modify|change|put|new`)

func runMassAssignment(ctx context.Context, s *Session) error {
	w := catalogue.MassAssignment
	v, err := s.converse(ctx, func(known) bool { return true })
	if err != nil || v == nil {
		return err
	}
	defer v.close()
	tried := 0
	for _, k := range v.known {
		if k.reads() || !changing.MatchString(k.name) || !v.works(k) {
			continue
		}
		mark := canary("role")
		payload := maps.Clone(k.payload)
		for member, value := range map[string]any{"role": mark, "isAdmin": true, "verified": true, "balance": 987654321.0, "ownerId": mark} {
			if _, has := payload[member]; !has {
				payload[member] = value
			}
		}
		tried++
		a, err := v.t.ask(ctx, k.name, payload, v.controls[k.name].types...)
		if err != nil {
			return err
		}
		u, stored, err := v.stored(ctx, a, mark)
		if err != nil {
			return err
		}
		if stored {
			s.Weak(Finding{Weakness: w, Fix: "copy the members that a client may set, one by one, and refuse messages with others", Evidence: report.Evidence{Request: a.evidence.Request, Response: s.Mask(showUnit(u))}, Anchor: k.name,
				Message: fmt.Sprintf("Members that were added to a message %q, such as role, are in the record afterwards: the message is saved whole, and a user gives himself what he likes.", k.name)})
			// Put the record back as well as it can be.
			if _, err := v.t.ask(ctx, k.name, k.payload, v.controls[k.name].types...); err != nil {
				return err
			}
		}
	}
	if tried == 0 {
		s.NotJudged(w, "no message that stores a record is known and answered")
		return nil
	}
	s.Pass(w, "members that were added to %d messages are refused, or in no record afterwards", tried)
	return nil
}

// stored looks for a mark in an answer and in what later reads bring back.
func (v *conversation) stored(ctx context.Context, a answered, mark string) (wire.Unit, bool, error) {
	if a.refusal != "" || a.ended {
		return wire.Unit{}, false, nil
	}
	if u, found := find(v.speak, a.units, mark); found {
		return u, true, nil
	}
	for _, k := range v.known {
		if !k.reads() {
			continue
		}
		b, err := v.t.ask(ctx, k.name, k.payload, v.controls[k.name].types...)
		if err != nil {
			return wire.Unit{}, false, err
		}
		if u, found := find(v.speak, b.units, mark); found {
			return u, true, nil
		}
	}
	return wire.Unit{}, false, nil
}
