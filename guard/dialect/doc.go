// Package dialect finds in a WebSocket message what rules are about: the type
// of what is said, its payload, and whom a refusal is told to.
//
// A [Dialect] is one language, such as plain JSON, JSON-RPC or the protocol of
// Socket.IO. It opens a [Conversation] for each connection, which turns the bytes
// of a [Message] into items or a [Violation], writes a message anew whose payloads
// were changed, and words refusals so that the client's library understands them.
//
// It decides nothing about what an item says: schemas, rates and permissions are
// the guard's. It does no I/O and starts no goroutine. A dialect refuses what its
// protocol does not allow, and what two readers of it could take differently.
package dialect
