package guard

import (
	"io"
	"net"
	"sync"
	"syscall"
)

// readBuffer is how much one read takes at most. A buffer is held only while
// data is present: an idle connection has none.
const readBuffer = 64 << 10

// smallBuffer is what a read under TLS takes: it is held while the rest of a
// frame is awaited, so that peers who stall would multiply it.
const smallBuffer = 4 << 10

var (
	readBuffers  = sync.Pool{New: func() any { return new([readBuffer]byte) }}
	smallBuffers = sync.Pool{New: func() any { return new([smallBuffer]byte) }}
)

// intake reads from one socket. Only its owner's goroutine uses it.
type intake struct {
	nc    net.Conn
	raw   syscall.RawConn // nil where the socket can't be waited for without a buffer
	ready func(fd uintptr) bool
	buf   *[readBuffer]byte
	small *[smallBuffer]byte
	n     int
	err   error
	first [1]byte
}

func (in *intake) init(nc net.Conn) {
	in.nc, in.raw = nc, rawConn(nc)
	in.ready = in.tryRead
}

// read waits for data and returns it. The data is valid until done. partial
// says that a frame has begun.
func (in *intake) read(partial bool) ([]byte, error) {
	if in.raw == nil {
		return in.readBuffered(partial)
	}
	in.n, in.err = 0, nil
	if err := in.raw.Read(in.ready); err != nil {
		in.done()
		return nil, err
	}
	if in.err != nil {
		in.done()
		return nil, in.err
	}
	return in.buf[:in.n], nil
}

// readOnce returns what there is, nothing if there is nothing.
func (in *intake) readOnce() ([]byte, error) {
	in.n, in.err = 0, nil
	err := in.raw.Read(in.ready)
	if err == nil {
		err = in.err
	}
	if err != nil || in.n == 0 {
		in.done()
		return nil, err
	}
	return in.buf[:in.n], nil
}

// tryOnce is tryRead for readOnce, which never waits.
func (in *intake) tryOnce(fd uintptr) bool {
	in.tryRead(fd)
	return true
}

// tryRead reads once without waiting. It reports false to be called again when
// there is data.
func (in *intake) tryRead(fd uintptr) bool {
	in.buf = readBuffers.Get().(*[readBuffer]byte)
	n, again, err := readNow(fd, in.buf[:])
	if again {
		in.done()
		return false
	}
	if n == 0 && err == nil {
		err = io.EOF
	}
	in.n, in.err = n, err
	return true
}

// readBuffered is for sockets under TLS, which can't be waited for without a
// buffer. Between frames it waits with one byte in hand. No frame is that
// short, so that the rest follows, out of the same TLS record most often.
func (in *intake) readBuffered(partial bool) ([]byte, error) {
	if !partial {
		_, err := io.ReadFull(in.nc, in.first[:])
		return in.first[:], err
	}
	in.small = smallBuffers.Get().(*[smallBuffer]byte)
	n, err := in.nc.Read(in.small[:])
	if n > 0 {
		return in.small[:n], nil
	}
	in.done()
	return nil, err
}

// done gives the buffer back.
func (in *intake) done() {
	if in.buf != nil {
		readBuffers.Put(in.buf)
		in.buf = nil
	}
	if in.small != nil {
		smallBuffers.Put(in.small)
		in.small = nil
	}
}

// rawConn returns the descriptor of a plain TCP or Unix socket, nil for
// anything that wraps one.
func rawConn(nc net.Conn) syscall.RawConn {
	if !readsWithoutWaiting {
		return nil
	}
	switch c := nc.(type) {
	case *net.TCPConn:
		raw, _ := c.SyscallConn() // fails for a closed socket only, as the first read will
		return raw
	case *net.UnixConn:
		raw, _ := c.SyscallConn()
		return raw
	}
	return nil
}
