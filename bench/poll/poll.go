//go:build linux

// Package poll drives many sockets from one goroutine: a readiness loop over
// epoll and a connection that keeps what a read or a write left over. It makes
// the load generator and the echo backend cheap, so that what is measured is
// the proxy between them. It is not fit for anything that faces a network:
// buffers are bounded by the largest message of a benchmark alone.
package poll

import (
	"fmt"
	"runtime"
	"syscall"
	"time"
	"unsafe"
)

// Event says what one socket is ready for. An error or a hang-up makes it
// readable, so that the next read tells.
type Event struct {
	FD                 int
	Readable, Writable bool
}

// Poll is one epoll instance. Its methods are for one goroutine.
type Poll struct {
	fd     int
	raw    [256]syscall.EpollEvent
	events [256]Event
}

// New opens a Poll; the caller closes it.
func New() (*Poll, error) {
	fd, err := syscall.EpollCreate1(syscall.EPOLL_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("open epoll: %w", err)
	}
	return &Poll{fd: fd}, nil
}

// Close closes the Poll, not the sockets in it.
func (p *Poll) Close() error { return syscall.Close(p.fd) }

// Add watches a socket for reading, and for writing if asked. Closing the
// socket ends the watch.
func (p *Poll) Add(fd int, write bool) error { return p.control(syscall.EPOLL_CTL_ADD, fd, write) }

// Watch changes whether a watched socket is watched for writing too.
func (p *Poll) Watch(fd int, write bool) error { return p.control(syscall.EPOLL_CTL_MOD, fd, write) }

func (p *Poll) control(op, fd int, write bool) error {
	ev := syscall.EpollEvent{Events: syscall.EPOLLIN, Fd: int32(fd)}
	if write {
		ev.Events |= syscall.EPOLLOUT
	}
	if err := syscall.EpollCtl(p.fd, op, fd, &ev); err != nil {
		return fmt.Errorf("watch socket: %w", err)
	}
	return nil
}

// Wait blocks until a socket is ready or the time is over, and returns the
// events, valid until the next call; none when the time was over or a signal
// came. Times above 50 ms are cut to 50 ms: see wait.
func (p *Poll) Wait(limit time.Duration) ([]Event, error) {
	n, errno := p.wait(0)
	if n == 0 && errno == 0 {
		// Whatever else this process has to do goes before a wait that the
		// scheduler doesn't see.
		runtime.Gosched()
		n, errno = p.wait(min(limit, 50*time.Millisecond))
	}
	if errno == syscall.EINTR {
		return nil, nil
	}
	if errno != 0 {
		return nil, fmt.Errorf("wait for sockets: %w", errno)
	}
	for i, ev := range p.raw[:n] {
		p.events[i] = Event{
			FD:       int(ev.Fd),
			Readable: ev.Events&(syscall.EPOLLIN|syscall.EPOLLERR|syscall.EPOLLHUP) != 0,
			Writable: ev.Events&syscall.EPOLLOUT != 0,
		}
	}
	return p.events[:n], nil
}

// wait calls the kernel without telling the Go scheduler, which would hand the
// processor over and take it back at 4 to 5 µs a time. The price is that the
// garbage collector waits as long as we do, hence the cap in Wait.
func (p *Poll) wait(limit time.Duration) (int, syscall.Errno) {
	n, _, errno := syscall.RawSyscall6(syscall.SYS_EPOLL_PWAIT, uintptr(p.fd),
		uintptr(unsafe.Pointer(&p.raw[0])), uintptr(len(p.raw)), uintptr(limit.Milliseconds()), 0, 0)
	if errno != 0 {
		return 0, errno
	}
	return int(n), 0
}
