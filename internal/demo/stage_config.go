package demo

import (
	"fmt"
	"net"
	"regexp"
	"strings"
)

// NewStageConfigured is [NewStageAt] with another configuration of the guard, for
// a platform on the port of loopback that it names as backend. What of it has to do
// with addresses, and how long tickets live and sessions go unasked, is changed as
// it is for the example's own. The caller must call [Stage.Close].
func NewStageConfigured(platform string, config []byte) (*Stage, error) {
	text, err := placed(string(config), platform)
	if err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	s := &Stage{}
	return s, s.fence(platform, []byte(text))
}

var (
	backendPort = regexp.MustCompile(`(?m)^[ -]*backend: wss?://127\.0\.0\.1:([0-9]+)`)
	ownLines    = regexp.MustCompile(`(?m)^(?:listen|admin|audit):.*\n`)
	ticketLife  = regexp.MustCompile(`\bttl: [0-9a-z]+`)
	recheckTime = regexp.MustCompile(`\brecheck: [0-9a-z]+`)
)

// placed is a configuration for the platform at another address.
func placed(text, platform string) (string, error) {
	address := strings.TrimPrefix(platform, "http://")
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return "", fmt.Errorf("read address %q: %w", platform, err)
	}
	m := backendPort.FindStringSubmatch(text)
	if m == nil {
		return "", fmt.Errorf("read configuration: no backend on 127.0.0.1")
	}
	text = ownLines.ReplaceAllString(text, "")
	text = strings.NewReplacer("127.0.0.1:"+m[1], address, "localhost:"+m[1], "localhost:"+port).Replace(text)
	text = ticketLife.ReplaceAllLiteralString(text, "ttl: "+ticketTTL.String())
	text = recheckTime.ReplaceAllLiteralString(text, "recheck: "+recheck.String())
	return "listen: 127.0.0.1:0\n" + text, nil
}

// Legitimate are the sessions of the platform's own clients.
func Legitimate() []Attack { return legitimate }
