package probe

import (
	"bufio"
	"bytes"
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
		Name: "tunnel", Summary: "asks for a wrong version of WebSocket and, behind the refusal, for the path that --canary-path names",
		Weaknesses: []*catalogue.Weakness{catalogue.UpgradeSmuggling}, Group: State, Cost: Cost{Connections: 6, Messages: 0, Time: 15 * time.Second}, Run: runTunnel,
	})
}

const fixTunnel = "have the proxy open a tunnel only for a 101 whose Sec-WebSocket-Accept belongs to the key, and close the connection of every other answer"

// canaryRequest is the request behind the upgrade.
func (s *Session) canaryRequest() []byte {
	return []byte("GET " + s.Target.CanaryPath + " HTTP/1.1\r\nHost: " + s.Target.URL.Host + "\r\nUser-Agent: " + userAgent + "\r\n\r\n")
}

// frontAnswer is what the front says to the canary path, asked for openly. A
// path that it serves shows nothing.
func (s *Session) frontAnswer(ctx context.Context) (Outcome, bool, error) {
	if !strings.HasPrefix(s.Target.CanaryPath, "/") {
		s.NotJudged(nil, "it needs a path of the same server that its front keeps back, such as --canary-path /internal/health")
		return Outcome{}, false, nil
	}
	o, err := s.Get(ctx, s.Target.CanaryPath, "", nil)
	if err != nil {
		return o, false, err
	}
	if o.Status/100 == 2 {
		s.NotJudged(nil, "%s is served to everybody (%d), so that getting at it shows nothing: name a path that the front keeps back", s.Target.CanaryPath, o.Status)
		return o, false, nil
	}
	return o, true, nil
}

func runTunnel(ctx context.Context, s *Session) error {
	front, ok, err := s.frontAnswer(ctx)
	if err != nil || !ok {
		return err
	}
	r, err := s.Request(ctx, s.Target.Identity())
	if err != nil {
		return err
	}
	r = r.With("Sec-WebSocket-Version", "1337")
	return s.behind(ctx, r, front, "a handshake of a version that does not exist")
}

// behind sends a request and, once it is answered, the canary on the same
// connection. It looks at the second answer.
func (s *Session) behind(ctx context.Context, r Request, front Outcome, what string) error {
	w := catalogue.UpgradeSmuggling
	nc, err := s.Dial(ctx, r, nil)
	if err != nil {
		return err
	}
	defer nc.Close()
	nc.SetDeadline(time.Now().Add(s.run.patience()))
	if _, err := nc.Write(r.Head()); err != nil {
		return fmt.Errorf("send the upgrade: %w", err)
	}
	tap := &tap{Conn: nc}
	br := bufio.NewReader(tap)
	first, err := http.ReadResponse(br, &http.Request{Method: r.Method})
	if err != nil {
		s.Pass(w, "%s ends the connection without an answer", what)
		return ctx.Err()
	}
	if first.StatusCode != http.StatusSwitchingProtocols {
		var drained bytes.Buffer
		if _, err := drained.ReadFrom(http.MaxBytesReader(nil, first.Body, maxBody)); err != nil {
			s.Pass(w, "%s is answered with %d, and the connection ends", what, first.StatusCode)
			return ctx.Err()
		}
		if first.Close {
			s.Pass(w, "%s is answered with %d and Connection: close", what, first.StatusCode)
			return nil
		}
	}
	_, _ = nc.Write(s.canaryRequest()) // an end shows in the reading
	second, err := http.ReadResponse(br, &http.Request{Method: http.MethodGet})
	if err != nil {
		s.Pass(w, "behind %s, answered with %d, nothing is served", what, first.StatusCode)
		return ctx.Err()
	}
	second.Body.Close()
	if second.StatusCode == front.Status || second.StatusCode/100 != 2 {
		s.Pass(w, "behind %s the path is answered with %d, as it is in front (%d)", what, second.StatusCode, front.Status)
		return nil
	}
	s.Weak(Finding{Weakness: w, Fix: fixTunnel, Anchor: what,
		Evidence: report.Evidence{
			Request:  s.Mask(clipLines(string(r.Head())) + "\n" + string(s.canaryRequest())),
			Response: s.Mask(clipLines(tap.String())),
		},
		Message: fmt.Sprintf("%s is answered with %d, and behind it the connection is a tunnel to the backend: %s, which the front answers with %d, is served with %d.", sentence(what), first.StatusCode, s.Target.CanaryPath, front.Status, second.StatusCode)})
	return nil
}
