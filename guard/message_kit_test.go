package guard

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/internal/wire"
)

// holds is a Condition in Go.
type holds func(*Facts) (bool, error)

func (h holds) Holds(f *Facts) (bool, error) { return h(f) }

// gives is an Expression in Go.
type gives func(*Facts) any

func (g gives) AppendJSON(dst []byte, f *Facts) ([]byte, error) {
	v := g(f)
	if err, ok := v.(error); ok {
		return dst, err
	}
	if raw, ok := v.(json.RawMessage); ok {
		return append(dst, raw...), nil
	}
	b, err := json.Marshal(v)
	return append(dst, b...), err
}

// cleans is a Cleaner in Go.
type cleans func(string) (string, bool)

func (c cleans) Clean(text string) (string, bool) { return c(text) }

var (
	escapes = cleans(func(s string) (string, bool) {
		return strings.NewReplacer("<", "&lt;", ">", "&gt;").Replace(s), true
	})
	rejects = cleans(func(s string) (string, bool) { return s, !strings.Contains(s, "<") })
)

// schema compiles a schema of a test.
func schema(text string) *Schema {
	s, err := CompileSchema([]byte(text))
	if err != nil {
		panic(fmt.Sprintf("%s: %v", text, err))
	}
	return s
}

// messages sets the policy of a rig's route.
func messages(p MessagePolicy) func(*Route) { return func(r *Route) { r.Messages = &p } }

var alice = Identity{User: "alice", Name: "Alice <b>", Roles: []string{"pro"}, Session: "s-1"}

// newTalk starts a connection of alice over pipes, whose ends read what comes.
func newTalk(t testing.TB, edits ...func(*Route)) *rig {
	t.Helper()
	return newGatedTalk(t, nil, edits...)
}

// newGatedTalk is newTalk with a judge of sessions.
func newGatedTalk(t testing.TB, g *gate, edits ...func(*Route)) *rig {
	t.Helper()
	r := &rig{}
	if g != nil {
		r.fresh = g.judge
	}
	r.talk(t, pipe, edits...)
	r.client.listen(nil)
	r.backend.listen(nil)
	return r
}

// talk starts a connection of alice.
func (r *rig) talk(t testing.TB, link func(testing.TB) (net.Conn, net.Conn), edits ...func(*Route)) {
	t.Helper()
	r.events = new(recorder)
	if r.fresh == nil {
		r.fresh = notFresh
	}
	nearClient, client := link(t)
	nearBackend, backend := link(t)
	r.client, r.backend = newPeer(client, wire.FromClient), newPeer(backend, wire.FromServer)
	r.connect(t, rigConfig(r.events, edits...), nearClient, &opened{backend: &far{conn: nearBackend}}, alice)
}

// notFresh judges sessions where nothing can.
func notFresh(context.Context, *conn) *Denial {
	return cut(catalogue.SensitiveUnrefreshed, "message.fresh", CloseDenied, "denied", RetryWait).says("try again later")
}

// got returns the texts that this end has read so far.
func (p *peer) got(t *testing.T) []string {
	t.Helper()
	synctest.Wait()
	var out []string
	for {
		select {
		case u, ok := <-p.units:
			switch {
			case !ok:
				return append(out, "(end)")
			case u.Opcode == wire.Close:
				out = append(out, fmt.Sprintf("(close %d %s)", u.Code, firstWord(u.Reason)))
			case u.Opcode == wire.Text:
				out = append(out, string(u.Payload))
			default:
				out = append(out, fmt.Sprintf("(%d %q)", u.Opcode, u.Payload))
			}
		default:
			return out
		}
	}
}

func firstWord(reason []byte) string {
	word, _, _ := strings.Cut(string(reason), ";")
	return word
}

// want fails the test unless these texts were read.
func (p *peer) want(t *testing.T, texts ...string) {
	t.Helper()
	if got := p.got(t); strings.Join(got, "\n") != strings.Join(texts, "\n") {
		t.Errorf("got %q, want %q", got, texts)
	}
}

// errorCodes returns the codes of error messages, and other texts as they are.
func errorCodes(texts []string) []string {
	var out []string
	for _, text := range texts {
		var m struct{ Type, Code, Message, Event string }
		if json.Unmarshal([]byte(text), &m) == nil && m.Type == "error" && m.Message != "" && m.Event != "" {
			text = "error " + m.Code
		}
		out = append(out, text)
	}
	return out
}

// decisions returns what was recorded of messages, as "outcome rule type weakness".
func (r *rig) decisions() []string {
	var out []string
	for _, e := range r.events.all() {
		if e.Action == "message" {
			out = append(out, strings.TrimSpace(fmt.Sprintf("%s %s %s %s", e.Outcome, e.Rule, e.Message, e.Weakness)))
		}
	}
	return out
}

var errStub = errors.New("no such field")

const hour = time.Hour
