package guard

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/guard/dialect"
	"github.com/wswarden/wswarden/internal/wire"
)

var user = gives(func(f *Facts) any { return f.Session.User })

// TestMessagesInOneRead sends good, bad, changed, fragmented and control frames at
// once and in pieces: what may pass arrives, in order, each message once.
func TestMessagesInOneRead(t *testing.T) {
	policy := MessagePolicy{Client: map[string]MessageRule{"a": {}, "set": {Set: map[string]Expression{"user": user}}, "chat": {Schema: chatSchema}}}
	big := `{"type":"a","x":"` + strings.Repeat("x", 3000) + `"}`
	build := func(p *peer) []byte {
		return slices.Concat(
			p.frame(true, wire.Text, `{"type":"a","n":1}`),
			p.frame(true, wire.Text, `{"type":"a","n":2}`),
			p.frame(true, wire.Text, `{"type":"bad"}`),
			p.frame(true, wire.Text, `{"type":"a","n":3}`),
			p.frame(true, wire.Text, `{"type":"set","n":4}`),
			p.frame(true, wire.Ping, "one"),
			p.frame(true, wire.Text, `{"type":"a","n":5}`),
			p.frame(true, wire.Text, `{"type":"chat"}`),
			p.frame(false, wire.Text, `{"type":"se`), p.frame(true, wire.Ping, "two"), p.frame(false, wire.Continuation, ``), p.frame(true, wire.Continuation, `t","n":6}`),
			p.frame(false, wire.Text, `{"type":"a",`), p.frame(true, wire.Continuation, `"n":7}`),
			p.frame(false, wire.Text, `{"type":"b`), p.frame(true, wire.Continuation, `ad","n":8}`),
			p.frame(true, wire.Text, big),
			p.frame(true, wire.Text, `{"type":"set","user":"bob"}`),
			p.frame(true, wire.Text, `{"type":"a","n":9}`),
		)
	}
	want := []string{`{"type":"a","n":1}`, `{"type":"a","n":2}`, `{"type":"a","n":3}`, `{"type":"set","n":4,"user":"alice"}`, `(9 "one")`, `{"type":"a","n":5}`, `(9 "two")`,
		`{"type":"set","n":6,"user":"alice"}`, `{"type":"a","n":7}`, big, `{"type":"set","user":"alice"}`, `{"type":"a","n":9}`}
	for _, size := range []int{1, 7, 64, 1000, 1 << 20} {
		for _, compression := range []bool{false, true} {
			t.Run(fmt.Sprintf("%d bytes, reframed %v", size, compression), func(t *testing.T) {
				bubble(t, func(t *testing.T) {
					r := &rig{}
					r.reframed = compression
					r.talk(t, pipe, messages(policy))
					r.client.listen(nil)
					r.backend.listen(nil)
					for piece := range slices.Chunk(build(r.client), size) {
						r.client.Write(piece)
					}
					r.backend.want(t, want...)
					if got := len(errorCodes(r.client.got(t))); got != 3 {
						t.Errorf("%d replies, want 3", got)
					}
				})
			})
		}
	}
}

// TestUnchangedBytes: frames of messages that pass unchanged arrive as they were
// sent, with their masking keys.
func TestUnchangedBytes(t *testing.T) {
	r := &rig{}
	r.talk(t, loopback, messages(MessagePolicy{Client: map[string]MessageRule{"a": {}}}))
	var want, sent []byte
	for i := range 50 {
		good := r.client.frame(true, wire.Text, fmt.Sprintf(`{"type":"a","n":%d}`, i))
		if i%5 == 0 {
			good = slices.Concat(r.client.frame(false, wire.Text, `{"type"`), r.client.frame(true, wire.Continuation, `:"a"}`))
		}
		want = append(want, good...)
		sent = append(sent, good...)
		if i%3 == 0 {
			sent = append(sent, r.client.frame(true, wire.Text, `{"type":"b"}`)...)
		}
	}
	go r.client.Write(sent)
	got := make([]byte, len(want))
	for n := 0; n < len(got); {
		m, err := r.backend.Read(got[n:])
		if err != nil {
			t.Fatal(err)
		}
		n += m
	}
	if string(got) != string(want) {
		t.Error("the bytes are others")
	}
}

