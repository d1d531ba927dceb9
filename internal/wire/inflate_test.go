package wire_test

import (
	"bytes"
	"compress/flate"
	"errors"
	"io"
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/wswarden/wswarden/internal/wire"
)

const window32K = 32 << 10

// reference inflates a message with compress/flate, behind it the tail of RFC 7692
// section 7.2.2. stopped: it ended at a final block inside the message, as
// compress/flate does and RFC 7692 section 7.2.3.4 does not.
//
// compress/flate wants a last block. Two different ones are tried: a message that ends
// in the middle of a block could swallow one of them, not both with the same result.
func reference(message []byte) (out []byte, stopped bool, err error) {
	out, stopped, err = referenceWith(message, "end")
	if err != nil || stopped {
		return out, stopped, err
	}
	again, _, err := referenceWith(message, "another end")
	if err == nil && !bytes.Equal(out, again) {
		err = errors.New("does not end with a block")
	}
	return out, false, err
}

func referenceWith(message []byte, mark string) (out []byte, stopped bool, err error) {
	n := byte(len(mark))
	tail := string([]byte{0, 0, 0xff, 0xff, 1, n, 0, ^n, 0xff}) + mark
	in := bytes.NewReader(append(append([]byte{}, message...), tail...))
	out, err = io.ReadAll(flate.NewReader(in))
	if err != nil {
		return out, false, err
	}
	out, ok := bytes.CutSuffix(out, []byte(mark))
	if in.Len() > 0 {
		return out, true, nil
	}
	if !ok {
		err = errors.New("does not end with the mark")
	}
	return out, false, err
}

// deflated compresses p as a message, at a level of compress/flate.
func deflated(t testing.TB, p []byte, level int, dict []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := flate.NewWriterDict(&out, level, dict)
	if err != nil {
		t.Fatal(err)
	}
	w.Write(p)
	w.Flush()
	return bytes.TrimSuffix(out.Bytes(), []byte("\x00\x00\xff\xff"))
}

// samples are payloads of different nature and length.
func samples() map[string][]byte {
	r := rand.New(rand.NewPCG(1, 2))
	out := map[string][]byte{"empty": {}, "one": {'x'}, "zeros": make([]byte, 100_000)}
	for _, n := range []int{100, 5000, 70_000} {
		random, skewed, few := make([]byte, n), make([]byte, n), make([]byte, n)
		for i := range n {
			random[i] = byte(r.Uint32())
			skewed[i] = byte(r.ExpFloat64() * 12)
			few[i] = "abc"[r.IntN(3)]
		}
		out["random"+strconv.Itoa(n)] = random
		out["skewed"+strconv.Itoa(n)] = skewed
		out["few"+strconv.Itoa(n)] = few
		out["json"+strconv.Itoa(n)] = jsonText(n)
	}
	return out
}

func TestInflateUndoesEveryLevel(t *testing.T) {
	for name, p := range samples() {
		for _, level := range []int{flate.HuffmanOnly, flate.NoCompression, 1, 5, 9} {
			t.Run(name+"/level"+strconv.Itoa(level), func(t *testing.T) {
				m := deflated(t, p, level, nil)
				for _, piece := range []int{1 + len(p)/10_000, 7, 1000, len(m) + 1} {
					got, v := wire.Inflate(m, nil, window32K, len(p), piece)
					if v != nil || !bytes.Equal(got, p) {
						t.Fatalf("pieces of %d: got %d bytes and %v, want %d bytes", piece, len(got), v, len(p))
					}
				}
			})
		}
	}
}

func TestInflateUsesTheDictionary(t *testing.T) {
	earlier := samples()["skewed70000"]
	earlier = earlier[len(earlier)-window32K:]
	p := append(append([]byte{}, earlier[:20_000]...), earlier[10:300]...)
	m := deflated(t, p, 9, earlier)
	if len(m) > 2000 {
		t.Fatalf("the sample takes %d bytes: it does not refer to its dictionary", len(m))
	}
	for _, piece := range []int{1, 100, len(m)} {
		got, v := wire.Inflate(m, earlier, window32K, len(p), piece)
		if v != nil || !bytes.Equal(got, p) {
			t.Fatalf("pieces of %d: got %d bytes and %v, want %d bytes", piece, len(got), v, len(p))
		}
	}
	if _, v := wire.Inflate(m, nil, window32K, len(p), len(m)); v != wire.ErrInflate {
		t.Errorf("without the dictionary: got %v, want %v", v, wire.ErrInflate)
	}
	if _, v := wire.Inflate(m, earlier, 1<<14, len(p), len(m)); v != wire.ErrInflate {
		t.Errorf("with a window smaller than the distances: got %v, want %v", v, wire.ErrInflate)
	}
}

func TestInflateStopsAtTheLimit(t *testing.T) {
	for name, p := range samples() {
		if len(p) == 0 {
			continue
		}
		for _, level := range []int{flate.HuffmanOnly, flate.NoCompression, 1, 9} {
			m := deflated(t, p, level, nil)
			for _, limit := range []int{0, 1, len(p) / 2, len(p) - 1} {
				if limit >= len(p) {
					continue
				}
				got, v := wire.Inflate(m, nil, window32K, limit, len(m))
				if v != wire.ErrInflatedSize || len(got) > limit || !bytes.HasPrefix(p, got) {
					t.Errorf("%s, level %d, limit %d: got %d bytes and %v", name, level, limit, len(got), v)
				}
			}
		}
	}
}

