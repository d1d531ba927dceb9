package wire

import "errors"

// The most that a list header may hold. Handshake headers are bounded as a whole by
// the HTTP server; these bound the work for one of them.
const (
	maxListBytes    = 8 << 10 // over all lines of the header
	maxListElements = 64
)

// The errors of list headers.
var (
	ErrTokenSyntax = errors.New("list header: not a list of tokens")
	ErrListTooLong = errors.New("list header: too long")
)

// ParseTokens splits the lines of a header that is a comma-separated list of tokens
// (RFC 9110 section 5.6.1), such as Connection, Upgrade or Sec-WebSocket-Protocol. It
// skips empty elements, as section 5.6.1.2 wants, and returns ErrTokenSyntax if an
// element is not a token, ErrListTooLong for more than 8 KiB or 64 elements. It looks
// at every byte once.
func ParseTokens(values []string) ([]string, error) {
	if tooLong(values) {
		return nil, ErrListTooLong
	}
	var tokens []string
	for _, v := range values {
		for v != "" {
			var element string
			element, v = cutElement(v)
			switch {
			case element == "":
				continue
			case !isToken(element):
				return nil, ErrTokenSyntax
			case len(tokens) == maxListElements:
				return nil, ErrListTooLong
			}
			tokens = append(tokens, element)
		}
	}
	return tokens, nil
}

// HeaderHasToken reports whether the lines of a list header contain the token, in any
// case: RFC 6455 section 4.2.1 on Upgrade and Connection, "treated as an ASCII
// case-insensitive value". Elements that are not tokens match nothing; a header that
// is longer than [ParseTokens] allows contains nothing.
func HeaderHasToken(values []string, token string) bool {
	if tooLong(values) {
		return false
	}
	for _, v := range values {
		for v != "" {
			var element string
			element, v = cutElement(v)
			if equalFold(element, token) {
				return true
			}
		}
	}
	return false
}

func tooLong(values []string) bool {
	n := 0
	for _, v := range values {
		n += len(v)
	}
	return n > maxListBytes
}

// cutElement returns the first element of a list without the white space around it,
// and what follows its comma.
func cutElement(v string) (element, rest string) {
	end := 0
	for end < len(v) && v[end] != ',' {
		end++
	}
	element = trimSpace(v[:end])
	if end < len(v) {
		end++
	}
	return element, v[end:]
}

// trimSpace cuts OWS (RFC 9110 section 5.6.3) off both ends.
func trimSpace(s string) string {
	for s != "" && isSpace(s[0]) {
		s = s[1:]
	}
	for s != "" && isSpace(s[len(s)-1]) {
		s = s[:len(s)-1]
	}
	return s
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' }

// isToken reports whether s is a token (RFC 9110 section 5.6.2).
func isToken(s string) bool {
	for i := range len(s) {
		if !tokenChar[s[i]] {
			return false
		}
	}
	return s != ""
}

// tokenChar are the characters of a token.
var tokenChar = func() (t [256]bool) {
	for _, c := range "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz" {
		t[c] = true
	}
	return t
}()

// equalFold compares in ASCII. strings.EqualFold folds Unicode: to it, U+017F equals
// "s" and U+212A equals "k".
func equalFold(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range len(a) {
		if lower(a[i]) != lower(b[i]) {
			return false
		}
	}
	return true
}

func lower(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}
