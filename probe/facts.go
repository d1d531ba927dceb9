package probe

import (
	"slices"
	"sync"
	"time"
)

// Facts are what was learnt of an endpoint on the way. A check fills in what it
// is about; others may read it.
type Facts struct {
	mu sync.Mutex
	// framework is the protocol above WebSocket or the library, such as
	// "socket.io", and products are what headers name, such as "nginx/1.18.0".
	framework string
	library   string // guarded by mu, like all of it
	products  []string
	// foreignAccepted says whether a foreign origin was let in.
	foreignAccepted bool
	// received is what the server sent, for the check that reads along.
	received []received
	size     int
	// life is how long a ticket lives, as its answer says; zero: it doesn't.
	life time.Duration
}

// setTicketLife notes how long a ticket is said to live.
func (f *Facts) setTicketLife(d time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.life = d
}

// ticketLife returns how long a ticket is said to live, zero if nothing is.
func (f *Facts) ticketLife() time.Duration {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.life
}

// received is a text of the server and the exchange that it belongs to.
type received struct {
	check, kind, text string
	sent              string
}

// maxReceived bounds what is kept to be read along.
const maxReceived = 2 << 20

func (f *Facts) receive(x received) {
	f.mu.Lock()
	defer f.mu.Unlock()
	x.text = clip(x.text, 16<<10)
	if f.size += len(x.text); f.size > maxReceived {
		return
	}
	f.received = append(f.received, x)
}

// all returns what was received so far.
func (f *Facts) all() []received {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.received)
}

// SetFramework notes what protocol or library the endpoint speaks.
func (f *Facts) SetFramework(name string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.framework = name
}

// Framework returns it, empty if it is not known.
func (f *Facts) Framework() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.framework
}

// AddProduct notes a product and version that a header names.
func (f *Facts) AddProduct(p string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if p != "" && !slices.Contains(f.products, p) {
		f.products = append(f.products, p)
	}
}

// Products returns the products that headers name.
func (f *Facts) Products() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.products)
}

// SetForeignAccepted notes that a foreign origin is let in.
func (f *Facts) SetForeignAccepted() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.foreignAccepted = true
}

// ForeignAccepted reports whether a foreign origin is let in.
func (f *Facts) ForeignAccepted() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.foreignAccepted
}

// SetLibrary notes the library, and reports whether that is news.
func (f *Facts) SetLibrary(name string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	news := f.library != name
	f.library = name
	return news
}
