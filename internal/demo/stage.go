package demo

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/wswarden/wswarden/examples/trading"
	"github.com/wswarden/wswarden/examples/trading/goserver"
	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/internal/config"
	"github.com/wswarden/wswarden/internal/serve"
)

// ticketTTL is shorter than the example's 30 s, so that a ticket can expire
// while somebody watches.
const ticketTTL = 5 * time.Second

// recheck is shorter than the example's 60 s, for the same reason.
const recheck = time.Second

// Stage is the trading platform with the guard in front, both on free ports of
// loopback, and in this process unless the platform was there before.
type Stage struct {
	// Platform is the platform's own address, Guard the guarded one: http URLs.
	Platform, Guard string

	platform *goserver.Server
	http     *http.Server
	serving  sync.WaitGroup
	gateway  *serve.Server
	guard    *guard.Guard
	events   *auditLines
	bare     *target
	fenced   *target
}

// NewStage starts both. The caller must call [Stage.Close].
func NewStage() (*Stage, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	s := &Stage{platform: goserver.New(goserver.Options{Tick: 250 * time.Millisecond})}
	s.http = &http.Server{Handler: s.platform, ReadHeaderTimeout: 10 * time.Second}
	s.serving.Go(func() { s.http.Serve(ln) })
	address := ln.Addr().String()
	return s, s.fence("http://"+address, guardConfig(address))
}

// NewStageAt starts the guard alone, in front of a platform of any flavour on a
// port of 127.0.0.1, an http URL. The caller must call [Stage.Close].
func NewStageAt(platform string) (*Stage, error) {
	s := &Stage{}
	return s, s.fence(platform, guardConfig(strings.TrimPrefix(platform, "http://")))
}

// fence starts the guard with a configuration in front of the platform. Nothing is
// left open where it fails.
func (s *Stage) fence(platform string, text []byte) error {
	s.Platform = platform
	s.events = &auditLines{seen: map[string]auditLine{}, added: make(chan struct{})}
	var err error
	if s.gateway, err = startGuard(text, s.events); err != nil {
		s.Close()
		return fmt.Errorf("demo: %w", err)
	}
	s.guard = s.gateway.Guard()
	s.Guard = "http://" + s.gateway.Addr().String()
	socket := func(base string) string { return "ws" + strings.TrimPrefix(base, "http") + "/ws" }
	s.bare = &target{platform: s.Platform, socket: socket(s.Platform), origin: s.Platform, ttl: ticketTTL, recheck: recheck}
	s.fenced = &target{platform: s.Platform, socket: socket(s.Guard), origin: s.Platform, ttl: ticketTTL, recheck: recheck, guarded: true}
	return nil
}

// startGuard starts a gateway that writes its audit lines to audit.
func startGuard(text []byte, audit io.Writer) (*serve.Server, error) {
	cfg, err := config.Parse("wswarden.yaml", text, func(string) (string, bool) { return "", false })
	if err != nil {
		return nil, err
	}
	return serve.Start(cfg, serve.Options{Stdout: audit})
}

// guardConfig is examples/trading/wswarden.yaml for a platform at another
// address. Nothing of its defences is changed but the life of a ticket, and how
// often sessions are judged again.
func guardConfig(platform string) []byte {
	_, port, _ := net.SplitHostPort(platform)
	text := strings.NewReplacer(
		"127.0.0.1:3000", platform,
		"localhost:3000", "localhost:"+port,
		"listen: 127.0.0.1:8080", "listen: 127.0.0.1:0",
		"ttl: 30s", "ttl: "+ticketTTL.String(),
		"recheck: 60s", "recheck: "+recheck.String(),
	).Replace(string(trading.GuardConfig()))
	var kept []string
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "admin:") && !strings.HasPrefix(line, "audit:") {
			kept = append(kept, line)
		}
	}
	return []byte(strings.Join(kept, ""))
}

// Close ends both and waits for them.
func (s *Stage) Close() error {
	var err error
	if s.gateway != nil {
		err = s.gateway.Close()
	}
	if s.platform != nil {
		s.platform.Close()
		err = errors.Join(err, s.http.Close())
		s.serving.Wait()
	}
	return err
}

// auditLines reads the guard's audit log as an operator would, and finds a
// refusal by the id that the peer was told.
type auditLines struct {
	mu    sync.Mutex
	seen  map[string]auditLine // guarded by mu
	added chan struct{}        // closed with the next line; guarded by mu
}

type auditLine struct {
	ID      string `json:"event.id"`
	Outcome string `json:"event.outcome"`
	Rule    string `json:"wswarden.rule"`
	Detail  string `json:"wswarden.detail"`
}

// Write implements [io.Writer]: the log writes whole lines.
func (l *auditLines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for s := bufio.NewScanner(bytes.NewReader(p)); s.Scan(); {
		var a auditLine
		if err := json.Unmarshal(s.Bytes(), &a); err == nil && a.Rule != "" {
			l.seen[a.ID] = a
		}
	}
	close(l.added)
	l.added = make(chan struct{})
	return len(p), nil
}

// find returns the line of an event, and waits for it until ctx ends: the log
// is written beside the answer, not before it.
func (l *auditLines) find(ctx context.Context, id string) (auditLine, error) {
	for {
		l.mu.Lock()
		a, ok := l.seen[id]
		added := l.added
		l.mu.Unlock()
		if ok {
			return a, nil
		}
		select {
		case <-added:
		case <-ctx.Done():
			return a, fmt.Errorf("event %s is not in the audit log: %w", id, ctx.Err())
		}
	}
}
