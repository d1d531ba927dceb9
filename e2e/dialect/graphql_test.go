package dialect_test

import (
	"testing"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/guard/dialect"
)

// graphQLRules allow operations by their name, and hold each to the fields that it
// may ask for.
func graphQLRules() guard.MessagePolicy {
	variables := schema(`{"type":"object","required":["variables"],"properties":{"variables":{"type":"object","required":["quantity"],"properties":{"quantity":{"type":"integer"}}}}}`)
	return guard.MessagePolicy{
		Dialect: dialect.NewGraphQL(dialect.GraphQL{Operations: 3}),
		Client: map[string]guard.MessageRule{
			"query Hello":          {Allow: is("fields", "hello")},
			"query Profile":        {Allow: is("fields", "profile")},
			"mutation Order":       {Schema: variables, Allow: is("fields", "order"), Set: map[string]guard.Expression{"variables.userId": alice}},
			"subscription Ticks":   {Allow: is("fields", "ticks")},
			"subscription Forever": {Allow: is("fields", "forever")},
		},
		Server: map[string]guard.MessageRule{"query Profile": {Redact: []string{"secret"}}},
	}
}

// TestGraphQL has both clients talk to their servers.
func TestGraphQL(t *testing.T) {
	t.Parallel()
	url := gateways(t, serve(t, "graphql"), map[string]guard.MessagePolicy{"/graphql": graphQLRules(), "/legacy": graphQLRules()},
		[]string{"graphql-transport-ws", "graphql-ws"})
	t.Run("transport", func(t *testing.T) {
		run(t, "graphql", url, `{
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
		run(t, "graphql-legacy", url, `{
			"query": [{"hello": "world"}],
			"accepted": [{"order": "1 for alice"}],
			"refused": {"error": "a value has the wrong type"},
			"subscription": [{"ticks": 1}, {"ticks": 2}, {"ticks": 3}]
		}`)
	})
}
