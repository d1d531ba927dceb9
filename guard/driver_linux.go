package guard

import (
	"fmt"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"unsafe"
)

// newDriver returns the driver of this platform.
func newDriver() driver { return &loops{} }

// loops drive connections between plain sockets by one goroutine a processor:
// an idle connection has neither goroutine nor stack. Each loop has an epoll
// descriptor of its own, which the runtime's poller waits for like for any
// socket. A connection under TLS, or with a handler that may block, is left to
// goroutines.
type loops struct {
	others goroutines

	once sync.Once
	all  []*loop
	err  error // why there are no loops
	next atomic.Uint32
}

var _ driver = (*loops)(nil)

func (ls *loops) start(c *conn, earlyUp, earlyDown []byte) {
	if !ls.can(c) {
		ls.others.start(c, earlyUp, earlyDown)
		return
	}
	l := ls.all[int(ls.next.Add(1))%len(ls.all)]
	up, down := l.enter(&c.up), l.enter(&c.down)
	c.mu.Lock()
	c.running.Store(2)
	c.up.driven, c.down.driven = up, down
	ends := c.cause != nil // it was woken before there was anything to wake
	c.mu.Unlock()
	up.begin(earlyUp)
	down.begin(earlyDown)
	if ends {
		up.stop()
		down.stop()
	}
}

// can reports whether the loops can drive c, and starts them for the first one.
func (ls *loops) can(c *conn) bool {
	if c.far == nil || c.client.in.raw == nil || c.far.in.raw == nil {
		return false
	}
	ls.once.Do(ls.open)
	return ls.err == nil
}

func (ls *loops) wake(c *conn) {
	if c.up.driven == nil {
		ls.others.wake(c)
		return
	}
	c.up.driven.stop()
	c.down.driven.stop()
}

func (ls *loops) close() {
	ls.once.Do(func() { ls.err = os.ErrClosed }) // whoever still comes is left to goroutines
	for _, l := range ls.all {
		l.close()
	}
}

// open starts the loops. A system that has no descriptors left for them is
// served by goroutines.
func (ls *loops) open() {
	for range runtime.GOMAXPROCS(0) {
		l, err := newLoop()
		if err != nil {
			ls.err = err
			return
		}
		ls.all = append(ls.all, l)
	}
}

// loop waits for many sockets at once and judges what they hold, one read a
// turn. Nothing in it may wait for anything else: what a socket does not take
// is queued, and a direction whose queue is full is not watched until there is
// room.
type loop struct {
	file   *os.File
	raw    syscall.RawConn
	done   chan struct{}
	events [128]syscall.EpollEvent // belongs to the goroutine

	mu    sync.Mutex
	slots []*watch // by the slot that an event names; guarded by mu
	free  []int32  // guarded by mu
}

// newLoop returns a running loop.
func newLoop() (*loop, error) {
	fd, err := syscall.EpollCreate1(syscall.EPOLL_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("create epoll descriptor: %w", err)
	}
	syscall.SetNonblock(fd, true) // tells os.NewFile to hand it to the runtime's poller
	l := &loop{file: os.NewFile(uintptr(fd), "epoll"), done: make(chan struct{})}
	if l.raw, err = l.file.SyscallConn(); err != nil {
		l.file.Close()
		return nil, err
	}
	go l.run()
	return l, nil
}

// close ends the loop, which must not watch anything any more.
func (l *loop) close() {
	l.file.Close()
	<-l.done
}

func (l *loop) run() {
	defer close(l.done)
	l.raw.Read(l.turn) // ends with the file
}

// turn handles what is there. It reports false to be called again when there
// is more.
func (l *loop) turn(fd uintptr) bool {
	for {
		n, _, errno := syscall.RawSyscall6(syscall.SYS_EPOLL_PWAIT, fd, uintptr(unsafe.Pointer(&l.events[0])), uintptr(len(l.events)), 0, 0, 0)
		if errno == syscall.EINTR {
			continue
		}
		if errno != 0 || n == 0 {
			return false
		}
		for i := range l.events[:n] {
			if w := l.find(l.events[i].Fd, l.events[i].Pad); w != nil {
				w.ready()
			}
		}
	}
}

// find returns the watch in a slot. serial tells it from one that had the slot
// before, whose events may still be under way.
func (l *loop) find(slot, serial int32) *watch {
	l.mu.Lock()
	defer l.mu.Unlock()
	if w := l.slots[slot]; w != nil && w.serial == serial {
		return w
	}
	return nil
}

