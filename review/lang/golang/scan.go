package golang

import (
	"bytes"
	"unicode/utf8"
)

// skipToken returns the offset behind the string, rune, comment or word at i, or
// behind the byte there.
func skipToken(src []byte, i int) int {
	switch rest := src[i:]; {
	case rest[0] == '"', rest[0] == '\'':
		return i + quoted(rest)
	case rest[0] == '`':
		return i + 1 + through(rest[1:], "`")
	case bytes.HasPrefix(rest, []byte("//")):
		return i + upTo(rest, "\n")
	case bytes.HasPrefix(rest, []byte("/*")):
		return i + 2 + through(rest[2:], "*/")
	case isWord(rest[0]):
		return i + word(rest)
	}
	return i + 1
}

// isWord reports whether a byte can be part of a name, keyword or number.
func isWord(b byte) bool {
	return b == '_' || '0' <= b && b <= '9' || 'a' <= b|0x20 && b|0x20 <= 'z' || b >= utf8.RuneSelf
}

// word returns the length of the name, keyword or number at the start.
func word(rest []byte) int {
	if i := bytes.IndexFunc(rest, func(r rune) bool { return r < utf8.RuneSelf && !isWord(byte(r)) }); i >= 0 {
		return i
	}
	return len(rest)
}

// quoted returns the length of a string or rune, which ends at the end of the
// line at the latest.
func quoted(rest []byte) int {
	for i := 1; i < len(rest); i++ {
		switch {
		case rest[i] == '\n':
			return i
		case rest[i] == rest[0]:
			return i + 1
		case rest[i] == '\\' && !bytes.HasPrefix(rest[i+1:], []byte("\n")):
			i++
		}
	}
	return len(rest)
}

// through returns the length up to the end of the first mark.
func through(rest []byte, mark string) int {
	if i := bytes.Index(rest, []byte(mark)); i >= 0 {
		return i + len(mark)
	}
	return len(rest)
}

// upTo returns the length up to the start of the first mark.
func upTo(rest []byte, mark string) int {
	if i := bytes.Index(rest, []byte(mark)); i >= 0 {
		return i
	}
	return len(rest)
}
