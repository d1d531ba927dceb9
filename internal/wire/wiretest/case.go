// Package wiretest checks that the server end of a WebSocket connection keeps RFC 6455
// and RFC 7692: a table of cases, each with the sentence that it stands for, and a client
// that runs them against anything that echoes messages and answers pings. The end may be
// a codec in memory, a server, or a gateway with an echoing server behind it.
//
// It is not a load test and does not try the opening handshake: the caller connects.
package wiretest

import (
	"time"

	"github.com/wswarden/wswarden/internal/wire"
)

// Capabilities describe the end under test, as far as cases depend on it. The zero value
// is an end with the default limits of package wire, without compression.
type Capabilities struct {
	// MaxMessage is its limit of a message in bytes, zero: wire.DefaultMaxMessage.
	MaxMessage int64
	// MaxFragments is its limit of frames in a message, zero: wire.DefaultMaxFragments.
	MaxFragments int
	// Deflate: it accepts permessage-deflate where a case offers it.
	Deflate bool
	// ContextTakeover: it lets the client's messages refer to earlier ones.
	ContextTakeover bool
	// ServerWindow: it accepts offers that limit its window below 32 KiB.
	ServerWindow bool
	// Lazy: it judges text and sizes when a frame is whole, not as they arrive.
	Lazy bool
	// Silent: it may fail a connection without sending a Close frame, as RFC 6455 section
	// 7.1.7 allows.
	Silent bool
	// Timeout bounds every case, zero: 10 seconds.
	Timeout time.Duration
}

func (c Capabilities) withDefaults() Capabilities {
	if c.MaxMessage == 0 {
		c.MaxMessage = wire.DefaultMaxMessage
	}
	if c.MaxFragments == 0 {
		c.MaxFragments = wire.DefaultMaxFragments
	}
	if c.Timeout == 0 {
		c.Timeout = 10 * time.Second
	}
	return c
}

// Rule is what a case stands for.
type Rule struct {
	Section  string // such as "RFC 6455 5.4"
	Sentence string // of that section, or in short what several of its sentences say
}

// Case is one connection: what a client sends and what it may expect.
type Case struct {
	Name  string // what it checks, unique, fit for go test -run
	Rule  Rule
	Offer string // the client's Sec-WebSocket-Extensions line, empty: none
	Send  []byte // all that it sends after the handshake, but for the Close that ends an open case
	Chop  int    // bytes of one write, zero: all at once
	Want  Want
}

// Want is what a client may expect.
type Want struct {
	Outcome  Outcome
	Messages []Message // echoed, in order
	Pongs    []string  // in order; RFC 6455 section 5.5.3 lets all but the last be left out
	Codes    []wire.CloseCode
}

// Message is a data message.
type Message struct {
	Opcode  wire.Opcode
	Payload string
}

// Outcome is how a case ends.
type Outcome uint8

const (
	// Open: every message is echoed, every ping answered, and then the closing handshake
	// that the client starts with 1000 is completed.
	Open Outcome = iota
	// Closed: what is sent ends with a Close frame and perhaps more. All messages before
	// it are echoed, nothing behind it is answered, and the Close that comes back has one
	// of the codes.
	Closed
	// Failed: the server end fails the connection with one of the codes. Messages are
	// those before the violation; they may be lost.
	Failed
)

// String names the outcome.
func (o Outcome) String() string {
	switch o {
	case Open:
		return "open"
	case Closed:
		return "closed"
	}
	return "failed"
}

// Cases returns all cases that make sense for an end with the capabilities. They need
// MaxMessage to be at least 1000, with Deflate 4096, and MaxFragments at least 5. A limit
// of the end on rates has to be out of their way: a case sends up to MaxFragments+1 control
// frames or 20 messages at once.
func Cases(caps Capabilities) []Case {
	caps = caps.withDefaults()
	var all []Case
	for _, group := range []func(Capabilities) []Case{
		echoCases, headerCases, controlCases, fragmentCases, textCases, closeCases, limitCases, deflateCases,
	} {
		all = append(all, group(caps)...)
	}
	return all
}
