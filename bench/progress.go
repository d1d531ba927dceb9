//go:build linux

package main

import (
	"fmt"
	"os"
)

// progress says on standard error what is being done, if somebody watches.
func progress(format string, args ...any) {
	info, err := os.Stderr.Stat()
	if err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return
	}
	// Over the line before, with the rest of it cleared.
	fmt.Fprintf(os.Stderr, "\r\x1b[K"+format, args...)
}
