package probe

import (
	"context"
	"fmt"
	"net/netip"
	"regexp"
	"strings"
	"time"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/report"
)

func init() {
	register(&Check{
		Name:       "error-detail",
		Summary:    "sends invalid values of known messages, and reads what all checks received: stack traces, files, SQL, keys, internal addresses",
		Weaknesses: []*catalogue.Weakness{catalogue.ErrorDetail},
		Cost:       Cost{Connections: 16, Messages: 60, Time: 15 * time.Second},
		Last:       true,
		Run:        runDetail,
	})
}

// leak is what tells of the inside of a server.
type leak struct {
	what    string
	pattern *regexp.Regexp
}

var leaks = []leak{
	{"a stack trace", regexp.MustCompile(`(?m)Traceback \(most recent call last\)|^\s*at .{1,200}[(/ ][^ ()]+:\d+:\d+\)?$|\\n\s*at [^"]{1,120}:\d+|\bat [\w$.]+\([\w]+\.java:\d+\)|goroutine \d+ \[|\.go:\d+ \+0x|in <module>|File \\?"[^"]{1,200}\.py\\?", line \d+|#\d+ /[^ ]+\.php\(\d+\)| at [\w.]+ in [A-Z]:\\`)},
	{"the text of an exception", regexp.MustCompile(`\b(?:TypeError|ReferenceError|SyntaxError|RangeError|KeyError|ValueError|AttributeError|IndexError|JSONDecodeError|NullPointerException|IllegalArgumentException|NumberFormatException|ClassCastException|UnboundLocalError|ZeroDivisionError|RuntimeError|NoMethodError|ArgumentError)\b|Cannot read propert(?:y|ies) of|Unexpected (?:token|end of JSON)|is not a function|is not defined|object has no attribute|json: cannot unmarshal|invalid character '.{1,4}' looking for|Expecting value: line|Expecting property name|runtime error:|panic: |Unexpected non-whitespace character|Expected property name`)},
	{"SQL or an error of a database", regexp.MustCompile(`(?i)\bSELECT\b.{1,200}\bFROM\b|\bINSERT INTO\b|\bUPDATE\b.{1,80}\bSET\b.{1,80}\bWHERE\b|SQLSTATE|SQLITE_[A-Z]+|ORA-\d{5}|syntax error at or near|near ".{0,40}": syntax error|unrecognized token|no such (?:column|table)|(?:relation|column) ".{1,60}" does not exist|MongoServerError|ER_[A-Z]+_ERROR|You have an error in your SQL`)},
	{"a path of the server's files", regexp.MustCompile(`(?:^|[\s"'(=])(?:/(?:home|root|usr/(?:src|lib|local)|var/(?:www|lib|task)|srv|opt|app|tmp)/[\w.@/-]{3,}|[A-Z]:\\(?:\w[\w .-]*\\){1,}[\w.-]+)|node_modules/|site-packages/`)},
	{"a key or a secret", regexp.MustCompile(`-----BEGIN [A-Z ]*PRIVATE KEY|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{36}\b|\bsk_live_[0-9a-zA-Z]{16,}|\bxox[baprs]-[0-9A-Za-z-]{10,}|(?i)"(?:password|passwd|passwordhash|secret|api_?key|private_?key)"\s*:\s*"[^"]{3,}"`)},
	{"an address with its credentials", regexp.MustCompile(`\b(?:postgres(?:ql)?|mysql|mongodb(?:\+srv)?|redis|amqps?)://[^\s"'/]+:[^\s"'/]+@`)},
}

// address matches what may be an address of a private network.
var address = regexp.MustCompile(`\b(?:10|127|172|192|169)(?:\.\d{1,3}){3}\b`)

func runDetail(ctx context.Context, s *Session) error {
	w := catalogue.ErrorDetail
	provoked, err := s.provoke(ctx)
	all := s.Facts().all()
	var found []string
	var first *report.Evidence
	for _, l := range leaks {
		for _, r := range all {
			at := l.pattern.FindStringIndex(r.text)
			if at == nil {
				continue
			}
			found = append(found, l.what+" ("+s.inContext(r, at)+")")
			if first == nil {
				first = &report.Evidence{Request: r.sent, Response: around(r.text, at)}
			}
			break
		}
	}
	if inner := s.innerAddress(all); inner != "" {
		s.Note("an answer names the internal address %s", inner)
	}
	switch {
	case len(found) > 0:
	case err != nil:
		return err
	case len(provoked) == 0:
		s.NotJudged(w, "not provoked: nothing of the kind is in %d answers and messages, but no handler of a message was given a value that it can't take; %s", len(all), noMessages)
		return nil
	default:
		s.Pass(w, "nothing of the kind is in %d answers and messages, those to invalid values of %s among them", len(all), clip(strings.Join(provoked, ", "), 200))
		return nil
	}
	s.Weak(Finding{Weakness: w, Evidence: *first, Anchor: "detail",
		Fix:     "send a constant text and a reference, and write the details to the log",
		Message: fmt.Sprintf("What the server sends tells of its inside: %s. It is a map for whoever looks for the next weakness.", strings.Join(found, "; "))})
	return err
}

// inContext says in which check a leak was received.
func (s *Session) inContext(r received, at []int) string {
	return fmt.Sprintf("in check %s: %q", r.check, clip(strings.TrimSpace(r.text[at[0]:at[1]]), 80))
}

// around is a leak with something of what stands around it.
func around(text string, at []int) string {
	from, to := max(0, at[0]-100), min(len(text), at[1]+300)
	return strings.ToValidUTF8(text[from:to], "")
}

// innerAddress is an address of a private network in an answer, which is not
// the target's own.
func (s *Session) innerAddress(all []received) string {
	if s.Target.Internal() {
		return ""
	}
	for _, r := range all {
		for _, a := range address.FindAllString(r.text, 8) {
			if ip, err := netip.ParseAddr(a); err == nil && (ip.IsPrivate() || ip.IsLinkLocalUnicast()) {
				return a
			}
		}
	}
	return ""
}
