package serve

import (
	"fmt"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/internal/config"
	"github.com/wswarden/wswarden/internal/learn"
)

// startLearning makes the learners of cfg.
func (s *Server) startLearning(cfg *config.Config) error {
	s.learners = map[string]*learn.Learner{}
	for _, r := range cfg.Guard.Routes {
		file, ok := cfg.Learn[r.Path]
		if !ok {
			continue
		}
		l, err := learn.Start(learn.Options{File: file, Route: r.Path, Type: typePath(r.Messages), Log: s.log})
		if err != nil {
			return fmt.Errorf("route %q: %w", r.Path, err)
		}
		s.learners[r.Path] = l
		s.log.Info("messages are watched; rules are proposed", "route", r.Path, "file", file)
	}
	s.observe(cfg)
	return nil
}

// typePath returns the path of the field with the type, empty if the dialect
// finds it elsewhere.
func typePath(m *guard.MessagePolicy) string {
	if m.Dialect != nil {
		return ""
	}
	return m.Type
}

// observe shows the messages of the routes of cfg to the learners.
func (s *Server) observe(cfg *config.Config) {
	for _, r := range cfg.Guard.Routes {
		if l := s.learners[r.Path]; l != nil && cfg.Learn[r.Path] != "" {
			r.Messages.Observe = l
		}
	}
}

// propose writes what was learnt so far.
func (s *Server) propose() {
	for path, l := range s.learners {
		if err := l.Write(); err != nil {
			s.log.Error("the proposal could not be written", "route", path, "error", err)
		}
	}
}

// stopLearning writes the proposals a last time.
func (s *Server) stopLearning() {
	for path, l := range s.learners {
		if err := l.Close(); err != nil {
			s.log.Error("the last proposal could not be written", "route", path, "error", err)
		}
	}
}
