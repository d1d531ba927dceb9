package probe

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/wswarden/wswarden/internal/wireclient"
)

// A Hook is what a tester has done at a point of a check: an address, to which
// the first identity sends a POST (Audit: a GET), or a command of the shell,
// which finds the identity's name in WSWARDEN_IDENTITY.
type Hook string

// isURL reports whether the hook is an address.
func (h Hook) isURL() bool {
	return strings.HasPrefix(string(h), "http://") || strings.HasPrefix(string(h), "https://")
}

// hookTimeout bounds a command.
const hookTimeout = 30 * time.Second

// maxHookOutput bounds what is kept of what a hook says.
const maxHookOutput = 1 << 20

// run has the hook done, and returns what it said.
func (s *Session) hook(ctx context.Context, h Hook, method string) (string, error) {
	if h.isURL() {
		return s.callHook(ctx, h, method)
	}
	ctx, cancel := context.WithTimeout(ctx, hookTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, "sh", "-c", string(h))
	cmd.WaitDelay = time.Second
	cmd.Env = os.Environ()
	if who := s.Target.Identity(); who != nil {
		cmd.Env = append(cmd.Env, "WSWARDEN_IDENTITY="+who.Name)
	}
	var out limitedBuffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		return out.String(), fmt.Errorf("run the command of a hook: %w", err)
	}
	return out.String(), nil
}

func (s *Session) callHook(ctx context.Context, h Hook, method string) (string, error) {
	u, err := url.Parse(string(h))
	if err != nil || u.Host == "" {
		return "", errors.New("call the address of a hook: it is none")
	}
	r := Request{Method: method, Target: u.RequestURI(), Proto: "HTTP/1.1", URL: u}
	r.Lines = []wireclient.Line{{Name: "Host", Value: u.Host}, {Name: "Origin", Value: s.Target.Origin}, {Name: "User-Agent", Value: userAgent}, {Name: "Connection", Value: "close"}}
	if method == http.MethodPost {
		r = r.Plus("Content-Length", "0").Plus("X-CSRF-Token", "wswarden")
	}
	if who := s.Target.Identity(); who != nil {
		for _, l := range who.Lines {
			r = r.With(l.Name, l.Value)
		}
	}
	o, err := s.Fetch(ctx, r)
	if err != nil {
		return "", fmt.Errorf("call the address of a hook: %w", err)
	}
	if o.Status/100 != 2 && o.Status/100 != 3 {
		return "", fmt.Errorf("call the address of a hook: %q answered %d", u.Path, o.Status)
	}
	return string(o.Body), nil
}

// limitedBuffer keeps the first bytes that are written to it.
type limitedBuffer struct{ bytes.Buffer }

func (b *limitedBuffer) Write(p []byte) (int, error) {
	if room := maxHookOutput - b.Len(); room > 0 {
		b.Buffer.Write(p[:min(len(p), room)])
	}
	return len(p), nil
}
