package guard

import (
	"errors"
	"fmt"
	"io"
	"net"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wswarden/wswarden/internal/wire"
)

func sending(queue int, timeout time.Duration) func(*Route) {
	return func(r *Route) { r.Limits.SendQueue, r.Limits.SendTimeout = queue, timeout }
}

// heapInUse is what the process holds after a collection.
func heapInUse() int64 {
	runtime.GC()
	runtime.GC() // the first one moves pools to their victims
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapInuse)
}

// TestClientThatNeverReads streams 100 MB at a client that reads nothing: the
// guard stops reading the backend, holds no more than its queue, and closes the
// client when its time is up.
func TestClientThatNeverReads(t *testing.T) {
	for name, on := range ways {
		t.Run(name, func(t *testing.T) {
			neverReads(t, newRigOn(t, on.driver, on.link, sending(256<<10, 300*time.Millisecond)))
		})
	}
}

func neverReads(t *testing.T, r *rig) {
	const stream, slack = 100 << 20, 8 << 20
	before := heapInUse()
	message := r.backend.frame(true, wire.Binary, string(make([]byte, 32<<10)))
	sent, peak := 0, int64(0)
	for sent < stream {
		n, err := r.backend.Write(message)
		sent += n
		if err != nil {
			break // the guard has ended the connection
		}
		if sent%(8<<20) < len(message) {
			peak = max(peak, heapInUse())
		}
	}
	peak = max(peak, heapInUse())
	if sent >= stream {
		t.Errorf("the guard took all of %d bytes for a client that reads nothing", stream)
	}
	if peak-before > slack {
		t.Errorf("the heap grew by %d KiB, want at most %d", (peak-before)>>10, slack>>10)
	}
	if e := r.end(t); e.Rule != "send.slow" || e.Weakness != "WS706" || e.Close != CloseSlowConsumer || e.Outcome != Denied {
		t.Errorf("audit says %+v", e)
	}
	if n := r.g.Stats().Routes[0].Closes[CloseSlowConsumer]; n != 1 {
		t.Errorf("%d closes with 4040 are counted, want 1", n)
	}
	r.client.SetReadDeadline(time.Now().Add(20 * time.Second))
	_, err := io.Copy(io.Discard, r.client)
	if err != nil && errDeadline(err) == err {
		t.Error("the client's socket was not freed")
	}
	if _, tcp := r.client.Conn.(*net.TCPConn); tcp && !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("the client's socket ended with %v, want a reset that frees what the kernel holds", err)
	}
}

// errDeadline returns err if it is a deadline that passed.
func errDeadline(err error) error {
	if n, ok := errors.AsType[net.Error](err); ok && n.Timeout() {
		return err
	}
	return io.EOF
}

// TestSlowButSteadyReader reads a little at a time, never less than a queue in
// its time: nothing is lost, and the guard's own pings still come through.
func TestSlowButSteadyReader(t *testing.T) {
	bubble(t, func(t *testing.T) {
		const messages, frame = 500, 1 << 10 // a queue of these has room for nothing else
		r := newRig(t, pipe, sending(16<<10, time.Second), session(SessionPolicy{Idle: 4 * time.Second}))
		r.backend.listen(nil)
		go func() {
			buf := make([]byte, frame)
			for {
				time.Sleep(50 * time.Millisecond) // 20 KiB/s
				n, err := r.client.Read(buf)
				if err != nil || !r.client.take(buf[:n], r.client.pong) {
					close(r.client.units)
					return
				}
			}
		}()
		start := time.Now()
		for i := range messages {
			if err := r.backend.send(wire.Text, fmt.Sprintf("%04d%s", i, strings.Repeat(".", frame-8))); err != nil {
				t.Errorf("after %v: %v; %+v", time.Since(start), err, r.events.all())
				r.g.Close()
				time.Sleep(time.Second)
				return
			}
		}
		r.backend.send(wire.Close, "\x03\xe8")
		pings := 0
		for i := 0; i < messages; {
			u, ok := <-r.client.units
			switch {
			case !ok:
				t.Fatalf("the connection ended after %d messages: %+v", i, r.events.all())
			case u.Opcode == wire.Ping:
				pings++
			case !strings.HasPrefix(string(u.Payload), fmt.Sprintf("%04d", i)):
				t.Fatalf("message %d: got %v %.10q", i, u.Opcode, u.Payload)
			default:
				i++
			}
		}
		if u := <-r.client.units; u.Opcode != wire.Close || u.Code != 1000 {
			t.Errorf("after the last message: %v %d", u.Opcode, u.Code)
		}
		r.client.send(wire.Close, "\x03\xe8")
		for u := range r.client.units {
			t.Errorf("got %v after the close", u.Opcode)
		}
		if pings == 0 {
			t.Errorf("no ping in %v", time.Since(start))
		}
	})
}

