package serve

import (
	"os"
	"time"

	"github.com/wswarden/wswarden/internal/config"
)

// watcher notices that files change, by asking for their size and time. That
// works on every file system, and where a file is replaced by a link.
type watcher struct{ files map[string]*watched }

// watched is one file: what it looked like when it was last taken, and at the
// last look.
type watched struct{ taken, seen stamp }

type stamp struct {
	size     int64
	modified time.Time
}

// watch returns a watcher of the configuration, with the files that hold parts of
// it, and the certificate.
func watch(cfg *config.Config) watcher {
	w := watcher{map[string]*watched{}}
	w.follow(cfg)
	return w
}

// follow watches what cfg consists of, and nothing else any more.
func (w *watcher) follow(cfg *config.Config) {
	names := append([]string{cfg.File}, cfg.Parts...)
	if cfg.TLS != nil {
		names = append(names, cfg.TLS.CertFile, cfg.TLS.KeyFile)
	}
	before := w.files
	w.files = map[string]*watched{}
	for _, name := range names {
		if f := before[name]; f != nil {
			w.files[name] = f
		}
	}
	w.add(names)
}

// add watches more files.
func (w *watcher) add(names []string) {
	for _, name := range names {
		if w.files[name] == nil {
			now, _ := look(name)
			w.files[name] = &watched{now, now}
		}
	}
}

// take remembers the files as they are now. It comes before they are read: what
// is written from then on is another change.
func (w *watcher) take() {
	for name, f := range w.files {
		if now, ok := look(name); ok {
			f.taken, f.seen = now, now
		}
	}
}

// settled reports whether a file differs from what was taken and none has
// changed since the last look: the first half of a configuration can be a
// configuration too.
func (w *watcher) settled() bool {
	changed, moving := false, false
	for name, f := range w.files {
		now, ok := look(name)
		if !ok {
			continue
		}
		changed = changed || now != f.taken
		moving = moving || now != f.seen
		f.seen = now
	}
	return changed && !moving
}

// look returns what a file looks like. One that is gone has not changed:
// editors and renewals write another one in its place.
func look(name string) (stamp, bool) {
	info, err := os.Stat(name)
	if err != nil {
		return stamp{}, false
	}
	return stamp{info.Size(), info.ModTime()}, true
}

// filesChanged reports whether the configuration or certificate is another one
// than that in force.
func (s *Server) filesChanged() bool {
	s.reloading.Lock()
	defer s.reloading.Unlock()
	return s.watched.settled()
}
