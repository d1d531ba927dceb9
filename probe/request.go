package probe

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/wswarden/wswarden/internal/wireclient"
)

// A Request is a request as it is written on the connection, right or wrong:
// nothing in it is checked, escaped or completed. Checks get one from
// [Session.Request] and change what they want to be different.
type Request struct {
	Method, Target, Proto string
	Lines                 []wireclient.Line
	// Behind is sent right behind the head: a body, or frames before any answer.
	Behind []byte
	// Key is the Sec-WebSocket-Key that the answer is compared with.
	Key string
	// URL is where the connection goes. It is the target's unless a check says
	// otherwise.
	URL *url.URL
	// From is the local address to connect from; empty lets the system choose.
	From string
}

// With returns a copy in which name has the one value, where it stood before.
func (r Request) With(name, value string) Request {
	r = r.clone()
	i := slices.IndexFunc(r.Lines, named(name))
	if i < 0 {
		r.Lines = append(r.Lines, wireclient.Line{Name: name, Value: value})
		return r
	}
	r.Lines[i] = wireclient.Line{Name: name, Value: value}
	rest := slices.DeleteFunc(r.Lines[i+1:], named(name))
	r.Lines = r.Lines[:i+1+len(rest)]
	return r
}

// Plus returns a copy with one more line at the end.
func (r Request) Plus(name, value string) Request {
	r = r.clone()
	r.Lines = append(r.Lines, wireclient.Line{Name: name, Value: value})
	return r
}

// Without returns a copy without lines of the names.
func (r Request) Without(names ...string) Request {
	r = r.clone()
	for _, n := range names {
		r.Lines = slices.DeleteFunc(r.Lines, named(n))
	}
	return r
}

// Value returns the value of the first line of that name.
func (r Request) Value(name string) string {
	if i := slices.IndexFunc(r.Lines, named(name)); i >= 0 {
		return r.Lines[i].Value
	}
	return ""
}

func (r Request) clone() Request {
	r.Lines = slices.Clone(r.Lines)
	return r
}

func named(name string) func(wireclient.Line) bool {
	return func(l wireclient.Line) bool { return strings.EqualFold(l.Name, name) }
}

// Head returns the bytes of the head.
func (r Request) Head() []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s %s\r\n", r.Method, r.Target, r.Proto)
	for _, l := range r.Lines {
		fmt.Fprintf(&b, "%s: %s\r\n", l.Name, l.Value)
	}
	b.WriteString("\r\n")
	return []byte(b.String())
}
