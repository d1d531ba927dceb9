//go:build linux

package worker_test

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/wswarden/wswarden/bench/load"
	"github.com/wswarden/wswarden/bench/worker"
)

// The test binary is called again as the workers.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 {
		if code, ok := worker.Main(os.Args[1]); ok {
			os.Exit(code)
		}
	}
	os.Exit(m.Run())
}

func TestLoadAgainstEchoInProcessesOfTheirOwn(t *testing.T) {
	echo, addr, err := worker.StartEcho(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer echo.Stop()
	gen, err := worker.Start(context.Background(), worker.Load)
	if err != nil {
		t.Fatal(err)
	}
	defer gen.Stop()
	call := func(p *worker.Process, req worker.Request) worker.Reply {
		t.Helper()
		reply, err := p.Call(req)
		if err != nil {
			t.Fatal(err)
		}
		return reply
	}
	watch := map[string][]int{"proxy": {echo.PID()}, "load": {gen.PID()}}
	opened := call(gen, worker.Request{Op: "open", Target: load.Target{Addr: addr}, Count: 10, Watch: watch})
	if opened.Measure.RoundTrips != 10 {
		t.Errorf("got %+v, want 10 handshakes", opened)
	}
	if got := call(echo, worker.Request{Op: "count"}).Count; got != 10 {
		t.Errorf("got %d connections at the backend, want 10", got)
	}
	got := call(gen, worker.Request{Op: "echo", Workload: load.Workload{Size: 256, Each: 200}, Watch: watch})
	if got.Measure.RoundTrips != 2000 || got.CPU["proxy"] <= 0 || got.CPU["load"] <= 0 {
		t.Errorf("got %+v, want 2000 round trips that cost both something", got)
	}
	call(gen, worker.Request{Op: "close"})
	for deadline := time.Now().Add(10 * time.Second); call(echo, worker.Request{Op: "count"}).Count > 0; {
		if time.Now().After(deadline) {
			t.Fatal("the backend still holds connections after the close")
		}
	}
}

func TestWhatAWorkerCannotDoIsAnError(t *testing.T) {
	gen, err := worker.Start(context.Background(), worker.Load)
	if err != nil {
		t.Fatal(err)
	}
	defer gen.Stop()
	for _, op := range []string{"echo", "close", "count", ""} {
		if reply, err := gen.Call(worker.Request{Op: op}); err == nil || !strings.Contains(err.Error(), "not possible now") {
			t.Errorf("%q without connections: got %+v, %v", op, reply, err)
		}
	}
	watch := map[string][]int{"proxy": {1 << 30}}
	if reply, err := gen.Call(worker.Request{Op: "open", Count: 1, Watch: watch}); err == nil || !strings.Contains(err.Error(), "proxy") {
		t.Errorf("got %+v, %v for a process that isn't there", reply, err)
	}
}

func TestAWorkerEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	gen, err := worker.Start(ctx, worker.Load)
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	gen.Stop()
	if reply, err := gen.Call(worker.Request{Op: "close"}); err == nil {
		t.Errorf("got %+v from a worker that ended", reply)
	}
}

func TestOtherArgumentsMakeNoWorker(t *testing.T) {
	for _, arg := range []string{"", "-rounds", "worker"} {
		if _, ok := worker.Main(arg); ok {
			t.Errorf("%q made a worker", arg)
		}
	}
}
