package syntax

import (
	"context"
	"errors"
	"fmt"
)

// keepMemory is how large an instance may be to be used again.
const keepMemory = 32 << 20

// A Parser parses one source at a time. It is not safe for concurrent use.
type Parser struct {
	module   *module
	instance *instance // nil until it is needed, and after it broke or grew too large
	options  Options
	closed   bool
}

// NewParser returns a parser, which the caller closes. The first one of a process
// loads the grammars: some 50 ms, or a few hundred if they aren't in the cache.
func NewParser(ctx context.Context, options Options) (*Parser, error) {
	m, err := sharedModule(ctx, options.CacheDir)
	if err != nil {
		return nil, err
	}
	return m.newParser(options), nil
}

func (m *module) newParser(options Options) *Parser {
	return &Parser{module: m, options: options.withDefaults()}
}

// Parse returns the tree of a source, which the tree keeps. What the source
// holds is no reason for an error, be it broken or not even UTF-8; its size, and
// the time and memory that it takes, are: see ErrTooLarge, ErrTimeout and
// ErrMemory. If ctx ends, its error is returned within milliseconds. Whatever
// Parse returns, it can be called again.
func (p *Parser) Parse(ctx context.Context, l Language, source []byte) (*Tree, error) {
	flat, err := p.parse(ctx, l, source)
	if err != nil {
		return nil, fmt.Errorf("parse %s: %w", l, err)
	}
	return &Tree{
		Language:  l,
		Source:    source,
		Errors:    flat.errors,
		Truncated: flat.truncated,
		grammar:   p.module.grammars[l],
		nodes:     flat.nodes,
	}, nil
}

func (p *Parser) parse(ctx context.Context, l Language, source []byte) (flatTree, error) {
	switch {
	case p.closed:
		return flatTree{}, ErrClosed
	case !l.valid():
		return flatTree{}, fmt.Errorf("no grammar %d", l)
	case len(source) > p.options.MaxBytes:
		return flatTree{}, ErrTooLarge
	case ctx.Err() != nil:
		return flatTree{}, ctx.Err()
	}
	limited, cancel := context.WithTimeout(ctx, p.options.Timeout)
	defer cancel()
	flat, err := p.run(limited, l, source)
	switch {
	case errors.Is(err, errStopped) && ctx.Err() != nil:
		return flatTree{}, ctx.Err()
	case errors.Is(err, errStopped):
		return flatTree{}, ErrTimeout
	case errors.Is(err, ErrMemory):
		return flatTree{}, ErrMemory // without where in the module that was
	}
	return flat, err
}

func (p *Parser) run(ctx context.Context, l Language, source []byte) (flatTree, error) {
	if p.instance == nil {
		in, err := p.module.newInstance(ctx)
		if err != nil {
			return flatTree{}, err
		}
		p.instance = in
	}
	flat, err := p.instance.run(ctx, l, source, p.options)
	if err != nil || p.instance.memory.Size() > keepMemory {
		err = errors.Join(err, p.discard())
	}
	return flat, err
}

// discard gives up the instance; the next source gets a new one.
func (p *Parser) discard() error {
	if p.instance == nil {
		return nil
	}
	err := p.instance.close()
	p.instance = nil
	return err
}

// Close frees the parser. Its trees stay valid.
func (p *Parser) Close() error {
	p.closed = true
	return p.discard()
}
