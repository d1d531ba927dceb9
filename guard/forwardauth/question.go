package forwardauth

import (
	"net/http"
	"slices"
	"strings"

	"github.com/wswarden/wswarden/guard"
)

// maxHeaderBytes is the longest header that is passed on. Servers accept 8 KiB
// at least.
const maxHeaderBytes = 8 << 10

// refusal is a verdict against a request: constant text that an audit log can
// hold. It wraps [guard.ErrCredentialRefused] without repeating it.
type refusal string

func (r refusal) Error() string { return string(r) }

// Unwrap makes every refusal a [guard.ErrCredentialRefused].
func (r refusal) Unwrap() error { return guard.ErrCredentialRefused }

const (
	refuseMissing  refusal = "credential missing"
	refuseRepeated refusal = "credential header repeated"
	refuseLong     refusal = "credential header too long"
	refuseText     refusal = "credential header malformed"
	refuseDenied   refusal = "application refused the credential"
	refuseRedirect refusal = "application redirected to a sign-in"
	refuseExpired  refusal = "session expired"
)

// question returns the headers of the request to the application: those of the
// client that it was told to pass on, and none other.
func (v *Verifier) question(client http.Header) (http.Header, error) {
	question := http.Header{
		"Accept": {"application/json"},
		// An empty list keeps the client from adding its own.
		"User-Agent": {""},
	}
	credentials := 0
	for _, name := range v.cfg.Headers {
		value, err := single(client, name)
		if err != nil {
			return nil, err
		}
		if value != "" {
			question[name] = []string{value}
			credentials++
		}
	}
	if credentials == 0 {
		return nil, refuseMissing
	}
	if v.cfg.CSRFHeader != "" {
		value, err := single(client, v.cfg.CSRFHeader)
		if err != nil {
			return nil, err
		}
		if value != "" {
			question[v.cfg.CSRFHeader] = []string{value}
		}
	}
	return question, nil
}

// single returns the value of a header, "" if there is none. A header that
// came twice is refused: the application might judge one and the backend obey
// the other. Only cookies may be split over several lines (RFC 9113 section
// 8.2.3), and are put together again.
func single(client http.Header, name string) (string, error) {
	values := client[name]
	if name == "Cookie" {
		values = slices.DeleteFunc(slices.Clone(values), func(s string) bool { return s == "" })
		if len(values) > 1 {
			values = []string{strings.Join(values, "; ")}
		}
	}
	switch {
	case len(values) == 0:
		return "", nil
	case len(values) > 1:
		return "", refuseRepeated
	case len(values[0]) > maxHeaderBytes:
		return "", refuseLong
	case strings.ContainsFunc(values[0], controls):
		return "", refuseText
	}
	return values[0], nil
}

// controls reports characters that end a line of a header or that a server may
// take for its end (RFC 9110 section 5.5).
func controls(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }
