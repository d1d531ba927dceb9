package probetest

// Switch is one weakness of the twin, off unless named.
type Switch string

// Switches of the comparison of Origin. At most one counts, the first of this
// list; without any of them the comparison is exact.
const (
	OriginNone        Switch = "origin-none"         // no check
	OriginPrefix      Switch = "origin-prefix"       // begins with the allowed one
	OriginSuffix      Switch = "origin-suffix"       // ends with the allowed host
	OriginDomain      Switch = "origin-domain"       // ends with the registrable domain, without its dot
	OriginContains    Switch = "origin-contains"     // has the allowed host somewhere
	OriginRegexDot    Switch = "origin-regex-dot"    // a dot of the pattern matches any character
	OriginReversed    Switch = "origin-reversed"     // is a part of the allowed one
	OriginNull        Switch = "origin-null"         // "null" is allowed
	OriginAbsent      Switch = "origin-absent"       // absent is allowed
	OriginEmpty       Switch = "origin-empty"        // empty is allowed
	OriginPort        Switch = "origin-port"         // the port is ignored
	OriginScheme      Switch = "origin-scheme"       // the scheme is ignored
	OriginHost        Switch = "origin-host"         // whatever equals Host
	OriginForwarded   Switch = "origin-forwarded"    // whatever equals X-Forwarded-Host
	OriginReferer     Switch = "origin-referer"      // Referer where Origin is foreign or absent
	OriginLegacy      Switch = "origin-legacy"       // Sec-WebSocket-Origin first
	OriginSubdomain   Switch = "origin-subdomain"    // any subdomain of the domain
	OriginParent      Switch = "origin-parent"       // the parent domain too
	OriginTLD         Switch = "origin-tld"          // any host of the same top-level domain
	OriginLocalhost   Switch = "origin-localhost"    // origins of development
	OriginLocalPrefix Switch = "origin-local-prefix" // begins with http://localhost or http://127.0.0.1
	OriginPrivate     Switch = "origin-private"      // addresses of private networks
	OriginExtension   Switch = "origin-extension"    // any scheme that is not of the web
	OriginWildcard    Switch = "origin-wildcard"     // "*" is taken for an entry of the list
	OriginAnyOf       Switch = "origin-any-of"       // one of several Origin headers
	OriginList        Switch = "origin-list"         // one word of a list in one header
	OriginUserinfo    Switch = "origin-userinfo"     // what stands before an @
	OriginDecoded     Switch = "origin-decoded"      // after percent-decoding
	OriginTruncated   Switch = "origin-truncated"    // the first bytes alone
	OriginFailsOpen   Switch = "origin-fails-open"   // what can't be parsed is allowed
)

// Switches of the handshake and of HTTP.
const (
	RefusedAfterUpgrade  Switch = "refused-after-upgrade" // a foreign origin gets 101 and a Close frame
	HostUnchecked        Switch = "host-unchecked"        // any Host
	VersionUnchecked     Switch = "version-unchecked"     // any Sec-WebSocket-Version
	KeyUnchecked         Switch = "key-unchecked"         // any Sec-WebSocket-Key, or none
	MethodUnchecked      Switch = "method-unchecked"      // POST upgrades too
	OldHTTP              Switch = "old-http"              // HTTP/1.0 upgrades too
	BodyAccepted         Switch = "body-accepted"         // an upgrade with a body
	PipelineServed       Switch = "pipeline-served"       // what stands behind a refused upgrade is served
	ForeignUpgrade       Switch = "foreign-upgrade"       // an Upgrade to something else gets 101
	TunnelOnRefusal      Switch = "tunnel-on-refusal"     // bytes behind a 426 go to the application unseen
	StatusConfusion      Switch = "status-confusion"      // a 101 of any upstream opens a tunnel
	SubprotocolEcho      Switch = "subprotocol-echo"      // the first offered sub-protocol is chosen
	SubprotocolUnoffered Switch = "subprotocol-unoffered" // one that was not offered is chosen
	HeaderReflection     Switch = "header-reflection"     // decoded query bytes in a header of the answer
	PageReflection       Switch = "page-reflection"       // the query as HTML in the page of an error
	PathSpelling         Switch = "path-spelling"         // other spellings of the path are served, without checks
	FallbackUnguarded    Switch = "fallback-unguarded"    // long-polling of any origin
	CookieWeak           Switch = "cookie-weak"           // the session cookie without its attributes
	VersionShown         Switch = "version-shown"         // names a library version with a published vulnerability
	VerboseHTTP          Switch = "verbose-http"          // a stack trace in the page of an error
)

