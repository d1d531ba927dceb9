package redisstore_test

import (
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/guard/guardtest"
	"github.com/wswarden/wswarden/guard/redisstore"
)

// TestStore holds the store to what every store promises, in one redis-server
// with a prefix for each test.
func TestStore(t *testing.T) {
	r := guardtest.StartRedis(t)
	var n atomic.Int64
	guardtest.TestStore(t, func(t testing.TB) guard.Store {
		return open(t, r.URL(), func(c *redisstore.Config) { c.Prefix = fmt.Sprintf("test-%d:", n.Add(1)) })
	})
}
