//go:build unix

package guardtest

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Redis is a redis-server of a test, on a port of its own, that keeps nothing
// on disk. It is empty when it starts, and again when it restarts.
type Redis struct {
	// Port is where it listens on 127.0.0.1.
	Port int

	t    testing.TB
	dir  string
	args []string
	pass string

	mu    sync.Mutex
	cmd   *exec.Cmd       // nil while it is down, guarded by mu
	ended <-chan struct{} // closed when cmd has ended, guarded by mu
	out   *bytes.Buffer   // of cmd; not read before it has ended
}

// StartRedis starts a redis-server that ends with the test. args are further
// settings, such as "--requirepass", "secret"; {port} in them stands for Port.
func StartRedis(t testing.TB, args ...string) *Redis {
	t.Helper()
	if _, err := exec.LookPath("redis-server"); err != nil {
		t.Fatal("redis-server is not installed: run make setup (apt-get install -y redis-server)")
	}
	r := &Redis{t: t, dir: t.TempDir(), args: args}
	for i, a := range args {
		if a == "--requirepass" && i+1 < len(args) {
			r.pass = args[i+1]
		}
	}
	t.Cleanup(r.Kill)
	// Another process may take a port between its choice and its use.
	for range 5 {
		r.Port = FreePort(t)
		if err := r.start(); err == nil {
			return r
		}
		r.Kill()
	}
	t.Fatalf("redis-server does not start:\n%s", r.out)
	return nil
}

// FreePort returns a port of 127.0.0.1 that nobody listens on.
func FreePort(t testing.TB) int {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	return ln.Addr().(*net.TCPAddr).Port
}

// Address returns its host and port.
func (r *Redis) Address() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(r.Port)) }

// URL returns the address for a store.
func (r *Redis) URL() string { return "redis://" + r.Address() }

// Restart starts it again after Kill, empty, on the same port.
func (r *Redis) Restart() {
	r.t.Helper()
	if err := r.start(); err != nil {
		r.Kill()
		r.t.Fatalf("redis-server does not start again: %v\n%s", err, r.out)
	}
}

// Kill ends it at once, as a crash does.
func (r *Redis) Kill() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.cmd == nil {
		return
	}
	_ = r.cmd.Process.Kill()
	<-r.ended
	r.cmd = nil
}

// Pause lets it answer nothing until Resume, with its connections open, as a
// machine that hangs does.
func (r *Redis) Pause() { r.signal(syscall.SIGSTOP) }

// Resume ends a Pause.
func (r *Redis) Resume() { r.signal(syscall.SIGCONT) }

func (r *Redis) signal(s syscall.Signal) {
	r.t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.cmd.Process.Signal(s); err != nil {
		r.t.Fatal(err)
	}
}

func (r *Redis) start() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	port := strconv.Itoa(r.Port)
	args := []string{"--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", r.dir}
	for _, a := range r.args {
		args = append(args, strings.ReplaceAll(a, "{port}", port))
	}
	r.out = new(bytes.Buffer)
	r.cmd = exec.Command("redis-server", args...)
	r.cmd.Stdout, r.cmd.Stderr = r.out, r.out
	if err := r.cmd.Start(); err != nil {
		r.cmd = nil
		return err
	}
	ended := make(chan struct{})
	r.ended = ended
	go func(cmd *exec.Cmd) {
		defer close(ended)
		_ = cmd.Wait()
	}(r.cmd)
	return r.await()
}

// await waits until it answers. r.mu must be held.
func (r *Redis) await() error {
	late := time.After(patience)
	for {
		nc, err := net.Dial("tcp", r.Address())
		if err == nil {
			nc.Close()
			return nil
		}
		select {
		case <-r.ended:
			return errors.New("it ended")
		case <-late:
			return errors.New("it does not answer")
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// Do sends one command without the store under test, and returns the answer
// if it is a text, else its first line.
func (r *Redis) Do(args ...string) string {
	r.t.Helper()
	return AskRedis(r.t, r.Address(), r.pass, args...)
}

// AskRedis sends one command to whatever speaks the protocol of Redis at
// address, and returns what Do does.
func AskRedis(t testing.TB, address, password string, args ...string) string {
	t.Helper()
	nc, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	nc.SetDeadline(time.Now().Add(patience))
	in := bufio.NewReader(nc)
	if password != "" {
		if answer := exchange(t, nc, in, "AUTH", password); answer != "+OK" {
			t.Fatalf("redis: %s", answer)
		}
	}
	return exchange(t, nc, in, args...)
}

// exchange writes a command in the protocol of Redis and reads one line, or the
// text that it announces.
func exchange(t testing.TB, nc net.Conn, in *bufio.Reader, args ...string) string {
	t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, "*%d\r\n", len(args))
	for _, a := range args {
		fmt.Fprintf(&b, "$%d\r\n%s\r\n", len(a), a)
	}
	if _, err := nc.Write([]byte(b.String())); err != nil {
		t.Fatal(err)
	}
	line, err := in.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	line = strings.TrimRight(line, "\r\n")
	n, err := strconv.Atoi(strings.TrimPrefix(line, "$"))
	if line[0] != '$' || err != nil || n < 0 {
		return line
	}
	text := make([]byte, n)
	if _, err := io.ReadFull(in, text); err != nil {
		t.Fatal(err)
	}
	return string(text)
}
