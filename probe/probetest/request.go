package probetest

import (
	"bufio"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/wswarden/wswarden/internal/wire"
)

// The limits of a request head.
const (
	maxLine  = 96 << 10
	maxLines = 100
)

var errHead = errors.New("malformed request head")

type header struct{ name, value string }

// request is a request as it came, with nothing normalised.
type request struct {
	method, target, proto string
	headers               []header
	path                  string
	query                 url.Values
}

// readRequest reads a request head. It is neither strict nor forgiving where
// that is a matter of a switch: those judge later.
func readRequest(br *bufio.Reader) (*request, error) {
	line, err := readLine(br)
	if err != nil {
		return nil, err
	}
	parts := strings.Split(line, " ")
	if len(parts) != 3 {
		return nil, errHead
	}
	r := &request{method: parts[0], target: parts[1], proto: parts[2]}
	for range maxLines {
		line, err := readLine(br)
		if err != nil {
			return nil, err
		}
		if line == "" {
			return r, r.split()
		}
		name, value, ok := strings.Cut(line, ":")
		if !ok || name == "" || strings.ContainsAny(name, " \t") {
			return nil, errHead
		}
		r.headers = append(r.headers, header{name, strings.Trim(value, " \t")})
	}
	return nil, errHead
}

func readLine(br *bufio.Reader) (string, error) {
	var line []byte
	for {
		part, err := br.ReadSlice('\n')
		line = append(line, part...)
		if len(line) > maxLine {
			return "", errHead
		}
		if err == nil {
			break
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return "", err
		}
	}
	if len(line) < 2 || line[len(line)-2] != '\r' {
		return "", errHead
	}
	text := string(line[:len(line)-2])
	if strings.ContainsAny(text, "\x00\r") {
		return "", errHead
	}
	return text, nil
}

func (r *request) split() error {
	target := r.target
	if strings.HasPrefix(target, "http://") {
		u, err := url.Parse(target)
		if err != nil {
			return errHead
		}
		target = u.RequestURI()
	}
	path, query, _ := strings.Cut(target, "?")
	values, err := url.ParseQuery(query)
	if err != nil {
		return errHead
	}
	r.path, r.query = path, values
	return nil
}

// get returns the first header of that name.
func (r *request) get(name string) string {
	for _, h := range r.headers {
		if strings.EqualFold(h.name, name) {
			return h.value
		}
	}
	return ""
}

// all returns every header of that name.
func (r *request) all(name string) []string {
	var out []string
	for _, h := range r.headers {
		if strings.EqualFold(h.name, name) {
			out = append(out, h.value)
		}
	}
	return out
}

// has reports whether a list header has the token.
func (r *request) has(name, token string) bool { return wire.HeaderHasToken(r.all(name), token) }

// cookie returns the value of a cookie.
func (r *request) cookie(name string) string {
	for _, line := range r.all("Cookie") {
		for pair := range strings.SplitSeq(line, ";") {
			if k, v, ok := strings.Cut(strings.TrimSpace(pair), "="); ok && k == name {
				return v
			}
		}
	}
	return ""
}

// answer is what the twin says over HTTP.
type answer struct {
	status  int
	headers []header
	body    string
}

var reasons = map[int]string{
	101: "Switching Protocols", 200: "OK", 204: "No Content", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found",
	405: "Method Not Allowed", 415: "Unsupported Media Type", 421: "Misdirected Request", 426: "Upgrade Required", 429: "Too Many Requests", 500: "Internal Server Error",
}

// bytes writes the answer. Where keep is set the connection stays.
func (a answer) bytes(keep bool) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "HTTP/1.1 %d %s\r\n", a.status, reasons[a.status])
	for _, h := range a.headers {
		fmt.Fprintf(&b, "%s: %s\r\n", h.name, h.value)
	}
	if a.status != 101 {
		if !keep {
			b.WriteString("Connection: close\r\n")
		}
		fmt.Fprintf(&b, "Content-Length: %d\r\n", len(a.body))
	}
	b.WriteString("\r\n")
	b.WriteString(a.body)
	return []byte(b.String())
}

func refusal(status int, text string) answer {
	return answer{status: status, headers: []header{{"Content-Type", "text/plain"}}, body: text + "\n"}
}
