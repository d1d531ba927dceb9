package serve

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/wswarden/wswarden/internal/config"
)

// pollEvery is how often the files of a configuration are looked at.
const pollEvery = 2 * time.Second

// ErrCutOff says that connections were cut off because a second signal came
// before all had ended.
var ErrCutOff = errors.New("stopped by a second signal before the drain was over")

// Run serves until ctx is done or a signal ends the process. SIGHUP and a
// change of the configuration file or certificate reload. SIGTERM and SIGINT
// drain: new connections are refused, the open ones are told to go and cut off
// at the deadline of the configuration, and Run returns nil. A second one of
// these signals ends everything at once, with [ErrCutOff].
func Run(ctx context.Context, cfg *config.Config, opts Options) error {
	if opts.Signals == nil {
		signals := make(chan os.Signal, 4)
		signal.Notify(signals, syscall.SIGHUP, syscall.SIGINT, syscall.SIGTERM)
		defer signal.Stop(signals)
		opts.Signals = signals
	}
	if opts.Ticks == nil {
		ticker := time.NewTicker(pollEvery)
		defer ticker.Stop()
		opts.Ticks = ticker.C
	}
	s, err := Start(cfg, opts)
	if err != nil {
		return err
	}
	defer s.Close()
	s.announce(cfg)
	for {
		select {
		case <-ctx.Done():
			return s.stop(opts.Signals)
		case sig := <-opts.Signals:
			if sig != syscall.SIGHUP {
				s.log.Info("draining", "signal", sig, "spread", cfg.Drain.Spread, "deadline", cfg.Drain.Deadline)
				return s.stop(opts.Signals)
			}
			s.hangup()
		case <-opts.Ticks:
			if s.filesChanged() {
				s.Reload()
			}
		case err := <-s.failed:
			return fmt.Errorf("serve: %w", err)
		}
	}
}

// announce says what is in force.
func (s *Server) announce(cfg *config.Config) {
	logWarnings(s.log, cfg)
	args := []any{"address", s.Addr(), "tls", cfg.TLS != nil, "routes", len(cfg.Guard.Routes), "config", cfg.File}
	if a := s.AdminAddr(); a != nil {
		args = append(args, "admin", a)
	}
	s.log.Info("serving", args...)
	if s.opts.Started != nil {
		s.opts.Started(s)
	}
}

// stop drains, or ends at once when another signal comes.
func (s *Server) stop(signals <-chan os.Signal) error {
	drained := make(chan error, 1)
	go func() { drained <- s.Drain() }()
	for {
		select {
		case err := <-drained:
			if err != nil {
				s.log.Warn("the drain reached its deadline", "error", err)
			}
			return nil
		case sig := <-signals:
			if sig == syscall.SIGHUP {
				continue
			}
			s.Close()
			<-drained
			return ErrCutOff
		}
	}
}

// Drain ends the server in peace: it is no longer ready, accepts nobody, and
// tells open connections to go over the spread of the configuration. It
// returns when all are gone, or with an error that says how many were cut off
// at the deadline. The admin listener stays open until [Server.Close].
func (s *Server) Drain() error {
	s.stopping.Store(true)
	drain := s.current.Load().Drain
	ctx, cancel := context.WithTimeout(s.closing, drain.Deadline)
	defer cancel()
	s.front.Close()
	requests := make(chan struct{})
	go func() {
		defer close(requests)
		s.public.Shutdown(ctx)
	}()
	err := s.guard.Drain(ctx, drain.Spread)
	<-requests
	return err
}
