package guard

import (
	"net/http"
	"strings"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/internal/wire"
)

const (
	maxHeaderValues = 100      // counted by value, so that one repeated name counts too
	maxHeaderBytes  = 32 << 10 // names and values
	maxSubprotocols = 16
	maxProtocolText = 4 << 10
)

// single are the headers of a handshake that must not be repeated: two layers
// could read different ones (RFC 9110 section 5.3), such as a verifier the
// first Cookie and the backend the second (RFC 6265 section 5.4 has clients
// send one).
var single = []string{"Sec-Websocket-Key", "Sec-Websocket-Version", "Authorization", "Cookie", "Upgrade", "Content-Type"}

// judgeHandshake decides whether r is a handshake of RFC 6455 section 4.2.1,
// nothing less and nothing more.
func judgeHandshake(r *http.Request) *Denial {
	switch {
	case r.Method != http.MethodGet:
		return malformed("request.method", "method %q", r.Method)
	case !r.ProtoAtLeast(1, 1):
		return malformed("request.version", "protocol %q", r.Proto)
	case r.ProtoMajor != 1:
		return malformed("request.version", "an upgrade over %q", r.Proto)
	case !wire.HeaderHasToken(r.Header["Upgrade"], "websocket"):
		return upgradeRequired("request.upgrade", "Upgrade is %q", clip(strings.Join(r.Header["Upgrade"], ",")))
	case !strings.EqualFold(strings.Join(r.Header["Upgrade"], ","), "websocket"):
		return malformed("request.upgrade", "Upgrade names more than websocket")
	case !wire.HeaderHasToken(r.Header["Connection"], "upgrade"):
		return malformed("request.connection", "Connection does not hold upgrade")
	case r.Header.Get("Sec-WebSocket-Version") != "13":
		return upgradeRequired("request.websocket-version", "version %q", clip(r.Header.Get("Sec-WebSocket-Version")))
	case !wire.ValidKey(r.Header.Get("Sec-WebSocket-Key")):
		return malformed("request.websocket-key", "Sec-WebSocket-Key is not 16 bytes in base64")
	case r.ContentLength != 0 || len(r.TransferEncoding) > 0 || len(r.Header["Content-Length"]) > 0:
		return malformed("request.body", "a handshake with a body")
	}
	return judgeHeaders(r)
}

// judgeHeaders bounds what any request of the public listener carries. A
// stricter reader before net/http judges the raw bytes in the gateway; behind
// somebody else's server these are what is left to see.
func judgeHeaders(r *http.Request) *Denial {
	values, size := 0, 0
	for name, vs := range r.Header {
		values += len(vs)
		for _, v := range vs {
			size += len(name) + len(v)
		}
	}
	if values > maxHeaderValues || size > maxHeaderBytes {
		d := malformed("request.header-size", "%d header values, %d bytes", values, size)
		d.Status = http.StatusRequestHeaderFieldsTooLarge
		return d
	}
	for _, name := range single {
		if len(r.Header[name]) > 1 {
			return malformed("request.repeated-header", "%d %s headers", len(r.Header[name]), name)
		}
	}
	return nil
}

// requestPath returns the path as the client spelled it, which a route must
// match byte for byte.
func requestPath(r *http.Request) string {
	p, _, _ := strings.Cut(r.RequestURI, "?")
	if p == "" { // a server that does not set RequestURI, such as a test's
		p = r.URL.EscapedPath()
	}
	return p
}

func malformed(rule, format string, args ...any) *Denial {
	return deny(catalogue.MalformedFrame, rule, http.StatusBadRequest, "bad_request", "The request is malformed.").because(format, args...).always()
}

// upgradeRequired answers 426, which names the one version that is spoken
// (RFC 6455 section 4.4).
func upgradeRequired(rule, format string, args ...any) *Denial {
	d := malformed(rule, format, args...)
	d.Status, d.Code, d.Public = http.StatusUpgradeRequired, "upgrade_required", "This is a WebSocket endpoint, version 13."
	return d
}
