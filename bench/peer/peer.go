//go:build linux

// Package peer starts and stops the proxies of the benchmark, each as a child
// process on free loopback ports with a configuration of its own in a
// temporary folder. It never touches a service of the machine.
package peer

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"github.com/wswarden/wswarden/bench/cpu"
)

const (
	readyWithin = 10 * time.Second
	stopWithin  = 3 * time.Second
)

// Peer is a running proxy.
type Peer struct {
	Name string
	// Addr is where it listens.
	Addr netip.AddrPort
	// Admin is a second address that it may listen on.
	Admin netip.AddrPort
	dir   string
	log   string
	cmd   *exec.Cmd
	ended chan struct{}
	// pid is of a process that we must not stop, for Direct.
	pid int
}

// Direct stands for no proxy at all: its address and its process are the echo
// backend's.
func Direct(backend netip.AddrPort, pid int) *Peer {
	return &Peer{Name: "direct", Addr: backend, pid: pid}
}

// Start starts a proxy in a new folder under dir and waits until it accepts
// connections. Stop must be called. Start and Stop belong on one locked OS
// thread: the proxy gets SIGTERM when that thread ends, whatever ends it.
func Start(ctx context.Context, spec Spec, dir string, backend netip.AddrPort, openFiles int) (*Peer, error) {
	p, err := start(spec, dir, backend, openFiles)
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", spec.Name, err)
	}
	if err := p.ready(ctx); err != nil {
		p.Stop()
		return nil, fmt.Errorf("start %s: %w; its log ends %q", spec.Name, err, p.LogTail())
	}
	return p, nil
}

func start(spec Spec, dir string, backend netip.AddrPort, openFiles int) (*Peer, error) {
	dir, err := os.MkdirTemp(dir, spec.Name+"-")
	if err != nil {
		return nil, err
	}
	place := Place{Backend: backend, Dir: dir, OpenFiles: openFiles}
	if place.Listen, place.Admin, err = freePorts(); err != nil {
		return nil, err
	}
	config := filepath.Join(dir, spec.Name+".conf")
	if err := os.WriteFile(config, []byte(spec.Config(place)), 0o600); err != nil {
		return nil, err
	}
	p := &Peer{Name: spec.Name, Addr: place.Listen, Admin: place.Admin, dir: dir, log: filepath.Join(dir, "output.log"), ended: make(chan struct{})}
	out, err := os.Create(p.log)
	if err != nil {
		return nil, err
	}
	defer out.Close()
	line := spec.Command(place, config)
	p.cmd = exec.Command(line[0], line[1:]...)
	p.cmd.Env = append(os.Environ(), SecretEnv+"="+Secret)
	p.cmd.Dir, p.cmd.Stdout, p.cmd.Stderr = dir, out, out
	// Its own process group: Ctrl-C is for us, who stop it in order.
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		_ = p.cmd.Wait() // how it ended stands in its log
		close(p.ended)
	}()
	return p, nil
}

// freePorts asks the kernel for two ports that nobody listens on. Another
// process may take one before the proxy does: then the proxy says so and the
// run fails.
func freePorts() (listen, admin netip.AddrPort, err error) {
	var got [2]netip.AddrPort
	for i := range got {
		ln, err := net.Listen("tcp4", "127.0.0.1:0")
		if err != nil {
			return listen, admin, fmt.Errorf("find a free port: %w", err)
		}
		defer ln.Close()
		got[i] = ln.Addr().(*net.TCPAddr).AddrPort()
	}
	return got[0], got[1], nil
}

func (p *Peer) ready(ctx context.Context) error {
	deadline := time.After(readyWithin)
	for {
		conn, err := net.DialTimeout("tcp4", p.Addr.String(), time.Second)
		if err == nil {
			return conn.Close()
		}
		select {
		case <-p.ended:
			return ErrEnded
		case <-ctx.Done():
			return ctx.Err()
		case <-deadline:
			return fmt.Errorf("not listening after %v", readyWithin)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// PIDs lists its processes, children included. [ErrEnded] if it ended.
func (p *Peer) PIDs() ([]int, error) {
	if p.cmd == nil {
		return []int{p.pid}, nil
	}
	select {
	case <-p.ended:
		return nil, fmt.Errorf("%w: its log ends %q", ErrEnded, p.LogTail())
	default:
		return cpu.Proc{}.Tree(p.cmd.Process.Pid)
	}
}

// LogTail is the end of what it wrote.
func (p *Peer) LogTail() string {
	var tail []byte
	for _, name := range []string{p.log, filepath.Join(p.dir, "error.log")} {
		b, err := os.ReadFile(name)
		if err == nil {
			tail = append(tail, b[max(0, len(b)-400):]...)
		}
	}
	return string(tail)
}

// Stop ends the proxy and waits for it: SIGTERM, then SIGKILL after 3 s. What
// is left of its process group, which holds what it started and nothing else,
// is killed. Its folder stays with the caller's.
func (p *Peer) Stop() {
	if p.cmd == nil {
		return
	}
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.ended:
	case <-time.After(stopWithin):
		_ = p.cmd.Process.Kill()
		<-p.ended
	}
	_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
}

// IsMissing tells whether the error is about a proxy that isn't installed, and
// how to install it.
func IsMissing(err error) (hint string, ok bool) {
	var missing *MissingError
	if errors.As(err, &missing) {
		return missing.Hint(), true
	}
	return "", false
}
