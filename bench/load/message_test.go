package load

// In the package: what a message looks like can't be seen from outside.

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/wswarden/wswarden/internal/wire"
)

func TestMessagesAreJSONOfTheSizeAskedFor(t *testing.T) {
	for _, size := range []int{MinSize, MinSize + 1, 256, 1000, 4 << 10, 64 << 10} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			m, err := newMessage(size)
			if err != nil {
				t.Fatal(err)
			}
			frame := m.appendFrame(nil, 42, 7, [4]byte{1, 2, 3, 4})
			h, n, err := wire.ParseHeader(frame)
			if err != nil || !h.Fin || !h.Masked || h.Opcode != wire.Text || int(h.Length) != size || len(frame) != n+size {
				t.Fatalf("got header %+v of %d bytes before %d, %v", h, n, len(frame)-n, err)
			}
			text := frame[n:]
			wire.Mask(text, h.Key, 0)
			var got struct {
				Type   string
				Seq    int
				Client int
				Lines  []struct{ Symbol string }
			}
			if err := json.Unmarshal(text, &got); err != nil {
				t.Fatalf("%v in %q", err, text)
			}
			if got.Type != "place_order" || got.Seq != firstSequence+7 || got.Client != firstClient+42 || len(got.Lines) == 0 {
				t.Errorf("got %+v", got)
			}
			if err := m.check(text, 42, 7); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestSendingAllocatesNothing(t *testing.T) {
	m, err := newMessage(256)
	if err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 0, 1024)
	if n := testing.AllocsPerRun(100, func() { buf = m.appendFrame(buf[:0], 1, 2, [4]byte{1, 2, 3, 4}) }); n != 0 {
		t.Errorf("got %v allocations a message, want 0", n)
	}
}
