package serve

import (
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"reflect"
	"strings"
	"sync/atomic"

	"github.com/wswarden/wswarden/internal/config"
)

// reloadCounts count reloads by their result.
type reloadCounts struct{ done, failed atomic.Uint64 }

// Reload loads the configuration again and puts it in force: routes, limits,
// sign-in, hosts, proxies, audit log and certificate. Where anything of it does
// not hold, nothing changes and the error lists every problem. What only a
// start can change is logged and stays as it was.
func (s *Server) Reload() error {
	s.reloading.Lock()
	defer s.reloading.Unlock()
	s.watched.take()
	old := s.current.Load()
	cfg, err := s.opts.Load()
	if err == nil {
		err = s.replace(old, cfg)
	}
	if err != nil {
		// What is wrong may be corrected in a file that is new to us.
		if bad := (*config.Error)(nil); errors.As(err, &bad) {
			s.watched.add(bad.Parts)
		}
		s.reloads.failed.Add(1)
		logProblems(s.log, "reload failed; nothing has changed", err)
		return fmt.Errorf("reload: %w", err)
	}
	s.watched.follow(cfg)
	s.reloads.done.Add(1)
	s.log.Info("configuration reloaded", "config", cfg.File, "routes", len(cfg.Guard.Routes))
	logWarnings(s.log, cfg)
	return nil
}

// replace puts cfg in force. What can fail comes first; the audit log, which
// has to change before the last of it, is put back then.
func (s *Server) replace(old, cfg *config.Config) error {
	s.keepUntilRestart(old, cfg)
	var pair *tls.Certificate
	if s.cert != nil {
		var err error
		if pair, err = readCertificate(cfg.TLS); err != nil {
			return err
		}
	}
	next, err := s.nextSignIn(cfg)
	if err != nil {
		return err
	}
	settings, err := guardConfig(cfg, old, next)
	if err == nil {
		err = s.audit.Reopen(auditSettings(cfg))
	}
	if err == nil {
		if err = s.guard.Reload(settings); err != nil {
			err = errors.Join(err, s.audit.Reopen(auditSettings(old)))
		}
	}
	if err != nil {
		if next != s.signIn {
			next.close()
		}
		return err
	}
	if pair != nil {
		s.cert.current.Store(pair)
	}
	s.current.Store(cfg)
	s.setAdminHosts(cfg)
	s.logout.Store(next.logout)
	if next != s.signIn {
		s.signIn.close()
		s.signIn = next
	}
	return nil
}

// nextSignIn returns the verifiers for cfg: those at hand where it asks for no
// others.
func (s *Server) nextSignIn(cfg *config.Config) (*signIn, error) {
	if s.signIn.serves(cfg) {
		return s.signIn, nil
	}
	return newSignIn(cfg, revoker{s}, s.recent, s.log)
}

// keepUntilRestart takes over from old what the listeners and the guard were
// made with, and says so.
func (s *Server) keepUntilRestart(old, cfg *config.Config) {
	for _, f := range []struct {
		setting string
		same    bool
	}{
		{"listen", cfg.Listen == old.Listen},
		{"tls", reflect.DeepEqual(cfg.TLS, old.TLS)},
		{"admin", cfg.Admin == old.Admin},
		{"admin_token_env", cfg.AdminToken.Reveal() == old.AdminToken.Reveal()},
		{"telemetry", reflect.DeepEqual(cfg.Telemetry, old.Telemetry)},
		{"store", sameStore(cfg.Store, old.Store)},
		{"routes[].learn", maps.Equal(cfg.Learn, old.Learn)},
		{"nodes", cfg.Guard.WithDefaults().Nodes == old.Guard.WithDefaults().Nodes},
	} {
		if !f.same {
			s.log.Warn("a changed setting needs a restart; the old value stays in force", "setting", f.setting)
		}
	}
	s.observe(cfg)
	cfg.Listen, cfg.TLS, cfg.Admin, cfg.AdminToken, cfg.Store = old.Listen, old.TLS, old.Admin, old.AdminToken, old.Store
	cfg.Guard.Nodes, cfg.Telemetry, cfg.Learn = old.Guard.Nodes, old.Telemetry, old.Learn
}

// hangup is what SIGHUP asks for: whoever rotates logs needs the audit file
// opened again also while the configuration is broken. Proposals are written.
func (s *Server) hangup() {
	s.propose()
	if s.Reload() == nil {
		return
	}
	if err := s.audit.Reopen(auditSettings(s.current.Load())); err != nil {
		s.log.Error("reopen audit log", "error", err)
	}
}

// logProblems writes one record for each line of err.
func logProblems(log *slog.Logger, message string, err error) {
	for line := range strings.Lines(err.Error()) {
		log.Error(message, "problem", strings.TrimSpace(line))
	}
}

// logWarnings writes one record for each defence that cfg loosens.
func logWarnings(log *slog.Logger, cfg *config.Config) {
	for _, w := range cfg.Warnings() {
		log.Warn("a defence is loosened", "setting", w.Path, "line", w.Line, "weakness", w.Weakness, "opens", w.Opens, "close", w.Close)
	}
}
