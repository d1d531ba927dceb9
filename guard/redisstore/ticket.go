package redisstore

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/wswarden/wswarden/guard"
)

const (
	// lateTicket is how long a ticket is remembered after its end or its use,
	// so that late and stolen tickets can be told from invented ones.
	lateTicket = 2 * time.Minute
	// ownerLife is how long the list of an owner's tickets is kept after the
	// last one. It outlives every ticket on it.
	ownerLife = 5 * time.Minute
)

// PutTicket implements [guard.Store].
func (s *Store) PutTicket(ctx context.Context, hash guard.TicketHash, t guard.Ticket, outstanding int) (burned int, err error) {
	err = s.do(ctx, "put_ticket", func(ctx context.Context) error {
		burned, err = s.putTicket(ctx, hash, &t, max(outstanding, 1))
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("put ticket: %w", err)
	}
	return burned, nil
}

func (s *Store) putTicket(ctx context.Context, hash guard.TicketHash, t *guard.Ticket, outstanding int) (int, error) {
	value, err := encodeTicket(t)
	if err != nil {
		return 0, err
	}
	// The ticket comes before its place in the list, where one that is not there
	// counts as redeemed. Nobody knows it before all is done.
	pipe := s.client.Pipeline()
	set := pipe.Set(ctx, s.hashed(ticketKey, hash[:]), value, t.Expires.Sub(t.Issued)+lateTicket)
	if _, spread := s.client.(*redis.ClusterClient); spread {
		_, _ = pipe.Exec(ctx) // two servers would carry out both at once
		pipe = s.client.Pipeline()
	}
	owner, args := s.key(ownerKey, t.Owner()), []any{hash[:], outstanding, ownerLife.Milliseconds()}
	own := ownScript.EvalSha(ctx, pipe, []string{owner}, args...)
	_, _ = pipe.Exec(ctx) // each command has its own error
	if err := set.Err(); err != nil {
		return 0, err
	}
	if isUnknownScript(own.Err()) {
		own = ownScript.Eval(ctx, s.client, []string{owner}, args...)
	}
	listed, err := own.StringSlice()
	if err != nil || len(listed) == 0 {
		return 0, err
	}
	return s.burnExcess(ctx, owner, listed, outstanding)
}

// burnExcess forgets the oldest of an owner's listed tickets beyond outstanding,
// and returns how many. Redemptions leave the list alone, as most lists never grow
// too long: what was redeemed or has ended meanwhile is taken off here.
func (s *Store) burnExcess(ctx context.Context, owner string, listed []string, outstanding int) (int, error) {
	lengths := make([]*redis.IntCmd, len(listed))
	pipe := s.client.Pipeline()
	for i, h := range listed {
		lengths[i] = pipe.StrLen(ctx, s.hashed(ticketKey, []byte(h)))
	}
	_, _ = pipe.Exec(ctx) // each command has its own error
	var live, gone []string
	for i, n := range lengths {
		switch {
		case n.Err() != nil:
			return 0, n.Err()
		case n.Val() > 0:
			live = append(live, listed[i])
		default:
			gone = append(gone, listed[i])
		}
	}
	excess := live[:max(len(live)-outstanding, 0)]
	burned, err := s.burn(ctx, excess)
	if err != nil {
		return 0, err
	}
	pipe = s.client.Pipeline()
	for _, h := range append(gone, excess...) {
		pipe.LRem(ctx, owner, 1, h)
	}
	_, err = pipe.Exec(ctx)
	return burned, err
}

// burn forgets tickets that have not been taken and returns how many.
func (s *Store) burn(ctx context.Context, hashes []string) (int, error) {
	if len(hashes) == 0 {
		return 0, nil
	}
	calls := make([]call, len(hashes))
	for i, h := range hashes {
		calls[i] = call{key: s.hashed(ticketKey, []byte(h))}
	}
	cmds, err := s.runAll(ctx, burnScript, calls)
	if err != nil {
		return 0, err
	}
	burned := 0
	for _, cmd := range cmds {
		n, err := cmd.Int()
		if err != nil {
			return 0, err
		}
		burned += n
	}
	return burned, nil
}

// TakeTicket implements [guard.Store].
func (s *Store) TakeTicket(ctx context.Context, hash guard.TicketHash) (t guard.Ticket, err error) {
	var answer error // that there is none
	err = s.do(ctx, "take_ticket", func(ctx context.Context) error {
		value, err := s.takeTicket(ctx, hash)
		switch {
		case errors.Is(err, redis.Nil):
			answer = guard.ErrTicketUnknown
			return nil
		case err != nil:
			return err
		case value == "":
			answer = guard.ErrTicketUsed
			return nil
		}
		t, err = decodeTicket(value)
		return err
	})
	if err != nil {
		return guard.Ticket{}, fmt.Errorf("take ticket: %w", err)
	}
	return t, answer
}

// takeTicket puts the memory of a ticket in its place, in one command that is
// atomic as GETDEL is: of any number of callers, one gets the ticket. The others
// get "", as long as it is remembered.
func (s *Store) takeTicket(ctx context.Context, hash guard.TicketHash) (string, error) {
	key, spent := s.hashed(ticketKey, hash[:]), redis.SetArgs{Mode: "XX", Get: true, TTL: lateTicket}
	if s.replicas == 0 {
		return s.client.SetArgs(ctx, key, "", spent).Result()
	}
	var cmd *redis.StatusCmd
	err := s.confirmed(ctx, key, func(pipe redis.Pipeliner) redis.Cmder {
		cmd = pipe.SetArgs(ctx, key, "", spent)
		return cmd
	})
	if err != nil {
		return "", err
	}
	return cmd.Result()
}

// confirmed runs one command that writes to key, and waits on the same
// connection until the replicas of that server have it. What was written stays
// also where they have not.
func (s *Store) confirmed(ctx context.Context, key string, write func(redis.Pipeliner) redis.Cmder) error {
	var pipe redis.Pipeliner
	if cluster, ok := s.client.(*redis.ClusterClient); ok {
		server, err := cluster.MasterForKey(ctx, key)
		if err != nil {
			return err
		}
		pipe = server.Pipeline()
	} else {
		pipe = s.client.Pipeline()
	}
	cmd := write(pipe)
	wait := pipe.Do(ctx, "WAIT", s.replicas, (s.timeout / 2).Milliseconds())
	_, _ = pipe.Exec(ctx) // each command has its own error
	if err := cmd.Err(); err != nil {
		return err
	}
	n, err := wait.Int()
	switch {
	case err != nil:
		return fmt.Errorf("wait for replicas: %w", err)
	case n < s.replicas:
		return fmt.Errorf("wait for replicas: %d of %d have it", n, s.replicas)
	}
	return nil
}
