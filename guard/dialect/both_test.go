package dialect_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/wswarden/wswarden/guard/dialect"
)

// TestBothSides has the two sides of a connection speak at once, which the race
// detector watches.
func TestBothSides(t *testing.T) {
	for _, c := range []struct {
		name           string
		dialect        dialect.Dialect
		opening        []step
		client, server func(n int) string
	}{
		{"socketio", dialect.NewSocketIO(dialect.SocketIO{}), socketIOOpening,
			func(n int) string { return fmt.Sprintf(`42%d["order",{}]`, 100+n) }, func(n int) string { return fmt.Sprintf(`43%d[1]`, 100+n) }},
		{"graphql", dialect.NewGraphQL(dialect.GraphQL{Operations: 1000}), []step{{side: "<", data: `{"type":"connection_init"}`}},
			func(n int) string { return fmt.Sprintf(`{"type":"subscribe","id":"%d","payload":{"query":"{a}"}}`, n) },
			func(n int) string { return fmt.Sprintf(`{"type":"complete","id":"%d"}`, n) }},
		{"stomp", dialect.NewSTOMP(), stompOpening[:1],
			func(int) string { return "SEND\ndestination:/a\n\n{}\x00" }, func(int) string { return "CONNECTED\nversion:1.2\n\n\x00" }},
		{"signalr", dialect.NewSignalR(), signalROpening,
			func(n int) string {
				return records(fmt.Sprintf(`{"type":1,"invocationId":"c%d","target":"A","arguments":[],"streamIds":["s%[1]d"]}`, n))
			},
			func(n int) string { return records(fmt.Sprintf(`{"type":3,"invocationId":"c%d"}`, n)) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			conversation := c.dialect.Open(dialect.Opening{})
			begin(t, conversation, c.opening)
			var both sync.WaitGroup
			for side, say := range map[string]func(int) string{"<": c.client, ">": c.server} {
				both.Go(func() {
					for n := range 200 {
						m := message(side, []byte(say(n)))
						if conversation.Read(m) == nil {
							conversation.Passed(m)
						} else if side == "<" {
							conversation.Refuse(nil, m, -1, refusal)
						}
					}
				})
			}
			both.Wait()
		})
	}
}
