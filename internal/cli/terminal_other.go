//go:build !(linux || darwin || freebsd || netbsd || openbsd || dragonfly)

package cli

import "os"

// terminalWidth can't tell here, so that output is what a file would get.
func terminalWidth(*os.File) int { return 0 }
