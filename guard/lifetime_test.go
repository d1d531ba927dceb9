package guard

import (
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wswarden/wswarden/internal/wire"
)

func TestIdleClientThatAnswersPingsStays(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := newRig(t, pipe, session(SessionPolicy{Idle: time.Minute, MaxAge: 12 * time.Hour}))
		r.client.listen(r.client.pong)
		r.backend.listen(nil)
		time.Sleep(10 * time.Hour)
		if len(r.g.live.all()) != 1 {
			t.Fatalf("the connection ended: %+v", r.events.end(t))
		}
		r.backend.quiet(t) // neither the ping nor its answer is for the backend
		pings := len(r.client.units)
		if pings < 10*60 || pings > 3*10*60 {
			t.Errorf("%d pings in 10 h of silence, with an idle time of 1 m", pings)
		}
	})
}

// TestTalkingClientThatAnswersNoPingsStays says something at every ping, but
// never the pong: it is not silent.
func TestTalkingClientThatAnswersNoPingsStays(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := newRig(t, pipe, session(SessionPolicy{Idle: time.Minute}))
		r.backend.listen(nil)
		r.client.listen(func(u wire.Unit) []byte {
			if u.Opcode == wire.Ping {
				return r.client.frame(true, wire.Text, "what?")
			}
			return nil
		})
		time.Sleep(10 * time.Hour)
		if len(r.g.live.all()) != 1 {
			t.Fatalf("the connection ended: %+v", r.events.end(t))
		}
	})
}

func TestIdleClientThatIsGoneEnds(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := newRig(t, pipe, session(SessionPolicy{Idle: time.Minute}))
		r.client.listen(nil) // a stack that answers nothing
		r.backend.listen(nil)
		time.Sleep(20 * time.Second)
		r.client.send(wire.Text, "alive")
		time.Sleep(time.Minute - time.Nanosecond)
		synctest.Wait()
		if len(r.g.live.all()) != 1 {
			t.Fatal("the connection ended too early")
		}
		time.Sleep(time.Nanosecond)
		synctest.Wait()
		r.client.closedWith(t, CloseExpired, "idle;r=fresh;i=")
		r.backend.closedWith(t, CloseGoingAway, "")
		if e := r.end(t); e.Rule != "session.idle" || e.Weakness != "WS704" {
			t.Errorf("audit says %+v", e)
		}
	})
}

// TestForeignPongsPass sends pongs that answer no ping of the guard: they are
// the application's.
func TestForeignPongsPass(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := newRig(t, pipe)
		r.client.listen(nil)
		r.backend.listen(nil)
		for _, payload := range []string{"", "unasked", "12345678", "\x00\x00\x00\x00\x00\x00\x00\x00"} {
			r.client.send(wire.Pong, payload)
			synctest.Wait()
			if u := <-r.backend.units; u.Opcode != wire.Pong || string(u.Payload) != payload {
				t.Errorf("backend got %v %q, want pong %q", u.Opcode, u.Payload, payload)
			}
		}
	})
}

// TestPausedClientIsNotIdle lets the backend read nothing: that the guard does
// not read the client meanwhile must not look like the client's silence.
func TestPausedClientIsNotIdle(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := newRig(t, pipe, session(SessionPolicy{Idle: time.Minute}), func(r *Route) { r.Limits.SendTimeout = time.Hour })
		r.client.listen(r.client.pong)
		go r.client.send(wire.Text, "hello")
		time.Sleep(30 * time.Minute)
		if len(r.g.live.all()) != 1 {
			t.Fatalf("the connection ended: %+v", r.events.end(t))
		}
		r.backend.listen(nil)
		synctest.Wait()
		if u := <-r.backend.units; string(u.Payload) != "hello" {
			t.Errorf("backend got %q", u.Payload)
		}
		time.Sleep(30 * time.Minute)
		if len(r.g.live.all()) != 1 {
			t.Fatalf("the connection ended after the pause: %+v", r.events.end(t))
		}
	})
}

