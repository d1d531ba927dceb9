package guard

import (
	"fmt"
	"net/netip"
	"testing"
	"time"
)

// TestQuotasForgetUsers looks inside: users who are gone are forgotten in the
// end, those who hold a place or have used up their rate are not.
func TestQuotasForgetUsers(t *testing.T) {
	var q quotas
	rt := &route{cfg: Route{Path: "/ws", Limits: Limits{}.withDefaults()}}
	now := int64(1e18)
	claim := func(user string) *reservation {
		t.Helper()
		r, d := q.reserve(rt, 1<<20, netip.MustParsePrefix("192.0.2.1/32"))
		if d == nil {
			d = r.claimUser(user, rt, now)
		}
		if d != nil {
			t.Fatalf("%s: %s", user, d.Detail)
		}
		return r
	}
	holds, busy := claim("holds"), claim("busy")
	pace := newPace(Rate{Count: 1, Per: time.Hour})
	busy.places.messages.take(pace, now)
	busy.release()
	busy.release() // counts once
	for i := range 10000 {
		claim(fmt.Sprint(i)).release()
	}
	users := q.routes["/ws"].byUser
	if len(users) > 2048 || users["holds"] == nil || users["busy"] == nil {
		t.Errorf("%d users are kept, holds %t, busy %t", len(users), users["holds"] != nil, users["busy"] != nil)
	}
	if q.held() != 1 || len(q.routes["/ws"].byAddress) != 1 {
		t.Errorf("%d places are held by %d addresses, want 1", q.held(), len(q.routes["/ws"].byAddress))
	}
	if again := claim("busy"); again.places.messages.take(pace, now) == 0 {
		t.Error("a new connection refills the rate of its user")
	}
	holds.release()
}
