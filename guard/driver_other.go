//go:build !linux

package guard

// newDriver returns the driver of this platform.
func newDriver() driver { return goroutines{} }
