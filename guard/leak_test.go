package guard_test

import (
	"testing"

	"go.uber.org/goleak"
)

// TestMain fails if any goroutine outlives the tests: what a guard starts, it
// waits for.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
