package serve

import "github.com/wswarden/wswarden/internal/console"

// configuration returns what is in force, for the dashboard.
func (s *Server) configuration() console.Configuration {
	cfg := s.current.Load()
	c := console.Configuration{File: cfg.File}
	for _, x := range cfg.Settings() {
		c.Settings = append(c.Settings, console.Setting{Path: x.Path, Value: x.Value, From: x.Source})
	}
	for _, w := range cfg.Warnings() {
		c.Warnings = append(c.Warnings, console.Warning{Weakness: w.Weakness, Path: w.Path, Line: w.Line, Opens: w.Opens, Close: w.Close})
	}
	return c
}
