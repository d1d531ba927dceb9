//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

package front

import (
	"net"
	"syscall"
)

// socketHasData asks the kernel for a look at the first byte that waits.
func socketHasData(c net.Conn) bool {
	sc, ok := c.(syscall.Conn)
	if !ok {
		return false
	}
	raw, err := sc.SyscallConn()
	if err != nil {
		return false
	}
	found := false
	raw.Control(func(fd uintptr) {
		var b [1]byte
		n, _, err := syscall.Recvfrom(int(fd), b[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		found = err == nil && n > 0
	})
	return found
}
