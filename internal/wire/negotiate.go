package wire

import (
	"errors"
	"strconv"
)

// The names of RFC 7692 section 7.
const (
	deflateName       = "permessage-deflate"
	serverNoTakeover  = "server_no_context_takeover"
	clientNoTakeover  = "client_no_context_takeover"
	serverWindowParam = "server_max_window_bits"
	clientWindowParam = "client_max_window_bits"
)

// DeflatePolicy says what a server agrees to. The zero value keeps no compression
// state between messages and accepts no promise that forwarding could break.
type DeflatePolicy struct {
	// ClientContextTakeover lets the client's messages refer to earlier ones, which
	// costs the reader up to 32 KiB a connection. Otherwise the answer demands
	// client_no_context_takeover.
	ClientContextTakeover bool
	// ServerWindow accepts offers that limit the server's window below 32 KiB. Messages
	// written by [Deflate.AppendMessage] keep to it; frames that come compressed from
	// somewhere else keep to it only if it was asked of their writer too.
	ServerWindow bool
}

// NegotiateDeflate answers the Sec-WebSocket-Extensions lines of a client (RFC 7692
// section 7.1): with the parameters and the line to answer of the first offer of
// permessage-deflate that can be accepted, or with nil and "". An offer is declined if
// a parameter is unknown, repeated, out of range or has a value where none belongs, or
// if the policy is against it. The answer always says server_no_context_takeover and
// never limits the client's window.
//
// err is that of [ParseExtensions]: the handshake must be refused.
func NegotiateDeflate(offers []string, policy DeflatePolicy) (params *Deflate, response string, err error) {
	extensions, err := ParseExtensions(offers)
	if err != nil {
		return nil, "", err
	}
	for _, e := range extensions {
		offer, ok := readOffer(e)
		if !ok || offer.ServerMaxWindowBits < maxWindowBits && offer.ServerMaxWindowBits != 0 && !policy.ServerWindow {
			continue
		}
		d := &Deflate{
			ServerNoContextTakeover: true,
			ClientNoContextTakeover: offer.ClientNoContextTakeover || !policy.ClientContextTakeover,
			ServerMaxWindowBits:     offer.ServerMaxWindowBits,
		}
		return d, d.header(), nil
	}
	return nil, "", nil
}

// header returns d as a Sec-WebSocket-Extensions line.
func (d *Deflate) header() string {
	h := deflateName
	if d.ServerNoContextTakeover {
		h += "; " + serverNoTakeover
	}
	if d.ClientNoContextTakeover {
		h += "; " + clientNoTakeover
	}
	if d.ServerMaxWindowBits != 0 {
		h += "; " + serverWindowParam + "=" + strconv.Itoa(int(d.ServerMaxWindowBits))
	}
	if d.ClientMaxWindowBits != 0 {
		h += "; " + clientWindowParam + "=" + strconv.Itoa(int(d.ClientMaxWindowBits))
	}
	return h
}

// readOffer reads an offer of permessage-deflate. In an offer, client_max_window_bits
// may come without a value: it then only says that the client could limit its window.
func readOffer(e Extension) (d Deflate, ok bool) {
	return readDeflate(e, true)
}

// readDeflate reads the parameters of permessage-deflate. RFC 7692 sections 7.1.1 and
// 7.1.2 give each its values; section 7.1 declines what is not defined, has an invalid
// value or comes more than once.
func readDeflate(e Extension, offer bool) (d Deflate, ok bool) {
	if e.Name != deflateName {
		return d, false
	}
	seen := map[string]bool{}
	for _, p := range e.Params {
		if seen[p.Name] || !d.readParam(p, offer) {
			return d, false
		}
		seen[p.Name] = true
	}
	return d, true
}

func (d *Deflate) readParam(p ExtensionParam, offer bool) bool {
	switch p.Name {
	case serverNoTakeover:
		d.ServerNoContextTakeover = true
		return !p.HasValue
	case clientNoTakeover:
		d.ClientNoContextTakeover = true
		return !p.HasValue
	case serverWindowParam:
		d.ServerMaxWindowBits = windowBits(p.Value)
		return d.ServerMaxWindowBits != 0
	case clientWindowParam:
		d.ClientMaxWindowBits = windowBits(p.Value)
		return d.ClientMaxWindowBits != 0 || offer && !p.HasValue
	}
	return false
}

// windowBits reads "a decimal integer value without leading zeroes between 8 to 15
// inclusive" (RFC 7692 section 7.1.2.1) and returns zero for anything else.
func windowBits(value string) uint8 {
	for bits := uint8(minWindowBits); bits <= maxWindowBits; bits++ {
		if value == strconv.Itoa(int(bits)) {
			return bits
		}
	}
	return 0
}

// DeflateOffer is what a client offers.
type DeflateOffer struct {
	// ServerNoContextTakeover asks the server to compress every message by itself,
	// ServerMaxWindowBits to keep to a window of 2^bits bytes (zero: 32 KiB).
	ServerNoContextTakeover bool
	ServerMaxWindowBits     uint8
	// ClientNoContextTakeover announces that the client will compress every message by
	// itself, ClientMaxWindowBits that it can limit its window if it is told to.
	ClientNoContextTakeover, ClientMaxWindowBits bool
}

// String returns o as a Sec-WebSocket-Extensions line.
func (o DeflateOffer) String() string {
	d := Deflate{
		ServerNoContextTakeover: o.ServerNoContextTakeover,
		ClientNoContextTakeover: o.ClientNoContextTakeover,
		ServerMaxWindowBits:     o.ServerMaxWindowBits,
	}
	h := d.header()
	if o.ClientMaxWindowBits {
		h += "; " + clientWindowParam
	}
	return h
}

// ErrDeflateResponse says that a server answered something that was not offered or
// that RFC 7692 section 7.1 does not allow; the connection must be failed.
var ErrDeflateResponse = errors.New("extensions header: answer does not fit the offer")

// ParseDeflateResponse judges the Sec-WebSocket-Extensions lines of a server that was
// offered o and nothing else. It returns nil if the server declined, the parameters if
// it accepted, and otherwise ErrDeflateResponse or an error of [ParseExtensions].
func ParseDeflateResponse(values []string, o DeflateOffer) (*Deflate, error) {
	extensions, err := ParseExtensions(values)
	if err != nil || len(extensions) == 0 {
		return nil, err
	}
	d, ok := readDeflate(extensions[0], false)
	switch {
	case len(extensions) > 1, !ok:
		return nil, ErrDeflateResponse
	case o.ServerNoContextTakeover && !d.ServerNoContextTakeover:
		return nil, ErrDeflateResponse
	case o.ServerMaxWindowBits != 0 && (d.ServerMaxWindowBits == 0 || d.ServerMaxWindowBits > o.ServerMaxWindowBits):
		return nil, ErrDeflateResponse
	case d.ClientMaxWindowBits != 0 && !o.ClientMaxWindowBits:
		return nil, ErrDeflateResponse
	}
	d.ClientNoContextTakeover = d.ClientNoContextTakeover || o.ClientNoContextTakeover
	return &d, nil
}
