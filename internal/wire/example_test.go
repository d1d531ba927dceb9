package wire_test

import (
	"fmt"

	"github.com/wswarden/wswarden/internal/wire"
)

// A reader of a client's frames forwards what is allowed, as it came, and answers the rest.
func ExampleReader() {
	r := wire.NewReader(wire.ReaderConfig{From: wire.FromClient, Raw: true, Payload: true})
	defer r.Release()

	key := wire.NewMaskKey()
	in := wire.AppendMessage(nil, wire.Text, []byte("Hello"), &key)
	in = wire.AppendMessage(in, wire.Ping, []byte("still there?"), &key)
	in = wire.AppendMessage(in, wire.Text, []byte("not masked"), nil)

	var out []byte // what goes to the far end, in one write
	for {
		n, u, ok, err := r.Next(in)
		if err != nil {
			v := err.(*wire.Violation)
			fmt.Println("close with", v.Code, v.Rule)
			break
		}
		if !ok {
			break
		}
		fmt.Printf("%v %q\n", u.Opcode, u.Payload)
		out = append(out, u.Raw...)
		in = in[n:]
	}
	fmt.Println(len(out), "bytes to forward")
	// Output:
	// text "Hello"
	// ping "still there?"
	// close with 1002 unmasked-frame
	// 29 bytes to forward
}

func ExampleNegotiateDeflate() {
	_, answer, err := wire.NegotiateDeflate([]string{"permessage-deflate; client_max_window_bits"}, wire.DeflatePolicy{})
	fmt.Println(answer, err)
	// Output: permessage-deflate; server_no_context_takeover; client_no_context_takeover <nil>
}