// TestTooSlowReader takes less than a queue in its time, however steadily.
func TestTooSlowReader(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := newRig(t, pipe, sending(16<<10, time.Second))
		r.backend.listen(nil)
		var reader sync.WaitGroup
		reader.Go(func() {
			buf := make([]byte, 1<<10)
			for {
				time.Sleep(100 * time.Millisecond) // 10 KiB/s
				if _, err := r.client.Read(buf); err != nil {
					return
				}
			}
		})
		var err error
		for err == nil {
			err = r.backend.send(wire.Binary, string(make([]byte, 4<<10)))
		}
		r.backend.closedWith(t, CloseGoingAway, "")
		reader.Wait()
		if e := r.end(t); e.Rule != "send.slow" {
			t.Errorf("audit says %+v", e)
		}
	})
}

// newOutbox returns an outbox on nc that fails the test if it breaks.
func newOutbox(t *testing.T, nc net.Conn, limit int) *outbox {
	o := new(outbox)
	o.init(nc, limit, time.Hour, func(err error) { t.Errorf("broken: %v", err) })
	return o
}

// TestOfferNeverWaits offers to a peer that reads nothing, over a socket that
// can say so (TCP) and one that can't (as under TLS).
func TestOfferNeverWaits(t *testing.T) {
	for name, link := range map[string]func(testing.TB) (net.Conn, net.Conn){"pipe": pipe, "tcp": loopback} {
		for size, b := range map[string][]byte{"small": make([]byte, 100), "larger than the queue": make([]byte, 64<<10)} {
			t.Run(name+" "+size, func(t *testing.T) {
				near, away := link(t)
				o := newOutbox(t, near, 10<<10)
				accepted := 0
				for o.offer(b) {
					if accepted++; accepted*len(b) > 64<<20 {
						t.Fatal("there is always room")
					}
				}
				if accepted == 0 {
					t.Error("nothing was accepted")
				}
				o.seal([]byte("last"))
				o.mu.Lock()
				queued := len(o.queue) + o.flying
				o.mu.Unlock()
				if queued > 10<<10+len(b)+len("last") {
					t.Errorf("%d bytes wait in a queue of %d", queued, 10<<10)
				}
				got := make([]byte, accepted*len(b)+len("last"))
				if _, err := io.ReadFull(away, got); err != nil {
					t.Fatal(err)
				}
				if string(got[len(got)-4:]) != "last" {
					t.Errorf("ends with %q", got[len(got)-4:])
				}
				if !o.settle() {
					t.Error("says that something was lost")
				}
			})
		}
	}
}

// TestPushIntoAFullQueue must go out all the same.
func TestPushIntoAFullQueue(t *testing.T) {
	near, away := net.Pipe()
	o := newOutbox(t, near, 10)
	for o.offer([]byte("x")) {
	}
	o.push([]byte("ping"))
	o.seal(nil)
	got := make(chan string)
	go func() {
		b, _ := io.ReadAll(away)
		got <- string(b)
	}()
	o.settle()
	near.Close()
	if s := <-got; !strings.HasSuffix(s, "xping") {
		t.Errorf("got %q", s)
	}
}

