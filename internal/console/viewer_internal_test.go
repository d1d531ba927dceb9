package console

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/wswarden/wswarden/guard"
)

// crowd is a guard with many connections.
type crowd struct {
	connections []guard.Connection
	asked       int
}

func newCrowd(n int) *crowd {
	c := &crowd{}
	for i := range n {
		c.connections = append(c.connections, guard.Connection{ID: fmt.Sprintf("%016x", i), Route: fmt.Sprint("/ws", i%3), User: fmt.Sprint("user", i%(n/2+1)),
			Session: fmt.Sprint("session", i), Client: fmt.Sprintf("192.0.%d.%d", i/256, i%256), Since: time.Unix(int64(i), 0)})
	}
	return c
}

func (c *crowd) Ready(context.Context) error                    { return nil }
func (c *crowd) Stats() guard.Stats                             { return guard.Stats{Connections: len(c.connections)} }
func (c *crowd) Subject(string) (guard.Subject, bool)           { return guard.Subject{}, false }
func (c *crowd) CloseConnection(string) bool                    { return false }
func (c *crowd) Revoke(context.Context, guard.Revocation) error { return nil }

func (c *crowd) Connections() []guard.Connection {
	c.asked++
	return c.connections
}

// reader is a viewer's connection with room for some messages.
type reader struct {
	id     string
	ctx    context.Context
	room   int
	got    [][]byte
	closed []guard.CloseCode
}

func (r *reader) ID() string               { return r.id }
func (r *reader) Context() context.Context { return r.ctx }

func (r *reader) TrySend(m guard.Message) bool {
	if len(r.got) >= r.room {
		return false
	}
	r.got = append(r.got, m.Data)
	return true
}

func (r *reader) Close(code guard.CloseCode, _ string) { r.closed = append(r.closed, code) }

func newViewers(g Guard) *viewers {
	return &viewers{by: map[string]*viewer{}, feed: feed{guard: g, recent: NewRecent(nil), history: &history{}, revision: func() uint64 { return 1 }}}
}

var everything = view{Type: "view", Limit: 50}

// A viewer that does not read is closed once, is told nothing more, and keeps
// nobody else from being told.
func TestSlowViewer(t *testing.T) {
	vs := newViewers(newCrowd(10))
	slow, quick := &reader{id: "slow", ctx: t.Context(), room: 2}, &reader{id: "quick", ctx: t.Context(), room: 100}
	vs.look(slow, everything)
	vs.look(quick, everything)
	for i := range 5 {
		vs.beat(time.Unix(int64(i), 0), false)
	}
	if len(slow.closed) != 1 || slow.closed[0] != guard.CloseSlowConsumer || len(slow.got) != 2 {
		t.Errorf("the slow one was closed with %v after %d messages, want one 4040 after 2", slow.closed, len(slow.got))
	}
	if len(quick.closed) != 0 || len(quick.got) != 6 {
		t.Errorf("the other one was closed with %v after %d messages, want 6 and no end", quick.closed, len(quick.got))
	}
}

// Who has gone is forgotten, and nothing is asked of the guard for nobody.
func TestViewersThatWent(t *testing.T) {
	g := newCrowd(10)
	vs := newViewers(g)
	ctx, leave := context.WithCancel(t.Context())
	vs.look(&reader{id: "a", ctx: ctx, room: 100}, everything)
	leave()
	asked := g.asked
	vs.beat(time.Unix(1, 0), true)
	if len(vs.by) != 0 || g.asked != asked {
		t.Errorf("%d viewers are left, the connections were asked for %d times", len(vs.by), g.asked-asked)
	}
	if n := len(vs.feed.history.all()); n != 1 {
		t.Errorf("%d samples, want one also where nobody looks", n)
	}
}

