package demo

import (
	"bytes"
	"sync"
)

// The bounds of a feed.
const (
	feedHistory = 100 // lines that a new reader gets
	feedQueue   = 256 // lines that a reader may be behind
	feedReaders = 32
)

// auditFeed is an audit log's output that pages read live.
type auditFeed struct {
	mu      sync.Mutex // guards the following fields
	last    [][]byte
	readers map[chan []byte]bool
}

func newAuditFeed() *auditFeed { return &auditFeed{readers: map[chan []byte]bool{}} }

// Write implements [io.Writer]: the log writes whole lines.
func (f *auditFeed) Write(p []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for line := range bytes.Lines(p) {
		line = bytes.Clone(bytes.TrimRight(line, "\n"))
		f.last = append(f.last, line)
		if len(f.last) > feedHistory {
			f.last = f.last[1:]
		}
		for r := range f.readers {
			select {
			case r <- line:
			default: // the log must not wait for a page
				delete(f.readers, r)
				close(r)
			}
		}
	}
	return len(p), nil
}

// join returns the latest lines and those to come. The channel is closed when the
// reader falls behind. The caller calls leave. It returns false where there are too
// many readers.
func (f *auditFeed) join() (lines <-chan []byte, leave func(), ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.readers) >= feedReaders {
		return nil, nil, false
	}
	r := make(chan []byte, feedQueue)
	for _, line := range f.last {
		r <- line // fits: the history is shorter than the queue
	}
	f.readers[r] = true
	return r, func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		delete(f.readers, r)
	}, true
}