// TestNothingBehindTheSeal races senders against the last frame.
func TestNothingBehindTheSeal(t *testing.T) {
	for name, link := range map[string]func(testing.TB) (net.Conn, net.Conn){"pipe": pipe, "tcp": loopback} {
		t.Run(name, func(t *testing.T) {
			for range 50 {
				near, away := link(t)
				o := newOutbox(t, near, 1<<10)
				var senders sync.WaitGroup
				for range 4 {
					senders.Go(func() {
						for o.send([]byte("data")) == nil {
						}
					})
					senders.Go(func() {
						for o.offer([]byte("data")) || !o.isSealed() {
						}
					})
				}
				read := make(chan string)
				go func() {
					b, _ := io.ReadAll(away)
					read <- string(b)
				}()
				runtime.Gosched()
				o.seal([]byte("LAST"))
				senders.Wait()
				o.settle()
				near.Close()
				if b := <-read; !strings.HasSuffix(b, "LAST") || strings.Count(b, "LAST") != 1 || len(b)%4 != 0 {
					t.Fatalf("the last of %d bytes are %.20q", len(b), b[max(0, len(b)-20):])
				}
			}
		})
	}
}

func (o *outbox) isSealed() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.sealed
}

// TestSendOrder sends from one goroutine while others offer: what each sends
// arrives whole and in its order.
func TestSendOrder(t *testing.T) {
	near, away := loopback(t)
	o := newOutbox(t, near, 4<<10)
	const senders, each = 4, 2000
	var wg sync.WaitGroup
	for s := range senders {
		wg.Go(func() {
			for i := range each {
				if err := o.send(fmt.Appendf(nil, "%d:%06d;", s, i)); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	go func() {
		wg.Wait()
		o.seal(nil)
		o.settle()
		near.(*net.TCPConn).CloseWrite()
	}()
	b, err := io.ReadAll(away)
	if err != nil {
		t.Fatal(err)
	}
	var next [senders]int
	for part := range strings.SplitSeq(strings.TrimSuffix(string(b), ";"), ";") {
		var s, i int
		if _, err := fmt.Sscanf(part, "%d:%d", &s, &i); err != nil || i != next[s] {
			t.Fatalf("got %q, want message %d of sender %d", part, next[s], s)
		}
		next[s]++
	}
	if next != [senders]int{each, each, each, each} {
		t.Errorf("arrived: %v", next)
	}
}

// TestHurryATrickle takes what is left of a connection that ends bit by bit: that
// does not hold it for longer than a Close frame may take.
func TestHurryATrickle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		near, away := net.Pipe()
		o := newOutbox(t, near, 1<<10)
		o.offer(make([]byte, 64<<10))
		o.seal([]byte("last"))
		var reader sync.WaitGroup
		reader.Go(func() {
			buf := make([]byte, 100)
			for {
				time.Sleep(closePatience / 2)
				if _, err := away.Read(buf); err != nil {
					return
				}
			}
		})
		start := time.Now()
		o.hurry()
		if o.settle() {
			t.Error("says that all was written")
		}
		if d := time.Since(start); d > closeTimeout {
			t.Errorf("took %v", d)
		}
		near.Close()
		reader.Wait()
	})
}

// TestHurry bounds what is left of a connection that ends.
func TestHurry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		near, _ := net.Pipe()
		o := newOutbox(t, near, 1<<10)
		start := time.Now()
		o.offer([]byte("never read"))
		o.seal([]byte("last"))
		o.hurry()
		if o.settle() {
			t.Error("says that all was written")
		}
		if d := time.Since(start); d > 2*closePatience {
			t.Errorf("took %v", d)
		}
	})
}
