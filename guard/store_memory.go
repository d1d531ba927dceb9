package guard

import (
	"container/list"
	"context"
	"errors"
	"slices"
	"sync"
	"time"
)

// lateTicket is how long a ticket is remembered after its end or its use, so
// that the audit log can tell late and stolen tickets from invented ones.
const lateTicket = 2 * time.Minute

// maxTickets bounds the memory of a [MemoryStore], about 1 KiB a ticket and what
// its sealed credential takes.
const maxTickets = 1 << 18

var errStoreFull = errors.New("too many tickets")

// MemoryStore is the embedded store for one node. Tickets and revocations are
// lost when the process ends: clients ask for new tickets, and a credential
// that was revoked here alone counts again.
type MemoryStore struct {
	mu       sync.Mutex
	tickets  map[TicketHash]*memoryTicket // guarded by mu
	owners   map[string][]*memoryTicket   // unredeemed by owner, oldest first, guarded by mu
	order    *list.List                   // of *memoryTicket, oldest first, guarded by mu
	markers  markers
	counters counters
}

type memoryTicket struct {
	hash    TicketHash
	owner   string
	ticket  *Ticket // nil once taken
	expires time.Time
	place   *list.Element
}

var _ Store = (*MemoryStore)(nil)

// NewMemoryStore returns an empty store.
func NewMemoryStore() *MemoryStore {
	return &MemoryStore{tickets: map[TicketHash]*memoryTicket{}, owners: map[string][]*memoryTicket{}, order: list.New()}
}

// PutTicket implements [Store].
func (s *MemoryStore) PutTicket(_ context.Context, hash TicketHash, t Ticket, outstanding int) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sweep(t.Issued)
	owner := t.Owner()
	burned := 0
	for len(s.owners[owner]) >= max(outstanding, 1) {
		s.forget(s.owners[owner][0])
		burned++
	}
	if len(s.tickets) >= maxTickets && !s.makeRoom(t.Issued) {
		return burned, errStoreFull
	}
	m := &memoryTicket{hash: hash, owner: owner, ticket: &t, expires: t.Expires}
	m.place = s.order.PushBack(m)
	s.tickets[hash] = m
	s.owners[owner] = append(s.owners[owner], m)
	return burned, nil
}

// TakeTicket implements [Store].
func (s *MemoryStore) TakeTicket(_ context.Context, hash TicketHash) (Ticket, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.tickets[hash]
	switch {
	case m == nil:
		return Ticket{}, ErrTicketUnknown
	case m.ticket == nil:
		return Ticket{}, ErrTicketUsed
	}
	t := *m.ticket
	s.spend(m)
	return t, nil
}

// Ping implements [Store].
func (s *MemoryStore) Ping(context.Context) error { return nil }

// Shared implements [Store].
func (s *MemoryStore) Shared() bool { return false }

// Close implements [Store].
func (s *MemoryStore) Close() error { return nil }

// spend leaves only the memory that there was a ticket. s.mu must be held.
func (s *MemoryStore) spend(m *memoryTicket) {
	if m.ticket == nil {
		return
	}
	m.ticket = nil
	s.owners[m.owner] = slices.DeleteFunc(s.owners[m.owner], func(o *memoryTicket) bool { return o == m })
	if len(s.owners[m.owner]) == 0 {
		delete(s.owners, m.owner)
	}
}

// forget leaves nothing of a ticket: one that was never presented is no alarm
// when it comes. s.mu must be held.
func (s *MemoryStore) forget(m *memoryTicket) {
	s.spend(m)
	delete(s.tickets, m.hash)
	s.order.Remove(m.place)
}

// sweep forgets what is past remembering. Tickets of one life come in order,
// so that the head of the list is the next to go; those of a shorter life wait
// behind a longer one, a minute at most. s.mu must be held.
func (s *MemoryStore) sweep(now time.Time) {
	for e := s.order.Front(); e != nil; e = s.order.Front() {
		m := e.Value.(*memoryTicket)
		if now.Before(m.expires.Add(lateTicket)) {
			return
		}
		s.forget(m)
	}
}

// makeRoom forgets the oldest ticket before its time, if it opens nothing any
// more: whoever mints fast must not keep others from minting. s.mu must be
// held.
func (s *MemoryStore) makeRoom(now time.Time) bool {
	e := s.order.Front()
	if m := e.Value.(*memoryTicket); m.ticket == nil || !now.Before(m.expires) {
		s.forget(m)
		return true
	}
	return false
}