// enter gives a direction a slot.
func (l *loop) enter(d *direction) *watch {
	w := &watch{l: l, d: d, to: d.c.opposite(d.from), serial: serials.Add(1)}
	d.from.in.ready = d.from.in.tryOnce
	w.to.out.nowait = true
	l.mu.Lock()
	if n := len(l.free); n > 0 {
		w.slot, l.free = l.free[n-1], l.free[:n-1]
		l.slots[w.slot] = w
	} else {
		w.slot = int32(len(l.slots))
		l.slots = append(l.slots, w)
	}
	l.mu.Unlock()
	return w
}

var serials atomic.Int32

func (l *loop) forget(w *watch) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.slots[w.slot] = nil
	l.free = append(l.free, w.slot)
}

// control adds the socket of w to the epoll descriptor, or removes it.
func (l *loop) control(w *watch, op int) {
	e := syscall.EpollEvent{Events: syscall.EPOLLIN | syscall.EPOLLRDHUP, Fd: w.slot, Pad: w.serial}
	w.d.from.in.raw.Control(func(fd uintptr) {
		l.raw.Control(func(ep uintptr) {
			syscall.EpollCtl(int(ep), op, int(fd), &e)
		})
	})
}

// watch is one direction of a connection in a loop.
type watch struct {
	l      *loop
	d      *direction
	to     *end
	slot   int32
	serial int32
	state  atomic.Int32
}

// The states of a watch. Who moves it to watchBusy has the direction for
// himself.
const (
	watchBusy   int32 = iota // the direction is in use, and not watched for long
	watchIdle                // its socket is watched
	watchPaused              // its socket is not watched until the other end has room
	watchDoomed              // in use by somebody who must let it go
	watchGone
)

// begin judges what has come already and starts to watch.
func (w *watch) begin(early []byte) {
	defer w.rescue()
	if len(early) > 0 {
		switch w.d.take(early) {
		case ended:
			w.finish()
			return
		case waits:
			go w.await()
			return
		}
	}
	w.resume()
}

// ready handles an event: one read, so that a busy socket does not keep the
// others waiting. There is no second one that finds nothing, as the descriptor
// is level-triggered.
func (w *watch) ready() {
	if !w.state.CompareAndSwap(watchIdle, watchBusy) {
		return
	}
	defer w.rescue()
	if w.to.out.full() {
		w.pause()
		return
	}
	switch w.read() {
	case goesOn:
		w.d.from.in.done()
		w.yield(watchIdle)
	case ended:
		w.d.from.in.done()
		w.finish()
	case waits:
		w.l.control(w, syscall.EPOLL_CTL_DEL)
		w.d.compact()
		go w.await() // the direction is its from here on
	}
}

// read reads once and judges what came.
func (w *watch) read() progress {
	b, err := w.d.from.in.readOnce()
	switch {
	case err != nil:
		w.d.readFailed(err)
		return ended
	case len(b) == 0:
		return goesOn
	}
	return w.d.take(b)
}

// await waits for what a message needs, so that the loop need not.
func (w *watch) await() {
	defer w.rescue()
	p := w.d.await()
	w.d.from.in.done()
	if p == ended {
		w.finish()
		return
	}
	w.resume()
}

// rescue is deferred around everything that judges: a panic ends one
// connection, not the loop.
func (w *watch) rescue() {
	if v := recover(); v != nil {
		w.d.c.g.panicked(v)
		w.d.c.refuse(internalError())
		w.finish()
	}
}

// pause stops watching until the other end has room for more.
func (w *watch) pause() {
	w.l.control(w, syscall.EPOLL_CTL_DEL)
	w.d.taking.Store(true)
	if w.yield(watchPaused) && !w.to.out.whenRoom(w.unpause) {
		w.unpause()
	}
}

// unpause watches again, unless the connection has ended meanwhile.
func (w *watch) unpause() {
	if w.state.CompareAndSwap(watchPaused, watchBusy) {
		w.d.taking.Store(false)
		w.resume()
	}
}

// resume watches the socket.
func (w *watch) resume() {
	w.l.control(w, syscall.EPOLL_CTL_ADD)
	w.yield(watchIdle)
}

// yield gives the direction up. It reports false if that was its end.
func (w *watch) yield(to int32) bool {
	if w.state.CompareAndSwap(watchBusy, to) {
		return true
	}
	w.finish()
	return false
}

// stop ends the watch, now or when its user yields.
func (w *watch) stop() {
	for {
		switch s := w.state.Load(); s {
		case watchDoomed, watchGone:
			return
		case watchBusy:
			if w.state.CompareAndSwap(s, watchDoomed) {
				return
			}
		default:
			if w.state.CompareAndSwap(s, watchBusy) {
				w.finish()
				return
			}
		}
	}
}

// finish ends the watch, once. What is left to do waits for peers, and so is
// not for the loop.
func (w *watch) finish() {
	if w.state.Swap(watchGone) == watchGone {
		return
	}
	w.l.control(w, syscall.EPOLL_CTL_DEL)
	w.l.forget(w)
	go w.d.c.left()
}
