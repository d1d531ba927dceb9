package dialect

import (
	"bytes"
	"strconv"
)

// Types of engine packets (Engine.IO protocol 4).
const (
	engineOpen    = '0'
	engineClose   = '1'
	enginePing    = '2'
	enginePong    = '3'
	engineMessage = '4'
	engineNoop    = '6'
)

// Types of Socket.IO packets (protocol 5).
const (
	socketConnect      = '0'
	socketDisconnect   = '1'
	socketEvent        = '2'
	socketAck          = '3'
	socketConnectError = '4'
	socketBinaryEvent  = '5'
	socketBinaryAck    = '6'
)

// socketPacket is a packet of Socket.IO, taken apart.
type socketPacket struct {
	kind        byte
	attachments int
	namespace   []byte
	id          []byte // nil for none
	start       int    // of the JSON in the message
}

// binary reports whether attachments follow.
func (p socketPacket) binary() bool {
	return p.kind == socketBinaryEvent || p.kind == socketBinaryAck
}

// parseSocketPacket reads what stands before the JSON. It takes the one form that
// Socket.IO's encoder writes, of the many that its decoder forgives.
func parseSocketPacket(data []byte) (p socketPacket, ok bool) {
	at := 1 // behind the type of the engine's packet
	if at == len(data) {
		return p, false
	}
	p.kind = data[at]
	at++
	if p.binary() {
		digits := data[at:countDigits(data, at)]
		n, err := strconv.Atoi(string(digits))
		at += len(digits)
		if err != nil || n == 0 || at == len(data) || data[at] != '-' || !isCount(digits) {
			return p, false
		}
		p.attachments = n
		at++
	}
	p.namespace = mainNamespace
	if at < len(data) && data[at] == '/' {
		comma := bytes.IndexByte(data[at:], ',')
		if comma < 0 {
			comma = len(data) - at
		}
		p.namespace = data[at : at+comma]
		at = min(at+comma+1, len(data))
	}
	if end := countDigits(data, at); end > at {
		p.id, at = data[at:end], end
	}
	p.start = at
	return p, p.kind >= socketConnect && p.kind <= socketBinaryAck && len(p.namespace) <= maxNamespace && isCount(p.id)
}

// isCount reports whether digits are a number that Socket.IO writes so, and reads
// without losing digits. None are one too.
func isCount(digits []byte) bool {
	return len(digits) < 2 || digits[0] != '0' && len(digits) <= 15
}

// countDigits returns the end of the digits that begin at at.
func countDigits(data []byte, at int) int {
	for at < len(data) && isDigit(data[at]) {
		at++
	}
	return at
}

func (p socketPacket) envelope(m *Message) Envelope {
	return m.Envelope(Field{"namespace", p.namespace})
}

// call returns the name under which a question waits for its answer: ids count
// in each namespace on their own.
func (p socketPacket) call(m *Message) []byte { return m.Keep(p.id, p.namespace) }
