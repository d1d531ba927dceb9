//go:build unix

package syntax

import (
	"os"
	"syscall"
)

// private reports whether nobody but us and root can put files into dir, which
// would be executed.
func private(dir string) bool {
	info, err := os.Stat(dir)
	if err != nil || info.Mode().Perm()&0o022 != 0 {
		return false
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && (int(stat.Uid) == os.Geteuid() || stat.Uid == 0)
}
