package syntax

import (
	"context"
	"errors"
	"sync"
)

// largeSource is the size from which on sources are parsed one at a time, so
// that a pool needs the memory for a large one once.
const largeSource = 512 << 10

// A Pool shares a fixed number of parsers. It is safe for concurrent use.
type Pool struct {
	parsers chan *Parser  // the idle ones
	large   chan struct{} // holds a value while a large source is parsed
	closing chan struct{}
	close   func() error
}

// NewPool returns a pool of n parsers, at least one, which the caller closes.
func NewPool(ctx context.Context, n int, options Options) (*Pool, error) {
	m, err := sharedModule(ctx, options.CacheDir)
	if err != nil {
		return nil, err
	}
	p := &Pool{
		parsers: make(chan *Parser, max(n, 1)),
		large:   make(chan struct{}, 1),
		closing: make(chan struct{}),
	}
	p.close = sync.OnceValue(p.closeAll)
	for range cap(p.parsers) {
		p.parsers <- m.newParser(options)
	}
	return p, nil
}

// Parse does what Parser.Parse does, once a parser is free.
func (p *Pool) Parse(ctx context.Context, l Language, source []byte) (*Tree, error) {
	if len(source) >= largeSource {
		select {
		case p.large <- struct{}{}:
			defer func() { <-p.large }()
		case <-p.closing:
			return nil, ErrClosed
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	select {
	case parser := <-p.parsers:
		defer func() { p.parsers <- parser }()
		return parser.Parse(ctx, l, source)
	case <-p.closing:
		return nil, ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Close waits for the sources that are being parsed and frees the parsers.
func (p *Pool) Close() error { return p.close() }

func (p *Pool) closeAll() error {
	close(p.closing)
	var err error
	for range cap(p.parsers) {
		parser := <-p.parsers
		err = errors.Join(err, parser.Close())
	}
	return err
}
