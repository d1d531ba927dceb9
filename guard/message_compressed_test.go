package guard

import (
	"bytes"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/internal/wire"
)

// TestCompressedMessages judges what a client compressed by what it inflates to,
// and compresses for it what is left of a server's.
func TestCompressedMessages(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := &rig{reframed: true}
		r.talk(t, pipe, messages(MessagePolicy{
			Client: map[string]MessageRule{"m": {Schema: chatSchemaOpen, Set: map[string]Expression{"user": user}}},
			Server: map[string]MessageRule{"m": {Schema: profileSchema, Undeclared: UndeclaredDrop}},
		}))
		r.client.reader = wire.NewReader(wire.ReaderConfig{From: wire.FromServer, MaxMessage: 1 << 20, Payload: true, Deflate: new(wire.Deflate)})
		r.client.listen(nil)
		r.backend.listen(nil)
		deflate := &wire.Deflate{ClientNoContextTakeover: true}
		send := func(text string) {
			key := wire.NewMaskKey()
			r.client.Write(deflate.AppendMessage(nil, wire.FromClient, wire.Text, []byte(text), &key))
		}
		long := strings.Repeat("a", 2000)
		send(`{"type":"m","text":"` + long + `"}`)
		send(`{"type":"m","text":1}`)
		send(`{"type":"x"}`)
		send(`{"type":"m","text":"b","user":"bob"}`)
		r.backend.want(t, `{"type":"m","text":"`+long+`","user":"alice"}`, `{"type":"m","text":"b","user":"alice"}`)
		if got := strings.Join(errorCodes(r.client.got(t)), " "); got != "error schema error schema" {
			t.Errorf("told %q", got)
		}
		r.backend.send(wire.Text, `{"type":"m","name":"`+long+`","hash":1}`)
		u := <-r.client.units
		if want := `{"type":"m","name":"` + long + `"}`; !u.Compressed || !bytes.Equal(u.Payload, []byte(want)) {
			t.Errorf("got %d bytes, compressed %v, want %d", len(u.Payload), u.Compressed, len(want))
		}
	})
}
