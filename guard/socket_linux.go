package guard

import (
	"syscall"
	"unsafe"
)

// readsWithoutWaiting says that readNow and writeNow work here.
const readsWithoutWaiting = true

// readNow reads once. again reports that there is nothing yet. The descriptor
// does not block, so that the scheduler need not hear of the call: telling it
// costs as much as a short read.
func readNow(fd uintptr, b []byte) (n int, again bool, err error) {
	return callNow(syscall.SYS_READ, fd, b)
}

// writeNow writes once. again reports that the socket takes nothing now.
func writeNow(fd uintptr, b []byte) (n int, again bool, err error) {
	return callNow(syscall.SYS_WRITE, fd, b)
}

func callNow(call, fd uintptr, b []byte) (n int, again bool, err error) {
	for {
		r, _, errno := syscall.RawSyscall(call, fd, uintptr(unsafe.Pointer(unsafe.SliceData(b))), uintptr(len(b)))
		switch errno {
		case 0:
			return int(r), false, nil
		case syscall.EINTR:
		case syscall.EAGAIN:
			return 0, true, nil
		default:
			return 0, false, errno
		}
	}
}
