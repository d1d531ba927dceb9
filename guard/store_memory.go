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

// maxTickets bounds the memory of a [MemoryStore], about 1 KiB a ticket.
const maxTickets = 1 << 18

var errStoreFull = errors.New("too many tickets")

// MemoryStore is the embedded store for one node. Tickets are lost when the
// process ends; clients ask for new ones.
type MemoryStore struct {
	mu      sync.Mutex
	tickets map[TicketHash]*memoryTicket // guarded by mu
	owners  map[string][]*memoryTicket   // unredeemed by owner, oldest first, guarded by mu
	order   *list.List                   // of *memoryTicket, oldest first, guarded by mu
}

type memoryTicket struct {
	hash   TicketHash
	owner  string
	ticket *Ticket // nil once taken or burned
	forget time.Time
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
	if len(s.tickets) >= maxTickets {
		return 0, errStoreFull
	}
	owner := t.Owner()
	burned := 0
	for len(s.owners[owner]) >= max(outstanding, 1) {
		s.spend(s.owners[owner][0])
		burned++
	}
	m := &memoryTicket{hash: hash, owner: owner, ticket: &t, forget: t.Expires.Add(lateTicket)}
	s.tickets[hash] = m
	s.owners[owner] = append(s.owners[owner], m)
	s.order.PushBack(m)
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
	m.ticket = nil
	s.owners[m.owner] = slices.DeleteFunc(s.owners[m.owner], func(o *memoryTicket) bool { return o == m })
	if len(s.owners[m.owner]) == 0 {
		delete(s.owners, m.owner)
	}
}

// sweep forgets what is past remembering. Tickets of one life come in order,
// so that the head of the list is the next to go; those of a shorter life wait
// behind a longer one, a minute at most. s.mu must be held.
func (s *MemoryStore) sweep(now time.Time) {
	for e := s.order.Front(); e != nil; e = s.order.Front() {
		m := e.Value.(*memoryTicket)
		if now.Before(m.forget) {
			return
		}
		if m.ticket != nil {
			s.spend(m)
		}
		delete(s.tickets, m.hash)
		s.order.Remove(e)
	}
}
