// Package learn watches the messages of a route and proposes a messages section
// for the configuration of the gateway: the types that there are, and for each a
// JSON Schema with its fields, their kinds, and bounds of lengths and numbers.
//
// It never writes a value. Lengths and numbers are rounded up to powers of two and
// ten. The names of message types and fields are written, unless they look like
// data: then the object becomes one with any fields.
//
// What it needs is bounded, however many types and fields clients think up. It
// decides nothing: a proposal is for a person to read, who knows that an attacker
// may have been among those that were watched.
package learn

import (
	"fmt"
	"log/slog"
	"regexp"
	"sync"
	"time"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/guard/dialect"
)

// Options say what a [Learner] writes, and where.
type Options struct {
	// File is where the proposal goes. A file of this name that is not a proposal
	// is never overwritten.
	File string
	// Route is the path of the route that is watched.
	Route string
	// Type is the path of the field with the type of a message, for the proposal;
	// empty leaves it out.
	Type string
	// Every is how often the proposal is written; 0 means once a minute.
	Every time.Duration
	// Log receives errors of writing; nil discards them.
	Log *slog.Logger
}

// The bounds of what is kept.
const (
	maxTypes  = 100    // for each side
	maxFields = 64     // of an object; one with more is one with any fields
	maxDepth  = 16     // what is deeper may be anything
	maxShapes = 20_000 // over all types
)

// Learner is a [guard.Observer]. Its methods are safe for concurrent use.
type Learner struct {
	opts Options

	mu      sync.Mutex             // guards the following fields
	sides   [2]map[string]*message // by dialect.Side and type
	shapes  int                    // how many there are
	full    bool                   // something was left out because a bound was reached
	strange int                    // messages whose type looks like data
	dirty   bool                   // something was seen since the last writing

	writing sync.Mutex // held while the file is written
	saved   bool       // the file is of this learner; guarded by writing

	end  chan struct{}
	done chan struct{}
	once sync.Once
}

// message is what was seen of one type.
type message struct {
	count   int
	payload *shape // nil where there is no JSON
}

var _ guard.Observer = (*Learner)(nil)

// Start makes a learner that writes what it has seen from time to time. The caller
// must close it. It fails where File exists and is no proposal.
func Start(opts Options) (*Learner, error) {
	if opts.Every <= 0 {
		opts.Every = time.Minute
	}
	if opts.Log == nil {
		opts.Log = slog.New(slog.DiscardHandler)
	}
	if err := Writable(opts.File); err != nil {
		return nil, fmt.Errorf("learn into %q: %w", opts.File, err)
	}
	l := &Learner{opts: opts, sides: [2]map[string]*message{{}, {}}, end: make(chan struct{}), done: make(chan struct{})}
	go l.run()
	return l, nil
}

// run writes the proposal from time to time.
func (l *Learner) run() {
	defer close(l.done)
	tick := time.NewTicker(l.opts.Every)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			l.save()
		case <-l.end:
			return
		}
	}
}

// save is [Learner.Write] where nobody waits for the error.
func (l *Learner) save() {
	if err := l.Write(); err != nil {
		l.opts.Log.Error("the proposal could not be written", "error", err)
	}
}

// Close writes the proposal a last time. It may be called more than once.
func (l *Learner) Close() error {
	var err error
	l.once.Do(func() {
		close(l.end)
		<-l.done
		err = l.Write()
	})
	return err
}

// typeName is what the name of a message type looks like, and fieldName that of a
// field. Everything else may be data: an id, an address, a text.
var (
	typeName  = regexp.MustCompile(`^[A-Za-z_$@/][A-Za-z0-9_$@/.: -]{0,63}$`)
	fieldName = regexp.MustCompile(`^[A-Za-z_$@][A-Za-z0-9_$-]{0,47}$`)
	digits    = regexp.MustCompile(`[0-9].*[0-9].*[0-9].*[0-9]`)
)

func isName(form *regexp.Regexp, name []byte) bool { return form.Match(name) && !digits.Match(name) }

// Observe implements [guard.Observer].
func (l *Learner) Observe(o guard.Observation) {
	if o.Kind != dialect.Application {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.dirty = true
	if !isName(typeName, o.Type) {
		l.strange++
		return
	}
	types := l.sides[o.From]
	m := types[string(o.Type)]
	if m == nil {
		if len(types) >= maxTypes {
			l.full = true
			return
		}
		m = &message{}
		types[string(o.Type)] = m
	}
	m.count++
	if o.Payload.Exists() {
		m.payload = l.see(m.payload, o.Payload, 0)
	}
}
