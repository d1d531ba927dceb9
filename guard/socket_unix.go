//go:build unix && !linux

package guard

import (
	"errors"
	"syscall"
)

// readsWithoutWaiting says that readNow and writeNow work here.
const readsWithoutWaiting = true

// readNow reads once. again reports that there is nothing yet.
func readNow(fd uintptr, b []byte) (n int, again bool, err error) {
	for {
		n, err = syscall.Read(int(fd), b)
		if err != syscall.EINTR {
			return max(n, 0), wouldBlock(err), err
		}
	}
}

// writeNow writes once. again reports that the socket takes nothing now.
func writeNow(fd uintptr, b []byte) (n int, again bool, err error) {
	for {
		n, err = syscall.Write(int(fd), b)
		if err != syscall.EINTR {
			return max(n, 0), wouldBlock(err), err
		}
	}
}

func wouldBlock(err error) bool { return errors.Is(err, syscall.EAGAIN) }
