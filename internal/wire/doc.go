// Package wire reads, judges and writes WebSocket frames (RFC 6455) and their
// permessage-deflate compression (RFC 7692), and does the arithmetic of the
// opening handshake. It works on bytes handed to it: a caller that has read
// something gives it to a [Reader] and gets whole messages or a [Violation].
//
// It is not a connection: it opens no socket, starts no goroutine, keeps no
// time and writes no log. It is not a policy either: rates, credentials and the
// content of messages are judged elsewhere. The writing half is deliberately
// able to write what the RFC forbids ([Header.Append]), because the probe must
// send it.
package wire