// Switches of authentication and session.
const (
	AuthMissing         Switch = "auth-missing"          // who is nobody is served
	BadCredential       Switch = "bad-credential"        // who comes with a malformed credential is served
	JWTNone             Switch = "jwt-none"              // alg none is accepted
	JWTUnverified       Switch = "jwt-unverified"        // the signature is not looked at
	JWTExpired          Switch = "jwt-expired"           // nor is exp, at the handshake
	TokenInURL          Switch = "token-in-url"          // ?token= is accepted
	TokenReflected      Switch = "token-reflected"       // and comes back in a header
	AuthRace            Switch = "auth-race"             // messages before the in-band credential are answered
	AuthUnhurried       Switch = "auth-unhurried"        // and a silent socket may stay
	TicketReuse         Switch = "ticket-reuse"          // a ticket opens any number of connections
	TicketRace          Switch = "ticket-race"           // it opens several at once
	TicketEternal       Switch = "ticket-eternal"        // it never expires
	TicketAddress       Switch = "ticket-address"        // it may come from another address
	TicketOrigin        Switch = "ticket-origin"         // it may come from a page of another allowed origin
	TicketRoute         Switch = "ticket-route"          // it opens another route
	TicketGuessable     Switch = "ticket-guessable"      // it is a counter and the time
	TicketCSRF          Switch = "ticket-csrf"           // a form of a foreign page can mint one
	ForwardedTrusted    Switch = "forwarded-trusted"     // X-Forwarded-For of anybody names the client
	SessionFixation     Switch = "session-fixation"      // a session id that the client chose
	RevocationUnwired   Switch = "revocation-unwired"    // logout reaches no open connection
	RecheckOnMessage    Switch = "recheck-on-message"    // it reaches those that talk
	ExpiryIgnored       Switch = "expiry-ignored"        // exp passes without an effect on the connection
	AgeUnbounded        Switch = "age-unbounded"         // no longest life
	IdleUnbounded       Switch = "idle-unbounded"        // no heartbeat, no idle timeout
	RoleStale           Switch = "role-stale"            // a role that was taken away still counts on the connection
	RefusalCounted      Switch = "refusal-counted"       // a refused handshake keeps its place
	AuditMissing        Switch = "audit-missing"         // nothing is recorded
	HeaderUnhurried     Switch = "header-unhurried"      // no deadline on the request head
	CloseUnanswered     Switch = "close-unanswered"      // a Close frame ends nothing
	ConnectionUnlimited Switch = "connections-unlimited" // any number from one address
)

// Switches of messages.
const (
	IDOR               Switch = "idor"                 // any order by its id
	IdentityFromClient Switch = "identity-from-client" // userId of the message counts
	PrivilegedOpen     Switch = "privileged-open"      // admin_stats for everybody
	SubscribeAny       Switch = "subscribe-any"        // any user's channel
	SubscribeWildcard  Switch = "subscribe-wildcard"   // patterns of channels
	MassAssignment     Switch = "mass-assignment"      // update_profile takes all fields
	BroadcastRaw       Switch = "broadcast-raw"        // chat as it came
	BroadcastUnscoped  Switch = "broadcast-unscoped"   // orders to everybody
	SQLErrors          Switch = "sql-errors"           // a quote breaks the query of search
	NoSQLOperators     Switch = "nosql-operators"      // {"$ne":…} as a search term
	TemplateEval       Switch = "template-eval"        // {{7*7}} is 49
	PathRead           Switch = "path-read"            // ../ reads a file
	UnknownDispatched  Switch = "unknown-dispatched"   // the type names a method of an object
	SchemaLoose        Switch = "schema-loose"         // more fields, wrong types
	PrototypeKeys      Switch = "prototype-keys"       // __proto__ sets what everybody reads
	JSONLoose          Switch = "json-loose"           // duplicate keys, lone surrogates, 1e400, a BOM
	NestingUnbounded   Switch = "nesting-unbounded"    // any depth
	ParseCrash         Switch = "parse-crash"          // what can't be parsed ends the handler
	ErrorDetail        Switch = "error-detail"         // stack traces
	RecordLeak         Switch = "record-leak"          // whoami with a password hash
	ReplayAccepted     Switch = "replay-accepted"      // the same nonce twice
	RaceWindow         Switch = "race-window"          // a coupon is looked at, then marked
	BinaryDeserialised Switch = "binary-deserialised"  // binary messages go to a deserialiser
)

