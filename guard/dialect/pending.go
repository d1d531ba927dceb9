package dialect

import "sync"

// pending is what one side waits for answers to: calls by their id, with the
// type that they had. Both sides of a conversation use it.
type pending struct {
	mu    sync.Mutex
	types map[string]string
}

// maxPending bounds the calls of a connection that wait for their answer.
const maxPending = 1024

// maxID is how long an id may be that is remembered, maxName how long the type of
// a call.
const (
	maxID   = 128
	maxName = 256
)

// add remembers a call. Where there are too many it forgets another one, so that
// only admits keeps what must not be forgotten.
func (p *pending) add(id, typ []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.types == nil {
		p.types = map[string]string{}
	}
	for other := range p.types {
		if len(p.types) < maxPending {
			break
		}
		delete(p.types, other)
	}
	p.types[string(id)] = string(typ)
}

// admits reports whether another call with that id may be remembered.
func (p *pending) admits(id []byte) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	_, taken := p.types[string(id)]
	return !taken && len(p.types) < maxPending && len(id) <= maxID
}

// find returns the type of the call.
func (p *pending) find(id []byte) (typ string, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	typ, ok = p.types[string(id)]
	return typ, ok
}

// remove forgets the call.
func (p *pending) remove(id []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.types, string(id))
}
