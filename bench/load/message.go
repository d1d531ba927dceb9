// Package load is the load generator of the benchmark: many WebSocket clients
// in one goroutine that send JSON text messages, wait for the echoes and check
// each of them. It measures work done for a given number of messages in
// flight; it is not a tool to find the breaking point of a server.
package load

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"

	"github.com/wswarden/wswarden/internal/wire"
)

// The numbers in a message have a fixed width, so that messages of one size
// differ in these digits alone.
const (
	firstSequence = 1_000_000_000
	firstClient   = 10_000
	// MaxClients is how many clients can be told apart in a message.
	MaxClients = 90_000
	// MinSize is the least size of a message in bytes.
	MinSize = 200
)

// ErrEcho is wrapped by the error for an echo that isn't what was sent: lost,
// out of order, or changed.
var ErrEcho = errors.New("wrong echo")

// message is a JSON order of an exact size with the sequence and client
// numbers left to fill in.
type message struct {
	text             []byte
	sequence, client int // where the digits are
}

const digitsSequence, digitsClient = 10, 5

// newMessage makes an object with a list that is as long as the size asks for:
//
//	{"type":"place_order","seq":1000000000,"client":10000,"lines":[{…},…],"note":"…"}
func newMessage(size int) (message, error) {
	if size < MinSize {
		return message{}, fmt.Errorf("make message: %d bytes are too few, least is %d", size, MinSize)
	}
	var b bytes.Buffer
	b.WriteString(`{"type":"place_order","seq":`)
	m := message{sequence: b.Len()}
	b.WriteString(strconv.Itoa(firstSequence))
	b.WriteString(`,"client":`)
	m.client = b.Len()
	b.WriteString(strconv.Itoa(firstClient))
	b.WriteString(`,"lines":[`)
	const line, noteOpen, noteClose = `{"symbol":"ACME","quantity":120,"price":12.25,"tags":["day","limit"]}`, `],"note":"`, `"}`
	for sep := ""; b.Len()+len(sep)+len(line)+len(noteOpen)+len(noteClose) <= size; sep = "," {
		b.WriteString(sep)
		b.WriteString(line)
	}
	b.WriteString(noteOpen)
	for b.Len() < size-len(noteClose) {
		b.WriteByte('a' + byte(b.Len()%26))
	}
	b.WriteString(noteClose)
	m.text = b.Bytes()
	return m, nil
}

// header is the header of a frame with such a message under a masking key.
func (m message) header(key [4]byte) wire.Header {
	return wire.Header{Fin: true, Masked: true, Opcode: wire.Text, Length: uint64(len(m.text)), Key: key}
}

// appendFrame appends the message with its numbers as one masked frame.
func (m message) appendFrame(dst []byte, client, sequence int, key [4]byte) []byte {
	dst = m.header(key).Append(dst)
	start := len(dst)
	dst = append(dst, m.text...)
	text := dst[start:]
	putDigits(text[m.sequence:m.sequence+digitsSequence], firstSequence+sequence)
	putDigits(text[m.client:m.client+digitsClient], firstClient+client)
	wire.Mask(text, key, 0)
	return dst
}

// check compares an echo, every byte of it, with what the client sent.
func (m message) check(echo []byte, client, sequence int) error {
	if len(echo) != len(m.text) {
		return fmt.Errorf("%w: client %d, message %d: got %d bytes, want %d", ErrEcho, client, sequence, len(echo), len(m.text))
	}
	var want [digitsSequence]byte
	putDigits(want[:], firstSequence+sequence)
	if got := echo[m.sequence : m.sequence+digitsSequence]; !bytes.Equal(got, want[:]) {
		return fmt.Errorf("%w: client %d: got number %q, want %q", ErrEcho, client, got, want)
	}
	putDigits(want[:digitsClient], firstClient+client)
	if got := echo[m.client : m.client+digitsClient]; !bytes.Equal(got, want[:digitsClient]) {
		return fmt.Errorf("%w: client %d got a message of client number %q", ErrEcho, client, got)
	}
	afterSequence, afterClient := m.sequence+digitsSequence, m.client+digitsClient
	if !bytes.Equal(echo[:m.sequence], m.text[:m.sequence]) ||
		!bytes.Equal(echo[afterSequence:m.client], m.text[afterSequence:m.client]) ||
		!bytes.Equal(echo[afterClient:], m.text[afterClient:]) {
		return fmt.Errorf("%w: client %d, message %d: the text was changed", ErrEcho, client, sequence)
	}
	return nil
}

// putDigits writes n in decimal, as many digits as there is room for.
func putDigits(b []byte, n int) {
	for i := len(b) - 1; i >= 0; i-- {
		b[i] = '0' + byte(n%10)
		n /= 10
	}
}
