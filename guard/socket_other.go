//go:build !unix

package guard

import "errors"

// readsWithoutWaiting says that sockets are read and written through net.Conn
// here.
const readsWithoutWaiting = false

func readNow(uintptr, []byte) (int, bool, error)  { return 0, false, errors.ErrUnsupported }
func writeNow(uintptr, []byte) (int, bool, error) { return 0, false, errors.ErrUnsupported }
