package redisstore

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"strconv"
	"strings"

	"github.com/wswarden/wswarden/guard"
)

// ticketVersion starts the value of every ticket. A guard of another version
// can't read it, and refuses.
const ticketVersion = "1"

var errTicketVersion = errors.New("a ticket of another version of the guard")

// encodeTicket writes a ticket as its version and JSON.
func encodeTicket(t *guard.Ticket) ([]byte, error) {
	written := *t
	if claims, ok := exact(t.Identity.Claims).(map[string]any); ok {
		written.Identity.Claims = claims
	}
	b := bytes.NewBufferString(ticketVersion)
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	if err := e.Encode(&written); err != nil {
		return nil, errors.New("encode ticket: its claims are no JSON") // the cause could quote them
	}
	return b.Bytes(), nil
}

// decodeTicket reads what encodeTicket wrote. Claims come back as package
// claims decodes them: numbers that were whole are int64, others float64.
func decodeTicket(value string) (guard.Ticket, error) {
	text, ok := strings.CutPrefix(value, ticketVersion)
	if !ok {
		return guard.Ticket{}, errTicketVersion
	}
	var t guard.Ticket
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&t); err != nil {
		return guard.Ticket{}, errors.New("decode ticket: it is damaged") // the cause could quote it
	}
	for name, v := range t.Identity.Claims {
		t.Identity.Claims[name] = numbers(v)
	}
	return t, nil
}

// exact returns v with its floats written so that they come back as floats.
func exact(v any) any {
	switch x := v.(type) {
	case float64:
		if x == math.Trunc(x) && math.Abs(x) < 1e21 { // from there on they have an exponent
			return json.Number(strconv.FormatFloat(x, 'f', 1, 64))
		}
	case map[string]any:
		if x == nil {
			return nil
		}
		out := make(map[string]any, len(x))
		for name, v := range x {
			out[name] = exact(v)
		}
		return out
	case []any:
		out := make([]any, len(x))
		for i, v := range x {
			out[i] = exact(v)
		}
		return out
	}
	return v
}

// numbers returns v with its numbers as int64 where they were whole and fit,
// else as float64. It changes what v holds.
func numbers(v any) any {
	switch x := v.(type) {
	case json.Number:
		if n, err := x.Int64(); err == nil {
			return n
		}
		f, _ := x.Float64()
		return f
	case map[string]any:
		for name, v := range x {
			x[name] = numbers(v)
		}
	case []any:
		for i, v := range x {
			x[i] = numbers(v)
		}
	}
	return v
}
