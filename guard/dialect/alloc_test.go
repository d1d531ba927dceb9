package dialect_test

import (
	"testing"

	"github.com/wswarden/wswarden/guard/dialect"
)

// TestAllocations holds reading to a bound: what most messages of an application
// are must not cost the garbage collector much. GraphQL documents are parsed.
func TestAllocations(t *testing.T) {
	for _, c := range []struct {
		name    string
		dialect dialect.Dialect
		opening []step
		data    string
		most    float64
	}{
		{"socketio", dialect.NewSocketIO(dialect.SocketIO{}), socketIOOpening, `42["order",{"symbol":"ACME","quantity":1}]`, 0},
		{"graphql", dialect.NewGraphQL(dialect.GraphQL{}), []step{{side: "<", data: `{"type":"connection_init"}`}}, `{"id":"1","type":"subscribe","payload":{"query":"query A { a }"}}`, 12},
		{"stomp", dialect.NewSTOMP(), stompOpening, "SEND\ndestination:/topic/a\ncontent-type:application/json\n\n{\"a\":1}\x00", 0},
		{"signalr", dialect.NewSignalR(), signalROpening, records(`{"type":1,"target":"Order","arguments":[{"a":1}]}`), 0},
		{"phoenix", dialect.NewPhoenix(), nil, `["1","2","room:1","order",{"a":1}]`, 0},
		{"actioncable", dialect.NewActionCable(), nil, `{"command":"message","identifier":"{\"channel\":\"R\"}","data":"{\"action\":\"speak\"}"}`, 0},
	} {
		conversation := c.dialect.Open(dialect.Opening{})
		begin(t, conversation, c.opening)
		var m dialect.Message
		data := []byte(c.data)
		got := testing.AllocsPerRun(100, func() {
			m.Reset(dialect.Client, false, data, scanner)
			if bad := conversation.Read(&m); bad != nil {
				t.Fatal(bad.Rule)
			}
		})
		if got > c.most {
			t.Errorf("%s: %v allocations, want at most %v", c.name, got, c.most)
		}
	}
}
