package guard

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"slices"
	"time"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/internal/wire"
)

const (
	// firstMessageTime is how long a client may take to send its ticket.
	// Nothing else that it sends extends it.
	firstMessageTime = 5 * time.Second
	// firstMessageBytes bounds the message, firstMessageFrames what comes
	// before it ends.
	firstMessageBytes  = 4 << 10
	firstMessageFrames = 16
	// maxWaiting bounds the connections that have not shown a ticket yet.
	maxWaiting = 1000
)

// firstMessage is what carries a ticket.
type firstMessage struct {
	Type   string `json:"type"`
	Ticket string `json:"ticket"`
}

// connectLater answers 101 to a client that has shown no credential, and opens
// the far end only after its first message held a ticket.
func (a *attempt) connectLater(ctx context.Context, w http.ResponseWriter, t terminal) *Denial {
	if a.g.waiting.Add(1) > maxWaiting {
		a.g.waiting.Add(-1)
		return full("connections.waiting", "%d connections wait for their ticket", maxWaiting)
	}
	defer a.g.waiting.Add(-1)
	deflate, extensions, d := a.negotiateDeflate()
	if d != nil {
		return d
	}
	nc, d := a.takeOver(w)
	if d != nil {
		return d
	}
	a.offer.application = a.offer.application[:min(1, len(a.offer.application))] // the client is told before the backend is asked
	var chosen string
	if len(a.offer.application) == 1 {
		chosen = a.offer.application[0]
	}
	if err := a.switchProtocols(nc, a.offer.answer(chosen), extensions, nil); err != nil {
		a.abandon(err)
		return nil
	}
	if d := a.finishLater(ctx, nc, t, deflate, chosen); d != nil {
		a.refuseOpen(nc, d)
	}
	return nil
}

// finishLater waits for the ticket, judges it and starts the connection.
func (a *attempt) finishLater(ctx context.Context, nc net.Conn, t terminal, deflate *wire.Deflate, chosen string) *Denial {
	defer a.g.recovered(func() { a.refuseOpen(nc, internalError()) }) // the HTTP server would leave the socket open
	value, early, d := readFirstMessage(nc, deflate)
	if d != nil {
		return d
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), a.plan.cfg.Limits.Handshake)
	defer cancel()
	who, d := a.g.byTicket(ctx, a, credentials{ticket: value, carrier: CarrierFirstMessage})
	a.who = who
	if d != nil {
		return d
	}
	if d := a.claimUser(ctx); d != nil {
		return d
	}
	o, d := t.open(ctx, a)
	if d != nil {
		return d
	}
	if o.protocol != chosen {
		o.close()
		return badAnswer("the backend does not choose the sub-protocol that the client was promised")
	}
	a.start(ctx, nc, o, deflate, early)
	return nil
}

// readFirstMessage returns the ticket, and what came behind it.
func readFirstMessage(nc net.Conn, deflate *wire.Deflate) (value string, early []byte, d *Denial) {
	nc.SetReadDeadline(time.Now().Add(firstMessageTime))
	defer nc.SetReadDeadline(time.Time{})
	var r wire.Reader
	r.Init(wire.ReaderConfig{From: wire.FromClient, MaxMessage: firstMessageBytes, MaxFragments: firstMessageFrames, Payload: true, Deflate: deflate})
	defer r.Release()
	buf := make([]byte, firstMessageBytes)
	for frames := 0; ; {
		n, err := nc.Read(buf)
		if err != nil {
			return "", nil, noTicket("no message within %v", firstMessageTime)
		}
		for b := buf[:n]; len(b) > 0; {
			n, u, ok, err := r.Next(b)
			b = b[n:]
			if err != nil {
				return "", nil, firstFrameRefusal(err)
			}
			if !ok {
				break
			}
			if frames++; frames > firstMessageFrames {
				return "", nil, noTicket("%d frames before the ticket", firstMessageFrames)
			}
			switch u.Opcode {
			case wire.Text:
				value, d := parseFirstMessage(u.Payload)
				return value, slices.Clone(b), d
			case wire.Binary, wire.Close:
				return "", nil, noTicket("the first message is %v", u.Opcode)
			}
		}
	}
}

func parseFirstMessage(payload []byte) (string, *Denial) {
	var m firstMessage
	if err := json.Unmarshal(payload, &m); err != nil || m.Type != "wswarden.ticket" {
		return "", noTicket("the first message carries no ticket")
	}
	return m.Ticket, nil
}

func firstFrameRefusal(err error) *Denial {
	var v *wire.Violation
	if errors.As(err, &v) {
		return frameRefusal(v)
	}
	return noTicket("%v", err)
}

func noTicket(format string, args ...any) *Denial {
	d := deny(catalogue.AuthRace, "credential.first-message", http.StatusUnauthorized, "ticket_invalid", "").because(format, args...)
	d.Close, d.Retry = CloseDenied, RetryFresh
	return d
}

// refuseOpen ends an attempt whose 101 is out.
func (a *attempt) refuseOpen(nc net.Conn, d *Denial) {
	d.Status, d.Close = http.StatusSwitchingProtocols, cmp.Or(d.Close, CloseInternal)
	a.place.release()
	a.who.credential.wipe()
	a.g.counts.refuse(a.route, d, Denied)
	a.route.counts.close(d.Close)
	a.record(d, Denied)
	nc.SetWriteDeadline(time.Now().Add(closePatience))
	if _, err := nc.Write(wire.AppendClose(nil, wire.CloseCode(d.Close), d.reason(a.event), nil)); err == nil {
		lingerOn(nc)
	}
	nc.Close()
}
