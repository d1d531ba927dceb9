package audit

import (
	"io"
	"log/slog"

	"github.com/wswarden/wswarden/guard"
)

// NewChained returns a log without a writer of its own, for tests that say which
// lines are written at once.
func NewChained(out io.Writer, key []byte) *Log {
	c, first, err := begin(nil, key, nil)
	if err != nil {
		panic(err)
	}
	b := c.batch([][]byte{first})
	n, _ := out.Write(b.text)
	c.wrote(b, n)
	return &Log{opts: Options{Log: slog.New(slog.DiscardHandler)}, out: out, chain: c}
}

// WriteLines writes events in one call.
func (l *Log) WriteLines(events ...guard.Event) {
	var lines [][]byte
	for _, ev := range events {
		lines = append(lines, encode(ev))
	}
	l.write(lines)
}