// Switches of limits and frames.
const (
	SizeUnlimited     Switch = "size-unlimited"
	RateUnlimited     Switch = "rate-unlimited"
	ControlUnlimited  Switch = "control-unlimited"
	FragmentUnlimited Switch = "fragments-unlimited"
	MessageUnhurried  Switch = "message-unhurried" // no deadline on a message that began
	DeflateUnbounded  Switch = "deflate-unbounded"
	DeflateContext    Switch = "deflate-context" // context takeover is agreed to
	SendUnbounded     Switch = "send-unbounded"

	AcceptUnmasked     Switch = "accept-unmasked"
	AcceptReserved     Switch = "accept-reserved-bits"
	AcceptOpcode       Switch = "accept-reserved-opcode"
	AcceptLongLength   Switch = "accept-long-length" // not in its shortest form
	AcceptOverflow     Switch = "accept-length-overflow"
	AcceptControlSize  Switch = "accept-control-size"
	AcceptControlParts Switch = "accept-fragmented-control"
	AcceptInterleaved  Switch = "accept-interleaved" // a message within a message, a stray continuation
	AcceptCloseCode    Switch = "accept-close-code"
	AcceptCloseReason  Switch = "accept-close-reason"
	AcceptUTF8         Switch = "accept-invalid-utf8"
)

// OriginSwitches are the ways of comparing Origin, in the order in which the
// first that is on counts.
var OriginSwitches = []Switch{
	OriginNone, OriginPrefix, OriginSuffix, OriginDomain, OriginContains, OriginRegexDot, OriginReversed, OriginNull, OriginAbsent, OriginEmpty,
	OriginPort, OriginScheme, OriginHost, OriginForwarded, OriginReferer, OriginLegacy, OriginSubdomain, OriginParent, OriginTLD, OriginLocalhost,
	OriginLocalPrefix, OriginPrivate, OriginExtension, OriginWildcard, OriginAnyOf, OriginList, OriginUserinfo, OriginDecoded, OriginTruncated,
	OriginFailsOpen,
}

// otherSwitches are those of the vulnerable twin beside [OriginNone].
// RefusedAfterUpgrade is not among them: without a check nothing is refused.
var otherSwitches = []Switch{
	HostUnchecked, VersionUnchecked, KeyUnchecked, MethodUnchecked, OldHTTP, BodyAccepted, PipelineServed, ForeignUpgrade, StatusConfusion,
	SubprotocolEcho, HeaderReflection, PageReflection, PathSpelling, FallbackUnguarded, CookieWeak, VersionShown, VerboseHTTP,
	AuthMissing, BadCredential, JWTNone, JWTUnverified, JWTExpired, TokenInURL, TokenReflected, AuthRace, AuthUnhurried,
	TicketReuse, TicketEternal, TicketAddress, TicketOrigin, TicketRoute, TicketGuessable, TicketCSRF, ForwardedTrusted, SessionFixation,
	RevocationUnwired, ExpiryIgnored, AgeUnbounded, IdleUnbounded, RoleStale, AuditMissing, HeaderUnhurried, CloseUnanswered, ConnectionUnlimited,
	IDOR, IdentityFromClient, PrivilegedOpen, SubscribeAny, SubscribeWildcard, MassAssignment, BroadcastRaw, BroadcastUnscoped, SQLErrors,
	NoSQLOperators, TemplateEval, PathRead, UnknownDispatched, SchemaLoose, PrototypeKeys, JSONLoose, NestingUnbounded, ErrorDetail, RecordLeak,
	ReplayAccepted, RaceWindow, BinaryDeserialised,
	SizeUnlimited, RateUnlimited, ControlUnlimited, FragmentUnlimited, MessageUnhurried, DeflateUnbounded, DeflateContext, SendUnbounded,
	AcceptUnmasked, AcceptReserved, AcceptOpcode, AcceptLongLength, AcceptOverflow, AcceptControlSize, AcceptControlParts, AcceptInterleaved,
	AcceptCloseCode, AcceptCloseReason, AcceptUTF8,
}