func TestHistory(t *testing.T) {
	h := &history{}
	start := time.Unix(1000, 0)
	h.last = counted{at: start, client: 5, refusals: map[string]uint64{"WS101": 2}}
	s := h.take(7, counted{at: start.Add(2 * time.Second), client: 8, server: 1, refusals: map[string]uint64{"WS101": 2, "WS302": 4}})
	if want := (sample{At: 1_002_000, Span: 2000, Connections: 7, Client: 3, Server: 1}); fmt.Sprint(s.At, s.Span, s.Connections, s.Client, s.Server) != fmt.Sprint(want.At, want.Span, want.Connections, want.Client, want.Server) {
		t.Errorf("got %+v", s)
	}
	if fmt.Sprint(s.Refusals) != "map[WS302:4]" {
		t.Errorf("got refusals %v, want those of these 2 s alone", s.Refusals)
	}
	for i := range maxSamples + 10 {
		h.take(i, counted{at: start.Add(time.Duration(i+2) * 2 * time.Second)})
	}
	all := h.all()
	if len(all) != maxSamples || all[0].Connections != 10 || all[maxSamples-1].Connections != maxSamples+9 {
		t.Errorf("got %d samples from %d to %d, want the last %d in order", len(all), all[0].Connections, all[len(all)-1].Connections, maxSamples)
	}
	for i := 1; i < len(all); i++ {
		if all[i].At <= all[i-1].At {
			t.Fatalf("sample %d is not after the one before", i)
		}
	}
}

func TestQuantile(t *testing.T) {
	bounds := []time.Duration{10 * time.Millisecond, 20 * time.Millisecond, 40 * time.Millisecond}
	for _, tt := range []struct {
		name   string
		counts []uint64
		count  uint64
		q      float64
		want   float64
		over   bool
	}{
		{"nothing", []uint64{0, 0, 0}, 0, 0.99, 0, false},
		{"half of one bucket", []uint64{0, 10, 10}, 10, 0.5, 15, false},
		{"the first bucket", []uint64{10, 10, 10}, 10, 0.5, 5, false},
		{"behind an empty bucket", []uint64{5, 5, 10}, 10, 0.99, 39.6, false},
		{"above the last bound", []uint64{1, 1, 1}, 10, 0.99, 40, true},
	} {
		got, over := quantile(guard.Histogram{Bounds: bounds, Counts: tt.counts, Count: tt.count}, tt.q)
		if got < tt.want-0.01 || got > tt.want+0.01 || over != tt.over {
			t.Errorf("%s: got %v, %v, want %v, %v", tt.name, got, over, tt.want, tt.over)
		}
	}
}

func TestShow(t *testing.T) {
	all := newCrowd(300).connections
	user := "user7"
	for _, tt := range []struct {
		name  string
		view  view
		total int
		from  int
		rows  int
	}{
		{"all", view{Limit: 50}, 300, 0, 50},
		{"the last page", view{Limit: 50, Offset: 290}, 300, 290, 10},
		{"behind the end", view{Limit: 50, Offset: 1000}, 300, 250, 50},
		{"of a route", view{Limit: 100, Route: "/ws1"}, 100, 0, 100},
		{"of no route", view{Limit: 50, Route: "/"}, 0, 0, 0},
		{"of a user", view{Limit: 50, User: &user}, 2, 0, 2},
		{"by address", view{Limit: 50, Query: "192.0.1."}, 44, 0, 44},
		{"grouped", view{Limit: 50, Group: true}, 151, 0, 50},
		{"grouped and searched", view{Limit: 50, Group: true, Query: "user10"}, 11, 0, 11},
		{"grouped behind the end", view{Limit: 50, Group: true, Offset: 500, Query: "user10"}, 11, 0, 11},
	} {
		p := tt.view.show(all)
		if rows := len(p.Connections) + len(p.Users); p.Total != tt.total || p.Offset != tt.from || rows != tt.rows {
			t.Errorf("%s: got %d rows from %d of %d, want %d from %d of %d", tt.name, rows, p.Offset, p.Total, tt.rows, tt.from, tt.total)
		}
	}
	if p := (&view{Limit: 1, Group: true}).show(all); p.Users[0].Connections != 2 || p.Users[0].Sessions != 2 || len(p.Users[0].Routes) != 2 {
		t.Errorf("got %+v, want the user with most connections first", p.Users[0])
	}
}

