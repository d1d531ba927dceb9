package guard

import (
	"fmt"
	"io"
	"net"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wswarden/wswarden/internal/wire"
)

// sinkhole is a socket that takes everything and gives nothing.
type sinkhole struct{ net.Conn }

func (sinkhole) Write(b []byte) (int, error)      { return len(b), nil }
func (sinkhole) SetWriteDeadline(time.Time) error { return nil }

// newTestDirection returns one direction of a connection, outside of any
// driver, that sends into a sinkhole.
func newTestDirection(t testing.TB, from wire.Role, edits ...func(*Route)) *direction {
	t.Helper()
	near, away := net.Pipe()
	nearBackend, backend := net.Pipe()
	r := &rig{events: new(recorder), client: newPeer(away, wire.FromClient), backend: newPeer(backend, wire.FromServer)}
	edits = append(edits, func(r *Route) {
		r.Limits.Messages, r.Limits.UserMessages, r.Limits.ControlFrames = endless, endless, endless
	})
	r.connect(t, rigConfig(r.events, edits...), near, &opened{backend: &far{conn: nearBackend}}, alice)
	to := &end{nc: sinkhole{near}}
	to.out.init(to.nc, 256<<10, time.Minute, func(err error) { t.Errorf("broken: %v", err) })
	d := new(direction)
	cfg := r.c.route.fromClient
	source := &r.c.client
	if from == wire.FromServer {
		cfg, source = r.c.route.fromServer, r.c.far
	}
	cfg.Raw, cfg.Payload = true, r.c.talk != nil
	d.init(r.c, source, cfg, &relay{to: to})
	return d
}

var endless = Rate{Count: 1 << 30, Per: time.Second}

// raceDetector reports whether the tests run under it: it makes sync.Pool lose
// buffers at random.
func raceDetector() bool {
	info, _ := debug.ReadBuildInfo()
	return slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"})
}

// TestRelayAllocatesNothing pins the price of a message that passes.
func TestRelayAllocatesNothing(t *testing.T) {
	text := strings.Repeat("x", 256)
	for _, from := range []wire.Role{wire.FromClient, wire.FromServer} {
		p := &peer{from: from}
		whole := p.frame(true, wire.Text, text)
		for name, test := range map[string]struct {
			reads  [][]byte
			pooled bool
		}{
			"message":         {[][]byte{whole}, false},
			"long message":    {[][]byte{p.frame(true, wire.Binary, strings.Repeat("x", 60000))}, false},
			"empty message":   {[][]byte{p.frame(true, wire.Text, "")}, false},
			"batch":           {[][]byte{slices.Repeat(whole, 16)}, false},
			"ping":            {[][]byte{p.frame(true, wire.Ping, "ping")}, true},
			"batch of all":    {[][]byte{slices.Concat(whole, p.frame(true, wire.Ping, "ping"), whole, p.frame(true, wire.Pong, ""), whole)}, true},
			"message in two":  {[][]byte{whole[:100], whole[100:]}, true},
			"header in two":   {[][]byte{whole[:1], whole[1:]}, true},
			"fragments":       {[][]byte{slices.Concat(p.frame(false, wire.Text, text), p.frame(true, wire.Continuation, text))}, true},
			"cut in a batch":  {[][]byte{slices.Concat(whole, whole, whole[:9]), slices.Concat(whole[9:], whole)}, true},
			"bytes, one each": {slices.Collect(slices.Chunk(whole, 1)), true},
		} {
			t.Run(fmt.Sprintf("%s from role %d", name, from), func(t *testing.T) {
				d := newTestDirection(t, from)
				reads := slices.Clone(test.reads)
				n := testing.AllocsPerRun(200, func() {
					for _, b := range reads {
						if d.take(b) != goesOn {
							t.Fatal("refused")
						}
					}
				})
				if n != 0 && !(test.pooled && raceDetector()) {
					t.Errorf("%v allocations", n)
				}
			})
		}
	}
}

// BenchmarkTake is what judging and relaying costs without any socket.
func BenchmarkTake(b *testing.B) {
	p := &peer{from: wire.FromClient}
	for _, size := range []int{16, 256, 4096, 60000} {
		for _, batch := range []int{1, 16} {
			if size*batch > readBuffer {
				continue
			}
			b.Run(fmt.Sprintf("%d/p%d", size, batch), func(b *testing.B) {
				d := newTestDirection(b, wire.FromClient)
				read := slices.Repeat(p.frame(true, wire.Text, strings.Repeat("x", size)), batch)
				b.SetBytes(int64(size))
				b.ReportAllocs()
				for i := 0; i < b.N; i += batch {
					if d.take(read) != goesOn {
						b.Fatal("refused")
					}
				}
			})
		}
	}
}

// BenchmarkRelay is a round trip through a whole gateway over loopback TCP:
// client, guard, echoing backend and back, so that one message of the benchmark
// is two that are relayed.
func BenchmarkRelay(b *testing.B) {
	for _, size := range []int{256, 4096} {
		for _, batch := range []int{1, 16} {
			name := fmt.Sprint(size)
			if batch > 1 {
				name += fmt.Sprintf("/p%d", batch)
			}
			b.Run(name, func(b *testing.B) { benchmarkRelay(b, size, batch) })
		}
	}
}

func benchmarkRelay(b *testing.B, size, batch int) {
	r := newRig(b, loopback, func(r *Route) { r.Limits.Messages = endless })
	text := strings.Repeat("x", size)
	up := slices.Repeat(r.client.frame(true, wire.Text, text), batch)
	down := slices.Repeat(r.backend.frame(true, wire.Text, text), batch)
	go func() {
		buf := make([]byte, len(up))
		for {
			if _, err := io.ReadFull(r.backend, buf); err != nil {
				return
			}
			if _, err := r.backend.Write(down); err != nil {
				return
			}
		}
	}()
	buf := make([]byte, len(down))
	b.SetBytes(int64(2 * size))
	b.ReportAllocs()
	b.ResetTimer()
	for i := 0; i < b.N; i += batch {
		if _, err := r.client.Write(up); err != nil {
			b.Fatal(err)
		}
		if _, err := io.ReadFull(r.client, buf); err != nil {
			b.Fatal(err)
		}
	}
	b.StopTimer()
}
