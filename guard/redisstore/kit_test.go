package redisstore_test

import (
	"os"
	"testing"
	"time"

	"github.com/wswarden/wswarden/guard/redisstore"
)

// patience bounds every wait.
const patience = 20 * time.Second

func TestMain(m *testing.M) {
	redisstore.Quiet()
	os.Exit(m.Run())
}

// open returns a store that ends with the test.
func open(t testing.TB, address string, edits ...func(*redisstore.Config)) *redisstore.Store {
	t.Helper()
	cfg := redisstore.Config{Address: address}
	for _, e := range edits {
		e(&cfg)
	}
	s, err := redisstore.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// eventually waits until ok.
func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for start := time.Now(); !ok(); <-time.After(20 * time.Millisecond) {
		if time.Since(start) > patience {
			t.Fatalf("after %v: %s", patience, what)
		}
	}
}
