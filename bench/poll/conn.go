//go:build linux

package poll

import (
	"errors"
	"fmt"
	"io"
	"net/netip"
	"syscall"
)

// ErrFull is returned by [Conn.Read] when an unfinished message fills the
// whole scratch buffer.
var ErrFull = errors.New("message larger than the buffer")

// Conn is a non-blocking socket in a Poll with what is left over: the bytes of
// an unfinished message, and bytes that the socket didn't take yet. An idle
// Conn holds no buffer of its own until a message came in pieces.
type Conn struct {
	FD   int
	poll *Poll
	in   []byte
	out  []byte
}

// NewConn puts a non-blocking socket into the Poll. The Conn owns it then.
// write says that the caller also waits for it to be writable, as for the end
// of a connect.
func NewConn(p *Poll, fd int, write bool) (*Conn, error) {
	if err := syscall.SetsockoptInt(fd, syscall.IPPROTO_TCP, syscall.TCP_NODELAY, 1); err != nil {
		return nil, fmt.Errorf("set up socket: %w", err)
	}
	if err := p.Add(fd, write); err != nil {
		return nil, err
	}
	return &Conn{FD: fd, poll: p}, nil
}

// Dial starts to connect to an IPv4 address; the socket becomes writable when
// the outcome is there, which [Conn.Connected] tells.
func Dial(p *Poll, to netip.AddrPort) (*Conn, error) {
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_NONBLOCK|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("open socket: %w", err)
	}
	err = syscall.Connect(fd, &syscall.SockaddrInet4{Port: int(to.Port()), Addr: to.Addr().As4()})
	if err != nil && err != syscall.EINPROGRESS {
		syscall.Close(fd)
		return nil, fmt.Errorf("connect to %q: %w", to, err)
	}
	c, err := NewConn(p, fd, true)
	if err != nil {
		syscall.Close(fd)
	}
	return c, err
}

// Connected tells how the connect that Dial started ended, and stops watching
// for writability.
func (c *Conn) Connected() error {
	code, err := syscall.GetsockoptInt(c.FD, syscall.SOL_SOCKET, syscall.SO_ERROR)
	if err == nil && code != 0 {
		err = syscall.Errno(code)
	}
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	return c.poll.Watch(c.FD, false)
}

// Read reads once. The result is what Keep held back and then the new bytes,
// in scratch, valid until scratch is used again; empty when there was nothing
// to read. The end of the stream is io.EOF.
func (c *Conn) Read(scratch []byte) ([]byte, error) {
	held := copy(scratch, c.in)
	if held == len(scratch) {
		return nil, ErrFull
	}
	n, err := syscall.Read(c.FD, scratch[held:])
	switch {
	case err == syscall.EAGAIN || err == syscall.EINTR:
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("read: %w", err)
	case n == 0:
		return nil, io.EOF
	}
	c.in = c.in[:0]
	return scratch[:held+n], nil
}

// Keep holds back the bytes of an unfinished message for the next Read.
func (c *Conn) Keep(rest []byte) {
	if len(rest) > 0 {
		c.in = append(c.in[:0], rest...)
	}
}

// Send writes b; what the socket doesn't take now is copied and goes out as
// Flush is called.
func (c *Conn) Send(b []byte) error {
	if len(c.out) > 0 {
		c.out = append(c.out, b...)
		return nil
	}
	n, err := c.write(b)
	if err != nil || n == len(b) {
		return err
	}
	c.out = append(c.out, b[n:]...)
	return c.poll.Watch(c.FD, true)
}

// Flush writes what Send had to leave; call it when the socket is writable.
func (c *Conn) Flush() error {
	n, err := c.write(c.out)
	if err != nil {
		return err
	}
	c.out = c.out[:copy(c.out, c.out[n:])]
	if len(c.out) > 0 {
		return nil
	}
	return c.poll.Watch(c.FD, false)
}

// Forget stops watching the socket, which stays open.
func (c *Conn) Forget() error { return c.poll.control(syscall.EPOLL_CTL_DEL, c.FD, false) }

// Pending is how many bytes the socket has not taken yet.
func (c *Conn) Pending() int { return len(c.out) }

func (c *Conn) write(b []byte) (int, error) {
	if len(b) == 0 {
		return 0, nil
	}
	n, err := syscall.Write(c.FD, b)
	if err == syscall.EAGAIN || err == syscall.EINTR {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("write: %w", err)
	}
	return n, nil
}

// Abort closes the socket with a reset, so that thousands of connections a
// minute leave no port in TIME_WAIT on either side.
func (c *Conn) Abort() {
	_ = syscall.SetsockoptLinger(c.FD, syscall.SOL_SOCKET, syscall.SO_LINGER, &syscall.Linger{Onoff: 1})
	_ = syscall.Close(c.FD)
}

// Finish closes the socket after what was written has been sent.
func (c *Conn) Finish() { _ = syscall.Close(c.FD) }
