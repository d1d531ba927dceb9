//go:build linux

// Package echo is the WebSocket server that stands behind every proxy of the
// benchmark: it answers each message with the same message, all messages of
// one read in one write, from one goroutine. It believes what its proxy sends
// and checks no more of it than it needs, so it is not an example of a server.
package echo

import (
	"context"
	"fmt"
	"net/netip"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/wswarden/wswarden/bench/poll"
)

const (
	// scratchBytes bounds a message with what follows it in the same read.
	scratchBytes = 1 << 20
	// pendingBytes is what a peer that doesn't read may leave with us.
	pendingBytes = 16 << 20
	backlog      = 4096
)

// Server is one echo backend on a free loopback port.
type Server struct {
	listener int
	addr     netip.AddrPort
	poll     *poll.Poll
	peers    map[int]*peer
	open     atomic.Int64
	scratch  []byte
	reply    []byte
}

// Listen opens the port. Serve must be called then, and closes it.
func Listen() (*Server, error) {
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_NONBLOCK|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("open echo socket: %w", err)
	}
	s := &Server{listener: fd, peers: make(map[int]*peer), scratch: make([]byte, scratchBytes)}
	if err := s.listen(); err != nil {
		syscall.Close(fd)
		return nil, fmt.Errorf("listen for echo: %w", err)
	}
	return s, nil
}

func (s *Server) listen() error {
	loopback := netip.AddrFrom4([4]byte{127, 0, 0, 1})
	if err := syscall.Bind(s.listener, &syscall.SockaddrInet4{Addr: loopback.As4()}); err != nil {
		return err
	}
	if err := syscall.Listen(s.listener, backlog); err != nil {
		return err
	}
	name, err := syscall.Getsockname(s.listener)
	if err != nil {
		return err
	}
	s.addr = netip.AddrPortFrom(loopback, uint16(name.(*syscall.SockaddrInet4).Port))
	if s.poll, err = poll.New(); err != nil {
		return err
	}
	return s.poll.Add(s.listener, false)
}

// Addr is where the server listens.
func (s *Server) Addr() netip.AddrPort { return s.addr }

// Open is how many connections it holds. Any goroutine may ask.
func (s *Server) Open() int { return int(s.open.Load()) }

// Serve answers until the context is over, then closes everything. An error
// means that the server itself failed; a peer that breaks off is none.
func (s *Server) Serve(ctx context.Context) error {
	defer s.close()
	for ctx.Err() == nil {
		events, err := s.poll.Wait(20 * time.Millisecond)
		if err != nil {
			return fmt.Errorf("serve echo: %w", err)
		}
		for _, ev := range events {
			if ev.FD == s.listener {
				if err := s.accept(); err != nil {
					return fmt.Errorf("serve echo: %w", err)
				}
				continue
			}
			s.handle(ev)
		}
	}
	return nil
}

func (s *Server) accept() error {
	for {
		fd, _, err := syscall.Accept4(s.listener, syscall.SOCK_NONBLOCK|syscall.SOCK_CLOEXEC)
		switch err {
		case nil:
		case syscall.EAGAIN, syscall.EINTR, syscall.ECONNABORTED:
			return nil
		default:
			return fmt.Errorf("accept: %w", err)
		}
		conn, err := poll.NewConn(s.poll, fd, false)
		if err != nil {
			syscall.Close(fd)
			return err
		}
		s.peers[fd] = &peer{conn: conn}
		s.open.Add(1)
	}
}

func (s *Server) handle(ev poll.Event) {
	p := s.peers[ev.FD]
	if p == nil {
		return // closed by an earlier event of the same batch
	}
	err := error(nil)
	if ev.Writable {
		err = p.conn.Flush()
	}
	if err == nil && ev.Readable {
		err = s.readable(p)
	}
	if err != nil {
		delete(s.peers, ev.FD)
		p.conn.Abort()
		s.open.Add(-1)
	}
}

func (s *Server) close() {
	for _, p := range s.peers {
		p.conn.Abort()
	}
	s.poll.Close()
	syscall.Close(s.listener)
}
