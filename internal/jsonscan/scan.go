package jsonscan

import "bytes"

// Scanner reads documents within limits. It is immutable: one serves any number
// of goroutines.
type Scanner struct {
	lim Limits
}

// NewScanner returns a scanner that holds documents to l.
func NewScanner(l Limits) *Scanner {
	return &Scanner{l.withDefaults()}
}

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
	if !d.bad.OK() {
		d.nodes = d.nodes[:0]
	}
	return d.bad
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
	d.nodes = append(d.nodes, node{})
	if i = d.value(i, 0, 0); i < 0 {
		return i
	}
	if i = d.skipSpace(i); i < len(d.src) {
		return d.refuse(SyntaxTrailingBytes, i)
	}
	return i
}

// The functions below read one thing at offset i and return the offset behind
// it, or a negative one after refuse. at is the index of the node to be filled,
// depth how many containers are open around it. They recurse once a container,
// which Limits.Depth bounds.

func (d *Doc) value(i, at, depth int) int {
	if i >= len(d.src) {
		return d.unexpected(i)
	}
	switch c := d.src[i]; c {
	case '"':
		end, flags := d.str(i+1, d.lim.StringBytes, LimitStringBytes)
		if end < 0 {
			return end
		}
		d.leaf(at, i, end+1, uint32(String)|flags)
		return end + 1
	case '{':
		return d.object(i, at, depth)
	case '[':
		return d.array(i, at, depth)
	case 't':
		return d.literal(i, at, "true", uint32(Bool)|flagTrue)
	case 'f':
		return d.literal(i, at, "false", uint32(Bool))
	case 'n':
		return d.literal(i, at, "null", uint32(Null))
	default:
		return d.number(i, at)
	}
}

// leaf fills the node of a value that has no children.
func (d *Doc) leaf(at, start, end int, info uint32) {
	n := &d.nodes[at]
	n.start, n.end = uint32(start), uint32(end)
	n.next = uint32(at + 1)
	n.info |= info
}

func (d *Doc) literal(i, at int, word string, info uint32) int {
	end := i + len(word)
	if end > len(d.src) || string(d.src[i:end]) != word {
		return d.refuse(SyntaxLiteral, i)
	}
	d.leaf(at, i, end, info)
	return end
}

// enter checks the limits that hold for any container.
func (d *Doc) enter(i, depth int) bool {
	if depth >= d.lim.Depth {
		d.refuse(LimitDepth, i)
		return false
	}
	return true
}

// leave fills the node of a container with count children.
func (d *Doc) leave(at, start, end, count int, kind Kind) int {
	n := &d.nodes[at]
	n.start, n.end = uint32(start), uint32(end)
	n.next = uint32(len(d.nodes))
	n.info |= uint32(kind) | uint32(count)<<countShift
	return end
}

// child appends a node for a value at offset i and returns its index, or a
// negative number if there are too many values.
func (d *Doc) child(i int) int {
	at := len(d.nodes)
	if at >= d.lim.Values {
		return d.refuse(LimitValues, i)
	}
	d.nodes = append(d.nodes, node{})
	return at
}

func (d *Doc) array(i, at, depth int) int {
	if !d.enter(i, depth) {
		return -1
	}
	start, count := i, 0
	i = d.skipSpace(i + 1)
	if i < len(d.src) && d.src[i] == ']' {
		return d.leave(at, start, i+1, 0, Array)
	}
	for {
		if count++; count > d.lim.Elements {
			return d.refuse(LimitElements, start)
		}
		child := d.child(i)
		if child < 0 {
			return child
		}
		if i = d.value(i, child, depth+1); i < 0 {
			return i
		}
		i = d.skipSpace(i)
		switch {
		case i >= len(d.src):
			return d.unexpected(i)
		case d.src[i] == ',':
			i = d.skipSpace(i + 1)
		case d.src[i] == ']':
			return d.leave(at, start, i+1, count, Array)
		default:
			return d.unexpected(i)
		}
	}
}

func (d *Doc) object(i, at, depth int) int {
	if !d.enter(i, depth) {
		return -1
	}
	start := i
	seen := memberNames{object: at}
	i = d.skipSpace(i + 1)
	if i < len(d.src) && d.src[i] == '}' {
		return d.leave(at, start, i+1, 0, Object)
	}
	for {
		child := d.child(i)
		if child < 0 {
			return child
		}
		if i = d.name(i, child, &seen); i < 0 {
			return i
		}
		i = d.skipSpace(i)
		if i >= len(d.src) || d.src[i] != ':' {
			return d.unexpected(i)
		}
		if i = d.value(d.skipSpace(i+1), child, depth+1); i < 0 {
			return i
		}
		i = d.skipSpace(i)
		switch {
		case i >= len(d.src):
			return d.unexpected(i)
		case d.src[i] == ',':
			i = d.skipSpace(i + 1)
		case d.src[i] == '}':
			return d.leave(at, start, i+1, seen.count, Object)
		default:
			return d.unexpected(i)
		}
	}
}

// name reads the name of the member whose node is child, and checks it against
// those before it.
func (d *Doc) name(i, child int, seen *memberNames) int {
	if i >= len(d.src) || d.src[i] != '"' {
		return d.unexpected(i)
	}
	n := &d.nodes[child]
	n.key = uint32(i + 1)
	end := i + 1
	if short, text, ok := plainPrefix(d.src, i+1); ok && short <= d.lim.KeyBytes {
		end += short
		n.klen, n.sig = uint32(short), text
	} else if end = d.longName(i+1, n); end < 0 {
		return end
	}
	if c := seen.add(d, child); c != Valid {
		return d.refuse(c, i)
	}
	return end + 1
}

// longName reads a name that may be of any length or have escape sequences.
func (d *Doc) longName(i int, n *node) int {
	end, flags := d.str(i, d.lim.KeyBytes, LimitKeyBytes)
	if end < 0 {
		return end
	}
	n.klen = uint32(end - i)
	if flags&flagEscaped == 0 {
		n.sig = signature(d.src, i, end)
		return end
	}
	n.info = flagKeyEscaped
	name := d.memberName(n)
	n.sig = signature(name, 0, len(name))
	return end
}

// skipSpace returns the offset of the first byte at or behind i that is not
// white space, or the length of the document.
func (d *Doc) skipSpace(i int) int {
	if i < len(d.src) && d.src[i] > ' ' {
		return i
	}
	for i < len(d.src) && isSpace(d.src[i]) {
		i++
	}
	return i
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\r' || c == '\t' }
