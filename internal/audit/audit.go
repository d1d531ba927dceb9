// Package audit writes the decisions of a guard as JSON lines, to a file or to
// standard output.
//
// Refusals are always written, acceptances where they are asked for. Lines go
// through a bounded queue to one writer: a slow disk delays the requests whose
// decisions it records for a moment, and then loses lines, which are counted
// and reported, but it neither stops the guard nor fills its memory.
//
// It does not decide what is worth an event, and it is not the operational log.
package audit

import (
	"errors"
	"io"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wswarden/wswarden/guard"
)

// Options say where a [Log] writes and how it reports its own trouble.
type Options struct {
	Settings
	// Stdout is written to where no file is named; nil means os.Stdout.
	Stdout io.Writer
	// Log receives a message, at most once a minute, while lines are lost; nil
	// discards it.
	Log *slog.Logger
	// Patience is how long Record waits for a place in a full queue; 0 means
	// 1 s.
	Patience time.Duration
}

// Settings can change while a [Log] runs.
type Settings struct {
	// File is appended to, and made with mode 0600 if it does not exist; empty
	// means standard output.
	File string
	// Accepted writes acceptances too, not only refusals and revocations.
	Accepted bool
	// HashChain chains the lines, so that [Verify] finds what was changed,
	// dropped or added later. No other process may write to the file then.
	HashChain bool
	// ChainKey makes the hashes of the chain HMACs; nil means that they have
	// no key, and can be computed by everybody.
	ChainKey []byte
}

// Stats are the counts of a [Log].
type Stats struct {
	// Written counts lines that the file took.
	Written uint64
	// Lost counts lines that a full queue or a failed write dropped; any is a
	// gap in the record.
	Lost uint64
}

// Log is a [guard.Auditor]. Its methods are safe for concurrent use.
type Log struct {
	opts     Options
	queue    chan []byte
	accepted atomic.Bool
	written  atomic.Uint64
	lost     atomic.Uint64

	end   chan struct{}
	ended chan struct{}
	once  sync.Once

	mu   sync.Mutex // guards the following fields
	out  io.Writer
	file *os.File // nil for standard output
	torn bool     // the last write ended inside a line; of lines without a chain

	chain       *chain // nil where lines are not chained
	chainedLost uint64 // lost lines that the chain has a line about
	checked     link   // the last checkpoint

	complained time.Time // owned by the writer
	reported   uint64    // lost lines that were reported; owned by the writer
}

var _ guard.Auditor = (*Log)(nil)

// The bounds of the queue, and the times of messages.
const (
	queueLines = 4096
	batchBytes = 64 << 10
	complainIn = time.Minute
	checkIn    = 10 * time.Minute
)

// Open starts a log. It fails if the file can't be opened for appending.
func Open(opts Options) (*Log, error) {
	if opts.Stdout == nil {
		opts.Stdout = os.Stdout
	}
	if opts.Log == nil {
		opts.Log = slog.New(slog.DiscardHandler)
	}
	if opts.Patience <= 0 {
		opts.Patience = time.Second
	}
	l := &Log{opts: opts, queue: make(chan []byte, queueLines), end: make(chan struct{}), ended: make(chan struct{})}
	if err := l.Reopen(opts.Settings); err != nil {
		return nil, err
	}
	go l.run()
	return l, nil
}

// actionRevocation is an order to end sign-ins, which is kept as refusals are:
// it says why connections ended and credentials are refused.
const actionRevocation = "revocation"

// Record implements [guard.Auditor]. It waits for at most Options.Patience.
func (l *Log) Record(ev guard.Event) {
	if ev.Outcome == guard.Allowed && ev.Action != actionRevocation && !l.accepted.Load() {
		return
	}
	line := encode(ev)
	select {
	case <-l.end:
		l.lost.Add(1)
		return
	case l.queue <- line:
		return
	default:
	}
	wait := time.NewTimer(l.opts.Patience)
	defer wait.Stop()
	select {
	case l.queue <- line:
	case <-wait.C:
		l.lost.Add(1)
	case <-l.end:
		l.lost.Add(1)
	}
}

// Stats returns the counts so far.
func (l *Log) Stats() Stats { return Stats{Written: l.written.Load(), Lost: l.lost.Load()} }

// Close writes what is queued and closes the file. Events that are recorded
// later are lost. It may be called more than once.
func (l *Log) Close() error {
	l.once.Do(func() { close(l.end) })
	<-l.ended
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.settle(); err != nil {
		l.complain(err)
	}
	l.checkpoint()
	if l.file == nil {
		return nil
	}
	err := l.file.Close()
	l.file, l.out = nil, closedWriter{}
	return err
}

// closedWriter stands where the file of a closed log was.
type closedWriter struct{}

func (closedWriter) Write([]byte) (int, error) { return 0, errors.New("the audit log is closed") }
