package redisstore

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/wswarden/wswarden/guard"
)

// maxAsked is how many markers are read in one round trip.
const maxAsked = 1000

// Revoke implements [guard.RevocationStore].
func (s *Store) Revoke(ctx context.Context, r guard.Revocation) error {
	err := s.do(ctx, "revoke", func(ctx context.Context) error {
		if err := s.mark(ctx, r); err != nil {
			return err
		}
		return s.client.Publish(ctx, s.prefix+revocationChannel, encodeNotice(r)).Err()
	})
	if err != nil {
		return fmt.Errorf("revoke: %w", err)
	}
	return nil
}

// mark writes the marker of r.
func (s *Store) mark(ctx context.Context, r guard.Revocation) error {
	key, args := s.key(markerKey, markerName(r)), []any{r.At.UnixMicro(), r.Expires.UnixMicro()}
	if s.replicas == 0 {
		_, err := s.run(ctx, revokeScript, key, args...)
		return err
	}
	return s.confirmed(ctx, key, func(pipe redis.Pipeliner) redis.Cmder {
		return revokeScript.Eval(ctx, pipe, []string{key}, args...)
	})
}

// markerName tells users, sessions and tokens of one name apart.
func markerName(r guard.Revocation) string {
	switch {
	case r.User != "":
		return "u" + r.User
	case r.Session != "":
		return "s" + r.Session
	case r.Token != "":
		return "t" + r.Token
	default:
		return "a"
	}
}

// Revoked implements [guard.RevocationStore].
func (s *Store) Revoked(ctx context.Context, subjects ...guard.Subject) (found []guard.Revocation, err error) {
	asked := subjectNames(subjects)
	for len(asked) > 0 {
		n := min(len(asked), maxAsked)
		err = s.do(ctx, "revoked", func(ctx context.Context) error {
			found, err = s.readMarkers(ctx, found, asked[:n])
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("read revocations: %w", err)
		}
		asked = asked[n:]
	}
	return found, nil
}

// subjectNames returns what markers of the subjects can name, each once.
func subjectNames(subjects []guard.Subject) []guard.Revocation {
	names := []guard.Revocation{{All: true}}
	seen := map[guard.Revocation]bool{{}: true}
	for _, u := range subjects {
		for _, r := range [...]guard.Revocation{{User: u.User}, {Session: u.Session}, {Token: u.Token}} {
			if !seen[r] {
				seen[r] = true
				names = append(names, r)
			}
		}
	}
	return names
}

// readMarkers appends those of the asked that have a marker to found.
func (s *Store) readMarkers(ctx context.Context, found, asked []guard.Revocation) ([]guard.Revocation, error) {
	cmds := make([]*redis.StringCmd, len(asked))
	pipe := s.client.Pipeline()
	for i, r := range asked {
		cmds[i] = pipe.Get(ctx, s.key(markerKey, markerName(r)))
	}
	_, _ = pipe.Exec(ctx) // each command has its own error
	for i, cmd := range cmds {
		value, err := cmd.Result()
		if errors.Is(err, redis.Nil) {
			continue
		}
		if err != nil {
			return nil, err
		}
		r := asked[i]
		if r.At, r.Expires, err = decodeMarker(value); err != nil {
			return nil, err
		}
		found = append(found, r)
	}
	return found, nil
}

func decodeMarker(value string) (at, expires time.Time, err error) {
	first, second, _ := strings.Cut(value, " ")
	a, err1 := strconv.ParseInt(first, 10, 64)
	e, err2 := strconv.ParseInt(second, 10, 64)
	if err1 != nil || err2 != nil {
		return at, expires, errors.New("a damaged marker")
	}
	return time.UnixMicro(a), time.UnixMicro(e), nil
}

// notice is a revocation on the channel.
type notice struct {
	User    string `json:"user,omitempty"`
	Session string `json:"session,omitempty"`
	Token   string `json:"token,omitempty"`
	All     bool   `json:"all,omitempty"`
	At      int64  `json:"at"` // Unix time in microseconds
	Expires int64  `json:"expires"`
}

func encodeNotice(r guard.Revocation) []byte {
	b, _ := json.Marshal(notice{r.User, r.Session, r.Token, r.All, r.At.UnixMicro(), r.Expires.UnixMicro()}) // strings and numbers can't fail
	return b
}

// decodeNotice reports whether text is a revocation that names somebody.
func decodeNotice(text string) (guard.Revocation, bool) {
	var n notice
	if json.Unmarshal([]byte(text), &n) != nil {
		return guard.Revocation{}, false
	}
	named := 0
	for _, is := range []bool{n.User != "", n.Session != "", n.Token != "", n.All} {
		if is {
			named++
		}
	}
	return guard.Revocation{User: n.User, Session: n.Session, Token: n.Token, All: n.All, At: time.UnixMicro(n.At), Expires: time.UnixMicro(n.Expires)}, named == 1
}
