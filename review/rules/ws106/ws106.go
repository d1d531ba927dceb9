// Package ws106 finds clients that connect without TLS over a network.
package ws106

import (
	"fmt"
	"net"
	"strings"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/report"
	"github.com/wswarden/wswarden/review/model"
	"github.com/wswarden/wswarden/review/rule"
)

// Rule implements WS106.
var Rule = &rule.Rule{Weakness: catalogue.PlaintextTransport, Check: check}

func check(p *model.Program, r *rule.Reporter) {
	for _, e := range rule.Clients(p) {
		for _, ev := range e.Of(model.Connect) {
			if len(ev.Args) == 0 {
				continue
			}
			host, ok := plaintextHost(ev.Args[0].Shape)
			if !ok {
				continue
			}
			f := rule.Finding{
				At: ev.Place, Endpoint: e, Anchor: host,
				Message: fmt.Sprintf("The connection to %s is not encrypted: whoever is on the way reads the credential of the handshake and all messages, and can change them.", host),
				Fix:     "connect with wss://",
			}
			if !strings.Contains(host, ".") && !strings.Contains(host, ":") {
				// A name without a dot resolves inside of one network only.
				f.Severity, f.Confidence = catalogue.Low, report.LowConfidence
			}
			r.Report(f)
		}
	}
}

// plaintextHost is the host of a literal ws address that isn't this machine.
func plaintextHost(address string) (string, bool) {
	rest, ok := strings.CutPrefix(strings.ToLower(strings.TrimSpace(address)), "ws://")
	if !ok {
		return "", false
	}
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		rest = rest[:i]
	}
	host := rest[strings.LastIndexByte(rest, '@')+1:]
	if strings.HasPrefix(host, "[") {
		host, _, _ = strings.Cut(host[1:], "]")
	} else {
		host, _, _ = strings.Cut(host, ":")
	}
	if host == "" || strings.ContainsAny(host, "{} ") {
		return "", false // only known when it runs
	}
	if ip := net.ParseIP(host); ip != nil {
		return host, !ip.IsLoopback() && !ip.IsUnspecified()
	}
	local := host == "localhost" || strings.HasSuffix(host, ".localhost") || host == "host.docker.internal"
	return host, !local
}
