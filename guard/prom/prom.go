// Package prom exports the counts of a guard to Prometheus.
//
// Labels take their values from the configuration (routes) and from fixed lists
// (weakness IDs, outcomes, ticket results, close codes). Nothing that a client
// sends becomes a label: an attacker could otherwise make series without end
// and read in one what belongs to another.
//
// It counts nothing itself and serves no HTTP.
package prom

import (
	"strconv"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/wswarden/wswarden/guard"
)

// none is the label value where there is nothing to name, such as the route of
// a request that was refused before it had one. No route is called so: routes
// start with a slash.
const none = "none"

// Source is what a [Collector] reads; a [guard.Guard] is one.
type Source interface {
	Stats() guard.Stats
}

// Collector is a [prometheus.Collector] over the counts of one guard. It is
// safe for concurrent use and takes one snapshot a scrape.
type Collector struct {
	source Source
}

var (
	_ prometheus.Collector = (*Collector)(nil)
	_ Source               = (*guard.Guard)(nil)
)

// New returns a collector over the counts of source.
func New(source Source) *Collector { return &Collector{source} }

var (
	connections  = describe("connections", "Open WebSocket connections.", "route")
	reservations = describe("reservations", "Places held by open and half-open connections, out of limits.connections.")
	draining     = describe("draining", "1 while the guard refuses new connections because it is going away, else 0.")

	accepted     = describe("connections_accepted_total", "WebSocket connections that were accepted.", "route")
	messages     = describe("messages_total", "Data messages by the side that sent them and by decision.", "route", "from", "decision")
	messageTypes = describe("message_items_total", "What data messages said, by the type that the configuration has a rule for; a message may hold several items.", "route", "from", "type", "decision")
	inspect      = describe("inspect_seconds", "Time that the rules took over a message, measured at one message in 64 of a connection.", "route")
	messageBytes = describe("message_bytes_total", "Payload bytes of data messages by the side that sent them and by decision.", "route", "from", "decision")
	refusals     = describe("refusals_total", "Denials by weakness and by what became of them.", "route", "weakness", "outcome")
	tickets      = describe("tickets_total", "Tickets by what became of them.", "result")
	revocations  = describe("revocations_total", "Orders to revoke that this guard was given, by what they name.", "subject")
	latency      = describe("revocation_latency_seconds", "Time from an order to revoke, on whichever guard, to the Close frame of a connection of this one.")
	rechecks     = describe("rechecks_total", "Questions whether a credential still holds, by result.", "result")
	closes       = describe("closes_total", "Connections that the guard closed, by close code.", "route", "code")
	storeLost    = describe("store_lost", "1 while guards that share a store count apart, because it does not answer, else 0.")
	storeLosses  = describe("store_losses_total", "Times that a shared store was lost.")
	panics       = describe("panics_total", "Panics that ended one connection and not the process. Any is a defect.")
)

func describe(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("wswarden_"+name, help, labels, nil)
}

// Describe implements [prometheus.Collector].
func (c *Collector) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{connections, reservations, draining, accepted, messages, messageTypes, inspect, messageBytes, refusals, tickets, revocations, latency, rechecks, closes, storeLost, storeLosses, panics} {
		ch <- d
	}
}

// Collect implements [prometheus.Collector].
func (c *Collector) Collect(ch chan<- prometheus.Metric) {
	s := c.source.Stats()
	out := sink(ch)
	out.gauge(reservations, float64(s.Reservations))
	out.gauge(draining, boolean(s.Draining))
	out.gauge(storeLost, boolean(s.StoreLost))
	out.count(storeLosses, s.StoreLosses)
	out.count(panics, s.Panics)
	for result, n := range s.Tickets {
		out.count(tickets, n, result)
	}
	for subject, n := range s.Revocations {
		out.count(revocations, n, subject)
	}
	for result, n := range s.Rechecks {
		out.count(rechecks, n, result)
	}
	out.histogram(latency, s.RevocationLatency)
	for weakness, n := range s.Refusals {
		out.count(refusals, n, none, orNone(weakness), string(guard.Denied))
	}
	for _, r := range s.Routes {
		out.route(r)
	}
}

// sink sends metrics to a scrape.
type sink chan<- prometheus.Metric

func (s sink) gauge(d *prometheus.Desc, v float64, labels ...string) {
	s <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
}

func (s sink) count(d *prometheus.Desc, n uint64, labels ...string) {
	s <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(n), labels...)
}

func (s sink) histogram(d *prometheus.Desc, h guard.Histogram, labels ...string) {
	buckets := make(map[float64]uint64, len(h.Bounds))
	for i, bound := range h.Bounds {
		buckets[bound.Seconds()] = h.Counts[i]
	}
	s <- prometheus.MustNewConstHistogram(d, h.Count, h.Sum.Seconds(), buckets, labels...)
}

func (s sink) route(r guard.RouteStats) {
	s.gauge(connections, float64(r.Connections), r.Path)
	s.count(accepted, r.Accepted, r.Path)
	for _, m := range r.Messages {
		s.count(messages, m.Messages, r.Path, m.From, string(m.Decision))
		s.count(messageBytes, m.Bytes, r.Path, m.From, string(m.Decision))
	}
	for _, m := range r.Types {
		s.count(messageTypes, m.Messages, r.Path, m.From, m.Type, string(m.Decision))
	}
	if len(r.Types) > 0 {
		s.histogram(inspect, r.Inspect, r.Path)
	}
	for _, f := range r.Refusals {
		s.count(refusals, f.Count, r.Path, orNone(f.Weakness), string(f.Outcome))
	}
	for code, n := range r.Closes {
		s.count(closes, n, r.Path, strconv.Itoa(int(code)))
	}
}

func orNone(s string) string {
	if s == "" {
		return none
	}
	return s
}

func boolean(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
