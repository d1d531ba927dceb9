package probe

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/internal/wire"
)

func init() {
	register(&Check{
		Name: "nesting", Summary: "sends JSON that is nested 1,000 and 10,000 deep",
		Weaknesses: []*catalogue.Weakness{catalogue.ParseUnguarded}, Group: Load, Needs: NeedAccepted, Late: true,
		Cost: Cost{Connections: 6, Messages: 12, Time: 20 * time.Second}, Run: runNesting,
	})
}

func runNesting(ctx context.Context, s *Session) error {
	w := catalogue.ParseUnguarded
	for _, depth := range []int{1_000, 10_000} {
		c, err := s.Connect(ctx, s.Target.Identity())
		if err != nil {
			return err
		}
		message := []byte(`{"type":"wswarden-nest","data":` + strings.Repeat("[", depth) + strings.Repeat("]", depth) + "}")
		err = c.Send(ctx, wire.Text, message)
		alive, answers, aerr := false, []wire.Unit(nil), error(nil)
		if err == nil {
			alive, answers, aerr = c.Alive(ctx, 3*time.Second)
		}
		closing, _ := c.Closing()
		e := c.Evidence()
		c.Close()
		if err != nil && !errors.Is(err, ErrEnded) {
			return err
		}
		if aerr != nil {
			return aerr
		}
		loud := false
		for _, u := range answers {
			loud = loud || bytes.Contains(bytes.ToLower(u.Payload), []byte("recursion")) || bytes.Contains(bytes.ToLower(u.Payload), []byte("stack"))
		}
		switch {
		case loud || !alive && closing == nil:
			s.Weak(Finding{Weakness: w, Fix: "bound the depth of what is parsed, and answer what can't be parsed with an error", Evidence: e, Anchor: "nesting",
				Message: fmt.Sprintf("JSON that is nested %d deep ends the connection without a Close frame, or is answered by an overflow: the parser fails where nobody catches it.", depth)})
			return nil
		case closing != nil && closing.Code == wire.CloseInternalError:
			s.Weak(Finding{Weakness: w, Severity: catalogue.Low, Fix: "bound the depth of what is parsed, and answer what can't be parsed with an error", Evidence: e, Anchor: "nesting",
				Message: fmt.Sprintf("JSON that is nested %d deep ends the connection with %d: the handler failed.", depth, closing.Code)})
			return nil
		}
	}
	s.Pass(w, "JSON that is nested 10,000 deep is answered or refused")
	return nil
}
