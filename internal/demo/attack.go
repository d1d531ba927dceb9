// Package demo runs the attacks of the guide on handshakes, frames and messages
// against the trading platform twice, bare and behind the guard, and tells what came of
// each. Every attack is real traffic over loopback; nothing is simulated.
//
// It is not the probe: it knows the platform it attacks, and stops at nothing
// that is not its own.
package demo

import (
	"context"
	"fmt"
	"slices"

	"github.com/wswarden/wswarden/catalogue"
)

// Attack is one thing that an attacker does to an endpoint.
type Attack struct {
	// Name says what the attacker does.
	Name string
	// Weakness is what makes it work.
	Weakness *catalogue.Weakness
	// run carries it out.
	run func(ctx context.Context, t *target) (Result, error)
}

// Result is what came of an attack, or of a legitimate client's session.
type Result struct {
	// Worked says that the attacker got what he wanted.
	Worked bool `json:"worked"`
	// Seen is what the peer saw, in a few words: "403 origin_refused".
	Seen string `json:"seen"`
	// Event is the id of the audit event that the refusal named, empty if it
	// named none.
	Event string `json:"event,omitempty"`
	// By is the setting that made the attack harmless where nothing was refused,
	// such as messages.set; empty otherwise.
	By string `json:"by,omitempty"`
}

func worked(format string, args ...any) Result {
	return Result{Worked: true, Seen: fmt.Sprintf(format, args...)}
}

func stopped(event, format string, args ...any) Result {
	return Result{Seen: fmt.Sprintf(format, args...), Event: event}
}

// changed is what came of an attack that went through as something harmless.
func changed(by, format string, args ...any) Result {
	return Result{Seen: fmt.Sprintf(format, args...), By: by}
}

// Attacks lists them in the order of a connection's life.
var Attacks = slices.Concat(connectionAttacks, MessageAttacks)

// connectionAttacks are about handshakes and frames.
var connectionAttacks = []Attack{
	{"page of a foreign origin, with the victim's cookie", catalogue.OriginUnchecked, foreignOrigin},
	{"origin that starts with the allowed one", catalogue.OriginWeak, lookalike(func(allowed string) string { return allowed + ".evil.example" })},
	{"origin that ends with the allowed host", catalogue.OriginWeak, lookalike(gluedHost)},
	{"allowed host on another port", catalogue.OriginWeak, lookalike(otherPort)},
	{"allowed host over another scheme", catalogue.OriginWeak, lookalike(otherScheme)},
	{"no Origin header at all", catalogue.OriginOptional, lookalike(func(string) string { return "" })},
	{"Origin: null, from a sandboxed frame", catalogue.OriginOptional, lookalike(func(string) string { return "null" })},
	{"rebound DNS name in Host", catalogue.HostUnchecked, reboundHost},
	{"no credential", catalogue.AuthMissing, noCredential},
	{"session token in the URL", catalogue.TokenInURL, tokenInURL},
	{"credential used a second time", catalogue.TicketWeak, replay},
	{"credential stolen and used from another origin", catalogue.TicketWeak, stolen},
	{"credential used after its time", catalogue.TicketWeak, expired},
	{"eleventh connection from one address", catalogue.ConnectionCount, eleventh},
	{"message of 1 MiB", catalogue.MessageSize, oversized},
	{"flood of 500 messages", catalogue.MessageRate, flood},
	{"flood of 500 pings", catalogue.ControlFlood, pingFlood},
	{"message of 2,000 empty fragments", catalogue.FragmentAbuse, fragmentFlood},
	{"text that is not UTF-8", catalogue.MalformedFrame, malformed(invalidUTF8)},
	{"frame without a mask", catalogue.MalformedFrame, malformed(unmasked)},
	{"reserved bits and opcodes", catalogue.MalformedFrame, malformed(reserved)},
	{"close frame with a forbidden code", catalogue.MalformedFrame, malformed(badClose)},
}
