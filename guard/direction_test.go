package guard_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/guard/guardtest"
	"github.com/wswarden/wswarden/internal/wire"
	"github.com/wswarden/wswarden/internal/wireclient"
)

// header returns a frame header that may say anything, with a masking key if a
// client sends it.
func header(h wire.Header, from wire.Role) []byte {
	if h.Masked = from == wire.FromClient; h.Masked {
		h.Key = wire.NewMaskKey()
	}
	return h.Append(nil)
}

// violations are frames that no side may send, as functions of the side that
// sends them, and what a client is told that does.
var violations = []struct {
	name     string
	bytes    func(from wire.Role) []byte
	code     wire.CloseCode
	word     string
	rule     string
	weakness string
}{
	{"reserved bit 1", single(wire.Header{Fin: true, RSV1: true, Opcode: wire.Text}), 1002, "protocol", "frame.reserved-bits", "WS801"},
	{"reserved bit 2", single(wire.Header{Fin: true, RSV2: true, Opcode: wire.Text}), 1002, "protocol", "frame.reserved-bits", "WS801"},
	{"reserved bit 3", single(wire.Header{Fin: true, RSV3: true, Opcode: wire.Ping}), 1002, "protocol", "frame.reserved-bits", "WS801"},
	{"reserved data opcode", single(wire.Header{Fin: true, Opcode: 3}), 1002, "protocol", "frame.reserved-opcode", "WS801"},
	{"reserved control opcode", single(wire.Header{Fin: true, Opcode: 11}), 1002, "protocol", "frame.reserved-opcode", "WS801"},
	{"length not minimal", func(from wire.Role) []byte {
		b := header(wire.Header{Fin: true, Opcode: wire.Text, Length: 126}, from)
		b[2], b[3] = 0, 5
		return append(b, "hello"...)
	}, 1002, "protocol", "frame.length-not-minimal", "WS801"},
	{"length of 2^63", single(wire.Header{Fin: true, Opcode: wire.Text, Length: 1 << 63}), 1002, "protocol", "frame.length-overflow", "WS801"},
	{"length of 2^63-1", single(wire.Header{Fin: true, Opcode: wire.Text, Length: 1<<63 - 1}), 1009, "too-big", "frame.message-size", "WS701"},
	{"length over the limit, from the header", single(wire.Header{Fin: true, Opcode: wire.Text, Length: 64<<10 + 1}), 1009, "too-big", "frame.message-size", "WS701"},
	{"sum of fragments over the limit", func(from wire.Role) []byte {
		first := append(header(wire.Header{Opcode: wire.Binary, Length: 60 << 10}, from), make([]byte, 60<<10)...)
		return append(first, header(wire.Header{Fin: true, Opcode: wire.Continuation, Length: 4<<10 + 1}, from)...)
	}, 1009, "too-big", "frame.message-size", "WS701"},
	{"too many fragments", func(from wire.Role) []byte {
		b := header(wire.Header{Opcode: wire.Text}, from)
		for range 64 {
			b = append(b, header(wire.Header{Opcode: wire.Continuation}, from)...)
		}
		return b
	}, 1008, "fragments", "frame.fragment-count", "WS708"},
	{"long control frame", single(wire.Header{Fin: true, Opcode: wire.Ping, Length: 126}), 1002, "protocol", "frame.control-size", "WS801"},
	{"fragmented control frame", single(wire.Header{Opcode: wire.Ping}), 1002, "protocol", "frame.fragmented-control", "WS801"},
	{"continuation of nothing", single(wire.Header{Fin: true, Opcode: wire.Continuation}), 1002, "protocol", "frame.unexpected-continuation", "WS801"},
	{"message inside a message", func(from wire.Role) []byte {
		return append(header(wire.Header{Opcode: wire.Text}, from), header(wire.Header{Fin: true, Opcode: wire.Text}, from)...)
	}, 1002, "protocol", "frame.unfinished-message", "WS801"},
	{"text that is not UTF-8", func(from wire.Role) []byte { return frameFrom(from, true, wire.Text, "bad \xff") }, 1007, "utf8", "frame.invalid-utf8", "WS801"},
	{"text that is not UTF-8 over fragments", func(from wire.Role) []byte {
		return append(frameFrom(from, false, wire.Text, "bad \xe2\x82"), frameFrom(from, true, wire.Continuation, "x")...)
	}, 1007, "utf8", "frame.invalid-utf8", "WS801"},
	{"close with one byte", func(from wire.Role) []byte { return frameFrom(from, true, wire.Close, "\x03") }, 1002, "protocol", "frame.close-length", "WS801"},
	{"close with 1005", func(from wire.Role) []byte { return frameFrom(from, true, wire.Close, "\x03\xed") }, 1002, "protocol", "frame.close-code", "WS801"},
	{"close with 999", func(from wire.Role) []byte { return frameFrom(from, true, wire.Close, "\x03\xe7") }, 1002, "protocol", "frame.close-code", "WS801"},
	{"close with 2999", func(from wire.Role) []byte { return frameFrom(from, true, wire.Close, "\x0b\xb7") }, 1002, "protocol", "frame.close-code", "WS801"},
	{"close reason that is not UTF-8", func(from wire.Role) []byte { return frameFrom(from, true, wire.Close, "\x03\xe8\xff") }, 1007, "utf8", "frame.close-reason", "WS801"},
	{"wrong masking", func(from wire.Role) []byte { return frameFrom(1-from, true, wire.Text, "hello") }, 1002, "protocol", "", "WS801"},
}

