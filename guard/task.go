package guard

import "sync"

// tasks are the goroutines of a guard that outlive requests and connections.
type tasks struct {
	mu   sync.Mutex
	wg   sync.WaitGroup
	over bool // guarded by mu
}

// Go runs f in a goroutine, or at once when Wait was called.
func (t *tasks) Go(f func()) {
	t.mu.Lock()
	if t.over {
		t.mu.Unlock()
		f()
		return
	}
	defer t.mu.Unlock()
	t.wg.Go(f)
}

// Wait returns when all have ended.
func (t *tasks) Wait() {
	t.mu.Lock()
	t.over = true
	t.mu.Unlock()
	t.wg.Wait()
}
