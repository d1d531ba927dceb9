// Package head judges the head of an HTTP/1.1 request as its bytes arrive,
// before any HTTP library has seen one of them.
//
// HTTP libraries forgive: they join folded lines, take a bare line feed for a
// line end, keep one of two Host headers and count header names where an
// attacker repeats one. Two programs that forgive differently read two
// different requests out of the same bytes, and that is how requests are
// smuggled. [Parser] admits one spelling only, in bounded memory and in time
// linear in the input, however it is cut into pieces.
//
// It is not an HTTP parser: it keeps no headers and decides nothing about
// routes, Origins or credentials. What passes is handed on byte for byte.
package head

import (
	"bytes"

	"github.com/wswarden/wswarden/guard"
)

// The bounds of a request. A WebSocket handshake of a browser with a full set
// of cookies stays well below each.
const (
	// MaxBytes bounds the head with its empty line.
	MaxBytes = 32 << 10
	// MaxLineBytes bounds the request line and each header line, CRLF excluded.
	MaxLineBytes = 8 << 10
	// MaxLines bounds the header lines, each repetition of a name counted
	// (CVE-2024-37890, CVE-2026-65624).
	MaxLines = 100
	// MaxBody bounds the Content-Length of a request. Only ticket requests and
	// logout notices have a body.
	MaxBody = 64 << 10
)

// firstRead is the space for the first read: most handshakes fit.
const firstRead = 2 << 10

// Parser judges one request head. The zero value is ready for use. It is not
// safe for concurrent use.
type Parser struct {
	buf  []byte // everything that came
	line int    // where the line under way starts
	scan int    // the first byte that was not looked at
	end  int    // length of the head once it is complete

	lines  int // header lines so far, after the request line
	begun  bool
	seen   [len(singletons)]bool
	body   int64
	target string
	method string
}

// Space returns room for the next read. It is never empty before the parser
// is done.
func (p *Parser) Space() []byte {
	if len(p.buf) == cap(p.buf) {
		grown := make([]byte, len(p.buf), max(firstRead, 2*cap(p.buf)))
		copy(grown, p.buf)
		p.buf = grown
	}
	return p.buf[len(p.buf):cap(p.buf)]
}

// Advance judges the n bytes that were read into [Parser.Space]. It reports
// true when the head is complete, or the denial that ends the request. After
// either it must not be called again.
func (p *Parser) Advance(n int) (bool, *guard.Denial) {
	p.buf = p.buf[:len(p.buf)+n]
	if !p.begun && len(p.buf) > 0 && !tokenByte[p.buf[0]] {
		// Neither a method nor any prefix of one: do not wait for a line end
		// that may never come.
		return false, deny(ruleRequestLine, "the first byte is %#02x", p.buf[0])
	}
	for {
		i := bytes.IndexByte(p.buf[p.scan:], '\n')
		if i < 0 {
			p.scan = len(p.buf)
			// The last byte may be the carriage return of the line's end.
			return false, p.bounds(len(p.buf)-p.line-1, len(p.buf))
		}
		line := p.buf[p.line : p.scan+i]
		p.scan += i + 1
		p.line = p.scan
		if d := p.judge(line); d != nil {
			return false, d
		}
		if p.end > 0 {
			d := p.complete()
			return d == nil, d
		}
	}
}

// Started reports whether any byte came.
func (p *Parser) Started() bool { return len(p.buf) > 0 }

// Bytes returns all bytes that came: the head and what followed it.
func (p *Parser) Bytes() []byte { return p.buf }

// Method and Target return the request line's parts, once it passed.
func (p *Parser) Method() string { return p.method }

// Target returns the request target as it was sent, once the request line
// passed.
func (p *Parser) Target() string { return p.target }

// Lines returns how many header lines there were.
func (p *Parser) Lines() int { return p.lines }

// Missing returns how many bytes of the body have not come yet.
func (p *Parser) Missing() int64 { return p.body - int64(len(p.buf)-p.end) }

// judge looks at one line, its line feed cut off.
func (p *Parser) judge(line []byte) *guard.Denial {
	if len(line) == 0 || line[len(line)-1] != '\r' {
		return deny(ruleBareLF, "line %d ends without a carriage return", p.number())
	}
	line = line[:len(line)-1]
	if d := p.bounds(len(line), p.scan); d != nil {
		return d
	}
	if bytes.IndexByte(line, '\r') >= 0 {
		return deny(ruleBareCR, "line %d holds a carriage return", p.number())
	}
	if !p.begun {
		p.begun = true
		return p.requestLine(line)
	}
	if len(line) == 0 {
		p.end = p.scan
		return nil
	}
	if p.lines++; p.lines > MaxLines {
		return deny(ruleTooManyLines, "more than %d header lines", MaxLines)
	}
	return p.headerLine(line)
}

// bounds refuses a line or a head that is longer than it may be.
func (p *Parser) bounds(line, head int) *guard.Denial {
	switch {
	case line > MaxLineBytes && !p.begun:
		return deny(ruleTargetTooLong, "the request line is longer than %d bytes", MaxLineBytes)
	case line > MaxLineBytes:
		return deny(ruleLineTooLong, "line %d is longer than %d bytes", p.number(), MaxLineBytes)
	case head > MaxBytes:
		return deny(ruleTooLarge, "the head is larger than %d bytes", MaxBytes)
	}
	return nil
}

// complete judges what only the whole head can tell.
func (p *Parser) complete() *guard.Denial {
	if !p.seen[hostIndex] {
		return deny(ruleHost, "there is no Host header")
	}
	if p.Missing() < 0 {
		return deny(ruleEarlyData, "%d bytes followed the request before it was answered", -p.Missing())
	}
	return nil
}

// number is the number of the line under way, counted from 1.
func (p *Parser) number() int {
	if !p.begun {
		return 1
	}
	return p.lines + 2
}