func single(h wire.Header) func(wire.Role) []byte {
	return func(from wire.Role) []byte { return header(h, from) }
}

func frameFrom(from wire.Role, fin bool, op wire.Opcode, payload string) []byte {
	if from == wire.FromClient {
		return masked(fin, op, payload)
	}
	return wire.AppendFrame(nil, fin, op, []byte(payload), nil)
}

// TestClientViolations sends each of them behind good messages: those arrive,
// the bad one does not, and the client and the operator read why.
func TestClientViolations(t *testing.T) {
	s := startScript(t)
	w := startGateway(t, all(generous, func(cfg *guard.Config) { cfg.Routes[0].Backend = s.url }))
	for _, v := range violations {
		t.Run(v.name, func(t *testing.T) {
			c := w.dial(t, wireclient.Handshake{Origin: appOrigin})
			p := <-s.conns
			c.Write(slices.Concat(masked(true, wire.Text, "one"), masked(true, wire.Text, "two"), v.bytes(wire.FromClient), masked(true, wire.Text, "behind")))
			for _, want := range []string{"one", "two"} {
				if u := p.must(t); string(u.Payload) != want {
					t.Errorf("backend got %q, want %q", u.Payload, want)
				}
			}
			wantClose(t, "backend", p.must(t), 1001, "")
			p.Close()
			e := w.cutBy(t, c, v.code, v.word+";r=no")
			if e.Weakness != v.weakness || v.rule != "" && e.Rule != v.rule || e.Outcome != guard.Denied {
				t.Errorf("audit says %s %s %s, want %s %s", e.Outcome, e.Weakness, e.Rule, v.weakness, v.rule)
			}
		})
	}
}

// TestBackendViolations sends each of them from the backend: the client reads
// only that the application failed, the operator the rule, the backend the
// code.
func TestBackendViolations(t *testing.T) {
	s := startScript(t)
	w := startGateway(t, all(generous, func(cfg *guard.Config) { cfg.Routes[0].Backend = s.url }, limits(func(l *guard.Limits) { l.ServerMessageBytes = 64 << 10 })))
	for _, v := range violations {
		if v.weakness == "WS708" {
			continue // a server may use 4096 fragments
		}
		t.Run(v.name, func(t *testing.T) {
			c := w.dial(t, wireclient.Handshake{Origin: appOrigin})
			p := <-s.conns
			p.write(t, slices.Concat(wire.AppendMessage(nil, wire.Text, []byte("one"), nil), v.bytes(wire.FromServer), wire.AppendMessage(nil, wire.Text, []byte("behind"), nil)))
			if u := must(t, c); string(u.Payload) != "one" {
				t.Errorf("client got %q, want the message before", u.Payload)
			}
			wantClose(t, "backend", p.must(t), v.code, "")
			u := must(t, c)
			m := guardReason.FindStringSubmatch(string(u.Reason))
			if u.Opcode != wire.Close || u.Code != 1014 || m == nil || m[1] != "upstream" || m[2] != "wait" {
				t.Fatalf("client got %v %d %q", u.Opcode, u.Code, u.Reason)
			}
			c.Close()
			p.Close()
			e := w.audit.Wait(t, "the end", func(e guard.Event) bool { return e.Action == "connection" && e.ID == m[5] })
			if e.Weakness != v.weakness || v.rule != "" && e.Rule != v.rule || e.Close != 1014 || !strings.Contains(e.Detail, "backend") {
				t.Errorf("audit says %+v", e)
			}
		})
	}
}

