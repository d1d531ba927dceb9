package redisstore_test

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/guard/guardtest"
	"github.com/wswarden/wswarden/guard/redisstore"
)

// BenchmarkTicket puts and takes tickets of many sessions through a redis-server
// on the same machine. It says what processor time each of both takes for a
// ticket.
func BenchmarkTicket(b *testing.B) {
	r := guardtest.StartRedis(b)
	s := open(b, r.URL(), func(c *redisstore.Config) { c.Timeout = 10 * time.Second })
	var n atomic.Int64
	b.SetParallelism(32)
	b.ReportAllocs()
	server, own := serverTime(b, r), guardtest.ProcessorTime()
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		id := guard.Identity{User: "alice", Name: "Alice", Session: fmt.Sprint("session-", n.Add(1)), Roles: []string{"trader"}, Claims: map[string]any{"sub": "alice", "roles": []any{"trader"}}}
		for pb.Next() {
			now := time.Now()
			hash := guard.TicketHash(sha256.Sum256(binary.BigEndian.AppendUint64(nil, uint64(n.Add(1)))))
			t := guard.Ticket{Identity: id, Origin: origin, Route: "/ws", Address: netip.MustParsePrefix("192.0.2.1/32"), Issued: now, Expires: now.Add(30 * time.Second)}
			if _, err := s.PutTicket(b.Context(), hash, t, 5); err != nil {
				b.Error(err)
				return
			}
			if _, err := s.TakeTicket(b.Context(), hash); err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "tickets/s")
	b.ReportMetric(float64(guardtest.ProcessorTime()-own)/float64(b.N), "guard-ns/op")
	b.ReportMetric(float64(serverTime(b, r)-server)/float64(b.N), "redis-ns/op")
}

// serverTime returns the processor time that a redis-server has used.
func serverTime(b *testing.B, r *guardtest.Redis) (total time.Duration) {
	b.Helper()
	for line := range strings.Lines(r.Do("INFO", "cpu")) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ":")
		if name != "used_cpu_sys" && name != "used_cpu_user" {
			continue
		}
		seconds, err := strconv.ParseFloat(value, 64)
		if err != nil {
			b.Fatal(err)
		}
		total += time.Duration(seconds * float64(time.Second))
	}
	return total
}
