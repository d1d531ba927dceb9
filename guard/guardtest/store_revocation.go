package guardtest

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/wswarden/wswarden/guard"
)

// patience is how long a store may take to tell what it was told.
const patience = 10 * time.Second

// name returns a name that no other test has.
func name(of string) string { return fmt.Sprintf("%s %d é\n", of, serial.Add(1)) }

// ordered returns r with the times of a revocation that is ordered now.
func ordered(r guard.Revocation) guard.Revocation {
	r.At = time.Now().UTC().Truncate(time.Millisecond)
	r.Expires = r.At.Add(time.Hour)
	return r
}

func revoke(t *testing.T, s guard.Store, r guard.Revocation) {
	t.Helper()
	if err := s.Revoke(t.Context(), r); err != nil {
		t.Fatalf("revoke: %v", err)
	}
}

// reports checks what Revoked says of the subjects.
func reports(t *testing.T, s guard.Store, want []guard.Revocation, subjects ...guard.Subject) {
	t.Helper()
	got, err := s.Revoked(t.Context(), subjects...)
	if err != nil {
		t.Fatalf("revoked: %v", err)
	}
	key := func(r guard.Revocation) string {
		return fmt.Sprintf("%q %q %q %v %d %d", r.User, r.Session, r.Token, r.All, r.At.UnixMilli(), r.Expires.UnixMilli())
	}
	byKey := func(a, b guard.Revocation) int { return cmp.Compare(key(a), key(b)) }
	slices.SortFunc(got, byKey)
	slices.SortFunc(want, byKey)
	if !slices.EqualFunc(got, want, func(a, b guard.Revocation) bool { return key(a) == key(b) }) {
		t.Errorf("revoked %+v:\ngot  %+v\nwant %+v", subjects, got, want)
	}
}

// revokedByName: a user, a session and a token of one name are three.
func revokedByName(t *testing.T, s guard.Store) {
	x := name("x")
	reports(t, s, nil, guard.Subject{User: x, Session: x, Token: x}, guard.Subject{})
	user, session, token := ordered(guard.Revocation{User: x}), ordered(guard.Revocation{Session: x}), ordered(guard.Revocation{Token: x})
	revoke(t, s, user)
	revoke(t, s, session)
	revoke(t, s, token)
	reports(t, s, []guard.Revocation{user}, guard.Subject{User: x})
	reports(t, s, []guard.Revocation{session}, guard.Subject{Session: x})
	reports(t, s, []guard.Revocation{token}, guard.Subject{Token: x})
	reports(t, s, []guard.Revocation{user, session, token}, guard.Subject{User: x, Session: x, Token: x})
	reports(t, s, nil, guard.Subject{User: x + "y", Session: name("x")}, guard.Subject{})
	all := ordered(guard.Revocation{All: true})
	revoke(t, s, all)
	reports(t, s, []guard.Revocation{all, user}, guard.Subject{User: x})
	reports(t, s, []guard.Revocation{all}, guard.Subject{})
}

func revokedTwice(t *testing.T, s guard.Store) {
	first := ordered(guard.Revocation{User: name("x")})
	earlier, later := first, first
	earlier.At, earlier.Expires = first.At.Add(-time.Minute), first.Expires.Add(-time.Minute)
	later.At = first.At.Add(time.Minute)
	subject := guard.Subject{User: first.User}
	revoke(t, s, first)
	revoke(t, s, earlier)
	reports(t, s, []guard.Revocation{first}, subject)
	later.Expires = earlier.Expires
	revoke(t, s, later)
	later.Expires = first.Expires
	reports(t, s, []guard.Revocation{later}, subject)
}

func revocationExpires(t *testing.T, s guard.Store) {
	r := ordered(guard.Revocation{Session: name("x")})
	r.Expires = r.At.Add(-time.Second)
	revoke(t, s, r)
	reports(t, s, nil, guard.Subject{Session: r.Session})
}

func manySubjects(t *testing.T, s guard.Store) {
	var subjects []guard.Subject
	var want []guard.Revocation
	user := name("user")
	for i := range 2000 {
		u := guard.Subject{User: user, Session: name("session"), Token: name("token")}
		subjects = append(subjects, u)
		if i%500 == 499 {
			r := ordered(guard.Revocation{Session: u.Session})
			revoke(t, s, r)
			want = append(want, r)
		}
	}
	r := ordered(guard.Revocation{User: user})
	revoke(t, s, r)
	reports(t, s, append(want, r), subjects...)
}

// watching runs Watch until the test ends or stop is called. It returns once
// Missed was called.
func watching(t *testing.T, s guard.Store, revoked func(guard.Revocation)) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ready, over := make(chan struct{}), make(chan error, 1)
	var once sync.Once
	go func() {
		over <- s.Watch(ctx, guard.RevocationWatch{Revoked: revoked, Missed: func() { once.Do(func() { close(ready) }) }})
	}()
	stop = sync.OnceFunc(func() {
		cancel()
		select {
		case err := <-over:
			if err != nil {
				t.Errorf("watch: %v", err)
			}
		case <-time.After(patience):
			t.Error("watch does not end with its context")
		}
	})
	t.Cleanup(stop)
	select {
	case <-ready:
	case <-time.After(patience):
		t.Fatal("watch does not begin")
	}
	return stop
}

func markerFirst(t *testing.T, s guard.Store) {
	r := ordered(guard.Revocation{User: name("x")})
	told := make(chan []guard.Revocation, 8)
	watching(t, s, func(got guard.Revocation) {
		if got.User != r.User {
			return
		}
		markers, err := s.Revoked(t.Context(), guard.Subject{User: got.User})
		if err != nil {
			t.Errorf("revoked: %v", err)
		}
		told <- markers
	})
	revoke(t, s, r)
	select {
	case markers := <-told:
		if !slices.ContainsFunc(markers, func(m guard.Revocation) bool { return m.User == r.User && !m.At.Before(r.At) }) {
			t.Errorf("told before the marker is there: %+v", markers)
		}
	case <-time.After(patience):
		t.Error("not told")
	}
}

func everyRevocation(t *testing.T, s guard.Store) {
	const each = 50
	var mu sync.Mutex
	heard := map[string]int{}
	enough := make(chan struct{})
	prefix := name("many")
	note := func(r guard.Revocation) {
		mu.Lock()
		defer mu.Unlock()
		if len(r.Session) < len(prefix) || r.Session[:len(prefix)] != prefix {
			return
		}
		heard[r.Session]++
		if len(heard) == 4*each {
			select {
			case <-enough:
			default:
				close(enough)
			}
		}
	}
	watching(t, s, note)
	var wg sync.WaitGroup
	for n := range 4 {
		wg.Go(func() {
			for i := range each {
				if err := s.Revoke(t.Context(), ordered(guard.Revocation{Session: fmt.Sprint(prefix, n, " ", i)})); err != nil {
					t.Errorf("revoke: %v", err)
				}
			}
		})
	}
	wg.Wait()
	select {
	case <-enough:
	case <-time.After(patience):
		mu.Lock()
		defer mu.Unlock()
		t.Errorf("heard %d of %d", len(heard), 4*each)
	}
}

func watchEnds(t *testing.T, s guard.Store) {
	var mu sync.Mutex
	over := false
	stop := watching(t, s, func(guard.Revocation) {
		mu.Lock()
		defer mu.Unlock()
		if over {
			t.Error("told after Watch returned")
		}
	})
	stop()
	mu.Lock()
	over = true
	mu.Unlock()
	revoke(t, s, ordered(guard.Revocation{User: name("x")}))
}