// limitCase is one client that goes over a limit.
type limitCase struct {
	name     string
	edit     func(*guard.Limits)
	send     []byte
	arrive   int // how many units reach the backend
	code     wire.CloseCode
	reason   string
	rule     string
	weakness string
}

var overLimits = []limitCase{
	{"message rate", func(l *guard.Limits) { l.Messages = guard.Rate{Count: 5, Per: time.Hour} },
		slices.Repeat(masked(true, wire.Text, "x"), 20), 5, 4029, "rate;r=wait;t=", "messages.rate", "WS702"},
	{"message burst", func(l *guard.Limits) { l.Messages = guard.Rate{Count: 60, Per: time.Hour, Burst: 3} },
		slices.Repeat(masked(true, wire.Text, "x"), 20), 3, 4029, "rate;r=wait;t=", "messages.rate", "WS702"},
	{"fragments count as one message", func(l *guard.Limits) { l.Messages = guard.Rate{Count: 2, Per: time.Hour} },
		slices.Repeat(slices.Concat(masked(false, wire.Text, "x"), masked(false, wire.Continuation, "x"), masked(true, wire.Continuation, "x")), 3), 2, 4029, "rate;r=wait;t=", "messages.rate", "WS702"},
	{"pings", func(l *guard.Limits) { l.ControlFrames = guard.Rate{Count: 4, Per: time.Hour} },
		slices.Repeat(masked(true, wire.Ping, "x"), 20), 4, 1008, "control-rate;r=wait;i=", "control.rate", "WS707"},
	{"pongs", func(l *guard.Limits) { l.ControlFrames = guard.Rate{Count: 4, Per: time.Hour} },
		slices.Repeat(masked(true, wire.Pong, "x"), 20), 4, 1008, "control-rate;r=wait;i=", "control.rate", "WS707"},
	{"pings inside a message", func(l *guard.Limits) { l.ControlFrames = guard.Rate{Count: 4, Per: time.Hour} },
		slices.Concat(masked(false, wire.Text, "x"), slices.Repeat(masked(true, wire.Ping, "x"), 20)), 4, 1008, "control-rate;r=wait;i=", "control.rate", "WS707"},
	{"fragments", func(l *guard.Limits) { l.Fragments = 3 },
		slices.Concat(masked(false, wire.Text, "x"), slices.Repeat(masked(false, wire.Continuation, ""), 3)), 0, 1008, "fragments;r=no;i=", "frame.fragment-count", "WS708"},
	{"message bytes", func(l *guard.Limits) { l.MessageBytes = 10 },
		slices.Concat(masked(true, wire.Text, "0123456789"), masked(true, wire.Text, "0123456789a")[:6]), 1, 1009, "too-big;r=no;i=", "frame.message-size", "WS701"},
}

func TestLimits(t *testing.T) {
	for _, test := range overLimits {
		t.Run(test.name, func(t *testing.T) {
			w, c, p := playGateway(t, limits(test.edit))
			c.Write(test.send)
			for i := range test.arrive {
				if u := p.must(t); u.Opcode == wire.Close {
					t.Fatalf("backend got %d units, want %d", i, test.arrive)
				}
			}
			wantClose(t, "backend", p.must(t), 1001, "")
			u := must(t, c)
			if u.Code != test.code || !strings.HasPrefix(string(u.Reason), test.reason) || !guardReason.Match(u.Reason) {
				t.Errorf("closed with %d %q, want %d %q", u.Code, u.Reason, test.code, test.reason)
			}
			c.Close()
			p.Close()
			if e := w.audit.WaitRule(t, test.rule); e.Weakness != test.weakness || !strings.Contains(string(u.Reason), "i="+e.ID) {
				t.Errorf("audit says %+v", e)
			}
			w.Close()
			if test.code == 4029 {
				if m := messageStats(t, w.Stats(), "client", guard.Denied); m.Messages != 1 {
					t.Errorf("%d messages count as denied, want 1", m.Messages)
				}
			}
		})
	}
}

