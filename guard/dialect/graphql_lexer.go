package dialect

import (
	"errors"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// errGraphQL is any document that the grammar of GraphQL's executable
// documents does not have, or that exceeds the bounds. Which of them it is
// helps nobody who may read it.
var errGraphQL = errors.New("not an executable GraphQL document within bounds")

// graphQLToken is the kind of a lexical token. Punctuators are their own byte.
type graphQLToken byte

const (
	graphQLEnd    graphQLToken = 0
	graphQLName   graphQLToken = 'a'
	graphQLNumber graphQLToken = '0'
	graphQLString graphQLToken = '"'
	graphQLSpread graphQLToken = '.'
)

// graphQLLexer yields the tokens of a document (GraphQL, October 2021,
// section 2.1). It forgives nothing that the section does not: where it and a
// server's lexer disagreed, the two would see different operations.
type graphQLLexer struct {
	text   string
	at     int
	token  graphQLToken
	value  string // of a name
	tokens int    // how many may still come
}

// next reads one token.
func (l *graphQLLexer) next() error {
	l.skip()
	if l.at == len(l.text) {
		l.token = graphQLEnd
		return nil
	}
	if l.tokens--; l.tokens < 0 {
		return errGraphQL
	}
	switch b := l.text[l.at]; {
	case isNameStart(b):
		start := l.at
		for l.at < len(l.text) && isNamePart(l.text[l.at]) {
			l.at++
		}
		l.token, l.value = graphQLName, l.text[start:l.at]
		return nil
	case b == '-' || isDigit(b):
		l.token = graphQLNumber
		return l.number()
	case b == '"':
		l.token = graphQLString
		if l.has(`"""`) {
			return l.blockString()
		}
		return l.string()
	case b == '.':
		if !l.has("...") {
			return errGraphQL
		}
		l.at += len("...")
		l.token = graphQLSpread
		return nil
	case b == '!' || b == '$' || b == '&' || b == '(' || b == ')' || b == ':' || b == '=' || b == '@' || b == '[' || b == ']' || b == '{' || b == '|' || b == '}':
		l.at++
		l.token = graphQLToken(b)
		return nil
	}
	return errGraphQL
}

// skip passes over what has no meaning: white space, line ends, commas,
// comments and the byte order mark.
func (l *graphQLLexer) skip() {
	for l.at < len(l.text) {
		switch l.text[l.at] {
		case ' ', '\t', '\n', '\r', ',':
			l.at++
		case '#':
			for l.at < len(l.text) && l.text[l.at] != '\n' && l.text[l.at] != '\r' {
				l.at++
			}
		case '\xef':
			if !l.has("\ufeff") {
				return
			}
			l.at += len("\ufeff")
		default:
			return
		}
	}
}

func (l *graphQLLexer) has(prefix string) bool {
	return strings.HasPrefix(l.text[l.at:], prefix)
}

// number reads an IntValue or FloatValue.
func (l *graphQLLexer) number() error {
	l.accept('-')
	if !l.accept('0') && !l.digits() {
		return errGraphQL
	}
	if l.accept('.') && !l.digits() {
		return errGraphQL
	}
	if l.accept('e') || l.accept('E') {
		if !l.accept('+') {
			l.accept('-')
		}
		if !l.digits() {
			return errGraphQL
		}
	}
	if l.at < len(l.text) && (l.text[l.at] == '.' || isNamePart(l.text[l.at])) {
		return errGraphQL
	}
	return nil
}

func (l *graphQLLexer) accept(b byte) bool {
	if l.at == len(l.text) || l.text[l.at] != b {
		return false
	}
	l.at++
	return true
}

func (l *graphQLLexer) digits() bool {
	start := l.at
	for l.at < len(l.text) && isDigit(l.text[l.at]) {
		l.at++
	}
	return l.at > start
}

// string reads a string on one line.
func (l *graphQLLexer) string() error {
	for l.at++; l.at < len(l.text); l.at++ {
		switch l.text[l.at] {
		case '"':
			l.at++
			return nil
		case '\\':
			if l.at++; !l.escape() {
				return errGraphQL
			}
		case '\n', '\r':
			return errGraphQL
		}
	}
	return errGraphQL
}

// escape reads what stands behind a backslash, up to its last byte.
func (l *graphQLLexer) escape() bool {
	if l.at == len(l.text) {
		return false
	}
	if l.text[l.at] != 'u' {
		return strings.IndexByte(`"\/bfnrt`, l.text[l.at]) >= 0
	}
	rest := l.text[l.at+1:]
	digits, end := 4, 4
	if strings.HasPrefix(rest, "{") {
		digits = strings.IndexByte(rest, '}') - 1
		if rest, end = rest[1:], digits+2; digits < 1 || digits > 8 {
			return false
		}
	}
	if len(rest) < digits {
		return false
	}
	code, err := strconv.ParseUint(rest[:digits], 16, 32)
	l.at += end
	return err == nil && (end == 4 || code <= utf8.MaxRune && !utf16.IsSurrogate(rune(code)))
}

// blockString reads a string between triple quotes.
func (l *graphQLLexer) blockString() error {
	for l.at += len(`"""`); l.at < len(l.text); l.at++ {
		switch {
		case l.has(`\"""`):
			l.at += len(`\""`)
		case l.has(`"""`):
			l.at += len(`"""`)
			return nil
		}
	}
	return errGraphQL
}

func isDigit(b byte) bool     { return '0' <= b && b <= '9' }
func isNameStart(b byte) bool { return b == '_' || 'a' <= b|0x20 && b|0x20 <= 'z' }
func isNamePart(b byte) bool  { return isNameStart(b) || isDigit(b) }
