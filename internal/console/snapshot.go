package console

import (
	"time"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/guard"
)

// hello is the first message to a viewer: all that a page needs to draw itself.
type hello struct {
	Type    string    `json:"type"` // "hello"
	Version string    `json:"version"`
	Started time.Time `json:"started"`
	Samples []sample  `json:"samples"`
	// Titles are those of all weaknesses, by ID.
	Titles   map[string]string `json:"titles"`
	Refusals []refusal         `json:"refusals"`
	Now      now               `json:"now"`
	Page     page              `json:"page"`
}

// tick is every other message: what has changed.
type tick struct {
	Type     string    `json:"type"` // "tick"
	Now      *now      `json:"now,omitempty"`
	Sample   *sample   `json:"sample,omitempty"`
	Refusals []refusal `json:"refusals,omitempty"`
	// Skipped is how many refusals came since the last message and are not in
	// Refusals.
	Skipped uint64 `json:"skipped,omitempty"`
	Page    *page  `json:"page,omitempty"`
}

// now is the state of the guard.
type now struct {
	At          int64             `json:"at"` // ms since 1970
	Draining    bool              `json:"draining"`
	Connections int               `json:"connections"`
	Routes      []routeNow        `json:"routes"`
	Tickets     map[string]uint64 `json:"tickets"`
	Revocations map[string]uint64 `json:"revocations"`
	Latency     latency           `json:"latency"`
	Rechecks    map[string]uint64 `json:"rechecks"`
	Store       storeNow          `json:"store"`
	Refusals    map[string]uint64 `json:"refusals"` // by weakness, since the start
	Panics      uint64            `json:"panics"`
	// Revision changes with the configuration in force.
	Revision uint64 `json:"revision"`
}

type routeNow struct {
	Path        string `json:"path"`
	Connections int    `json:"connections"`
	Accepted    uint64 `json:"accepted"`
	Client      uint64 `json:"client"` // messages that passed, since the start
	Server      uint64 `json:"server"`
	Denied      uint64 `json:"denied"`
	Monitored   uint64 `json:"monitored"`
	Bytes       uint64 `json:"bytes"`
}

type storeNow struct {
	Shared bool   `json:"shared"`
	Lost   bool   `json:"lost"`
	Losses uint64 `json:"losses"`
}

// latency is the time from an order to revoke to the Close frames, in ms. Half
// and All but one in a hundred were faster than P50 and P99.
type latency struct {
	Count uint64  `json:"count"`
	P50   float64 `json:"p50"`
	P99   float64 `json:"p99"`
	// Over says that P99 is the last bound of the histogram, and the truth above.
	Over bool `json:"over"`
}

// refusal is an audit event as the page shows it.
type refusal struct {
	At         int64  `json:"at"` // ms since 1970
	ID         string `json:"id"`
	Action     string `json:"action"`
	Outcome    string `json:"outcome"`
	Weakness   string `json:"weakness,omitempty"`
	Rule       string `json:"rule"`
	Detail     string `json:"detail,omitempty"`
	Message    string `json:"message,omitempty"`
	Route      string `json:"route,omitempty"`
	Client     string `json:"client,omitempty"`
	Origin     string `json:"origin,omitempty"`
	User       string `json:"user,omitempty"`
	Connection string `json:"connection,omitempty"`
	Status     int    `json:"status,omitempty"`
	Close      int    `json:"close,omitempty"`
}

func refusalOf(ev guard.Event) refusal {
	return refusal{
		At: ev.Time.UnixMilli(), ID: ev.ID, Action: ev.Action, Outcome: string(ev.Outcome), Weakness: ev.Weakness, Rule: ev.Rule, Detail: shown(ev.Detail),
		Message: shown(ev.Message), Route: shown(ev.Route), Client: ev.Client, Origin: shown(ev.Origin), User: shown(ev.User), Connection: ev.Connection, Status: ev.Status, Close: int(ev.Close),
	}
}

// titles never changes.
var titles = func() map[string]string {
	m := make(map[string]string, len(catalogue.All))
	for _, w := range catalogue.All {
		m[w.ID] = w.Title
	}
	return m
}()

func refusalsOf(events []guard.Event) []refusal {
	out := make([]refusal, len(events))
	for i, ev := range events {
		out[i] = refusalOf(ev)
	}
	return out
}

func nowOf(at time.Time, s *guard.Stats, refusals map[string]uint64) now {
	n := now{
		At: at.UnixMilli(), Draining: s.Draining, Connections: s.Connections, Routes: make([]routeNow, 0, len(s.Routes)), Tickets: s.Tickets, Revocations: s.Revocations,
		Latency: latencyOf(s.RevocationLatency), Rechecks: s.Rechecks, Refusals: refusals, Panics: s.Panics,
		Store: storeNow{Lost: s.StoreLost, Losses: s.StoreLosses},
	}
	for i := range s.Routes {
		n.Routes = append(n.Routes, routeOf(&s.Routes[i]))
	}
	return n
}

func routeOf(s *guard.RouteStats) routeNow {
	r := routeNow{Path: s.Path, Connections: s.Connections, Accepted: s.Accepted}
	for _, m := range s.Messages {
		r.Bytes += m.Bytes
		switch {
		case m.Decision == guard.Denied:
			r.Denied += m.Messages
		case m.Decision == guard.Monitored:
			r.Monitored += m.Messages
		case m.From == "client":
			r.Client += m.Messages
		default:
			r.Server += m.Messages
		}
	}
	return r
}

func latencyOf(h guard.Histogram) latency {
	l := latency{Count: h.Count}
	l.P50, _ = quantile(h, 0.5)
	l.P99, l.Over = quantile(h, 0.99)
	return l
}

// quantile returns an estimate in ms that takes the durations of a bucket for
// evenly spread, as Prometheus does. Over says that it lies above the last
// bound, which is returned then.
func quantile(h guard.Histogram, q float64) (ms float64, over bool) {
	if h.Count == 0 || len(h.Bounds) == 0 {
		return 0, false
	}
	rank := q * float64(h.Count)
	var below time.Duration
	var before uint64
	for i, bound := range h.Bounds {
		if n := h.Counts[i]; float64(n) >= rank && n > before {
			share := (rank - float64(before)) / float64(n-before)
			return (float64(below) + share*float64(bound-below)) / float64(time.Millisecond), false
		}
		below, before = bound, h.Counts[i]
	}
	return float64(below) / float64(time.Millisecond), true
}
