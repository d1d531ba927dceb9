package redisstore

import (
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/wswarden/wswarden/guard"
)

const (
	// quietFor is how long a subscription may be silent before its connection
	// is tried: a dead one must not look like a day without revocations.
	quietFor = 3 * time.Second
	// leastPause and mostPause bound the time between two attempts to subscribe.
	leastPause = 50 * time.Millisecond
	mostPause  = 2 * time.Second
)

// Watch implements [guard.RevocationStore]. It needs no other watcher of its
// node: each has a connection of its own.
func (s *Store) Watch(ctx context.Context, w guard.RevocationWatch) error {
	pause := leastPause
	for ctx.Err() == nil {
		if s.listen(ctx, w) {
			pause = leastPause
		}
		select {
		case <-ctx.Done():
		case <-time.After(pause/2 + rand.N(pause)):
		}
		pause = min(2*pause, mostPause)
	}
	return nil
}

// listen subscribes once and reports what comes until the connection fails. It
// returns whether it had begun to hear.
func (s *Store) listen(ctx context.Context, w guard.RevocationWatch) (heard bool) {
	sub := s.client.Subscribe(ctx, s.prefix+revocationChannel)
	defer sub.Close()
	defer context.AfterFunc(ctx, func() { sub.Close() })()
	tried := false
	for {
		message, err := sub.ReceiveTimeout(ctx, quietFor)
		var silent net.Error
		switch {
		case ctx.Err() != nil:
			return heard
		case errors.As(err, &silent) && silent.Timeout() && !tried && heard:
			if sub.Ping(ctx) != nil {
				return heard
			}
			tried = true
			continue
		case err != nil:
			return heard
		}
		tried = false
		switch m := message.(type) {
		case *redis.Subscription:
			// The client subscribes again by itself if it lost the connection
			// while it asked; each time something may have been missed.
			if m.Kind == "subscribe" {
				heard = true
				w.Missed()
			}
		case *redis.Message:
			if r, ok := decodeNotice(m.Payload); ok {
				w.Revoked(r)
			}
		}
	}
}