// TestUserRate spends the rate of one user over two connections; another user
// is not concerned, and a new connection does not refill it.
func TestUserRate(t *testing.T) {
	w := startGateway(t, all(generous, func(cfg *guard.Config) {
		cfg.SignIn.Token = guardtest.Tokens{aliceToken: {User: "alice"}, "bob-token": {User: "bob"}}
		cfg.Routes[0].Limits.UserMessages = guard.Rate{Count: 6, Per: time.Hour}
	}))
	one := w.dial(t, wireclient.Handshake{Origin: appOrigin, Bearer: aliceToken})
	two := w.dial(t, wireclient.Handshake{Origin: appOrigin, Bearer: aliceToken})
	bob := w.dial(t, wireclient.Handshake{Origin: appOrigin, Bearer: "bob-token"})
	for range 3 {
		for _, c := range []*wireclient.Conn{one, two, bob} {
			c.SendText("x")
			if u := must(t, c); u.Opcode != wire.Text {
				t.Fatalf("got %v %q within the rate", u.Opcode, u.Reason)
			}
		}
	}
	two.SendText("x")
	if e := w.cutBy(t, two, 4029, "rate;r=wait"); e.Rule != "messages.user-rate" || e.Weakness != "WS702" || e.User != "alice" {
		t.Errorf("audit says %+v", e)
	}
	three := w.dial(t, wireclient.Handshake{Origin: appOrigin, Bearer: aliceToken})
	three.SendText("x")
	w.cutBy(t, three, 4029, "rate;r=wait")
	bob.SendText("x")
	if u := must(t, bob); u.Opcode != wire.Text {
		t.Errorf("bob got %v %q", u.Opcode, u.Reason)
	}
}

// TestMonitorPassesRates lets rates pass and records each rule once a
// connection; malformed frames and the bounds of memory hold all the same.
func TestMonitorPassesRates(t *testing.T) {
	w := startGateway(t, func(cfg *guard.Config) {
		r := &cfg.Routes[0]
		r.Mode = guard.Monitor
		r.Limits.Messages, r.Limits.ControlFrames = guard.Rate{Count: 2, Per: time.Hour}, guard.Rate{Count: 2, Per: time.Hour}
	})
	c := w.dial(t, wireclient.Handshake{Origin: appOrigin})
	for i := range 10 {
		c.SendText(fmt.Sprint(i))
		if u := must(t, c); string(u.Payload) != fmt.Sprint(i) {
			t.Fatalf("got %v %q", u.Opcode, u.Payload)
		}
		c.Send(wire.Ping, []byte("ping"))
		if u := must(t, c); u.Opcode != wire.Pong {
			t.Fatalf("got %v", u.Opcode)
		}
	}
	var rules []string
	for _, e := range w.audit.Events() {
		if e.Outcome == guard.Monitored {
			rules = append(rules, e.Rule)
		}
	}
	if !slices.Equal(rules, []string{"messages.rate", "control.rate"}) {
		t.Errorf("monitored rules %v", rules)
	}
	if a, m := messageStats(t, w.Stats(), "client", guard.Allowed), messageStats(t, w.Stats(), "client", guard.Monitored); a.Messages != 2 || m.Messages != 8 {
		t.Errorf("%d messages allowed and %d monitored, want 2 and 8", a.Messages, m.Messages)
	}
	c.Write(masked(true, wire.Text, strings.Repeat("x", 64<<10+1))[:14])
	w.cutBy(t, c, 1009, "too-big;r=no")
}

// TestTinyMessagesInOneSegment sends 20,000 of them: the rate cuts in before
// anything else looks at them, and other clients go on.
func TestTinyMessagesInOneSegment(t *testing.T) {
	s := startScript(t)
	w := startGateway(t, func(cfg *guard.Config) { cfg.Routes[0].Backend = s.url })
	other := w.dial(t, wireclient.Handshake{Origin: appOrigin})
	otherPart := <-s.conns
	c := w.dial(t, wireclient.Handshake{Origin: appOrigin})
	p := <-s.conns
	c.Write(slices.Repeat(masked(true, wire.Text, "x"), 20000))
	for range 60 {
		p.must(t)
	}
	wantClose(t, "backend", p.must(t), 1001, "")
	p.Close()
	w.cutBy(t, c, 4029, "rate;r=wait")
	other.SendText("hello")
	if u := otherPart.must(t); string(u.Payload) != "hello" {
		t.Errorf("got %q", u.Payload)
	}
}
