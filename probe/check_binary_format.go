package probe

import (
	"context"
	"fmt"
	"regexp"
	"time"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/internal/wire"
)

func init() {
	register(&Check{
		Name: "binary-format", Summary: "sends the first bytes of formats that make objects, in binary messages, and looks for the words of their readers",
		Weaknesses: []*catalogue.Weakness{catalogue.UnsafeDeserialization}, Group: Named, Needs: NeedAccepted,
		Cost: Cost{Connections: 10, Messages: 20, Time: 20 * time.Second}, Run: runBinaryFormat,
	})
}

// magic are the first bytes of formats that make objects, with what their
// readers say when the rest is missing.
var magic = []struct {
	format string
	bytes  []byte
	words  *regexp.Regexp
}{
	{"Java serialization", []byte{0xac, 0xed, 0, 5, 'z'}, regexp.MustCompile(`(?i)java\.io|StreamCorrupted|ObjectInputStream|invalid type code`)},
	{"Python pickle", []byte{0x80, 4, 0x95}, regexp.MustCompile(`(?i)pickle`)},
	{".NET BinaryFormatter", []byte{0, 1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff}, regexp.MustCompile(`(?i)BinaryFormatter|SerializationException`)},
	{"PHP serialize", []byte(`O:8:"wswarden`), regexp.MustCompile(`(?i)unserialize`)},
	{"Ruby Marshal", []byte{4, 8, 'o'}, regexp.MustCompile(`(?i)marshal data`)},
}

func runBinaryFormat(ctx context.Context, s *Session) error {
	w := catalogue.UnsafeDeserialization
	for _, m := range magic {
		c, err := s.Connect(ctx, s.Target.Identity())
		if err != nil {
			return err
		}
		err = c.Send(ctx, wire.Binary, m.bytes)
		var units []wire.Unit
		if err == nil {
			units, err = collect(ctx, c, s.Settle(), func(wire.Unit) bool { return false })
		}
		closing, _ := c.Closing()
		e := c.Evidence()
		c.Close()
		if ignoreEnd(err) != nil {
			return err
		}
		said := unitText(units)
		if closing != nil {
			said += string(closing.Reason)
		}
		if m.words.MatchString(said) {
			s.Weak(Finding{Weakness: w, Fix: "read messages with a format that makes no objects, such as JSON, and hold them to a schema", Evidence: e, Anchor: m.format,
				Message: fmt.Sprintf("A binary message that begins like %s is answered in the words of its reader: what anybody sends is made into objects, which runs code of his choice.", m.format)})
		}
	}
	s.Pass(w, "binary messages that begin like %d formats are not answered by their readers", len(magic))
	return nil
}
