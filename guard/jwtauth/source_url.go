package jwtauth

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"
)

const (
	// retryInterval is the least time between two fetches that were not due:
	// strangers invent key names, and the issuer must not pay for it.
	retryInterval = 5 * time.Second
	// staleLimit is how long keys are used after the last fetch that worked.
	staleLimit = 24 * time.Hour
)

// urlSource holds the keys of an address. Tokens wait for a fetch when its
// result decides about them: when there are no keys yet, when the keys are out
// of date, or when the token names one that is not there. While the address
// can't be reached they do not wait, and are judged by the last keys.
type urlSource struct {
	url     string
	client  *http.Client
	timeout time.Duration
	clock   func() time.Time
	log     *slog.Logger

	ctx     context.Context // ends with close
	stop    context.CancelFunc
	running sync.WaitGroup

	mu        sync.Mutex
	set       *keySet       // mu: nil before the first fetch that worked
	fetched   time.Time     // mu: when set was fetched
	expires   time.Time     // mu: when set is out of date
	attempted time.Time     // mu: when the last fetch ended
	failed    error         // mu: why the last fetch failed, or nil
	flight    chan struct{} // mu: closed at the end of the running fetch, nil if none runs
	closed    bool          // mu
}

func newURLSource(cfg Config) *urlSource {
	s := &urlSource{
		url:     cfg.JWKSURL,
		client:  newClient(cfg.HTTPClient),
		timeout: cfg.Timeout,
		clock:   cfg.Clock,
		log:     cfg.Log,
	}
	s.ctx, s.stop = context.WithCancel(context.Background())
	return s
}

func (s *urlSource) close() {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.stop()
	s.running.Wait()
	s.client.CloseIdleConnections()
}

func (s *urlSource) find(ctx context.Context, h header, tried *keySet) ([]key, *keySet, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.clock()
	keys := s.known(h, tried, now)
	switch {
	case len(keys) > 0 && now.Before(s.expires):
		return keys, s.set, nil
	case len(keys) > 0 && s.failed != nil:
		s.fetch(now)
		return keys, s.set, nil
	}
	if flight := s.fetch(now); flight != nil {
		if err := s.wait(ctx, flight); err != nil {
			return nil, nil, err
		}
		keys = s.known(h, tried, s.clock())
	}
	if len(keys) > 0 {
		return keys, s.set, nil
	}
	return nil, s.set, s.whyNot()
}

// known returns the keys that fit, of a set that may be used. The caller holds
// mu.
func (s *urlSource) known(h header, tried *keySet, now time.Time) []key {
	if s.set == nil || s.set == tried || !now.Before(s.fetched.Add(staleLimit)) {
		return nil
	}
	return s.set.candidates(h)
}

// wait waits for the end of a fetch without mu, which the caller holds.
func (s *urlSource) wait(ctx context.Context, flight <-chan struct{}) error {
	s.mu.Unlock()
	defer s.mu.Lock()
	select {
	case <-flight:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("wait for signing keys: %w", ctx.Err())
	}
}

// whyNot returns nil if the issuer has said that there is no such key, and
// else why that can't be known. The caller holds mu.
func (s *urlSource) whyNot() error {
	switch {
	case s.failed != nil:
		return fmt.Errorf("%w: %w", ErrKeys, s.failed)
	case s.set == nil:
		return fmt.Errorf("%w: closed", ErrKeys)
	case len(s.set.keys) == 0:
		return fmt.Errorf("%w: no key can be used", ErrKeys)
	}
	return nil
}

// fetch returns the end of the running fetch, which it starts if none runs and
// the last one is long enough ago; nil if there is nothing to wait for. The
// caller holds mu.
func (s *urlSource) fetch(now time.Time) <-chan struct{} {
	if s.flight != nil {
		return s.flight
	}
	// A clock that was set back must not stop the fetching.
	soon := !s.attempted.IsZero() && now.Before(s.attempted.Add(retryInterval)) && !now.Before(s.attempted)
	if soon || s.closed {
		return nil
	}
	done := make(chan struct{})
	s.flight = done
	s.running.Go(func() {
		defer close(done)
		s.fly()
	})
	return done
}

// fly fetches once and records the result. It runs apart from the request that
// asked for it, whose end must not fail the others that wait.
func (s *urlSource) fly() {
	ctx, cancel := context.WithTimeout(s.ctx, s.timeout)
	defer cancel()
	got, err := fetchKeySet(ctx, s.client, s.url)

	s.mu.Lock()
	defer s.mu.Unlock()
	s.flight = nil
	now := s.clock()
	s.attempted = now
	if err != nil {
		if s.failed == nil && !s.closed {
			s.log.Warn("signing keys: fetch failed, using the keys at hand while they last",
				"error", err, "keys", s.set != nil)
		}
		s.failed = err
		return
	}
	if s.failed != nil || s.set == nil || !equalSets(s.set, got.set) {
		logKeys(s.log, got.set, got.ignored)
	}
	s.set, s.fetched, s.expires, s.failed = got.set, now, now.Add(got.life), nil
}
