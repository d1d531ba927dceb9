package probe

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/report"
)

func init() {
	register(&Check{
		Name:       "handshake-version",
		Summary:    "asks for versions of the protocol that do not exist, or no longer",
		Weaknesses: []*catalogue.Weakness{catalogue.UpgradeSmuggling},
		Cost:       Cost{Connections: 7, Messages: 7, Time: 7 * time.Second},
		Needs:      NeedAccepted,
		Run: func(ctx context.Context, s *Session) error {
			return s.judgeForms(ctx, versions)
		},
	}, &Check{
		Name:       "handshake-form",
		Summary:    "sends handshakes that RFC 6455 section 4.2.1 does not allow: other keys, methods and versions of HTTP",
		Weaknesses: []*catalogue.Weakness{catalogue.UpgradeSmuggling},
		Cost:       Cost{Connections: 10, Messages: 10, Time: 10 * time.Second},
		Needs:      NeedAccepted,
		Run: func(ctx context.Context, s *Session) error {
			if bad := s.Control.Invalid; bad != "" {
				s.Weak(Finding{
					Weakness: catalogue.UpgradeSmuggling, Severity: catalogue.Medium, Evidence: s.Control.Evidence, Anchor: "answer", Fix: fixForm,
					Message: fmt.Sprintf("The answer to a correct handshake is 101, but no valid one: %s. Whoever relays it can't tell that a WebSocket was opened.", bad),
				})
				return nil
			}
			return s.judgeForms(ctx, forms)
		},
	})
}

const fixForm = "let a library answer the handshake that checks all of RFC 6455 section 4.2.1, and refuse with 400 or, for another version, 426"

// form is a handshake that must not be answered with 101.
type form struct {
	what   string
	change func(Request) Request
	// lenient says that serving it is unusual, and right for old clients.
	lenient bool
}

var versions = []form{
	{"Sec-WebSocket-Version 1337", func(r Request) Request { return r.With("Sec-WebSocket-Version", "1337") }, false},
	{"Sec-WebSocket-Version 0", func(r Request) Request { return r.With("Sec-WebSocket-Version", "0") }, false},
	{"no Sec-WebSocket-Version", func(r Request) Request { return r.Without("Sec-WebSocket-Version") }, false},
	{"Sec-WebSocket-Version 8", func(r Request) Request { return r.With("Sec-WebSocket-Version", "8") }, true},
	{"the keys of the draft of 2010 (hixie-76)", func(r Request) Request {
		r = r.Without("Sec-WebSocket-Version", "Sec-WebSocket-Key").Plus("Sec-WebSocket-Key1", "18x 6]8vM;54 *(5:  {   U1]8  z [  8").Plus("Sec-WebSocket-Key2", "1_ tx7X d  <  nw  334J702) 7]o}` 0")
		r.Key, r.Behind = "", []byte("Tm[K T2u")
		return r
	}, false},
}

var forms = []form{
	{"no Sec-WebSocket-Key", func(r Request) Request { return r.Without("Sec-WebSocket-Key") }, false},
	{"a key of five bytes", func(r Request) Request { return r.With("Sec-WebSocket-Key", "c2hvcnQ=") }, false},
	{"a key that is no base64", func(r Request) Request { return r.With("Sec-WebSocket-Key", "!!!!!!!!!!!!!!!!!!!!!!!!") }, false},
	{"two keys", func(r Request) Request { return r.Plus("Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAAAA==") }, false},
	{"the method POST", func(r Request) Request { r.Method = http.MethodPost; return r }, false},
	{"HTTP/1.0", func(r Request) Request { r.Proto = "HTTP/1.0"; return r }, false},
	{"a Connection header without Upgrade", func(r Request) Request { return r.With("Connection", "keep-alive") }, false},
	{"no Upgrade header", func(r Request) Request { return r.Without("Upgrade") }, false},
}

// judgeForms sends wrong handshakes. What accepts them disagrees with what may
// stand before it on whether there is a WebSocket.
func (s *Session) judgeForms(ctx context.Context, fs []form) error {
	var taken []string
	var first report.Evidence
	for _, f := range fs {
		r, err := s.Request(ctx, s.Target.Identity())
		if err != nil {
			return err
		}
		r = f.change(r)
		if len(r.Behind) > 0 && len(taken) > 0 {
			continue // a server that takes anything would read these bytes as frames
		}
		c, o, err := s.Open(ctx, r)
		if err != nil {
			return err
		}
		if c != nil {
			c.Close()
		}
		switch {
		case !o.Upgraded():
		case f.lenient:
			s.Note("a handshake with %s is accepted; it is older than the standard and differs in nothing that matters", f.what)
		default:
			if len(taken) == 0 {
				first = o.Evidence
			}
			taken = append(taken, f.what)
		}
	}
	if len(taken) == 0 {
		s.Pass(catalogue.UpgradeSmuggling, "%d wrong handshakes are refused", len(fs))
		return nil
	}
	s.Weak(Finding{
		Weakness: catalogue.UpgradeSmuggling, Severity: catalogue.Low, Evidence: first, Fix: fixForm, Anchor: s.check.Name,
		Message: fmt.Sprintf("Handshakes that are none are answered with 101: %s. A proxy in front that refuses or rewrites such a request sees something else on this connection than the server.", strings.Join(taken, ", ")),
	})
	return nil
}
