package redisstore

import (
	"context"
	_ "embed"
	"errors"
	"strings"

	"github.com/redis/go-redis/v9"
)

// Each script touches the one key that it is given, and takes the time of the
// server that holds it.
var (
	//go:embed script/own.lua
	ownText   string
	ownScript = redis.NewScript(ownText)
	//go:embed script/burn.lua
	burnText   string
	burnScript = redis.NewScript(burnText)
	//go:embed script/revoke.lua
	revokeText   string
	revokeScript = redis.NewScript(revokeText)
	//go:embed script/take.lua
	takeText   string
	takeScript = redis.NewScript(takeText)
	//go:embed script/hold.lua
	holdText   string
	holdScript = redis.NewScript(holdText)
	//go:embed script/bury.lua
	buryText   string
	buryScript = redis.NewScript(buryText)
	//go:embed script/renew.lua
	renewText   string
	renewScript = redis.NewScript(renewText)
	//go:embed script/dead.lua
	deadText   string
	deadScript = redis.NewScript(deadText)
)

// call is one run of a script on one key.
type call struct {
	key  string
	args []any
}

// runAll runs a script for each call, in one round trip to each server. A
// server that does not know the script yet, because it started anew or another
// took its place, gets its text in a second one.
func (s *Store) runAll(ctx context.Context, script *redis.Script, calls []call) ([]*redis.Cmd, error) {
	cmds := make([]*redis.Cmd, len(calls))
	pipe := s.client.Pipeline()
	for i, c := range calls {
		cmds[i] = script.EvalSha(ctx, pipe, []string{c.key}, c.args...)
	}
	_, _ = pipe.Exec(ctx) // each command has its own error
	var unknown []int
	for i, cmd := range cmds {
		switch err := cmd.Err(); {
		case isUnknownScript(err):
			unknown = append(unknown, i)
		case err != nil && !errors.Is(err, redis.Nil):
			return nil, err
		}
	}
	if len(unknown) == 0 {
		return cmds, nil
	}
	pipe = s.client.Pipeline()
	for _, i := range unknown {
		cmds[i] = script.Eval(ctx, pipe, []string{calls[i].key}, calls[i].args...)
	}
	_, _ = pipe.Exec(ctx)
	for _, i := range unknown {
		if err := cmds[i].Err(); err != nil && !errors.Is(err, redis.Nil) {
			return nil, err
		}
	}
	return cmds, nil
}

func (s *Store) run(ctx context.Context, script *redis.Script, key string, args ...any) (*redis.Cmd, error) {
	cmds, err := s.runAll(ctx, script, []call{{key, args}})
	if err != nil {
		return nil, err
	}
	return cmds[0], nil
}

func isUnknownScript(err error) bool { return err != nil && strings.HasPrefix(err.Error(), "NOSCRIPT") }
