package guard

import "time"

// Stats is a snapshot of what a guard has done, for metrics. All values but
// the gauges only grow.
type Stats struct {
	// Connections are the open connections (a gauge).
	Connections int
	// Reservations are the places held by open and half-open connections (a
	// gauge); it returns to zero when all are gone.
	Reservations int
	// Draining says that new connections are refused.
	Draining bool
	// Tickets counts ticket results: minted, burned, redeemed, and the causes
	// of refusal (unknown, used, expired, origin, route, address, carrier,
	// malformed, revoked, store).
	Tickets map[string]uint64
	// Revocations counts the orders of this guard by what they name: user,
	// session, token or all.
	Revocations map[string]uint64
	// RevocationLatency is the time from such an order, on whichever guard, to
	// the Close frame of a connection of this one.
	RevocationLatency Histogram
	// Rechecks counts the questions whether a credential still holds, by
	// result: good, also where it has become another user's or gives other
	// roles; refused, expired, unreachable, and lost where the grace of one that
	// could not be asked about was over.
	Rechecks map[string]uint64
	// StoreLost says that guards that share a store count apart, because it does
	// not answer (a gauge); StoreLosses counts how often that began.
	StoreLost   bool
	StoreLosses uint64
	// Panics counts recovered panics; any is a defect.
	Panics uint64
	// Routes are the counts of each route.
	Routes []RouteStats
	// Refusals counts those before a route was known, by weakness id.
	Refusals map[string]uint64
}

// RouteStats are the counts of one route.
type RouteStats struct {
	Path string
	// Connections are open now; Accepted is how many there have been.
	Connections int
	Accepted    uint64
	// Messages and Bytes count data messages by direction and decision.
	Messages []MessageStats
	// Types counts what messages said, by the types that the configuration has
	// rules for; "other" are those without. Empty without a message policy.
	Types []TypeStats
	// Inspect is the time that the rules took over a message, measured at one
	// message in 64 of a connection.
	Inspect Histogram
	// Refusals counts denials by weakness id and outcome.
	Refusals []RefusalStats
	// Closes counts close codes sent by the guard.
	Closes map[CloseCode]uint64
}

// MessageStats counts messages of one direction ("client" or "server" sent
// them) with one decision.
type MessageStats struct {
	From     string
	Decision Outcome
	Messages uint64
	Bytes    uint64
}

// TypeStats counts the items of messages of one type and direction with one
// decision. A message may hold several.
type TypeStats struct {
	From     string
	Type     string
	Decision Outcome
	Messages uint64
}

// RefusalStats counts denials of one weakness.
type RefusalStats struct {
	Weakness string
	Outcome  Outcome
	Count    uint64
}

// Connection describes one live connection.
type Connection struct {
	ID      string
	Route   string
	User    string
	Session string
	Client  string
	Since   time.Time
}
