package loop

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/wswarden/wswarden/examples/trading/goserver"
)

// Flavours are the servers of the trading platform.
var Flavours = []string{"node", "python", "go"}

// Example is a running server of the trading platform.
type Example struct {
	Source   string // its folder
	Platform string // http://127.0.0.1:PORT
	stop     func() error
}

// Close ends the server and waits for its end.
func (e *Example) Close() error { return e.stop() }

// Identities signs two of its users in, and returns them as they are written on a
// command line.
func (e *Example) Identities(ctx context.Context) ([]string, error) {
	var out []string
	for _, user := range []string{"mallory", "alice"} {
		body := fmt.Sprintf(`{"user":%q,"password":"%s-demo"}`, user, user)
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, e.Platform+"/login", strings.NewReader(body))
		if err != nil {
			return nil, err
		}
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Origin", e.Platform)
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			return nil, fmt.Errorf("sign %s in: %w", user, err)
		}
		res.Body.Close()
		if len(res.Cookies()) == 0 {
			return nil, fmt.Errorf("sign %s in: %s", user, res.Status)
		}
		c := res.Cookies()[0]
		out = append(out, user+"=Cookie: "+c.Name+"="+c.Value)
	}
	return out, nil
}

// ErrNoSource says that the working directory is outside the repository that holds
// the examples.
var ErrNoSource = errors.New("examples/trading is not here, nor in a folder above")

// startTime bounds the wait for a server that starts, stopTime for one that ends.
const (
	startTime = 30 * time.Second
	stopTime  = 5 * time.Second
)

// StartExample starts the trading platform in one of its flavours on a free port of
// loopback. The caller must call [Example.Close].
func StartExample(ctx context.Context, flavour string) (*Example, error) {
	dir, err := exampleDir()
	if err != nil {
		return nil, err
	}
	switch flavour {
	case "go":
		return startGo(filepath.Join(dir, "goserver"))
	case "node":
		if _, err := os.Stat(filepath.Join(dir, "node", "node_modules", "ws")); err != nil {
			return nil, fmt.Errorf("start the platform in node: ws is not installed: run (cd %s && npm ci)", filepath.Join(dir, "node"))
		}
		return startProcess(ctx, filepath.Join(dir, "node"), []string{"node"}, "server.js")
	case "python":
		// The system's interpreter first: it is the one that has the system's packages.
		return startProcess(ctx, filepath.Join(dir, "python"), []string{"/usr/bin/python3", "python3"}, "server.py")
	}
	return nil, fmt.Errorf("start the platform: no flavour is called %q", flavour)
}

// exampleDir is examples/trading of the working directory or of one above it.
func exampleDir() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		example := filepath.Join(dir, "examples", "trading")
		if _, err := os.Stat(filepath.Join(example, "platform.json")); err == nil {
			return example, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", ErrNoSource
		}
		dir = parent
	}
}

// startGo runs the server in this process.
func startGo(source string) (*Example, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("start the platform: %w", err)
	}
	platform := goserver.New(goserver.Options{Tick: 250 * time.Millisecond})
	server := &http.Server{Handler: platform, ReadHeaderTimeout: 10 * time.Second}
	var serving sync.WaitGroup
	serving.Go(func() { server.Serve(ln) })
	return &Example{Source: source, Platform: "http://" + ln.Addr().String(), stop: func() error {
		platform.Close()
		err := server.Close()
		serving.Wait()
		return err
	}}, nil
}

// startProcess runs a server as a process of its own, which ends with its standard
// input: it does not outlive this one.
func startProcess(ctx context.Context, source string, programs []string, script string) (*Example, error) {
	program := ""
	for _, name := range programs {
		if path, err := exec.LookPath(name); err == nil {
			program = path
			break
		}
	}
	if program == "" {
		return nil, fmt.Errorf("start the platform: %s is not installed", programs[len(programs)-1])
	}
	cmd := exec.Command(program, filepath.Join(source, script), "--port", "0")
	for _, pair := range os.Environ() {
		if !strings.HasPrefix(pair, "TRADING_") && !strings.HasPrefix(pair, "PORT=") {
			cmd.Env = append(cmd.Env, pair)
		}
	}
	cmd.Env = append(cmd.Env, "TRADING_EXIT_WITH_STDIN=1", "TRADING_TICK_MS=250", "PYTHONDONTWRITEBYTECODE=1")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("start the platform: %w", err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("start the platform: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the platform: %w", err)
	}
	ready, ended := make(chan string, 1), make(chan error, 1)
	go func() {
		lines := bufio.NewReader(stdout)
		ready <- readyAddress(lines)
		io.Copy(io.Discard, lines)
		ended <- cmd.Wait()
	}()
	e := &Example{Source: source, stop: func() error {
		stdin.Close()
		kill := time.AfterFunc(stopTime, func() { cmd.Process.Kill() })
		defer kill.Stop()
		return <-ended
	}}
	select {
	case e.Platform = <-ready:
	case <-time.After(startTime):
		err = fmt.Errorf("it does not listen after %v", startTime)
	case <-ctx.Done():
		err = ctx.Err()
	}
	if err == nil && e.Platform == "" {
		err = errors.New("it ended before it listened")
	}
	if err != nil {
		e.Close()
		return nil, fmt.Errorf("start %s: %w%s", filepath.Join(source, script), err, lastLine(stderr.String()))
	}
	return e, nil
}

// readyAddress is the address of the line "listening on http://…", or empty.
func readyAddress(lines *bufio.Reader) string {
	for {
		line, err := lines.ReadString('\n')
		if address, ok := strings.CutPrefix(strings.TrimSpace(line), "listening on "); ok {
			return address
		}
		if err != nil {
			return ""
		}
	}
}

// lastLine is the last line that a program said before it ended.
func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	if last := strings.TrimSpace(lines[len(lines)-1]); last != "" {
		return ": " + last
	}
	return ""
}
