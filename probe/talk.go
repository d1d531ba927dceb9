package probe

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/wswarden/wswarden/internal/wire"
	"github.com/wswarden/wswarden/report"
)

// A talk is a conversation with the application behind an endpoint: messages
// and what came back, told apart from what the server says anyway. It opens
// connections as it needs them, and keeps to limits that are known.
type talk struct {
	s     *Session
	who   *Identity
	speak speech
	// wait is how long an answer may take.
	wait time.Duration
	// perConn is how many messages, refusals how many refused ones, one connection
	// bears before another is opened.
	perConn, refusals int
	// pace are limits that every message is subject to, by what it counts: the user,
	// a type. It may be shared by talks.
	pace *limiter
	// onUnit is told of every message of the server; nil is not.
	onUnit func(wire.Unit)

	c             *Conn
	sent, refused int
	n             int // of the last message
	noise         []string
	// greeted are types that come on opening, trusted those of them that were seen to
	// answer as well.
	greeted, trusted []string
	greeting         []wire.Unit
}

// answered is what came of a message.
type answered struct {
	// units are what came in time, but for what the server says anyway.
	units []wire.Unit
	types []string
	// refusal is what the server says against it, empty if nothing.
	refusal string
	// greetings are types that also come on opening: whether they answer is not said.
	greetings []string
	// own says that the refusal is one of guard itself.
	own bool
	// direct says that the language tells that a message answers this one.
	direct bool
	ended  bool
	close  wire.CloseCode
	// evidence is the exchange.
	evidence report.Evidence
}

// newTalk begins a conversation for an identity, nil for nobody.
func (s *Session) newTalk(who *Identity, speak speech) *talk {
	return &talk{s: s, who: who, speak: speak, wait: max(s.Settle(), 150*time.Millisecond), perConn: 15, refusals: 15}
}

// open makes sure that there is a connection. It returns an error that says so
// where the endpoint takes none.
func (t *talk) open(ctx context.Context) error {
	if t.c != nil && !t.c.ended() && t.sent < t.perConn && t.refused < t.refusals {
		return nil
	}
	t.close()
	r, err := t.s.Request(ctx, t.who)
	if err != nil {
		return err
	}
	c, o, err := t.s.Open(ctx, r)
	if err != nil {
		return err
	}
	if c == nil {
		return fmt.Errorf("%w: the handshake of %s was %v", errNotOpen, name(t.who), o)
	}
	t.c, t.sent, t.refused = c, 0, 0
	if err := c.greet(ctx, t.s.Target.Hello); err != nil {
		return err
	}
	t.greeting, err = t.drain(ctx, t.wait)
	for _, u := range t.greeting {
		t.greeted = appendNew(t.greeted, t.speak.hear(u).typ)
	}
	return err
}

// errNotOpen says that a connection could not be opened.
var errNotOpen = errors.New("no connection")

func name(who *Identity) string {
	if who == nil {
		return "nobody"
	}
	return fmt.Sprintf("%q", who.Name)
}

func appendNew(list []string, s string) []string {
	if slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}

// close ends the connection.
func (t *talk) close() {
	if t.c != nil {
		t.c.Close()
		t.c = nil
	}
}

// drain takes what comes until nothing does for d, and answers pings.
func (t *talk) drain(ctx context.Context, d time.Duration) ([]wire.Unit, error) {
	return t.collect(ctx, d, func(wire.Unit) bool { return false })
}

func (t *talk) collect(ctx context.Context, d time.Duration, enough func(wire.Unit) bool) ([]wire.Unit, error) {
	units, err := collect(ctx, t.c, d, enough)
	if t.onUnit != nil {
		for _, u := range units {
			t.onUnit(u)
		}
	}
	return units, err
}

