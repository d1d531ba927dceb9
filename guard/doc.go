// Package guard closes WebSocket weaknesses in front of a server: strict
// Origin, single-use tickets, quotas, strict frames and bounded queues.
//
// One pipeline has two ends. [Guard.Proxy] and [Guard.Gateway] put it in front
// of a backend that speaks WebSocket; [Guard.Handler] puts it in front of a
// function in the same process. The handshake is judged in a fixed order, cheap
// checks before dear ones, and everything that is not allowed is refused before
// the 101 answer. After it, every frame and message of both directions passes
// the same pipeline. A [MessagePolicy] adds rules by message type: schemas,
// rates, conditions, values that the guard sets, texts that it cleans.
//
// The package is not a WebSocket library: it has no client, and it never passes
// on what it has not judged.
package guard
