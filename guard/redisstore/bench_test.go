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

// BenchmarkTicket puts tickets, each of another session, and takes them, through
// a redis-server on the same machine. It says what processor time each of both takes
// for a ticket, and the memory that it leaves in Redis until it is forgotten.
func BenchmarkTicket(b *testing.B) {
	b.Run("put", func(b *testing.B) { benchmarkTicket(b, false) })
	b.Run("put and take", func(b *testing.B) { benchmarkTicket(b, true) })
}

func benchmarkTicket(b *testing.B, take bool) {
	r := guardtest.StartRedis(b)
	s := open(b, r.URL(), func(c *redisstore.Config) { c.Timeout = 10 * time.Second })
	var n atomic.Int64
	b.SetParallelism(32)
	b.ReportAllocs()
	memory, server, own := serverMemory(b, r), serverTime(b, r), guardtest.ProcessorTime()
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		id := guard.Identity{User: "alice", Name: "Alice", Roles: []string{"trader"}, Claims: map[string]any{"sub": "alice", "roles": []any{"trader"}}}
		for pb.Next() {
			now, serial := time.Now(), uint64(n.Add(1))
			id.Session = fmt.Sprint("session-", serial)
			hash := guard.TicketHash(sha256.Sum256(binary.BigEndian.AppendUint64(nil, serial)))
			t := guard.Ticket{Identity: id, Origin: origin, Route: "/ws", Address: netip.MustParsePrefix("192.0.2.1/32"), Issued: now, Expires: now.Add(30 * time.Second)}
			if _, err := s.PutTicket(b.Context(), hash, t, 5); err != nil {
				b.Error(err)
				return
			}
			if !take {
				continue
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
	b.ReportMetric(float64(serverMemory(b, r)-memory)/float64(b.N), "redis-B/op")
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

// BenchmarkPlaces holds the places of connections, each of another user and
// address, as a handshake does, and says what one takes of Redis.
func BenchmarkPlaces(b *testing.B) {
	r := guardtest.StartRedis(b)
	s := open(b, r.URL(), func(c *redisstore.Config) { c.Timeout = 10 * time.Second })
	if _, err := s.RenewHolder(b.Context(), "node", time.Hour); err != nil {
		b.Fatal(err)
	}
	var n atomic.Int64
	memory, server, own := serverMemory(b, r), serverTime(b, r), guardtest.ProcessorTime()
	b.SetParallelism(16)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			serial := n.Add(1)
			for _, key := range []string{"address", "user"} {
				hold := guard.PlaceHold{Key: fmt.Sprint(key, serial), Places: 1, Limit: 5, Serial: uint64(serial)}
				if set, err := s.HoldPlaces(b.Context(), "node", []guard.PlaceHold{hold}); err != nil || !set[0] {
					b.Error(set, err)
					return
				}
			}
		}
	})
	b.ReportMetric(float64(guardtest.ProcessorTime()-own)/float64(b.N), "guard-ns/op")
	b.ReportMetric(float64(serverTime(b, r)-server)/float64(b.N), "redis-ns/op")
	b.ReportMetric(float64(serverMemory(b, r)-memory)/float64(b.N), "redis-B/op")
}

// BenchmarkConnection opens connections by tickets at a guard and closes them,
// with all that the guard asks of Redis on the way. The guard's time is not
// told from that of the client and the backend here.
func BenchmarkConnection(b *testing.B) {
	r := guardtest.StartRedis(b)
	g := startGateway(b, r.URL(), users(64), nil)
	var n atomic.Int64
	server := serverTime(b, r)
	b.SetParallelism(8)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			status, ticket := g.mint(b, fmt.Sprint("token-", n.Add(1)%64))
			c, redeemed := g.dial(b, byTicket(ticket))
			if c == nil {
				b.Errorf("mint %d, redeem %d", status, redeemed)
				return
			}
			c.Close()
		}
	})
	b.ReportMetric(float64(serverTime(b, r)-server)/float64(b.N), "redis-ns/op")
}

// BenchmarkRates takes a part of the rates of many users in one question, as
// allowances are refilled. One op is one user.
func BenchmarkRates(b *testing.B) {
	const batch = 256
	r := guardtest.StartRedis(b)
	s := open(b, r.URL(), func(c *redisstore.Config) { c.Timeout = 10 * time.Second })
	takes := make([]guard.RateTake, batch)
	memory, server, own := serverMemory(b, r), serverTime(b, r), guardtest.ProcessorTime()
	b.ResetTimer()
	for i := 0; i < b.N; i += batch {
		for j := range takes {
			takes[j] = guard.RateTake{Key: fmt.Sprint("user", i+j), Rate: guard.Rate{Count: 300, Per: time.Hour, Burst: 300}, Events: 4}
		}
		if _, err := s.TakeRates(b.Context(), takes); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(guardtest.ProcessorTime()-own)/float64(b.N), "guard-ns/op")
	b.ReportMetric(float64(serverTime(b, r)-server)/float64(b.N), "redis-ns/op")
	b.ReportMetric(float64(serverMemory(b, r)-memory)/float64(b.N), "redis-B/op")
}

// serverMemory returns the bytes that a redis-server has in use.
func serverMemory(b *testing.B, r *guardtest.Redis) int64 {
	b.Helper()
	for line := range strings.Lines(r.Do("INFO", "memory")) {
		if value, ok := strings.CutPrefix(strings.TrimSpace(line), "used_memory:"); ok {
			n, err := strconv.ParseInt(value, 10, 64)
			if err != nil {
				b.Fatal(err)
			}
			return n
		}
	}
	b.Fatal("no used_memory")
	return 0
}