// collect takes messages until enough says so, or until d is over. It answers
// pings. Only the end of ctx is an error.
func collect(ctx context.Context, c *Conn, d time.Duration, enough func(wire.Unit) bool) ([]wire.Unit, error) {
	var out []wire.Unit
	for end := time.Now().Add(d); len(out) < 4*maxTaken; {
		u, err := c.Receive(ctx, max(time.Until(end), time.Millisecond))
		switch {
		case errors.Is(err, ErrSilence), errors.Is(err, ErrEnded):
			return out, nil
		case err != nil:
			return out, err
		case u.Opcode == wire.Ping:
			c.pong(u.Payload)
		case u.Opcode == wire.Close:
			return out, nil
		case !u.Opcode.IsControl():
			out = append(out, u)
			if enough(u) {
				return out, nil
			}
		}
	}
	return out, nil
}

// pong answers a ping, which belongs to the connection: it is not counted.
func (c *Conn) pong(payload []byte) {
	c.nc.SetWriteDeadline(time.Now().Add(c.s.run.patience()))
	_ = c.client.Send(wire.Pong, payload) // what follows finds out
}

// ask sends a message of a type and returns what comes of it. It waits no
// longer than until a refusal comes, or a message of one of the types wanted.
func (t *talk) ask(ctx context.Context, typ string, payload any, wanted ...string) (answered, error) {
	if err := t.open(ctx); err != nil {
		return answered{}, err
	}
	t.n++
	return t.tell(ctx, typ, t.speak.wrap(typ, payload, t.n), wanted...)
}

// tell is ask for a message that is made already.
func (t *talk) tell(ctx context.Context, typ string, message []byte, wanted ...string) (answered, error) {
	if err := t.open(ctx); err != nil {
		return answered{}, err
	}
	if err := t.pace.take(ctx, typ); err != nil {
		return answered{}, err
	}
	before := t.c.Evidence()
	if _, err := t.drain(ctx, time.Millisecond); err != nil { // what is there already is no answer
		return answered{}, err
	}
	a := answered{}
	t.sent++
	if err := t.c.Send(ctx, wire.Text, message); err != nil && !errors.Is(err, ErrEnded) {
		return a, err
	}
	units, err := t.collect(ctx, t.wait, func(u wire.Unit) bool {
		h := t.speak.hear(u)
		if h.answers != 0 && h.answers == t.n {
			a.direct = true
		}
		if h.refusal != "" && a.refusal == "" {
			a.refusal, a.own = h.refusal, ownRefusal(h.body)
		}
		return a.direct || a.refusal != "" || slices.Contains(wanted, h.typ)
	})
	if err != nil {
		return a, err
	}
	for _, u := range units {
		switch typ := t.speak.hear(u).typ; {
		case slices.Contains(t.noise, typ):
		case slices.Contains(t.greeted, typ) && !slices.Contains(t.trusted, typ):
			a.greetings = appendNew(a.greetings, typ)
		default:
			a.units, a.types = append(a.units, u), appendNew(a.types, typ)
		}
	}
	if closing, over := t.c.Closing(); over {
		a.ended, a.close = true, wire.CloseAbnormal
		if closing != nil {
			a.close = closing.Code
		}
	}
	if a.refusal != "" {
		t.refused++
	}
	a.evidence = t.exchange(before, message, units, a)
	return a, nil
}

// exchange is the evidence of one message: the handshake and what came behind.
func (t *talk) exchange(before report.Evidence, message []byte, units []wire.Unit, a answered) report.Evidence {
	head := func(s string) string { h, _, _ := strings.Cut(s, "\n\n"); return clip(h, maxEvidence/2) }
	e := report.Evidence{
		Request:  strings.TrimRight(head(before.Request), "\n") + "\n" + t.s.Mask("text: "+clip(string(message), maxShown)) + "\n",
		Response: "",
	}
	var b strings.Builder
	for _, u := range units {
		b.WriteString(showUnit(u) + "\n")
		if b.Len() > maxEvidence/2 {
			break
		}
	}
	if a.ended {
		fmt.Fprintf(&b, "close %d\n", a.close)
	}
	if b.Len() == 0 {
		b.WriteString("(nothing)\n")
	}
	e.Response = t.s.Mask(b.String())
	return e
}

