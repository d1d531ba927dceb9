package wire_test

import (
	"bytes"
	"slices"
	"testing"
	"unicode/utf8"

	"github.com/wswarden/wswarden/internal/wire"
)

// fuzzConfig makes a configuration of a byte, with small limits in half of the cases.
func fuzzConfig(bits uint8) wire.ReaderConfig {
	on := func(bit uint8) bool { return bits>>bit&1 == 1 }
	cfg := wire.ReaderConfig{Raw: on(1), Payload: on(2), MaxMessage: 70_000}
	if on(0) {
		cfg.From = wire.FromServer
	}
	if on(3) {
		cfg.Deflate = &wire.Deflate{ClientNoContextTakeover: on(4), ServerNoContextTakeover: on(4)}
		if on(5) {
			cfg.Deflate.ClientMaxWindowBits, cfg.Deflate.ServerMaxWindowBits = 9, 9
		}
	}
	if on(6) {
		cfg.MaxMessage, cfg.MaxFragments = 1000, 3
	}
	return cfg
}

// readerSeeds are conversations and violations of both ends.
func readerSeeds(tb testing.TB) [][]byte {
	var seeds [][]byte
	for _, from := range []wire.Role{wire.FromClient, wire.FromServer} {
		seeds = append(seeds, conversation(from, &wire.Deflate{}), nil)
		for _, v := range violations(from) {
			if len(v.in) < 1000 {
				seeds = append(seeds, v.in)
			}
		}
		for _, m := range takeoverMessages(tb, "Hello, hello", "Hello, hello, hello", string(jsonText(1500))) {
			seeds = append(seeds, frame(from, compressedText, m))
		}
		seeds = append(seeds, join(frame(from, wire.Header{RSV1: true, Opcode: wire.Text}, "\xf2\x48"), message(from, wire.Ping, ""), last(from, "\xcd\xc9\xc9\x07\x00")))
	}
	return seeds
}

func addReaderSeeds(f *testing.F, add func(seed []byte, bits uint8)) {
	seeds := readerSeeds(f)
	if len(seeds) == 0 {
		f.Fatal("no seeds")
	}
	for i, s := range seeds {
		add(s, uint8(i))
		add(s, uint8(i)|0b1110)
	}
}

// FuzzReader reads anything and checks what every Unit promises: no limit is exceeded,
// text is UTF-8, and the bytes behind it were not looked at.
func FuzzReader(f *testing.F) {
	addReaderSeeds(f, func(seed []byte, bits uint8) { f.Add(seed, bits) })
	f.Fuzz(func(t *testing.T, in []byte, bits uint8) {
		cfg := fuzzConfig(bits)
		r, exact := wire.NewReader(cfg), wire.NewReader(cfg)
		defer r.Release()
		defer exact.Release()
		b := bytes.Clone(in)
		for {
			rest := bytes.Clone(b)
			n, u, ok, err := r.Next(b)
			if n < 0 || n > len(b) || !ok && n != len(b) {
				t.Fatalf("used %d of %d bytes, unit %v", n, len(b), ok)
			}
			if err != nil && ok || err != nil && r.Partial() {
				t.Fatalf("%v together with a unit or a partial one", err)
			}
			if !ok {
				break
			}
			checkUnit(t, cfg, u)
			m, v, ok, err := exact.Next(rest[:n])
			if m != n || !ok || err != nil || keep(u) != keep(v) {
				t.Fatalf("with the bytes behind it: %v; without: %d of %d bytes, %v, %v", keep(u), m, n, keep(v), err)
			}
			b = b[n:]
		}
	})
}

func checkUnit(t *testing.T, cfg wire.ReaderConfig, u wire.Unit) {
	t.Helper()
	limit := int(cfg.MaxMessage)
	maxFragments := cfg.MaxFragments
	if maxFragments == 0 {
		maxFragments = wire.DefaultMaxFragments
	}
	if u.Opcode.IsControl() {
		limit, maxFragments = 125, 1
	}
	if len(u.Payload) > limit || u.Fragments > maxFragments || u.Fragments < 1 {
		t.Fatalf("%v of %d bytes and %d fragments under limits of %d and %d", u.Opcode, len(u.Payload), u.Fragments, limit, maxFragments)
	}
	if !u.Compressed && len(u.Raw) > limit+u.Fragments*wire.MaxHeader || len(u.Raw) > 2*limit+u.Fragments*wire.MaxHeader {
		t.Fatalf("%d raw bytes under a limit of %d", len(u.Raw), limit)
	}
	if u.Raw != nil && !cfg.Raw {
		t.Fatal("raw frames that were not asked for")
	}
	if u.Opcode == wire.Text && !utf8.Valid(u.Payload) || !utf8.Valid(u.Reason) {
		t.Fatal("text that is not UTF-8")
	}
	if u.Opcode == wire.Close && u.Code != wire.CloseNoStatus && !u.Code.Sendable() {
		t.Fatalf("close code %v", u.Code)
	}
}

