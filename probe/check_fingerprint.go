package probe

import (
	"context"
	"fmt"
	"strings"
	"time"
)

func init() {
	register(&Check{
		Name:    "fingerprint",
		Summary: "names the library and the proxy by their headers and their words",
		Cost:    Cost{Connections: 1, Messages: 1, Time: 4 * time.Second},
		Run:     runFingerprint,
	})
}

// productHeaders are those that name programs.
var productHeaders = []string{"Server", "X-Powered-By", "Via", "X-AspNet-Version"}

// libraryWords are what libraries say when they refuse a request or a frame.
var libraryWords = []struct{ library, in, text string }{
	{"ws (Node.js)", "body", "Invalid Sec-WebSocket-Version header"},
	{"ws (Node.js)", "body", "Missing or invalid Sec-WebSocket-Key header"},
	{"gorilla/websocket (Go)", "body", "websocket: unsupported version: 13 not found in 'Sec-Websocket-Version' header"},
	{"gorilla/websocket (Go)", "reason", "bad opcode"},
	{"gorilla/websocket (Go)", "reason", "unknown opcode"},
	{"coder/websocket (Go)", "body", "WebSocket protocol violation"},
	{"coder/websocket (Go)", "body", "unsupported WebSocket protocol version (only 13 is supported)"},
	{"coder/websocket (Go)", "reason", "received unknown opcode"},
	{"golang.org/x/net/websocket (Go)", "body", "missing or bad WebSocket Version"},
	{"websockets (Python)", "body", "Failed to open a WebSocket connection"},
	{"websockets (Python)", "reason", "invalid opcode"},
	{"wsproto (Python)", "reason", "Invalid opcode"},
	{"aiohttp (Python)", "body", "Unsupported version: "},
	{"aiohttp (Python)", "reason", "Unexpected opcode="},
	{"Tornado (Python)", "body", `Can "Upgrade" only to "WebSocket"`},
	{"autobahn (Python)", "reason", "use of reserved non-control frame opcode"},
	{"Socket.IO (engine.io)", "body", `{"code":0,"message":"Transport unknown"}`},
	{"Jetty (Java)", "body", "Powered by Jetty"},
	{"uWebSockets", "header", "uWebSockets"},
}

func runFingerprint(ctx context.Context, s *Session) error {
	f := s.Facts()
	bad := s.plain().With("Sec-WebSocket-Version", "1337")
	wrong, err := s.Try(ctx, bad)
	if err != nil {
		return err
	}
	for _, o := range []Outcome{s.Control, wrong} {
		for _, h := range productHeaders {
			for _, p := range strings.Fields(o.Header.Get(h)) {
				f.AddProduct(strings.Trim(p, "()"))
			}
		}
	}
	text := string(wrong.Body) + strings.Join(wrong.Header.Values("X-Websocket-Reject-Reason"), "")
	if library := recogniseWords(text, "", fmt.Sprint(s.Control.Header, wrong.Header)); library != "" {
		s.Note("the library answers like %s", library)
	}
	if ps := f.Products(); len(ps) > 0 {
		s.Note("headers name %s", clip(strings.Join(ps, ", "), 200))
	}
	if v := wrong.Header.Get("Sec-WebSocket-Version"); v != "" {
		s.Note("versions of the protocol that it names: %s", clip(v, 80))
	}
	s.Pass(nil, "see the notes")
	return nil
}

// recogniseWords names a library by what it says, empty if it is none that is
// known. The longest words decide: those of one library may be part of what
// another says.
func recogniseWords(body, reason, header string) string {
	library, longest := "", 0
	for _, w := range libraryWords {
		text := map[string]string{"body": body, "reason": reason, "header": header}[w.in]
		if strings.Contains(text, w.text) && len(w.text) > longest {
			library, longest = w.library, len(w.text)
		}
	}
	return library
}
