package probe

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/wswarden/wswarden/report"
)

// A stream is all that came on a connection, read as HTTP for as long as it is.
type stream struct {
	// answers are the status codes of the answers that came one after another.
	answers  []int
	evidence report.Evidence
	// ended says that the server ended the connection.
	ended bool
}

// maxStream bounds what is read of a stream.
const maxStream = 256 << 10

// stream sends a request with what is behind it and reads until nothing comes
// any more.
func (s *Session) stream(ctx context.Context, r Request) (stream, error) {
	nc, err := s.Dial(ctx, r, nil)
	if err != nil {
		return stream{}, err
	}
	defer nc.Close()
	nc.SetDeadline(time.Now().Add(s.run.patience()))
	nc.Write(append(r.Head(), r.Behind...)) // what can't be written is answered or not
	var raw strings.Builder
	b := make([]byte, 16<<10)
	quiet := max(2*s.Settle(), 300*time.Millisecond)
	out := stream{}
	for raw.Len() < maxStream {
		n, err := nc.Read(b)
		raw.Write(b[:n])
		if err != nil {
			out.ended = !errors.Is(err, os.ErrDeadlineExceeded)
			break
		}
		nc.SetReadDeadline(time.Now().Add(quiet))
	}
	if ctx.Err() != nil {
		return out, ctx.Err()
	}
	out.answers = statuses(raw.String(), r.Method)
	out.evidence = report.Evidence{
		Request:  s.Mask(clipLines(string(r.Head()) + string(r.Behind))),
		Response: s.Mask(clipLines(raw.String())),
	}
	s.run.facts.receive(received{s.check.Name, "answer", raw.String(), out.evidence.Request})
	return out, nil
}

// statuses reads answers one after another. Behind a 101 there are none by
// right, so that it looks for the start of one.
func statuses(raw, method string) []int {
	var out []int
	br := bufio.NewReader(strings.NewReader(raw))
	for len(out) < 8 {
		res, err := http.ReadResponse(br, &http.Request{Method: method})
		if err != nil {
			return out
		}
		out = append(out, res.StatusCode)
		if res.StatusCode == http.StatusSwitchingProtocols {
			rest, _ := io.ReadAll(br)
			i := strings.Index(string(rest), "HTTP/1.")
			if i < 0 {
				return out
			}
			br = bufio.NewReader(strings.NewReader(string(rest)[i:]))
			continue
		}
		io.Copy(io.Discard, res.Body)
		res.Body.Close()
	}
	return out
}

// pipelined is a second request for behind a handshake: of the front page, which
// everybody may see.
func pipelined(r Request) []byte {
	return []byte("GET / HTTP/1.1\r\nHost: " + r.Value("Host") + "\r\nUser-Agent: " + userAgent + "\r\nConnection: close\r\n\r\n")
}
