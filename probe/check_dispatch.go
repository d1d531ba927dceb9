package probe

import (
	"context"
	"fmt"
	"time"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/report"
)

func init() {
	register(&Check{
		Name:       "dispatch",
		Summary:    "sends the types constructor, toString, __proto__ and others, and compares with an invented one",
		Weaknesses: []*catalogue.Weakness{catalogue.DynamicDispatch},
		Cost:       Cost{Connections: 10, Messages: 24, Time: 20 * time.Second},
		Needs:      NeedAccepted,
		Late:       true,
		Run:        runDispatch,
	})
}

const fixDispatch = "choose the handler from a Map or a switch over the known types, and refuse every other with the same answer"

func runDispatch(ctx context.Context, s *Session) error {
	w := catalogue.DynamicDispatch
	const unknown = "wswardenUnknown"
	usual, err := s.react(ctx, s.typed(unknown))
	if err != nil {
		return err
	}
	again, err := s.react(ctx, s.typed(unknown+"Too"))
	if err != nil {
		return err
	}
	base := usual.signature(unknown+"Too", unknown)
	if again.signature(unknown+"Too", unknown) != base {
		s.NotJudged(w, "the answers to two invented types differ, so that a difference shows nothing")
		return nil
	}
	if base == "" {
		s.NotJudged(w, "an invented type is not answered, so that another answer can't be told from it")
		return nil
	}
	for _, name := range []string{"constructor", "toString", "__proto__", "hasOwnProperty", "__class__", "__init__"} {
		r, err := s.react(ctx, s.typed(name))
		if err != nil {
			return err
		}
		if r.signature(name) == base {
			continue
		}
		// Once more: a message of somebody else may have come in between.
		if r, err = s.react(ctx, s.typed(name)); err != nil {
			return err
		}
		if r.signature(name) == base {
			continue
		}
		s.Weak(Finding{Weakness: w, Evidence: r.evidence, Fix: fixDispatch, Anchor: "dispatch", Confidence: report.MediumConfidence,
			Message: fmt.Sprintf("The type %q is answered otherwise than an invented one: something is found under that name, which is a property that every object has. A client reaches functions that are no handlers.", name)})
		return nil
	}
	s.Pass(w, "types that are properties of every object are answered like an invented one")
	return nil
}
