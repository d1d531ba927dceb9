//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"slices"
	"time"

	"github.com/wswarden/wswarden/bench/cpu"
	"github.com/wswarden/wswarden/bench/load"
	"github.com/wswarden/wswarden/bench/machine"
	"github.com/wswarden/wswarden/bench/peer"
	"github.com/wswarden/wswarden/bench/result"
	"github.com/wswarden/wswarden/bench/worker"
)

// workloads are the columns of the table, in the order of each round.
var workloads = []result.Workload{
	{Name: "256 B p1", Connections: 50, Size: 256, InFlight: 1},
	{Name: "256 B p16", Connections: 50, Size: 256, InFlight: 16},
	{Name: "4 KiB p1", Connections: 50, Size: 4 << 10, InFlight: 1},
	{Name: "64 KiB p1", Connections: 50, Size: 64 << 10, InFlight: 1},
	{Name: "256 B p1, 400 conn.", Connections: 400, Size: 256, InFlight: 1},
	// So many because the kernel brings the time of a running thread up to date
	// only every few milliseconds.
	{Name: "handshake", Connections: 2000},
}

const (
	warmUp = 300 * time.Millisecond
	// releaseWithin is how long a proxy may keep backend connections of
	// clients that left.
	releaseWithin = 10 * time.Second
)

// bench is a run under way.
type bench struct {
	options
	root    string
	dir     string // temporary, for everything that is started
	files   int    // limit of open files
	guard   string // path of the gateway; empty until it is found
	load    *worker.Process
	echo    *worker.Process
	backend netip.AddrPort
	result  *result.Run
}

// measure makes a whole run. Whatever it started is stopped when it returns.
func measure(ctx context.Context, o options) (*result.Run, error) {
	files, err := openFiles()
	if err != nil {
		return nil, err
	}
	if err := checkOpenFiles(files, o.idle); err != nil {
		return nil, err
	}
	root, err := machine.ModuleRoot(ctx)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "wswarden-bench-")
	if err != nil {
		return nil, fmt.Errorf("make a temporary folder: %w", err)
	}
	defer os.RemoveAll(dir)
	b := &bench{options: o, root: root, dir: dir, files: files, result: describe(ctx, o, root)}
	b.result.Workloads = workloads
	specs, err := b.specs(ctx)
	if err != nil {
		return nil, err
	}
	if b.load, err = worker.Start(ctx, worker.Load); err != nil {
		return nil, err
	}
	defer b.load.Stop()
	if b.echo, b.backend, err = worker.StartEcho(ctx); err != nil {
		return nil, err
	}
	defer b.echo.Stop()
	if err := b.rounds(ctx, specs); err != nil {
		return nil, err
	}
	if b.idle == 0 {
		return b.result, nil
	}
	for _, s := range specs {
		if err := b.memory(ctx, s); err != nil {
			return nil, err
		}
	}
	if !slices.Contains(b.proxies, "guard") {
		return b.result, nil
	}
	if err := b.revocation(ctx, peer.GuardSessions(b.guard)); err != nil {
		return nil, err
	}
	return b.result, nil
}

// specs finds or builds the proxies asked for. A Spec with the name
// result.Direct stands for none.
func (b *bench) specs(ctx context.Context) ([]peer.Spec, error) {
	var specs []peer.Spec
	for _, name := range b.proxies {
		s, err := b.spec(ctx, name)
		if err != nil {
			return nil, err
		}
		specs = append(specs, s)
	}
	for _, line := range b.add {
		s, err := peer.ParseSpec(line)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(specs, func(o peer.Spec) bool { return o.Name == s.Name }) {
			return nil, fmt.Errorf("-add %q: the name is taken", s.Name)
		}
		specs = append(specs, s)
	}
	for _, s := range specs {
		b.result.Peers = append(b.result.Peers, result.Peer{Name: s.Name, Version: s.Version})
	}
	return specs, nil
}

func (b *bench) spec(ctx context.Context, name string) (peer.Spec, error) {
	switch name {
	case "nginx":
		return peer.Nginx(ctx)
	case "haproxy":
		return peer.HAProxy(ctx)
	case "guard":
		err := b.find(ctx)
		return peer.Guard(b.guard), err
	case "guard-frames":
		err := b.find(ctx)
		return peer.GuardFrames(b.guard), err
	case result.Direct:
		return peer.Spec{Name: result.Direct}, nil
	}
	return peer.Spec{}, fmt.Errorf("-proxies: unknown proxy %q, want nginx, haproxy, guard, guard-frames or direct", name)
}

// find finds or builds the gateway.
func (b *bench) find(ctx context.Context) error {
	if b.guard != "" {
		return nil
	}
	if b.guard = b.binary; b.guard != "" {
		return nil
	}
	progress("building wswarden")
	var err error
	b.guard, err = machine.Build(ctx, b.root, b.dir)
	return err
}

