package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/internal/jsonscan"
)

const document = `asyncapi: 3.0.0
channels:
  market:
    messages:
      order: {payload: {type: object, additionalProperties: false, properties: {type: {type: string}, quantity: {type: integer}}}}
      chat: {payload: {type: object, additionalProperties: false, properties: {type: {type: string}}}}
      tick: {payload: {type: object, required: [price]}}
operations:
  in: {action: receive, channel: {$ref: '#/channels/market'}, messages: [{$ref: '#/channels/market/messages/order'}, {$ref: '#/channels/market/messages/chat'}]}
  out: {action: send, channel: {$ref: '#/channels/market'}, messages: [{$ref: '#/channels/market/messages/tick'}]}
`

func writeDocument(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestAsyncAPI(t *testing.T) {
	writeDocument(t, "asyncapi.yaml", document)
	p := policyOf(t, `asyncapi: asyncapi.yaml
client:
  chat: {schema: {type: object, required: [text]}}
  order: {allow: message.quantity < 10}
  ping: {}`)
	accepts := func(s *jsonscan.Schema, text string) bool {
		var d jsonscan.Doc
		return jsonscan.NewScanner(jsonscan.Limits{}).Scan([]byte(text), &d).OK() && s.Check(d.Root()).OK()
	}
	if order := p.Client["order"]; order.Schema == nil || order.Allow == nil || !accepts(order.Schema, `{"quantity":1}`) || accepts(order.Schema, `{"quantity":"1"}`) {
		t.Errorf("order has %+v, want the schema of the document beside its own condition", order)
	}
	if chat := p.Client["chat"]; !accepts(chat.Schema, `{"text":1}`) || accepts(chat.Schema, `{}`) {
		t.Error("chat has the schema of the document, want its own")
	}
	if tick, ok := p.Server["tick"]; !ok || accepts(tick.Schema, `{}`) || !accepts(tick.Schema, `{"price":1}`) {
		t.Errorf("tick has %+v, want the schema of the document", tick)
	}
	if len(p.Client) != 3 || len(p.Server) != 1 {
		t.Errorf("got rules for %d and %d types, want 3 and 1", len(p.Client), len(p.Server))
	}

	before := policyOf(t, "asyncapi: asyncapi.yaml").Version
	writeDocument(t, "asyncapi.yaml", strings.Replace(document, "required: [price]", "required: [time]", 1))
	if policyOf(t, "asyncapi: asyncapi.yaml").Version == before {
		t.Error("a changed document is taken for the same policy: a reload would leave the old one in force")
	}
}

func TestAsyncAPIProblems(t *testing.T) {
	writeDocument(t, "bad.yaml", strings.Replace(document, "type: integer", "nullable: true", 1))
	writeDocument(t, "pattern.yaml", strings.Replace(document, "type: integer", "pattern: '('", 1))
	for name, want := range map[string]string{
		"none.yaml":    `read AsyncAPI document "DIR/none.yaml": no such file`,
		"bad.yaml":     `"DIR/bad.yaml", line 5, column 114: the keyword "nullable" is not supported`,
		"pattern.yaml": `"pattern.yaml", line 5, column 14: the payload of "order": at "/properties/quantity/pattern": `,
	} {
		_, err := parse(withSection(t, "asyncapi: "+name))
		if err == nil || !strings.Contains(strings.ReplaceAll(err.Error(), folder, "DIR"), "routes[0].messages.asyncapi: "+want) {
			t.Errorf("%s: got %v\nwant %s", name, err, want)
		}
	}
}
