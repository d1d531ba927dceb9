package redisstore

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/wswarden/wswarden/guard"
)

// emptyFor is how long a key without places is kept, so that a hold that was
// overtaken by a later one is still known as such.
const emptyFor = time.Minute

// maxAhead keeps the times of rates exact in the numbers of Lua: 30 years.
const maxAhead = 30 * 365 * 24 * time.Hour

var errReply = errors.New("an answer that makes no sense")

// TakeRates implements [guard.CounterStore].
func (s *Store) TakeRates(ctx context.Context, takes []guard.RateTake) (taken []guard.RateTaken, err error) {
	err = s.do(ctx, "take_rates", func(ctx context.Context) error {
		taken, err = s.takeRates(ctx, takes)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("take rates: %w", err)
	}
	return taken, nil
}

func (s *Store) takeRates(ctx context.Context, takes []guard.RateTake) ([]guard.RateTaken, error) {
	calls := make([]call, len(takes))
	for i, t := range takes {
		interval, ahead := microseconds(t.Rate)
		calls[i] = call{s.key(rateKey, t.Key), []any{interval, ahead, max(t.Events, 1)}}
	}
	cmds, err := s.runAll(ctx, takeScript, calls)
	if err != nil {
		return nil, err
	}
	taken := make([]guard.RateTaken, len(takes))
	for i, cmd := range cmds {
		reply, err := cmd.Int64Slice()
		if err != nil || len(reply) != 2 {
			return nil, errReply
		}
		taken[i] = guard.RateTaken{Events: int(reply[0]), Wait: time.Duration(reply[1]) * time.Microsecond}
	}
	return taken, nil
}

// microseconds returns the time for one event of a rate, and how far ahead of
// time its burst may go. Both are whole, so that the arithmetic is exact.
func microseconds(r guard.Rate) (interval, ahead int64) {
	interval = max(r.Per.Microseconds()/int64(max(r.Count, 1)), 1)
	burst := int64(max(r.Burst, 1) - 1)
	return interval, interval * min(burst, maxAhead.Microseconds()/interval)
}

// HoldPlaces implements [guard.CounterStore].
func (s *Store) HoldPlaces(ctx context.Context, holder string, holds []guard.PlaceHold) (set []bool, err error) {
	err = s.do(ctx, "hold_places", func(ctx context.Context) error {
		set, err = s.holdPlaces(ctx, holder, holds)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("hold places: %w", err)
	}
	return set, nil
}

// holdPlaces asks once for all, and a second time for what was refused because
// of holders that are dead.
func (s *Store) holdPlaces(ctx context.Context, holder string, holds []guard.PlaceHold) ([]bool, error) {
	set := make([]bool, len(holds))
	refused := make([]int, len(holds)) // indexes of holds
	for i := range refused {
		refused[i] = i
	}
	for range 2 {
		others, err := s.tryHolds(ctx, holder, holds, refused, set)
		if err != nil || len(others) == 0 {
			return set, err
		}
		if refused, err = s.bury(ctx, holds, others); err != nil || len(refused) == 0 {
			return set, err
		}
	}
	return set, nil
}

// held is what a holder has under a key, as the store spells it.
type held struct{ holder, value string }

// tryHolds tries the holds at the indexes, notes which were set, and returns
// what keeps the others from it.
func (s *Store) tryHolds(ctx context.Context, holder string, holds []guard.PlaceHold, at []int, set []bool) (map[int][]held, error) {
	calls := make([]call, len(at))
	for j, i := range at {
		h := holds[i]
		calls[j] = call{s.key(placeKey, h.Key), []any{holder, max(h.Places, 0), h.Limit, h.Serial, guard.PlacesLast.Milliseconds(), emptyFor.Milliseconds()}}
	}
	cmds, err := s.runAll(ctx, holdScript, calls)
	if err != nil {
		return nil, err
	}
	others := map[int][]held{}
	for j, cmd := range cmds {
		reply, err := cmd.Slice()
		if err != nil || len(reply)%2 != 1 {
			return nil, errReply
		}
		if set[at[j]] = reply[0] == int64(1); set[at[j]] {
			continue
		}
		for k := 1; k < len(reply); k += 2 {
			name, _ := reply[k].(string)
			value, _ := reply[k+1].(string)
			others[at[j]] = append(others[at[j]], held{name, value})
		}
	}
	return others, nil
}

// bury forgets the places of dead holders, and returns the indexes of the holds
// that they had kept out.
func (s *Store) bury(ctx context.Context, holds []guard.PlaceHold, others map[int][]held) ([]int, error) {
	dead, err := s.dead(ctx, others)
	if err != nil || len(dead) == 0 {
		return nil, err
	}
	var free []int
	var calls []call
	for i, by := range others {
		var args []any
		for _, h := range by {
			if dead[h.holder] {
				args = append(args, h.holder, h.value)
			}
		}
		if len(args) > 0 {
			free = append(free, i)
			calls = append(calls, call{s.key(placeKey, holds[i].Key), args})
		}
	}
	_, err = s.runAll(ctx, buryScript, calls)
	return free, err
}

// dead returns which of the holders have not renewed in time.
func (s *Store) dead(ctx context.Context, others map[int][]held) (map[string]bool, error) {
	var names []any
	seen := map[string]bool{}
	for _, by := range others {
		for _, h := range by {
			if !seen[h.holder] {
				seen[h.holder] = true
				names = append(names, h.holder)
			}
		}
	}
	cmd, err := s.run(ctx, deadScript, s.prefix+nodesKey, names...)
	if err != nil {
		return nil, err
	}
	ended, err := cmd.Int64Slice()
	if err != nil || len(ended) != len(names) {
		return nil, errReply
	}
	dead := map[string]bool{}
	for i, name := range names {
		if ended[i] == 1 {
			dead[name.(string)] = true
		}
	}
	return dead, nil
}

// RenewHolder implements [guard.CounterStore].
func (s *Store) RenewHolder(ctx context.Context, holder string, life time.Duration) (kept bool, err error) {
	err = s.do(ctx, "renew_holder", func(ctx context.Context) error {
		var cmd *redis.Cmd
		if cmd, err = s.run(ctx, renewScript, s.prefix+nodesKey, holder, life.Milliseconds()); err == nil {
			kept, err = cmd.Bool()
		}
		return err
	})
	if err != nil {
		return false, fmt.Errorf("renew holder: %w", err)
	}
	return kept, nil
}