// FuzzSplit reads the same input whole and in pieces, whose lengths are the bytes of cuts
// in turn: the units and the violation are the same.
func FuzzSplit(f *testing.F) {
	cuts := [][]byte{{1}, {2, 3}, {0, 1, 200}, {7}, {255, 1}}
	i := 0
	addReaderSeeds(f, func(seed []byte, bits uint8) {
		f.Add(seed, cuts[i%len(cuts)], bits)
		i++
	})
	f.Fuzz(func(t *testing.T, in, cuts []byte, bits uint8) {
		cfg := fuzzConfig(bits)
		whole, split := wire.NewReader(cfg), wire.NewReader(cfg)
		defer whole.Release()
		defer split.Release()
		want, wantErr := readAll(t, whole, in)
		got, gotErr := readAll(t, split, cutUp(in, cuts)...)
		if gotErr != wantErr || !slices.Equal(got, want) {
			t.Fatalf("whole: %v, %v; in pieces: %v, %v", want, wantErr, got, gotErr)
		}
		if wantErr == nil && whole.Partial() != split.Partial() {
			t.Fatalf("partial: whole %v, in pieces %v", whole.Partial(), split.Partial())
		}
	})
}

// cutUp cuts b into pieces whose lengths are the bytes of cuts, over and over.
func cutUp(b, cuts []byte) [][]byte {
	if bytes.Count(cuts, []byte{0}) == len(cuts) {
		return [][]byte{b}
	}
	var pieces [][]byte
	for i := 0; len(b) > 0; i++ {
		n := min(int(cuts[i%len(cuts)]), len(b))
		pieces = append(pieces, b[:n])
		b = b[n:]
	}
	return pieces
}

// FuzzRoundTrip writes a message and reads it: in one frame or in fragments, masked or
// not, compressed or not.
func FuzzRoundTrip(f *testing.F) {
	payloads := [][]byte{nil, []byte("Hello"), []byte("12 €"), jsonText(300), jsonText(5000), samples()["few5000"], samples()["random5000"]}
	if len(payloads) == 0 {
		f.Fatal("no seeds")
	}
	for i, p := range payloads {
		for bits := range uint8(16) {
			f.Add(p, uint32(i)*0x01020304, uint16(i*100), bits)
		}
	}
	f.Fuzz(func(t *testing.T, payload []byte, seed uint32, fragment uint16, bits uint8) {
		if len(payload) > 100_000 {
			return
		}
		cfg := fuzzConfig(bits | 0b110)
		cfg.MaxMessage, cfg.MaxFragments = 100_000, 1<<20
		op := wire.Binary
		if utf8.Valid(payload) {
			op = wire.Text
		}
		var key *[4]byte
		if cfg.From == wire.FromClient {
			key = &[4]byte{byte(seed), byte(seed >> 8), byte(seed >> 16), byte(seed >> 24)}
		}
		in, frames := writeMessage(cfg, op, payload, int(fragment), key)
		units, err := readAll(t, wire.NewReader(cfg), cutUp(in, []byte{byte(seed), 100})...)
		if err != nil || len(units) != 1 {
			t.Fatalf("got %v, %v", units, err)
		}
		u := units[0]
		if u.op != op || u.payload != string(payload) || u.raw != string(in) || u.fragments != frames {
			t.Fatalf("got %v, want %v of %d bytes in %d frames", u, op, len(payload), frames)
		}
	})
}

// writeMessage writes a message in fragments of n bytes; 0: in one frame.
func writeMessage(cfg wire.ReaderConfig, op wire.Opcode, payload []byte, n int, key *[4]byte) (in []byte, frames int) {
	if n == 0 {
		return cfg.Deflate.AppendMessage(nil, cfg.From, op, payload, key), 1
	}
	var pieces [][]byte
	for len(payload) > n {
		pieces = append(pieces, payload[:n])
		payload = payload[n:]
	}
	pieces = append(pieces, payload)
	for i, p := range pieces {
		in = wire.AppendFrame(in, i == len(pieces)-1, op, p, key)
		op = wire.Continuation
	}
	return in, len(pieces)
}

// FuzzExtensions parses any header: the result, written out, parses to itself, and a
// negotiation ends in something that both ends agree on.
func FuzzExtensions(f *testing.F) {
	seeds := []string{"", "permessage-deflate; client_max_window_bits", `permessage-deflate; server_max_window_bits="10", permessage-deflate`,
		"mux; max-channels=4; flow-control, deflate-stream", `a;b="\c\c"`, ",,a , ;", "permessage-deflate; client_no_context_takeover; server_no_context_takeover"}
	if len(seeds) == 0 {
		f.Fatal("no seeds")
	}
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, header string) {
		extensions, err := wire.ParseExtensions([]string{header})
		if err != nil {
			return
		}
		again, err := wire.ParseExtensions([]string{formatExtensions(extensions)})
		if err != nil || formatExtensions(again) != formatExtensions(extensions) {
			t.Fatalf("%q: %v became %v, %v", header, extensions, again, err)
		}
		for _, policy := range []wire.DeflatePolicy{{}, {ClientContextTakeover: true, ServerWindow: true}} {
			d, response, err := wire.NegotiateDeflate([]string{header}, policy)
			if err != nil || (d == nil) != (response == "") {
				t.Fatalf("%q: %v, %q, %v", header, d, response, err)
			}
			if d == nil {
				continue
			}
			client, err := wire.ParseDeflateResponse([]string{response}, wire.DeflateOffer{})
			if err != nil || *client != *d {
				t.Fatalf("%q: server %+v, answer %q, client %+v, %v", header, d, response, client, err)
			}
		}
	})
}

func formatExtensions(extensions []wire.Extension) string {
	var b bytes.Buffer
	for _, e := range extensions {
		b.WriteString(e.Name)
		for _, p := range e.Params {
			b.WriteString(";" + p.Name)
			if p.HasValue {
				b.WriteString(`="` + p.Value + `"`)
			}
		}
		b.WriteByte(',')
	}
	return b.String()
}
