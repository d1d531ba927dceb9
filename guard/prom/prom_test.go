package prom_test

import (
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/guard/prom"
)

type source guard.Stats

func (s source) Stats() guard.Stats { return guard.Stats(s) }

var full = source{
	Reservations: 3,
	Draining:     true,
	Panics:       1,
	Tickets:      map[string]uint64{"minted": 5, "used": 2},
	Refusals:     map[string]uint64{"WS801": 4, "": 9},
	Revocations:  map[string]uint64{"user": 2, "all": 1},
	RevocationLatency: guard.Histogram{
		Bounds: []time.Duration{10 * time.Millisecond, 100 * time.Millisecond}, Counts: []uint64{3, 4}, Count: 5, Sum: 1500 * time.Millisecond,
	},
	Rechecks:  map[string]uint64{"good": 40},
	StoreLost: true, StoreLosses: 2,
	Routes: []guard.RouteStats{{
		Path: "/ws", Connections: 2, Accepted: 7,
		Messages: []guard.MessageStats{
			{From: "client", Decision: guard.Allowed, Messages: 10, Bytes: 1000},
			{From: "server", Decision: guard.Denied, Messages: 1, Bytes: 20},
		},
		Types:    []guard.TypeStats{{From: "client", Type: "chat", Decision: guard.Allowed, Messages: 9}, {From: "client", Type: "other", Decision: guard.Denied, Messages: 1}},
		Inspect:  guard.Histogram{Bounds: []time.Duration{time.Microsecond, time.Millisecond}, Counts: []uint64{3, 5}, Count: 6, Sum: 7 * time.Millisecond},
		Refusals: []guard.RefusalStats{{Weakness: "WS101", Outcome: guard.Monitored, Count: 6}, {Outcome: guard.Denied, Count: 8}},
		Closes:   map[guard.CloseCode]uint64{guard.CloseRate: 3},
	}},
}

func TestCollector(t *testing.T) {
	const want = `
# HELP wswarden_closes_total Connections that the guard closed, by close code.
# TYPE wswarden_closes_total counter
wswarden_closes_total{code="4029",route="/ws"} 3
# HELP wswarden_connections Open WebSocket connections.
# TYPE wswarden_connections gauge
wswarden_connections{route="/ws"} 2
# HELP wswarden_connections_accepted_total WebSocket connections that were accepted.
# TYPE wswarden_connections_accepted_total counter
wswarden_connections_accepted_total{route="/ws"} 7
# HELP wswarden_draining 1 while the guard refuses new connections because it is going away, else 0.
# TYPE wswarden_draining gauge
wswarden_draining 1
# HELP wswarden_inspect_seconds Time that the rules took over a message, measured at one message in 64 of a connection.
# TYPE wswarden_inspect_seconds histogram
wswarden_inspect_seconds_bucket{route="/ws",le="1e-06"} 3
wswarden_inspect_seconds_bucket{route="/ws",le="0.001"} 5
wswarden_inspect_seconds_bucket{route="/ws",le="+Inf"} 6
wswarden_inspect_seconds_sum{route="/ws"} 0.007
wswarden_inspect_seconds_count{route="/ws"} 6
# HELP wswarden_message_bytes_total Payload bytes of data messages by the side that sent them and by decision.
# TYPE wswarden_message_bytes_total counter
wswarden_message_bytes_total{decision="allowed",from="client",route="/ws"} 1000
wswarden_message_bytes_total{decision="denied",from="server",route="/ws"} 20
# HELP wswarden_message_items_total What data messages said, by the type that the configuration has a rule for; a message may hold several items.
# TYPE wswarden_message_items_total counter
wswarden_message_items_total{decision="allowed",from="client",route="/ws",type="chat"} 9
wswarden_message_items_total{decision="denied",from="client",route="/ws",type="other"} 1
# HELP wswarden_messages_total Data messages by the side that sent them and by decision.
# TYPE wswarden_messages_total counter
wswarden_messages_total{decision="allowed",from="client",route="/ws"} 10
wswarden_messages_total{decision="denied",from="server",route="/ws"} 1
# HELP wswarden_panics_total Panics that ended one connection and not the process. Any is a defect.
# TYPE wswarden_panics_total counter
wswarden_panics_total 1
# HELP wswarden_rechecks_total Questions whether a credential still holds, by result.
# TYPE wswarden_rechecks_total counter
wswarden_rechecks_total{result="good"} 40
# HELP wswarden_refusals_total Denials by weakness and by what became of them.
# TYPE wswarden_refusals_total counter
wswarden_refusals_total{outcome="denied",route="/ws",weakness="none"} 8
wswarden_refusals_total{outcome="denied",route="none",weakness="WS801"} 4
wswarden_refusals_total{outcome="denied",route="none",weakness="none"} 9
wswarden_refusals_total{outcome="monitored",route="/ws",weakness="WS101"} 6
# HELP wswarden_reservations Places held by open and half-open connections, out of limits.connections.
# TYPE wswarden_reservations gauge
wswarden_reservations 3
# HELP wswarden_revocation_latency_seconds Time from an order to revoke, on whichever guard, to the Close frame of a connection of this one.
# TYPE wswarden_revocation_latency_seconds histogram
wswarden_revocation_latency_seconds_bucket{le="0.01"} 3
wswarden_revocation_latency_seconds_bucket{le="0.1"} 4
wswarden_revocation_latency_seconds_bucket{le="+Inf"} 5
wswarden_revocation_latency_seconds_sum 1.5
wswarden_revocation_latency_seconds_count 5
# HELP wswarden_revocations_total Orders to revoke that this guard was given, by what they name.
# TYPE wswarden_revocations_total counter
wswarden_revocations_total{subject="all"} 1
wswarden_revocations_total{subject="user"} 2
# HELP wswarden_store_losses_total Times that a shared store was lost.
# TYPE wswarden_store_losses_total counter
wswarden_store_losses_total 2
# HELP wswarden_store_lost 1 while guards that share a store count apart, because it does not answer, else 0.
# TYPE wswarden_store_lost gauge
wswarden_store_lost 1
# HELP wswarden_tickets_total Tickets by what became of them.
# TYPE wswarden_tickets_total counter
wswarden_tickets_total{result="minted"} 5
wswarden_tickets_total{result="used"} 2
`
	if err := testutil.CollectAndCompare(prom.New(full), strings.NewReader(want)); err != nil {
		t.Error(err)
	}
}

func TestNames(t *testing.T) {
	problems, err := testutil.CollectAndLint(prom.New(full))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("%s: %s", p.Metric, p.Text)
	}
}

// A registry checks that what is collected was described, and that no series
// comes twice.
func TestRegisters(t *testing.T) {
	for name, s := range map[string]source{"full": full, "empty": {}} {
		t.Run(name, func(t *testing.T) {
			r := prometheus.NewPedanticRegistry()
			if err := r.Register(prom.New(s)); err != nil {
				t.Fatal(err)
			}
			if _, err := r.Gather(); err != nil {
				t.Error(err)
			}
		})
	}
}
