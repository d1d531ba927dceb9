//go:build linux

package worker

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/wswarden/wswarden/bench/cpu"
	"github.com/wswarden/wswarden/bench/echo"
	"github.com/wswarden/wswarden/bench/load"
)

// serveLoad is the load worker: it holds one fleet at a time.
func serveLoad(in io.Reader, out io.Writer) error {
	var fleet *load.Fleet
	defer func() {
		if fleet != nil {
			fleet.Close()
		}
	}()
	return serve(in, out, func(req Request) (reply Reply, err error) {
		switch {
		case req.Op == "open" && fleet == nil:
			return watched(req.Watch, func(mark func() error) (load.Measure, error) {
				return open(&fleet, req, mark)
			})
		case req.Op == "echo" && fleet != nil:
			return watched(req.Watch, func(mark func() error) (load.Measure, error) {
				return fleet.Echo(req.Workload, mark)
			})
		case req.Op == "end" && fleet != nil:
			endings, err := fleet.End(req.Order.post, req.Order.Code)
			return Reply{Endings: endings}, err
		case req.Op == "close" && fleet != nil:
			fleet.Close()
			fleet = nil
			return Reply{}, nil
		}
		return Reply{}, fmt.Errorf("operation %q is not possible now", req.Op)
	})
}

// post gives the order.
func (o Order) post() error {
	res, err := http.Post(o.URL, "application/json", strings.NewReader(o.Body))
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode >= 300 {
		return fmt.Errorf("order to end connections: status %d", res.StatusCode)
	}
	return nil
}

func open(fleet **load.Fleet, req Request, mark func() error) (load.Measure, error) {
	if err := mark(); err != nil {
		return load.Measure{}, err
	}
	begin := time.Now()
	f, err := load.Open(req.Target, req.Count)
	if err != nil {
		return load.Measure{}, err
	}
	*fleet = f
	return load.Measure{RoundTrips: req.Count, Wall: time.Since(begin)}, mark()
}

// watched does a piece of work that calls mark at its begin and its end, and
// reports the processor time in between.
func watched(watch map[string][]int, work func(mark func() error) (load.Measure, error)) (Reply, error) {
	var readings []reading
	m, err := work(func() error {
		r, err := read(watch)
		readings = append(readings, r)
		return err
	})
	if err != nil {
		return Reply{}, err
	}
	before, after := readings[0], readings[len(readings)-1]
	reply := Reply{Measure: m, CPU: make(map[string]time.Duration), Busy: after.busy - before.busy}
	for name := range watch {
		if reply.CPU[name], err = after.groups[name].Since(before.groups[name]); err != nil {
			return Reply{}, fmt.Errorf("processor time of %s: %w", name, err)
		}
	}
	return reply, nil
}

// reading is the processor time of all groups and of the machine.
type reading struct {
	groups map[string]cpu.Usage
	busy   time.Duration
}

func read(watch map[string][]int) (reading, error) {
	r := reading{groups: make(map[string]cpu.Usage, len(watch))}
	var proc cpu.Proc
	for name, pids := range watch {
		u, err := proc.Usage(pids)
		if err != nil {
			return r, fmt.Errorf("processor time of %s: %w", name, err)
		}
		r.groups[name] = u
	}
	var err error
	r.busy, err = proc.Busy()
	return r, err
}

// serveEcho is the echo worker: it says its address, then counts when asked.
func serveEcho(in io.Reader, out io.Writer) error {
	s, err := echo.Listen()
	if err != nil {
		return err
	}
	if err := json.NewEncoder(out).Encode(Reply{Addr: s.Addr().String()}); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	commands := make(chan error, 1)
	go func() {
		defer cancel()
		commands <- serve(in, out, func(req Request) (Reply, error) {
			if req.Op != "count" {
				return Reply{}, fmt.Errorf("operation %q is not possible", req.Op)
			}
			return Reply{Count: s.Open()}, nil
		})
	}()
	if err := s.Serve(ctx); err != nil {
		return err // the process ends, and with it the goroutine that reads commands
	}
	return <-commands
}

// serve answers requests until the input ends.
func serve(in io.Reader, out io.Writer, do func(Request) (Reply, error)) error {
	dec, enc := json.NewDecoder(in), json.NewEncoder(out)
	for {
		var req Request
		if err := dec.Decode(&req); err == io.EOF {
			return nil
		} else if err != nil {
			return fmt.Errorf("read request: %w", err)
		}
		reply, err := do(req)
		if err != nil {
			reply = Reply{Error: err.Error()}
		}
		if err := enc.Encode(reply); err != nil {
			return fmt.Errorf("write reply: %w", err)
		}
	}
}

// StartEcho starts the echo backend and returns where it listens.
func StartEcho(ctx context.Context) (*Process, netip.AddrPort, error) {
	p, err := Start(ctx, Echo)
	if err != nil {
		return nil, netip.AddrPort{}, err
	}
	reply, err := p.read()
	if err == nil {
		var addr netip.AddrPort
		if addr, err = netip.ParseAddrPort(reply.Addr); err == nil {
			return p, addr, nil
		}
	}
	p.Stop()
	return nil, netip.AddrPort{}, fmt.Errorf("start %s: %w", Echo, err)
}
