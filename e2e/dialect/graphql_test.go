package dialect_test

import (
	"strings"
	"testing"
)

// TestGraphQL has both clients talk to their servers.
func TestGraphQL(t *testing.T) {
	t.Parallel()
	backend := serve(t, "graphql")
	t.Run("transport", func(t *testing.T) {
		run(t, "graphql", gateway(t, "graphql-transport-ws", backend, nil), `{
			"query": [{"hello": "world"}],
			"accepted": [{"order": "1 for alice"}],
			"refused": {"errors": [{"message": "a value has the wrong type", "extensions": {"code": "schema", "event": "EVENT"}}]},
			"unknown": {"errors": [{"message": "messages of this type are not accepted", "extensions": {"code": "schema", "event": "EVENT"}}]},
			"anonymous": {"errors": [{"message": "messages of this type are not accepted", "extensions": {"code": "schema", "event": "EVENT"}}]},
			"profile": [{"profile": {"name": "Alice", "email": "a@example.com"}}],
			"subscription": [{"ticks": 1}, {"ticks": 2}, {"ticks": 3}],
			"stopped": [{"forever": 1}, {"forever": 2}],
			"capped": {"errors": [{"message": "too many operations under way", "extensions": {"code": "schema", "event": "EVENT"}}]},
			"after": [{"hello": "world"}],
			"closed": null
		}`)
	})
	t.Run("legacy", func(t *testing.T) {
		older := strings.NewReplacer("/graphql", "/legacy", "[graphql-transport-ws]", "[graphql-ws]")
		run(t, "graphql-legacy", gateway(t, "graphql-transport-ws", backend, older.Replace), `{
			"query": [{"hello": "world"}],
			"accepted": [{"order": "1 for alice"}],
			"refused": {"error": "a value has the wrong type"},
			"subscription": [{"ticks": 1}, {"ticks": 2}, {"ticks": 3}]
		}`)
	})
}