// TestMonitorMessages records each refusal once and passes everything unchanged.
func TestMonitorMessages(t *testing.T) {
	never := holds(func(*Facts) (bool, error) { return false, nil })
	strict := MessageRule{Schema: chatSchema, Allow: never, Fresh: true, Set: map[string]Expression{"user": user}, Clean: map[string]Cleaner{"text": rejects}, Limit: Rate{Count: 1, Per: hour}}
	sends := []string{`{`, `{"type":"x"}`, `{"type":"m"}`, `{"type":"m","text":"<"}`, `{"type":"m","text":"<"}`, `{"type":"n","text":1}`}
	monitored := strict
	monitored.Mode = Monitor
	for _, c := range []struct {
		name   string
		policy MessagePolicy
		mode   Mode
		passes []string
		want   []string
	}{
		{"route", MessagePolicy{Reject: RejectClose, Strikes: 1, Client: map[string]MessageRule{"m": strict}}, Monitor, sends, []string{
			"monitored message.unexpected-end  WS301", "monitored message.unknown-type other WS311", "monitored message.schema m WS302", "monitored message.fresh m WS207",
			"monitored message.allow m WS403", "monitored message.rate m WS702", "monitored message.user-rate m WS702", "monitored message.clean m WS501"}},
		{"rule", MessagePolicy{Reject: RejectDrop, Client: map[string]MessageRule{"m": monitored, "n": {Schema: chatSchema}}}, Enforce, sends[2:5], []string{
			"denied message.unexpected-end  WS301", "denied message.unknown-type other WS311", "monitored message.schema m WS302", "monitored message.fresh m WS207",
			"monitored message.allow m WS403", "monitored message.rate m WS702", "monitored message.user-rate m WS702", "monitored message.clean m WS501", "denied message.schema n WS302"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				r := newTalk(t, messages(c.policy), func(r *Route) { r.Mode = c.mode })
				for _, m := range sends {
					r.client.send(wire.Text, m)
				}
				r.backend.want(t, c.passes...)
				r.client.quiet(t)
				if got := r.decisions(); !slices.Equal(got, c.want) {
					t.Errorf("recorded\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(c.want, "\n"))
				}
			})
		})
	}
}

// TestMessageStats counts by type, and never by a name that a client has made.
func TestMessageStats(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := newTalk(t, messages(MessagePolicy{Client: map[string]MessageRule{"a": {}, "b": {Schema: chatSchema}, "c": {Mode: Monitor, Schema: chatSchema}}}))
		for _, m := range []string{"a", "b", "c", "x", "a", "y", "a"} {
			r.client.send(wire.Text, `{"type":"`+m+`"}`)
		}
		for range 200 {
			r.backend.send(wire.Text, `{"type":"z"}`)
		}
		r.client.got(t)
		s := r.g.Stats().Routes[0]
		got := map[string]uint64{}
		for _, n := range s.Types {
			if n.Messages > 0 {
				got[fmt.Sprintf("%s %s %s", n.From, n.Type, n.Decision)] = n.Messages
			}
		}
		want := map[string]uint64{"client a allowed": 3, "client b denied": 1, "client c monitored": 1, "client other denied": 2, "server other allowed": 200}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("got %v, want %v", got, want)
		}
		if s.Messages[0].Messages != 3 || s.Messages[1].Messages != 3 || s.Messages[2].Messages != 1 {
			t.Errorf("messages: %+v", s.Messages)
		}
		if s.Inspect.Count != 3 {
			t.Errorf("%d messages were timed, want 3", s.Inspect.Count)
		}
	})
}

// watcher keeps what it is shown.
type watcher struct{ seen []string }

func (w *watcher) Observe(o Observation) {
	w.seen = append(w.seen, fmt.Sprintf("%s %s %s %d %s", o.Route, o.From, o.Type, o.Bytes, o.Payload.Raw()))
}

// TestObserver is shown what both sides say, before it is judged, and nothing that
// can't be read.
func TestObserver(t *testing.T) {
	bubble(t, func(t *testing.T) {
		w := new(watcher)
		r := newTalk(t, messages(MessagePolicy{Observe: w}))
		r.client.send(wire.Text, `{"type":"a"}`)
		r.client.send(wire.Text, `{"type"`)
		r.client.got(t)
		r.backend.send(wire.Text, `{"type":"b"}`)
		r.client.got(t)
		want := []string{`/ws client a 12 {"type":"a"}`, `/ws server b 12 {"type":"b"}`}
		if !slices.Equal(w.seen, want) {
			t.Errorf("got %q, want %q", w.seen, want)
		}
	})
}

