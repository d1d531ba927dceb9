package dialect

import (
	"bytes"
	"strconv"
	"unicode/utf8"
)

// Bounds of a STOMP frame.
const (
	maxStompHeaders = 64
	maxStompFrames  = 32 // of a message
)

// stompHeader is a line of a frame's head, as it is written.
type stompHeader struct{ name, value []byte }

// stompFrame is one frame of STOMP, taken apart but not unescaped.
type stompFrame struct {
	command []byte
	headers []stompHeader
	body    []byte
	// head, bodyAt and end are offsets in the message: of the first header, of the
	// body, and of what follows the frame's final NUL.
	head, bodyAt, end int
	version           stompVersion
}

// stompVersion is how a head is written: 1.0 has no escapes, 1.2 has carriage
// returns (STOMP 1.2, sections "Augmented BNF" and "Value Encoding").
type stompVersion byte

const (
	stompUnsettled stompVersion = iota // read as 1.0
	stomp10
	stomp11
	stomp12
)

// get returns the first header of that name, which is the one that counts
// ("Repeated Header Entries"), as it is written.
func (f *stompFrame) get(name string) (value []byte, ok bool) {
	for _, h := range f.headers {
		if string(h.name) == name {
			return h.value, true
		}
	}
	return nil, false
}

// parseStompFrame reads the frame at at. headers is memory for its headers.
func parseStompFrame(data []byte, at int, v stompVersion, headers []stompHeader) (f stompFrame, ok bool) {
	f.version = v
	f.command, at, ok = stompLine(data, at, v)
	if !ok {
		return f, false
	}
	if !hasEscapes(f.command) {
		f.version = stomp10
	}
	f.head, f.headers = at, headers
	for {
		var line []byte
		if line, at, ok = stompLine(data, at, v); !ok {
			return f, false
		}
		if len(line) == 0 {
			break
		}
		colon := bytes.IndexByte(line, ':')
		if colon <= 0 || len(f.headers) == maxStompHeaders {
			return f, false
		}
		f.headers = append(f.headers, stompHeader{line[:colon], line[colon+1:]})
	}
	f.bodyAt = at
	size, ok := f.size(data[at:])
	if !ok {
		return f, false
	}
	f.body, f.end = data[at:at+size], at+size+1
	return f, true
}

// hasEscapes reports whether values are escaped in frames of that command. Those
// that settle the version are written as in 1.0.
func hasEscapes(command []byte) bool {
	return string(command) != "CONNECT" && string(command) != "CONNECTED"
}

// stompLine returns the line at at and where the next one begins. What another
// reader could take for the end of a line is an error anywhere else.
func stompLine(data []byte, at int, v stompVersion) (line []byte, next int, ok bool) {
	n := bytes.IndexByte(data[at:], '\n')
	if n < 0 {
		return nil, 0, false
	}
	line, next = data[at:at+n], at+n+1
	if v == stomp12 {
		line = bytes.TrimSuffix(line, []byte{'\r'})
	}
	return line, next, bytes.IndexByte(line, '\r') < 0 && bytes.IndexByte(line, 0) < 0 && utf8.Valid(line)
}

// size returns how long the body is that rest begins with. A NUL stands behind it.
func (f *stompFrame) size(rest []byte) (n int, ok bool) {
	length, given := f.get("content-length")
	if !given {
		n = bytes.IndexByte(rest, 0)
		return n, n >= 0
	}
	n, err := strconv.Atoi(string(length))
	if err != nil || countDigits(length, 0) != len(length) || len(length) > 10 {
		return 0, false
	}
	return n, n < len(rest) && rest[n] == 0
}

// unescape appends what value stands for.
func (v stompVersion) unescape(dst, value []byte) (text []byte, ok bool) {
	if v <= stomp10 {
		return append(dst, value...), true
	}
	for i := 0; i < len(value); i++ {
		b := value[i]
		if b == '\\' {
			if i++; i == len(value) {
				return nil, false
			}
			switch {
			case value[i] == 'n':
				b = '\n'
			case value[i] == 'c':
				b = ':'
			case value[i] == '\\':
				b = '\\'
			case value[i] == 'r' && v == stomp12:
				b = '\r'
			default:
				return nil, false
			}
		}
		dst = append(dst, b)
	}
	return dst, true
}

// skipEOLs returns where the next frame begins: line ends between frames are
// heart-beats.
func skipEOLs(data []byte, at int) int {
	for at < len(data) && (data[at] == '\n' || data[at] == '\r' && at+1 < len(data) && data[at+1] == '\n') {
		at++
	}
	return at
}
