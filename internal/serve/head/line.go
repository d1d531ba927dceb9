package head

import (
	"bytes"
	"strings"

	"github.com/wswarden/wswarden/guard"
)

// singletons are the headers that may come once. A second value of any of them
// lets two programs choose differently (RFC 9110 section 5.3).
var singletons = [...]string{
	"Host", "Origin", "Sec-WebSocket-Key", "Sec-WebSocket-Version", "Content-Length", "Authorization",
}

// The singletons that are looked at further.
const (
	hostIndex   = 0
	lengthIndex = 4
)

// requestLine judges "method SP request-target SP HTTP-version" (RFC 9112
// section 3): single spaces, origin-form, version 1.1.
func (p *Parser) requestLine(line []byte) *guard.Denial {
	method, rest, ok := bytes.Cut(line, []byte(" "))
	target, version, ok2 := bytes.Cut(rest, []byte(" "))
	if !ok || !ok2 || !isToken(method) {
		return deny(ruleRequestLine, "it is not \"method target HTTP/1.1\"")
	}
	if d := judgeVersion(version); d != nil {
		return d
	}
	p.method, p.target = string(method), string(target)
	return judgeTarget(p.target)
}

// judgeVersion tells a version that is not spoken from a line that is none.
func judgeVersion(v []byte) *guard.Denial {
	if string(v) == "HTTP/1.1" {
		return nil
	}
	if digits, ok := bytes.CutPrefix(v, []byte("HTTP/")); ok && len(digits) == 3 && digits[1] == '.' && isDigit(digits[0]) && isDigit(digits[2]) {
		return deny(ruleVersion, "the version is %q", v)
	}
	return deny(ruleRequestLine, "it does not end in HTTP/1.1")
}

// judgeTarget admits the origin-form alone. The absolute form would carry a
// second host beside the Host header; the others are for proxies.
func judgeTarget(target string) *guard.Denial {
	if target == "" || target[0] != '/' {
		return deny(ruleTargetForm, "it does not start with a slash")
	}
	for i := range len(target) {
		if c := target[i]; c <= ' ' || c >= 0x7f || c == '#' {
			return deny(ruleTarget, "byte %d is %#02x", i, c)
		}
	}
	path, _, _ := strings.Cut(target, "?")
	for i := range len(path) {
		if path[i] == '%' && (i+2 >= len(path) || !isHex(path[i+1]) || !isHex(path[i+2])) {
			return deny(ruleTarget, "byte %d starts no percent-encoded byte", i)
		}
	}
	return nil
}

// headerLine judges "field-name ":" OWS field-value OWS" (RFC 9112 section 5).
func (p *Parser) headerLine(line []byte) *guard.Denial {
	if line[0] == ' ' || line[0] == '\t' {
		return deny(ruleFolded, "line %d starts with white space", p.number()-1)
	}
	name, value, ok := bytes.Cut(line, []byte(":"))
	if !ok {
		return deny(ruleHeaderName, "line %d has no colon", p.number()-1)
	}
	if n := len(name); n > 0 && (name[n-1] == ' ' || name[n-1] == '\t') {
		return deny(ruleSpaceBeforeColon, "line %d has white space before the colon", p.number()-1)
	}
	if !isToken(name) {
		return deny(ruleHeaderName, "line %d has a name that is no token", p.number()-1)
	}
	for _, c := range value {
		if c < ' ' && c != '\t' || c == 0x7f {
			return deny(ruleControlByte, "the value of %.40q holds %#02x", name, c)
		}
	}
	return p.field(string(name), bytes.Trim(value, " \t"))
}

// field judges the few headers that frame the request or must be single.
func (p *Parser) field(name string, value []byte) *guard.Denial {
	if strings.EqualFold(name, "Transfer-Encoding") {
		return deny(ruleTransferEncoding, "a body must state its length")
	}
	for i, single := range singletons {
		if !strings.EqualFold(name, single) {
			continue
		}
		if p.seen[i] {
			return denyRepeated(single)
		}
		p.seen[i] = true
		switch i {
		case hostIndex:
			return judgeHost(value)
		case lengthIndex:
			return p.contentLength(value)
		}
	}
	return nil
}

// judgeHost admits the bytes of a host name or address with a port. Whether it
// is one of ours is for the guard to say.
func judgeHost(value []byte) *guard.Denial {
	if len(value) == 0 {
		return deny(ruleHost, "the Host header is empty")
	}
	for _, c := range value {
		if !isAlnum(c) && !strings.ContainsRune("-._:[]", rune(c)) {
			return deny(ruleHost, "the Host header holds %#02x", c)
		}
	}
	return nil
}

// contentLength admits digits alone: no sign, no list, no leading zeros to
// overflow with.
func (p *Parser) contentLength(value []byte) *guard.Denial {
	if len(value) == 0 || len(value) > 1 && value[0] == '0' {
		return deny(ruleContentLength, "it is empty or starts with a zero")
	}
	for _, c := range value {
		if !isDigit(c) {
			return deny(ruleContentLength, "it holds %#02x", c)
		}
		if p.body = p.body*10 + int64(c-'0'); p.body > MaxBody {
			return deny(ruleBodyTooLarge, "it is larger than %d", MaxBody)
		}
	}
	return nil
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
func isAlnum(c byte) bool { return isDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'z' }
func isHex(c byte) bool   { return isDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'f' }

// tokenByte marks the bytes of a token (RFC 9110 section 5.6.2).
var tokenByte = func() (t [256]bool) {
	for c := range t {
		t[c] = c < 0x7f && (isAlnum(byte(c)) || strings.ContainsRune("!#$%&'*+-.^_`|~", rune(c)))
	}
	return t
}()

func isToken(b []byte) bool {
	for _, c := range b {
		if !tokenByte[c] {
			return false
		}
	}
	return len(b) > 0
}