// TestRawMessages passes what is not looked into, unless a rule says otherwise.
func TestRawMessages(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := newTalk(t, messages(MessagePolicy{Dialect: dialect.NewRaw(), Client: map[string]MessageRule{"binary": {Allow: holds(func(*Facts) (bool, error) { return false, nil })}}}))
		r.client.send(wire.Text, `hello`)
		r.client.send(wire.Binary, "\xff")
		r.client.send(wire.Text, `{`)
		r.backend.want(t, "hello", "{")
		r.client.quiet(t)
	})
}

// allocPolicy is what BenchmarkGuardMessage and the test of allocations hold
// messages to.
func allocPolicy() MessagePolicy {
	allow := holds(func(f *Facts) (bool, error) {
		n, ok := f.Message.Get("quantity").Int64()
		return ok && n <= 1000 && slices.Contains(f.Session.Roles, "pro"), nil
	})
	order := schema(`{"type":"object","required":["action","symbol","quantity","price","clientOrderId"],"additionalProperties":false,"properties":{
		"action":{"const":"place_order"},"symbol":{"type":"string","pattern":"^[A-Z]{1,5}$"},"side":{"enum":["buy","sell"]},"quantity":{"type":"integer","minimum":1,"maximum":1000},
		"price":{"type":"number","exclusiveMinimum":0},"clientOrderId":{"type":"string","maxLength":64},"tags":{"type":"array","maxItems":8,"items":{"type":"string"}},"note":{"type":"string","maxLength":200}}}`)
	rules := map[string]MessageRule{"place_order": {Schema: order, Allow: allow, Limit: endless}}
	return MessagePolicy{Type: "action", Client: rules, Server: map[string]MessageRule{"place_order": {Schema: order}}, Secret: []string{"passwordHash"}}
}

const order256 = `{"action":"place_order","symbol":"ACME","side":"buy","quantity":100,"price":12.5,"clientOrderId":"0f8fad5b-d9cb-469f-a165-70867728950e","tags":["day","limit"],"note":"entered by hand at the desk, see the ticket of this morning for why it is so large"}`

// TestJudgingAllocatesNothing pins the price of a message that passes unchanged.
func TestJudgingAllocatesNothing(t *testing.T) {
	for _, from := range []wire.Role{wire.FromClient, wire.FromServer} {
		p := &peer{from: from}
		whole := p.frame(true, wire.Text, order256)
		for name, reads := range map[string][][]byte{
			"message":     {whole},
			"batch":       {slices.Repeat(whole, 16)},
			"in two":      {whole[:100], whole[100:]},
			"fragmented":  {slices.Concat(p.frame(false, wire.Text, order256[:50]), p.frame(true, wire.Continuation, order256[50:]))},
			"with a ping": {slices.Concat(whole, p.frame(true, wire.Ping, "x"), whole)},
		} {
			t.Run(fmt.Sprintf("%s from role %d", name, from), func(t *testing.T) {
				if raceDetector() {
					t.Log("sync.Pool loses buffers at random under the race detector: only run")
				}
				d := newTestDirection(t, from, messages(allocPolicy()))
				n := testing.AllocsPerRun(200, func() {
					for _, b := range reads {
						if d.take(b) != goesOn {
							t.Fatal("refused")
						}
					}
				})
				if n != 0 && !raceDetector() {
					t.Errorf("%v allocations", n)
				}
				if s := d.c.route.counts.stats("/ws"); s.Messages[1].Messages+s.Messages[4].Messages > 0 {
					t.Errorf("messages were denied: %+v", s)
				}
			})
		}
	}
}

// BenchmarkGuardMessage is what judging and relaying an order costs, without any
// socket: frames, UTF-8, JSON, keys, type, schema, condition, rates.
func BenchmarkGuardMessage(b *testing.B) {
	for _, from := range []wire.Role{wire.FromClient, wire.FromServer} {
		p := &peer{from: from}
		unruled := allocPolicy()
		unruled.Server, unruled.Secret = nil, nil
		for name, edits := range map[string][]func(*Route){"ruled": {messages(allocPolicy())}, "traces": {messages(unruled)}, "relayed": nil} {
			for _, batch := range []int{1, 16} {
				b.Run(fmt.Sprintf("%s/%s/p%d", [...]string{"client", "server"}[from], name, batch), func(b *testing.B) {
					d := newTestDirection(b, from, edits...)
					read := slices.Repeat(p.frame(true, wire.Text, order256), batch)
					b.ReportAllocs()
					runtime.GC()
					b.ResetTimer()
					for i := 0; i < b.N; i += batch {
						if d.take(read) != goesOn {
							b.Fatal("refused")
						}
					}
				})
			}
		}
	}
}