func TestMaxAge(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := newRig(t, pipe, session(SessionPolicy{MaxAge: time.Hour}))
		r.client.listen(r.client.pong) // a passive subscriber loses its feed too
		r.backend.listen(nil)
		time.Sleep(time.Hour - time.Nanosecond)
		synctest.Wait()
		if len(r.g.live.all()) != 1 {
			t.Fatalf("the connection ended too early: %+v", r.events.end(t))
		}
		time.Sleep(time.Nanosecond)
		synctest.Wait()
		r.client.closedWith(t, CloseExpired, "max-age;r=fresh;i=")
		r.backend.closedWith(t, CloseGoingAway, "")
		if e := r.end(t); e.Rule != "session.max-age" || e.Duration != time.Hour {
			t.Errorf("audit says %+v", e)
		}
	})
}

func TestCredentialExpires(t *testing.T) {
	for name, test := range map[string]struct {
		expires time.Duration
		code    CloseCode
		reason  string
	}{
		"before max age":   {10 * time.Minute, CloseSessionEnded, "session.expired;r=fresh;i="},
		"after max age":    {2 * time.Hour, CloseExpired, "max-age;r=fresh;i="},
		"before the start": {-time.Second, CloseSessionEnded, "session.expired;r=fresh;i="},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				r := &rig{events: new(recorder)}
				nearClient, client := net.Pipe()
				nearBackend, backend := net.Pipe()
				r.client, r.backend = newPeer(client, wire.FromClient), newPeer(backend, wire.FromServer)
				r.client.listen(r.client.pong)
				r.backend.listen(nil)
				start := time.Now()
				r.connect(t, rigConfig(r.events, session(SessionPolicy{MaxAge: time.Hour})), nearClient, &opened{backend: &far{conn: nearBackend}},
					Identity{User: "alice", Expires: start.Add(test.expires)})
				r.client.closedWith(t, test.code, test.reason)
				if age := time.Since(start); age != min(max(test.expires, 0), time.Hour) {
					t.Errorf("ended after %v", age)
				}
			})
		})
	}
}

// TestCloseNotAnswered sends a Close frame from one side, and no answer from
// the other: both sockets are free in the end.
func TestCloseNotAnswered(t *testing.T) {
	bubble(t, func(t *testing.T) {
		t.Log("by the backend")
		r := newRig(t, pipe)
		r.client.listen(nil)
		r.backend.listen(nil)
		start := time.Now()
		r.client.send(wire.Close, "\x03\xe8")
		r.client.closedWith(t, CloseNormal, "")
		r.backend.closedWith(t, CloseNormal, "")
		if d := time.Since(start); d != closeTimeout {
			t.Errorf("took %v, want %v", d, closeTimeout)
		}
	})
	bubble(t, func(t *testing.T) {
		t.Log("by the client")
		r := newRig(t, pipe)
		r.client.listen(nil)
		r.backend.listen(nil)
		start := time.Now()
		r.backend.send(wire.Close, "\x0f\xa0app")
		r.client.closedWith(t, 4000, "app")
		r.backend.closedWith(t, CloseGoingAway, "")
		if d := time.Since(start); d != closeTimeout {
			t.Errorf("took %v, want %v", d, closeTimeout)
		}
		synctest.Wait()
		if e := r.end(t); e.Detail != "close not answered" || e.Close != 0 {
			t.Errorf("audit says %+v", e)
		}
	})
}

// TestCloseNotRead sends a Close frame to a side that does not read at all.
func TestCloseNotRead(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := newRig(t, pipe)
		r.backend.listen(nil)
		r.backend.send(wire.Close, "\x0f\xa0app")
		start := time.Now()
		r.backend.closedWith(t, CloseGoingAway, "")
		if d := time.Since(start); d > closeTimeout+2*closePatience {
			t.Errorf("took %v", d)
		}
		synctest.Wait()
		if n := len(r.g.live.all()); n != 0 {
			t.Errorf("%d connections are left", n)
		}
	})
}