// learnNoise notes what the server says without being asked.
func (t *talk) learnNoise(ctx context.Context) error {
	if t.c == nil || t.c.ended() {
		return nil
	}
	units, err := t.drain(ctx, t.wait)
	for _, u := range units {
		t.noise = appendNew(t.noise, t.speak.hear(u).typ)
	}
	return err
}

// quiet is how long nothing is sent to learn what comes anyway.
const quiet = time.Second

// trust has types that come on opening count as answers from now on, unless they
// also come while nothing is asked.
func (t *talk) trust(ctx context.Context, types []string) error {
	if t.c == nil || t.c.ended() {
		return nil
	}
	units, err := t.drain(ctx, quiet)
	for _, u := range units {
		t.noise = appendNew(t.noise, t.speak.hear(u).typ)
	}
	for _, typ := range types {
		if !slices.Contains(t.noise, typ) {
			t.trusted = appendNew(t.trusted, typ)
		}
	}
	return err
}

// accepted reports whether a is an answer like that of the control: of one of
// its types, and no refusal that the control did not get.
func (a answered) accepted(control answered) bool {
	if a.ended || a.refusal != control.refusal {
		return false
	}
	if a.refusal != "" || a.direct {
		return true
	}
	return slices.ContainsFunc(a.types, func(t string) bool { return slices.Contains(control.types, t) })
}

// silent reports whether nothing came of a message.
func (a answered) silent() bool { return !a.ended && len(a.units) == 0 && !a.direct }

// String says what came of it.
func (a answered) String() string {
	switch {
	case a.ended && a.close != wire.CloseAbnormal:
		return fmt.Sprintf("the connection was closed with %d", a.close)
	case a.ended:
		return "the connection was ended"
	case a.refusal != "":
		return fmt.Sprintf("refused: %q", clip(a.refusal, 80))
	case len(a.types) > 0:
		return fmt.Sprintf("answered by %q", a.types)
	case a.direct:
		return "answered"
	}
	return "nothing came back"
}

// find returns the first unit that holds a text, as it is to be read.
func find(speak speech, units []wire.Unit, text string) (wire.Unit, bool) {
	for _, u := range units {
		if speak.hear(u).holds(u, text) {
			return u, true
		}
	}
	return wire.Unit{}, false
}

// limiter keeps to limits that the endpoint is known to have, so that they are
// not what a test runs into. The nil limiter knows none.
type limiter struct {
	all    *tokens // of every message
	byType map[string]*tokens
}

// tokens is a bucket of one rate, of which four fifths are used.
type tokens struct {
	rate Rate
	left float64
	last time.Time
}

func newTokens(r Rate) *tokens {
	if r.Count == 0 {
		return nil
	}
	return &tokens{rate: r, left: 0.8 * float64(r.burst())}
}

func (l *limiter) take(ctx context.Context, typ string) error {
	if l == nil {
		return ctx.Err()
	}
	for _, t := range []*tokens{l.all, l.byType[typ]} {
		if t == nil {
			continue
		}
		for {
			now := time.Now()
			perSecond := 0.8 * float64(t.rate.Count) / t.rate.Per.Seconds()
			if !t.last.IsZero() {
				t.left = min(0.8*float64(t.rate.burst()), t.left+now.Sub(t.last).Seconds()*perSecond)
			}
			t.last = now
			if t.left >= 1 || t.rate.burst() == 1 && t.left > 0.79 {
				t.left--
				break
			}
			if err := sleep(ctx, time.Duration((1-t.left)/perSecond*float64(time.Second))); err != nil {
				return err
			}
		}
	}
	return nil
}

// canary is a text that nobody else sends.
func canary(word string) string {
	return "wswarden-" + word + "-" + strings.ToLower(strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, wire.NewKey()))[:8]
}