func (b *bench) start(ctx context.Context, s peer.Spec) (*peer.Peer, error) {
	if s.Name == result.Direct {
		return peer.Direct(b.backend, b.echo.PID()), nil
	}
	return peer.Start(ctx, s, b.dir, b.backend, b.files)
}

// rounds measures every cell, round by round. All proxies run the whole time;
// each comes first in a round as often as the others.
func (b *bench) rounds(ctx context.Context, specs []peer.Spec) error {
	var peers []*peer.Peer
	for _, s := range specs {
		p, err := b.start(ctx, s)
		if err != nil {
			return err
		}
		defer p.Stop()
		peers = append(peers, p)
	}
	for round := range b.result.Rounds {
		for _, w := range workloads {
			for i := range peers {
				p := peers[(round+i)%len(peers)]
				progress("round %d of %d: %s: %s", round+1, b.result.Rounds, w.Name, p.Name)
				c, err := b.cell(p, w)
				if err != nil {
					return fmt.Errorf("%s, %s, round %d: %w", p.Name, w.Name, round+1, err)
				}
				c.Round = round + 1
				b.result.Cells = append(b.result.Cells, c)
			}
		}
	}
	return nil
}

// cell measures one window, on connections of its own.
func (b *bench) cell(p *peer.Peer, w result.Workload) (result.Cell, error) {
	pids, err := p.PIDs()
	if err != nil {
		return result.Cell{}, err
	}
	watch := map[string][]int{"proxy": pids, "echo": {b.echo.PID()}, "load": {b.load.PID()}}
	reply, err := b.open(p, w.Connections, watch)
	if err != nil {
		return result.Cell{}, err
	}
	if w.Size > 0 {
		reply, err = b.load.Call(worker.Request{Op: "echo", Watch: watch, Workload: load.Workload{
			Size: w.Size, InFlight: w.InFlight, WarmUp: warmUp, Window: b.window,
		}})
		if err != nil {
			return result.Cell{}, err
		}
	}
	if now, err := p.PIDs(); err != nil || !slices.Equal(now, pids) {
		return result.Cell{}, errors.Join(errors.New("the proxy's processes changed within the window"), err)
	}
	return result.Cell{
		Peer: p.Name, Workload: w.Name, Units: reply.Measure.RoundTrips, Wall: reply.Measure.Wall,
		Proxy: reply.CPU["proxy"], Echo: reply.CPU["echo"], Load: reply.CPU["load"], Busy: reply.Busy,
	}, b.close()
}

func (b *bench) open(p *peer.Peer, n int, watch map[string][]int) (worker.Reply, error) {
	return b.load.Call(worker.Request{
		Op: "open", Count: n, Watch: watch,
		Target: load.Target{Addr: p.Addr, Origin: peer.Origin},
	})
}

// close drops the clients and waits until the proxy has let go of the backend,
// so that its tidying up falls into nobody's window.
func (b *bench) close() error {
	if _, err := b.load.Call(worker.Request{Op: "close"}); err != nil {
		return err
	}
	deadline := time.Now().Add(releaseWithin)
	for {
		reply, err := b.echo.Call(worker.Request{Op: "count"})
		if err != nil || reply.Count == 0 {
			return err
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("%d backend connections are open %v after the clients left", reply.Count, releaseWithin)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// memory measures what an idle connection holds, in a proxy that was just
// started: one that was busy before would have memory to give.
func (b *bench) memory(ctx context.Context, s peer.Spec) error {
	progress("%d idle connections: %s", b.idle, s.Name)
	p, err := b.start(ctx, s)
	if err != nil {
		return err
	}
	defer p.Stop()
	i, err := b.idleCell(ctx, p)
	if err != nil {
		return fmt.Errorf("%s, %d idle connections: %w", s.Name, b.idle, err)
	}
	b.result.Idle = append(b.result.Idle, i)
	return nil
}

func (b *bench) idleCell(ctx context.Context, p *peer.Peer) (result.Idle, error) {
	i := result.Idle{Peer: p.Name, Connections: b.idle}
	pids, err := p.PIDs()
	if err != nil {
		return i, err
	}
	// A few connections first, so that code and tables of the proxy that every
	// run needs are in memory before.
	if err := b.visit(ctx, p, 50); err != nil {
		return i, err
	}
	if err := b.close(); err != nil {
		return i, err
	}
	if i.Before, err = (cpu.Proc{}).Resident(pids); err != nil {
		return i, err
	}
	if err := b.visit(ctx, p, b.idle); err != nil {
		return i, err
	}
	if i.After, err = (cpu.Proc{}).Resident(pids); err != nil {
		return i, err
	}
	return i, b.close()
}

// visit opens connections, sends one message on each and lets them rest.
func (b *bench) visit(ctx context.Context, p *peer.Peer, n int) error {
	if _, err := b.open(p, n, nil); err != nil {
		return err
	}
	if _, err := b.load.Call(worker.Request{Op: "echo", Workload: load.Workload{Size: 256, Each: 1}}); err != nil {
		return err
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(b.settle):
		return nil
	}
}
