package syntax

import (
	"os"
	"path/filepath"

	"github.com/tetratelabs/wazero"
)

// openCache returns the cache of compiled code in dir, or nil if there can be none.
func openCache(dir string) wazero.CompilationCache {
	if dir == "" {
		user, err := os.UserCacheDir()
		if err != nil {
			return nil
		}
		dir = filepath.Join(user, "wswarden")
	}
	if err := os.MkdirAll(dir, 0o700); err != nil || !private(dir) {
		return nil
	}
	cache, err := wazero.NewCompilationCacheWithDir(dir)
	if err != nil {
		return nil
	}
	return cache
}
