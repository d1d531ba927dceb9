package jsonscan

import (
	"bytes"
	"encoding/binary"
)

// Scanner reads documents within limits. It is immutable: one serves any number
// of goroutines.
type Scanner struct {
	lim Limits
}

// NewScanner returns a scanner that holds documents to l.
func NewScanner(l Limits) *Scanner {
	return &Scanner{l.WithDefaults()}
}

// Limits returns what documents are held to, with the defaults filled in.
func (s *Scanner) Limits() Limits { return s.lim }

// Scan reads src, which is to be exactly one JSON text as RFC 8259 has it, and
// fills d. If it returns a violation, d is empty.
//
// Beyond the grammar it refuses: a repeated member name, also where the two are
// escaped differently; half a surrogate pair; numbers that overflow a float64;
// and what exceeds the limits. So whatever passes is read alike by all parsers,
// integers beyond 2^53 excepted.
func (s *Scanner) Scan(src []byte, d *Doc) Violation {
	d.begin(src, &s.lim)
	d.document()
	return d.end()
}

var byteOrderMark = []byte("\xef\xbb\xbf")

func (d *Doc) document() int {
	if len(d.src) > maxBytes {
		return d.refuse(LimitBytes, maxBytes)
	}
	i := d.skipSpace(0)
	if i == len(d.src) {
		return d.refuse(SyntaxEmpty, i)
	}
	if bytes.HasPrefix(d.src, byteOrderMark) {
		return d.refuse(SyntaxByteOrderMark, 0)
	}
	if d.full() && !d.grow() {
		return d.refuse(LimitValues, i)
	}
	if i = d.value(i, d.child(), 0); i < 0 {
		return i
	}
	if i = d.skipSpace(i); i < len(d.src) {
		return d.refuse(SyntaxTrailingBytes, i)
	}
	return i
}

// The functions below read one thing at offset i and return the offset behind
// it, or a negative one after refuse. They fill n, the last node so far, whose
// address holds until the next one is made. depth is how many containers are open
// around it. They recurse once a container, which Limits.Depth bounds. Each first
// tries what compact JSON has at its place, and looks for white space if that is
// not there.

func (d *Doc) value(i int, n *node, depth int) int {
	if uint(i) < uint(len(d.src)) && d.src[i] <= ' ' {
		i = d.skipSpace(i)
	}
	if uint(i) >= uint(len(d.src)) {
		return d.unexpected(i)
	}
	switch d.src[i] {
	case '"':
		return d.quoted(i, n)
	case '{':
		return d.object(i, depth)
	case '[':
		return d.array(i, depth)
	case 't':
		return d.literal(i, n, "true", uint32(Bool)|flagTrue)
	case 'f':
		return d.literal(i, n, "false", uint32(Bool))
	case 'n':
		return d.literal(i, n, "null", uint32(Null))
	default:
		return d.number(i, n)
	}
}

// leaf fills the node of a value that has no children.
func (d *Doc) leaf(n *node, start, end int, info uint32) {
	n.start, n.end = uint32(start), uint32(end)
	n.next = uint32(d.count)
	n.info |= info
}

func (d *Doc) literal(i int, n *node, word string, info uint32) int {
	end := i + len(word)
	if end > len(d.src) || string(d.src[i:end]) != word {
		return d.refuse(SyntaxLiteral, i)
	}
	d.leaf(n, i, end, info)
	return end
}

// leave fills the node of a container with count children.
func (d *Doc) leave(at, start, end, count int, kind Kind) int {
	d.leaf(&d.nodes[at], start, end, uint32(kind)|uint32(count)<<countShift)
	return end
}

func (d *Doc) array(i, depth int) int {
	if depth >= d.lim.Depth {
		return d.refuse(LimitDepth, i)
	}
	at, start, count := d.count-1, i, 0
	i = d.skipSpace(i + 1)
	if i < len(d.src) && d.src[i] == ']' {
		return d.leave(at, start, i+1, 0, Array)
	}
	for {
		if count++; count > d.lim.Elements {
			return d.refuse(LimitElements, start)
		}
		if d.full() && !d.grow() {
			return d.refuse(LimitValues, i)
		}
		if i = d.value(i, d.child(), depth+1); i < 0 {
			return i
		}
		if uint(i) < uint(len(d.src)) && d.src[i] == ',' {
			i++
			continue
		}
		next, closed := d.separator(i, ']')
		switch {
		case next < 0:
			return next
		case closed:
			return d.leave(at, start, next, count, Array)
		}
		i = next
	}
}

