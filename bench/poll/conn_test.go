//go:build linux

package poll_test

import (
	"bytes"
	"errors"
	"io"
	"syscall"
	"testing"
	"time"

	"github.com/wswarden/wswarden/bench/poll"
)

// pair is a Conn and the other end of its connection, a Conn too.
func pair(t *testing.T) (p *poll.Poll, a, b *poll.Conn) {
	t.Helper()
	p, err := poll.New()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	ln, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Close(ln)
	if err := errors.Join(syscall.Bind(ln, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}), syscall.Listen(ln, 1)); err != nil {
		t.Fatal(err)
	}
	addr, err := syscall.Getsockname(ln)
	if err != nil {
		t.Fatal(err)
	}
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Connect(fd, addr); err != nil {
		t.Fatal(err)
	}
	other, _, err := syscall.Accept(ln)
	if err != nil {
		t.Fatal(err)
	}
	var conns [2]*poll.Conn
	for i, fd := range []int{fd, other} {
		if err := syscall.SetNonblock(fd, true); err != nil {
			t.Fatal(err)
		}
		if conns[i], err = poll.NewConn(p, fd, false); err != nil {
			t.Fatal(err)
		}
	}
	return p, conns[0], conns[1]
}

// What the socket doesn't take at once arrives all the same, whole and in order.
func TestSendOfMoreThanTheSocketTakes(t *testing.T) {
	p, a, b := pair(t)
	defer a.Abort()
	defer b.Abort()
	want := make([]byte, 32<<20)
	for i := range want {
		want[i] = byte(i * 7 >> 3)
	}
	half := len(want) / 2
	if err := errors.Join(a.Send(want[:half]), a.Send(want[half:])); err != nil {
		t.Fatal(err)
	}
	if a.Pending() == 0 {
		t.Fatal("the socket took everything, so nothing is tested")
	}
	var got bytes.Buffer
	scratch := make([]byte, 1<<20)
	for deadline := time.Now().Add(30 * time.Second); got.Len() < len(want); {
		if time.Now().After(deadline) {
			t.Fatalf("got %d of %d bytes", got.Len(), len(want))
		}
		events, err := p.Wait(20 * time.Millisecond)
		if err != nil {
			t.Fatal(err)
		}
		for _, ev := range events {
			if ev.FD == a.FD && ev.Writable {
				if err := a.Flush(); err != nil {
					t.Fatal(err)
				}
			}
			if ev.FD == b.FD && ev.Readable {
				data, err := b.Read(scratch)
				if err != nil {
					t.Fatal(err)
				}
				got.Write(data)
			}
		}
	}
	if !bytes.Equal(got.Bytes(), want) {
		t.Error("the bytes that arrived are not those that were sent")
	}
	if a.Pending() != 0 {
		t.Errorf("got %d bytes pending, want none", a.Pending())
	}
}

// arrive waits until there is something to read.
func arrive(t *testing.T, p *poll.Poll, c *poll.Conn) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); {
		events, err := p.Wait(20 * time.Millisecond)
		if err != nil {
			t.Fatal(err)
		}
		for _, ev := range events {
			if ev.FD == c.FD && ev.Readable {
				return
			}
		}
	}
	t.Fatal("nothing arrived")
}

func TestKeepGivesTheRestBackBeforeTheNextBytes(t *testing.T) {
	p, a, b := pair(t)
	defer b.Abort()
	scratch := make([]byte, 8)
	read := func() (string, error) {
		data, err := b.Read(scratch)
		return string(data), err
	}
	if got, err := read(); got != "" || err != nil {
		t.Fatalf("got %q, %v with nothing sent", got, err)
	}
	send := func(s string) {
		t.Helper()
		if err := a.Send([]byte(s)); err != nil {
			t.Fatal(err)
		}
		arrive(t, p, b)
	}
	send("abc")
	data, err := b.Read(scratch)
	if err != nil || string(data) != "abc" {
		t.Fatalf("got %q, %v", data, err)
	}
	b.Keep(data[1:])
	if got, err := read(); got != "" || err != nil {
		t.Fatalf("got %q, %v with nothing new", got, err)
	}
	send("def")
	if got, err := read(); got != "bcdef" || err != nil {
		t.Fatalf("got %q, %v, want what was kept and then the new", got, err)
	}
	send("x")
	if got, err := read(); got != "x" || err != nil {
		t.Fatalf("got %q, %v, want the new alone", got, err)
	}
	b.Keep(make([]byte, len(scratch)))
	if got, err := read(); !errors.Is(err, poll.ErrFull) {
		t.Errorf("got %q, %v, want poll.ErrFull", got, err)
	}
	b.Keep([]byte("y"))
	a.Finish()
	arrive(t, p, b)
	if got, err := read(); err != io.EOF {
		t.Errorf("got %q, %v, want io.EOF", got, err)
	}
}
