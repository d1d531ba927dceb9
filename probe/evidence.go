package probe

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/wswarden/wswarden/internal/redact"
	"github.com/wswarden/wswarden/internal/wire"
)

const (
	// maxEvidence bounds either half of an evidence.
	maxEvidence = 4 << 10
	// maxShown bounds one message or value of it.
	maxShown = 400
)

// secretLine matches header lines whose value is a credential.
var secretLine = regexp.MustCompile(`(?im)^((?:proxy-)?authorization|cookie|set-cookie|x-csrf-token|x-xsrf-token|x-api-key)(:[ \t]*)([^\r\n]*)`)

// secrets are texts that must not get into a report. It is safe for concurrent
// use.
type secrets struct {
	mu    sync.Mutex
	texts []string
}

// minSecret is the shortest text that is searched for: a shorter one would mask
// words that only look like it.
const minSecret = 4

// add adds texts.
func (s *secrets) add(texts ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range texts {
		if len(t) >= minSecret && !slices.Contains(s.texts, t) {
			s.texts = append(s.texts, t)
		}
	}
	// Longest first: a short one may be a part of a long one.
	slices.SortFunc(s.texts, func(a, b string) int { return len(b) - len(a) })
}

// addIdentity adds the credentials of an identity, whole and in parts.
func (s *secrets) addIdentity(i Identity) {
	for _, l := range i.Lines {
		s.add(l.Value)
		for pair := range strings.SplitSeq(l.Value, ";") {
			_, value, _ := strings.Cut(pair, "=")
			s.add(strings.TrimSpace(value))
		}
	}
	s.add(i.Bearer())
}

// mask returns text without credentials.
func (s *secrets) mask(text string) string {
	text = secretLine.ReplaceAllStringFunc(text, func(line string) string {
		m := secretLine.FindStringSubmatch(line)
		return m[1] + m[2] + maskValue(m[1], m[3])
	})
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range s.texts {
		text = strings.ReplaceAll(text, t, redact.Mask)
	}
	return redact.String(text)
}

// maskValue masks the value of a header line that holds a credential, and
// leaves what tells of it: the names of cookies, their attributes, the scheme.
func maskValue(name, value string) string {
	switch strings.ToLower(name) {
	case "cookie":
		var names []string
		for pair := range strings.SplitSeq(value, ";") {
			n, _, _ := strings.Cut(strings.TrimSpace(pair), "=")
			names = append(names, n+"="+redact.Mask)
		}
		return strings.Join(names, "; ")
	case "set-cookie":
		pair, attributes, more := strings.Cut(value, ";")
		n, _, _ := strings.Cut(pair, "=")
		if more {
			attributes = ";" + attributes
		}
		return n + "=" + redact.Mask + attributes
	case "authorization", "proxy-authorization":
		scheme, _, _ := strings.Cut(value, " ")
		return scheme + " " + redact.Mask
	}
	return redact.Mask
}

// clip shortens text for a report.
func clip(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return fmt.Sprintf("%s… (%d bytes)", strings.ToValidUTF8(text[:most], ""), len(text))
}

// clipLines shortens the lines of a head, so that an attack of 64 KiB is one
// line of a report.
func clipLines(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		body := strings.TrimRight(line, "\r\n")
		b.WriteString(clip(body, maxShown))
		b.WriteString("\n")
	}
	return clip(b.String(), maxEvidence)
}

// showUnit is a message or control frame in words.
func showUnit(u wire.Unit) string {
	switch u.Opcode {
	case wire.Close:
		if u.Code == wire.CloseNoStatus {
			return "close"
		}
		return strings.TrimSpace(fmt.Sprintf("close %d %s", u.Code, u.Reason))
	case wire.Binary:
		return fmt.Sprintf("binary %d bytes: %q", len(u.Payload), clip(string(u.Payload), maxShown/4))
	}
	return u.Opcode.String() + ": " + clip(string(u.Payload), maxShown)
}