func (d *Doc) object(i, depth int) int {
	if depth >= d.lim.Depth {
		return d.refuse(LimitDepth, i)
	}
	at, start := d.count-1, i
	seen := memberNames{object: at, most: min(smallObject, d.lim.ObjectKeys)}
	i = d.skipSpace(i + 1)
	if i < len(d.src) && d.src[i] == '}' {
		return d.leave(at, start, i+1, 0, Object)
	}
	for {
		if d.full() && !d.grow() {
			return d.refuse(LimitValues, i)
		}
		n := d.child()
		if next := d.shortName(i, n); next > 0 {
			i = next
		} else if i = d.name(i, n); i < 0 {
			return i
		}
		if !seen.isNew(n) {
			if bad := seen.add(d); bad != Valid {
				return d.refuse(bad, int(n.key)-1)
			}
		}
		if uint(i) < uint(len(d.src)) && d.src[i] == '"' {
			i = d.quoted(i, n)
		} else {
			i = d.value(i, n, depth+1)
		}
		if i < 0 {
			return i
		}
		if uint(i) < uint(len(d.src)) && d.src[i] == ',' {
			i++
			continue
		}
		next, closed := d.separator(i, '}')
		switch {
		case next < 0:
			return next
		case closed:
			if d.members += seen.count; d.members > d.lim.Keys {
				return d.refuse(LimitKeys, start)
			}
			return d.leave(at, start, next, seen.count, Object)
		}
		i = next
	}
}

// separator reads what follows a child of a container: a comma, and then next is
// the offset behind it, or the end of the container.
func (d *Doc) separator(i int, end byte) (next int, closed bool) {
	i = d.skipSpace(i)
	if i >= len(d.src) || d.src[i] != ',' && d.src[i] != end {
		return d.unexpected(i), false
	}
	return i + 1, d.src[i] == end
}

// shortName reads what name does where that is a short name in compact JSON, or
// returns 0.
func (d *Doc) shortName(i int, n *node) int {
	src := d.src
	if i+9 > len(src) || src[i] != '"' {
		return 0
	}
	w := binary.LittleEndian.Uint64(src[i+1:])
	short := shortText(w)
	if short < 0 || short > d.lim.KeyBytes {
		return 0
	}
	n.key, n.klen, n.sig = uint32(i+1), uint32(short), w&(1<<(8*short&63)-1)
	if i += short + 2; i < len(src) && src[i] == ':' {
		return i + 1
	}
	return 0
}

// name reads the name of the member n and the colon behind it.
func (d *Doc) name(i int, n *node) int {
	src := d.src
	if uint(i) >= uint(len(src)) || src[i] != '"' {
		if i = d.skipSpace(i); i >= len(src) || src[i] != '"' {
			return d.unexpected(i)
		}
	}
	n.key = uint32(i + 1)
	if i = d.longName(i+1, n); i < 0 {
		return i
	}
	if i++; uint(i) < uint(len(src)) && src[i] == ':' {
		return i + 1
	}
	if i = d.skipSpace(i); i >= len(src) || src[i] != ':' {
		return d.unexpected(i)
	}
	return i + 1
}

// longName reads a name of any length, up to its quote.
func (d *Doc) longName(i int, n *node) int {
	end, ok := plainText(d.src, i)
	if !ok || end-i > d.lim.KeyBytes {
		return d.oddName(i, n)
	}
	n.klen, n.sig = uint32(end-i), signature(d.src, i, end)
	if !d.lim.AllowPrototypeKeys && d.isPrototypeKey(n) {
		return d.refuse(KeyPrototype, i-1)
	}
	return end
}

// oddName reads a name that is more than plain ASCII characters.
func (d *Doc) oddName(i int, n *node) int {
	end, flags := d.str(i, d.lim.KeyBytes, LimitKeyBytes)
	if end < 0 {
		return end
	}
	n.klen = uint32(end - i)
	if flags&(flagEscaped|flagWide) != 0 {
		n.info = flagKeyOdd
	}
	if flags&flagEscaped == 0 {
		n.sig = signature(d.src, i, end)
	} else {
		n.info |= flagKeyEscaped
		name := d.memberName(n)
		n.sig = signature(name, 0, len(name))
	}
	if !d.lim.AllowPrototypeKeys && d.isPrototypeKey(n) {
		return d.refuse(KeyPrototype, i-1)
	}
	return end
}

// skipSpace returns the offset of the first byte at or behind i that is not
// white space, or the length of the document.
//
//go:noinline
func (d *Doc) skipSpace(i int) int {
	src := d.src
	for uint(i) < uint(len(src)) && isSpace(src[i]) {
		i++
	}
	return i
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\r' || c == '\t' }