func TestShown(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"a name", "alice", "alice"},
		{"markup is text", "<b>&\"'", "<b>&\"'"},
		{"a credential", "token=abcdef", "[redacted]"},
		{"another direction", "a\u202Ecila", "a\uFFFDcila"},
		{"nothing to see", "al\u200Bice\x00\n", "al\uFFFDice\uFFFD\uFFFD"},
		{"joiners", "می\u200Cخواهم", "می\u200Cخواهم"},
		{"not UTF-8", "\xff", "\uFFFD"},
		{"long", strings.Repeat("é", 200), strings.Repeat("é", 128) + "…"},
	} {
		if got := shown(tt.in); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
		if !isShownAs(tt.in, tt.want) {
			t.Errorf("%s: %q is not found by what is shown of it", tt.name, tt.in)
		}
	}
	if isShownAs("bob", "alice") || isShownAs("b\u202Ealice", "a\uFFFDalice") {
		t.Error("a user is found by the name of another")
	}
}

// FuzzView: what is taken for a view is within its bounds, and shows no more.
func FuzzView(f *testing.F) {
	for _, seed := range []string{`{"type":"view","group":true,"route":"/ws","user":"a","query":"B","offset":3,"limit":50}`, `{"type":"view","limit":100,"offset":9223372036854775807}`, `{"type":"view","user":null,"limit":1}`, `[]`, `{}`} {
		f.Add([]byte(seed))
	}
	all := newCrowd(500).connections
	f.Fuzz(func(t *testing.T, data []byte) {
		v, err := readView(data)
		if err != nil {
			return
		}
		p := v.show(all)
		if n := len(p.Connections) + len(p.Users); n > maxPage || n > p.Total || p.Offset < 0 || p.Offset > p.Total {
			t.Errorf("%q shows %d from %d of %d", data, n, p.Offset, p.Total)
		}
		if strings.ToLower(v.Query) != v.Query || len(v.Query) > 2*maxQuery {
			t.Errorf("%q searches for %q", data, v.Query)
		}
	})
}

// BenchmarkBeat is what a second costs with one dashboard open over 10,000
// connections, and what a sample costs with none.
func BenchmarkBeat(b *testing.B) {
	for _, group := range []bool{false, true} {
		b.Run(fmt.Sprint("viewer/group=", group), func(b *testing.B) {
			vs := newViewers(newCrowd(10_000))
			r := &reader{id: "a", ctx: b.Context(), room: 1 << 40}
			vs.look(r, view{Type: "view", Group: group, Limit: 50})
			for i := 0; b.Loop(); i++ {
				r.got = r.got[:0]
				vs.beat(time.Unix(int64(i), 0), true)
			}
		})
	}
	b.Run("nobody", func(b *testing.B) {
		g, err := guard.New(guard.Config{Routes: []guard.Route{
			{Path: "/a", Origins: []string{"https://a.example"}, Auth: guard.Auth{Anonymous: true}},
			{Path: "/b", Origins: []string{"https://a.example"}, Auth: guard.Auth{Anonymous: true}},
			{Path: "/c", Origins: []string{"https://a.example"}, Auth: guard.Auth{Anonymous: true}},
		}})
		if err != nil {
			b.Fatal(err)
		}
		defer g.Close()
		vs := newViewers(g)
		for i := 0; b.Loop(); i++ {
			vs.beat(time.Unix(int64(i), 0), true)
		}
	})
}

// The worst snapshot has room in the queue of a viewer, else it could never be
// greeted.
func TestWorstSnapshotFits(t *testing.T) {
	vs := newViewers(newCrowd(1000))
	for i := range maxSamples {
		s := counted{at: time.Unix(int64(i), 0), refusals: map[string]uint64{}}
		for k := range 100 {
			s.refusals[fmt.Sprint("WS", 100+k)] = uint64(i) * 1_000_000
		}
		vs.feed.history.take(10_000, s)
	}
	for range maxRecent {
		vs.feed.recent.Record(guard.Event{Time: time.Unix(1, 0), Outcome: guard.Denied, Weakness: "WS101", Rule: strings.Repeat("r", 40), Detail: strings.Repeat(`"`, 600),
			User: strings.Repeat(`"`, 600), Origin: strings.Repeat(`"`, 600), Message: strings.Repeat(`"`, 600), Route: strings.Repeat("/", 600)})
	}
	r := &reader{id: "a", ctx: t.Context(), room: 1}
	vs.look(r, view{Type: "view", Limit: maxPage})
	if n := len(r.got[0]); n > maxSnapshot*3/4 {
		t.Errorf("the snapshot has %d bytes of a queue of %d", n, maxSnapshot)
	}
	if !json.Valid(r.got[0]) {
		t.Error("the snapshot is no JSON")
	}
}