// TestInflateOfRFCExamples takes the messages of RFC 7692 section 7.2.3.
func TestInflateOfRFCExamples(t *testing.T) {
	tests := []struct{ name, in, dict, want string }{
		{"one block (7.2.3.1)", "\xf2\x48\xcd\xc9\xc9\x07\x00", "", "Hello"},
		{"sharing the window (7.2.3.2)", "\xf2\x00\x11\x00\x00", "Hello", "Hello"},
		{"no compression (7.2.3.3)", "\x00\x05\x00\xfa\xff\x48\x65\x6c\x6c\x6f\x00", "", "Hello"},
		{"final block (7.2.3.4)", "\xf3\x48\xcd\xc9\xc9\x07\x00\x00", "", "Hello"},
		{"two blocks (7.2.3.5)", "\xf2\x48\x05\x00\x00\x00\xff\xff\xca\xc9\xc9\x07\x00", "", "Hello"},
		{"empty message (7.2.3.6)", "\x00", "", ""},
		{"empty message in a fixed block", "\x02\x00", "", ""},
		{"final block and empty ones", "\xf3\x48\xcd\xc9\xc9\x07\x00\x01\x00\x00\xff\xff\x00", "", "Hello"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for piece := 1; piece <= len(tt.in); piece++ {
				got, v := wire.Inflate([]byte(tt.in), []byte(tt.dict), window32K, 100, piece)
				if v != nil || string(got) != tt.want {
					t.Fatalf("pieces of %d: got %q, %v, want %q", piece, got, v, tt.want)
				}
			}
		})
	}
}

func TestInflateRefuses(t *testing.T) {
	tests := []struct{ name, in string }{
		{"no data at all", ""},
		{"reserved block type", "\x06"},
		{"stored length without its complement", "\x00\x05\x00\x05\x00Hello\x00"},
		{"cut in a stored block", "\x00\x0a\x00\xf5\xffHel"},
		{"cut in a fixed block", "\xf2\x48\xcd"},
		{"end without the empty block", "\xf3\x48\xcd\xc9\xc9\x07\x00"},
		{"data in a fixed block behind a final one", "\xf3\x48\xcd\xc9\xc9\x07\x00\xf2\x48\xcd\xc9\xc9\x07\x00"},
		{"data in a stored block behind a final one", "\xf3\x48\xcd\xc9\xc9\x07\x00\x00\x05\x00\xfa\xffHello\x00"},
		{"distance before the beginning", "\xf2\x00\x11\x00\x00"},
		{"length symbol 286", fixedBits(286)},
		{"distance symbol 30", fixedBits(257, 30)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for piece := 1; piece <= len(tt.in)+1; piece++ {
				if got, v := wire.Inflate([]byte(tt.in), nil, window32K, 100, piece); v != wire.ErrInflate {
					t.Fatalf("pieces of %d: got %q, %v, want %v", piece, got, v, wire.ErrInflate)
				}
			}
			if got, stopped, err := reference([]byte(tt.in)); err == nil && !stopped {
				t.Errorf("compress/flate takes it: %q", got)
			}
		})
	}
}

// inflateSeeds are messages for the differential fuzz target.
func inflateSeeds(tb testing.TB) [][]byte {
	var seeds [][]byte
	for _, p := range samples() {
		if len(p) > 6000 {
			p = p[:6000]
		}
		for _, level := range []int{flate.HuffmanOnly, 0, 1, 9} {
			seeds = append(seeds, deflated(tb, p, level, nil))
		}
	}
	return seeds
}

// FuzzInflate compares with compress/flate: both take a message and make the same of it, or
// both refuse it, unless compress/flate stops at a final block, behind which there may be
// anything. The size of the pieces changes nothing.
func FuzzInflate(f *testing.F) {
	seeds := inflateSeeds(f)
	if len(seeds) == 0 {
		f.Fatal("no seeds")
	}
	for i, s := range seeds {
		f.Add(s, uint8(i))
	}
	f.Fuzz(func(t *testing.T, message []byte, piece uint8) {
		const limit = 1 << 16
		got, v := wire.Inflate(message, nil, window32K, limit, len(message)+1)
		again, w := wire.Inflate(message, nil, window32K, limit, int(piece)+1)
		if v != w || !bytes.Equal(got, again) {
			t.Fatalf("whole: %d bytes, %v; pieces of %d: %d bytes, %v", len(got), v, piece+1, len(again), w)
		}
		want, stopped, err := reference(message)
		if v == wire.ErrInflatedSize || stopped && v != nil {
			return
		}
		if (v == nil) != (err == nil) || v == nil && !bytes.Equal(got, want) {
			t.Fatalf("got %d bytes, %v; compress/flate: %d bytes, %v", len(got), v, len(want), err)
		}
	})
}
