package wire

import "errors"

// The most that a Sec-WebSocket-Extensions header may hold, beside the 8 KiB of every
// list header.
const (
	maxExtensions      = 16
	maxExtensionParams = 16 // of one extension
)

// ErrExtensionSyntax says that a Sec-WebSocket-Extensions header does not follow the
// grammar of RFC 6455 section 9.1: "the recipient of such malformed data MUST
// immediately _Fail the WebSocket Connection_."
var ErrExtensionSyntax = errors.New("extensions header: malformed")

// Extension is one element of a Sec-WebSocket-Extensions header.
type Extension struct {
	Name   string
	Params []ExtensionParam // in the order given, duplicates kept
}

// ExtensionParam is a parameter of an extension. A quoted value is without its quotes.
type ExtensionParam struct {
	Name, Value string
	HasValue    bool
}

// ParseExtensions reads the lines of a Sec-WebSocket-Extensions header (RFC 6455
// section 9.1). It returns ErrExtensionSyntax for a malformed one, ErrListTooLong for
// more than 8 KiB, 16 extensions or 16 parameters of one. It looks at every byte a
// constant number of times, whatever the header.
func ParseExtensions(values []string) ([]Extension, error) {
	if tooLong(values) {
		return nil, ErrListTooLong
	}
	var extensions []Extension
	for _, v := range values {
		s := extensionScanner{v}
		for {
			s.skip(isListFiller)
			if s.rest == "" {
				break
			}
			if len(extensions) == maxExtensions {
				return nil, ErrListTooLong
			}
			e, err := s.extension()
			if err != nil {
				return nil, err
			}
			extensions = append(extensions, e)
		}
	}
	return extensions, nil
}

// extensionScanner walks through one line.
type extensionScanner struct{ rest string }

// isListFiller accepts what may stand before an element, empty elements included.
func isListFiller(c byte) bool { return isSpace(c) || c == ',' }

func (s *extensionScanner) skip(skipped func(byte) bool) {
	for s.rest != "" && skipped(s.rest[0]) {
		s.rest = s.rest[1:]
	}
}

// accept takes c, with the white space before it, if it comes next.
func (s *extensionScanner) accept(c byte) bool {
	s.skip(isSpace)
	if s.rest == "" || s.rest[0] != c {
		return false
	}
	s.rest = s.rest[1:]
	return true
}

// token takes a token, with the white space before it; empty if there is none.
func (s *extensionScanner) token() string {
	s.skip(isSpace)
	n := 0
	for n < len(s.rest) && tokenChar[s.rest[n]] {
		n++
	}
	t := s.rest[:n]
	s.rest = s.rest[n:]
	return t
}

// extension takes an extension up to the comma or the end of the line.
func (s *extensionScanner) extension() (Extension, error) {
	e := Extension{Name: s.token()}
	if e.Name == "" {
		return e, ErrExtensionSyntax
	}
	for s.accept(';') {
		if len(e.Params) == maxExtensionParams {
			return e, ErrListTooLong
		}
		p, ok := s.param()
		if !ok {
			return e, ErrExtensionSyntax
		}
		e.Params = append(e.Params, p)
	}
	if s.rest != "" && s.rest[0] != ',' {
		return e, ErrExtensionSyntax
	}
	return e, nil
}

func (s *extensionScanner) param() (p ExtensionParam, ok bool) {
	p.Name = s.token()
	if p.Name == "" {
		return p, false
	}
	if !s.accept('=') {
		return p, true
	}
	p.HasValue = true
	if s.accept('"') {
		p.Value, ok = s.quoted()
		return p, ok
	}
	p.Value = s.token()
	return p, p.Value != ""
}

// quoted takes a quoted string behind its first quote. RFC 6455 section 9.1: "the
// value after quoted-string unescaping MUST conform to the 'token' ABNF", so that
// anything else ends it at once.
func (s *extensionScanner) quoted() (value string, ok bool) {
	var unescaped []byte
	for i := 0; i < len(s.rest); i++ {
		c := s.rest[i]
		if c == '"' {
			s.rest = s.rest[i+1:]
			return string(unescaped), len(unescaped) > 0
		}
		if c == '\\' {
			i++
			if i == len(s.rest) {
				return "", false
			}
			c = s.rest[i]
		}
		if !tokenChar[c] {
			return "", false
		}
		unescaped = append(unescaped, c)
	}
	return "", false
}
