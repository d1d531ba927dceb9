package head

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/guard"
)

// rule is one reason to refuse a head. The public text says what a sender can
// mend and nothing about what it sent.
type rule struct {
	name     string
	status   int
	weakness *catalogue.Weakness
	public   string
}

var (
	ruleBareLF           = malformed("request.bare-lf", "Lines must end in CRLF.")
	ruleBareCR           = malformed("request.bare-cr", "A line holds a carriage return.")
	ruleFolded           = malformed("request.folded", "Header lines must not be folded.")
	ruleSpaceBeforeColon = malformed("request.space-before-colon", "A header name must be followed by its colon.")
	ruleHeaderName       = malformed("request.header-name", "A header line is malformed.")
	ruleControlByte      = malformed("request.control-byte", "A header holds a control character.")
	ruleRequestLine      = malformed("request.line", "The request line is malformed.")
	ruleTarget           = malformed("request.target", "The request target is malformed.")
	ruleTargetForm       = malformed("request.target-form", "The request target must be a path.")
	ruleContentLength    = malformed("request.content-length", "Content-Length is malformed.")
	ruleTransferEncoding = malformed("request.transfer-encoding", "Transfer-Encoding is not accepted here.")
	ruleEarlyData        = malformed("request.early-data", "Data followed the request before it was answered.")
	ruleHost             = malformed("request.host", "There must be one valid Host header.").as(catalogue.HostUnchecked)

	ruleVersion       = malformed("request.version", "Only HTTP/1.1 is spoken here.").with(http.StatusHTTPVersionNotSupported)
	ruleTooManyLines  = malformed("request.too-many-headers", "There are too many headers.").with(http.StatusRequestHeaderFieldsTooLarge)
	ruleLineTooLong   = malformed("request.header-too-long", "A header is too long.").with(http.StatusRequestHeaderFieldsTooLarge)
	ruleTooLarge      = malformed("request.head-too-large", "The headers are too large.").with(http.StatusRequestHeaderFieldsTooLarge)
	ruleTargetTooLong = malformed("request.line-too-long", "The request line is too long.").with(http.StatusRequestURITooLong)
	ruleBodyTooLarge  = malformed("request.body-too-large", "The body is too large.").with(http.StatusRequestEntityTooLarge)

	ruleTimeout = malformed("request.timeout", "The request did not come in time.").with(http.StatusRequestTimeout).as(catalogue.IdleUnbounded)
)

// repeatedWeakness names what a second value opens where that is more specific
// than a malformed request.
var repeatedWeakness = map[string]*catalogue.Weakness{
	"Host":   catalogue.HostUnchecked,
	"Origin": catalogue.OriginWeak,
}

func malformed(name, public string) rule {
	return rule{name, http.StatusBadRequest, catalogue.MalformedFrame, public}
}

func (r rule) with(status int) rule {
	r.status = status
	return r
}

func (r rule) as(w *catalogue.Weakness) rule {
	r.weakness = w
	return r
}

// deny applies r. The detail may quote names and single bytes, never a value:
// a header value can be a credential.
func deny(r rule, detail string, args ...any) *guard.Denial {
	return &guard.Denial{
		Weakness: r.weakness.ID,
		Rule:     r.name,
		Status:   r.status,
		Code:     "bad_request",
		Public:   r.public,
		Detail:   fmt.Sprintf(detail, args...),
		Retry:    guard.RetryNo,
	}
}

// denyRepeated refuses the second value of a header that must be single.
func denyRepeated(name string) *guard.Denial {
	r := malformed("request.repeated-"+strings.ToLower(name), "A header that must be single was repeated.")
	if w := repeatedWeakness[name]; w != nil {
		r = r.as(w)
	}
	return deny(r, "%s came more than once", name)
}

// Timeout is the denial of a head that did not end in time after some of it
// had come.
func (p *Parser) Timeout() *guard.Denial {
	return deny(ruleTimeout, "%d bytes and %d header lines had come", len(p.buf), p.lines)
}
