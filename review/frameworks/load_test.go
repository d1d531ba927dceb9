package frameworks_test

import (
	"testing"

	"github.com/wswarden/wswarden/review/frameworks"
)

func TestLoad(t *testing.T) {
	if _, err := frameworks.Load(); err != nil {
		t.Fatal(err)
	}
}
