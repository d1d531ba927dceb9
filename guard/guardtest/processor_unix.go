//go:build unix

package guardtest

import (
	"syscall"
	"time"
)

// ProcessorTime returns the time that this process has used of all processors.
// Unlike the time of a clock it says the same on a machine that others use.
func ProcessorTime() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
