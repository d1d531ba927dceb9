package jwtauth

import "github.com/wswarden/wswarden/guard"

// refusal is a verdict against a token: constant text that an audit log can
// hold. It wraps [guard.ErrCredentialRefused] without repeating it.
type refusal string

func (r refusal) Error() string { return string(r) }

// Unwrap makes every refusal a [guard.ErrCredentialRefused].
func (r refusal) Unwrap() error { return guard.ErrCredentialRefused }

// The causes of a refusal, in the order in which they are looked for.
const (
	refuseMissing    refusal = "token missing"
	refuseLong       refusal = "token too long"
	refuseMalformed  refusal = "token malformed"
	refuseCritical   refusal = "token header not supported"
	refuseType       refusal = "token type not accepted"
	refuseAlgorithm  refusal = "algorithm not accepted"
	refuseKey        refusal = "signing key unknown"
	refuseSignature  refusal = "signature not valid"
	refuseClaims     refusal = "claims malformed"
	refuseEvent      refusal = "token states an event, not a sign-in"
	refuseNoEvent    refusal = "token states no event"
	refuseIssuer     refusal = "issuer not accepted"
	refuseAudience   refusal = "audience not accepted"
	refuseNoExpiry   refusal = "expiry missing"
	refuseExpired    refusal = "token expired"
	refuseNoIssue    refusal = "time of issue missing"
	refuseNotYet     refusal = "token not valid yet"
	refuseIssuedLate refusal = "token issued in the future"
)