// TestStalledMessage begins a message and does not end it: neither a trickle
// of bytes nor control frames buy more time, and the backend sees none of it.
func TestStalledMessage(t *testing.T) {
	for name, more := range map[string]func(p *peer, i int) []byte{
		"silence":       func(*peer, int) []byte { return nil },
		"bytes":         func(*peer, int) []byte { return []byte("x") },
		"control":       func(p *peer, _ int) []byte { return p.frame(true, wire.Pong, "") },
		"continuations": func(p *peer, _ int) []byte { return p.frame(false, wire.Continuation, "x") },
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				r := newRig(t, pipe, func(r *Route) { r.Limits.Message, r.Limits.Fragments = 10*time.Second, 1000 })
				r.client.listen(nil)
				r.backend.listen(nil)
				start := time.Now()
				var sender sync.WaitGroup
				sender.Go(func() {
					first := r.client.frame(false, wire.Text, "begun")
					if name == "bytes" {
						first = r.client.frame(true, wire.Binary, strings.Repeat("x", 1000))[:20]
					}
					for i := 0; ; i++ {
						if _, err := r.client.Write(first); err != nil {
							return
						}
						time.Sleep(time.Second)
						first = more(r.client, i)
					}
				})
				defer sender.Wait()
				r.client.closedWith(t, ClosePolicy, "message-timeout;r=no;i=")
				if d := time.Since(start); d != 10*time.Second {
					t.Errorf("ended after %v, want the 10 s of a message", d)
				}
				for u := range r.backend.units {
					if u.Opcode == wire.Text {
						t.Error("the backend got the message")
					}
				}
				if e := r.end(t); e.Rule != "message.stalled" || e.Weakness != "WS708" {
					t.Errorf("audit says %+v", e)
				}
			})
		})
	}
}

// TestStalledBackend stalls the other way: the client reads that it is not at
// fault, and nothing of what is.
func TestStalledBackend(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := newRig(t, pipe, func(r *Route) { r.Limits.Message = 10 * time.Second })
		r.client.listen(nil)
		r.backend.listen(nil)
		r.backend.Write(r.backend.frame(false, wire.Text, "begun"))
		r.client.closedWith(t, CloseUpstream, "upstream;r=wait;i=")
		r.backend.closedWith(t, ClosePolicy, "")
		if e := r.end(t); e.Rule != "message.stalled" || e.Close != CloseUpstream || !strings.Contains(e.Detail, "backend") {
			t.Errorf("audit says %+v", e)
		}
	})
}

// TestStalledWhileTheGuardIsBusy looks at a message that is overdue while what
// came is being passed on: that excuses the sender only if it takes long.
func TestStalledWhileTheGuardIsBusy(t *testing.T) {
	for name, test := range map[string]struct {
		busy  time.Duration
		stall bool
	}{"for a moment": {time.Millisecond, true}, "for long": {time.Minute, false}} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				r := newRig(t, pipe)
				r.client.listen(nil)
				r.backend.listen(nil)
				synctest.Wait()
				now := time.Now()
				up := &r.c.up
				up.due.Store(now.UnixNano())
				up.began.Store(now.Add(-test.busy).UnixNano())
				up.taking.Store(true)
				if got := r.c.life.stalled(up, now); got != test.stall {
					t.Errorf("stalled is %t, want %t", got, test.stall)
				}
				if due := time.Unix(0, up.due.Load()); !test.stall && due.Sub(now) != r.c.route.cfg.Limits.Message {
					t.Errorf("%v more are left, want the time of a message", due.Sub(now))
				}
			})
		})
	}
}

// TestBusyClientIsNotStalled sends messages, and pings, such that every read
// ends in the middle of the next one: each has its own time.
func TestBusyClientIsNotStalled(t *testing.T) {
	for name, op := range map[string]wire.Opcode{"messages": wire.Text, "pings": wire.Ping} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				r := newRig(t, pipe, func(r *Route) { r.Limits.Message = 10 * time.Second })
				r.client.listen(r.client.pong)
				r.backend.listen(nil)
				frame := r.client.frame(true, op, "hello")
				r.client.Write(frame[:3])
				for range 100 {
					time.Sleep(time.Second)
					r.client.Write(slices.Concat(frame[3:], frame[:3]))
				}
				synctest.Wait()
				if got := len(r.backend.units); got != 100 {
					t.Errorf("%d of 100 arrived", got)
				}
				if len(r.g.live.all()) != 1 {
					t.Errorf("the connection ended: %+v", r.events.end(t))
				}
			})
		})
	}
}
