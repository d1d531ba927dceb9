//go:build linux

// Package worker runs the load generator and the echo backend as processes of
// their own, the same executable called again, so that each has its own open
// files and its processor time is told apart from the proxy's. They speak
// lines of JSON over their standard input and output and end with it.
package worker

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"time"

	"github.com/wswarden/wswarden/bench/load"
)

// Kind is the first argument that makes the executable a worker.
type Kind string

// The two workers.
const (
	Load Kind = "worker-load"
	Echo Kind = "worker-echo"
)

// Request is one line to a worker.
type Request struct {
	// Op is "open", "echo", "end" or "close" for Load, "count" for Echo.
	Op string `json:"op"`
	// Target and Count say what "open" opens.
	Target load.Target `json:"target,omitzero"`
	Count  int         `json:"count,omitempty"`
	// Order is what "end" posts, to end all connections.
	Order Order `json:"order,omitzero"`
	// Workload is what "echo" runs.
	Workload load.Workload `json:"workload,omitzero"`
	// Watch names groups of processes whose time "open" and "echo" report.
	Watch map[string][]int `json:"watch,omitempty"`
}

// Order is a request that has connections ended with a close code.
type Order struct {
	URL  string `json:"url"`
	Body string `json:"body"`
	Code uint16 `json:"code"`
}

// Reply is one line from a worker.
type Reply struct {
	Error string `json:"error,omitempty"`
	// Addr is the first thing that Echo says.
	Addr string `json:"addr,omitempty"`
	// Count is the number of connections that Echo holds.
	Count int `json:"count,omitempty"`
	// Measure is what "echo" or "open" did, connections being round trips.
	Measure load.Measure `json:"measure,omitzero"`
	// Endings is what "end" saw.
	Endings load.Endings `json:"endings,omitzero"`
	// CPU is the time on a processor of each watched group meanwhile.
	CPU map[string]time.Duration `json:"cpu,omitempty"`
	// Busy is the time on a processor of the whole machine meanwhile.
	Busy time.Duration `json:"busy,omitempty"`
}

// Main runs the worker of a kind until its standard input ends, and returns
// the exit code. ok is false when the argument names no worker.
func Main(kind string) (code int, ok bool) {
	// One goroutine works and one waits for commands, whatever the machine has.
	runtime.GOMAXPROCS(2)
	var err error
	switch Kind(kind) {
	case Load:
		err = serveLoad(os.Stdin, os.Stdout)
	case Echo:
		err = serveEcho(os.Stdin, os.Stdout)
	default:
		return 0, false
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", kind, err)
		return 2, true
	}
	return 0, true
}

// Process is a running worker.
type Process struct {
	kind Kind
	cmd  *exec.Cmd
	in   io.WriteCloser
	out  *bufio.Scanner
}

// Start runs this executable as a worker. It ends with Stop, with the context,
// and with this process, whatever ends that.
func Start(ctx context.Context, kind Kind) (*Process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", kind, err)
	}
	cmd := exec.CommandContext(ctx, self, string(kind))
	cmd.Stderr = os.Stderr
	// Not in our process group: Ctrl-C is for us, who stop it in order.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", kind, err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", kind, err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", kind, err)
	}
	return &Process{kind: kind, cmd: cmd, in: in, out: bufio.NewScanner(out)}, nil
}

// PID is the worker's process id.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Call sends a request and waits for the reply. What the worker reports as an
// error is the error.
func (p *Process) Call(req Request) (Reply, error) {
	line, err := json.Marshal(req)
	if err != nil {
		return Reply{}, fmt.Errorf("%s %s: %w", p.kind, req.Op, err)
	}
	if _, err := p.in.Write(append(line, '\n')); err != nil {
		return Reply{}, fmt.Errorf("%s %s: %w", p.kind, req.Op, err)
	}
	reply, err := p.read()
	if err != nil {
		return Reply{}, fmt.Errorf("%s %s: %w", p.kind, req.Op, err)
	}
	return reply, nil
}

func (p *Process) read() (Reply, error) {
	if !p.out.Scan() {
		if err := p.out.Err(); err != nil {
			return Reply{}, err
		}
		return Reply{}, errors.New("the worker ended")
	}
	var reply Reply
	if err := json.Unmarshal(p.out.Bytes(), &reply); err != nil {
		return Reply{}, err
	}
	if reply.Error != "" {
		return Reply{}, errors.New(reply.Error)
	}
	return reply, nil
}

// Stop ends the worker and waits for it.
func (p *Process) Stop() {
	p.in.Close()
	timer := time.AfterFunc(3*time.Second, func() { _ = p.cmd.Process.Kill() })
	defer timer.Stop()
	_ = p.cmd.Wait()
}
