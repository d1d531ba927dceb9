package celpolicy_test

import (
	"fmt"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/guard/celpolicy"
)

func ExampleEnvironment() {
	schema := []byte(`{
		"type": "object", "required": ["quantity"], "additionalProperties": false,
		"properties": {"type": {}, "quantity": {"type": "integer"}}
	}`)
	orders, err := celpolicy.NewEnvironment(schema, celpolicy.Limits{})
	if err != nil {
		panic(err)
	}
	if _, err := orders.Condition(`message.quantiy <= 1000`); err != nil {
		fmt.Println(err)
	}
	allow, err := orders.Condition(`message.quantity <= 1000 || "pro" in session.roles`)
	if err != nil {
		panic(err)
	}
	user, err := orders.Expression(`session.user`)
	if err != nil {
		panic(err)
	}
	compiled, err := guard.CompileSchema(schema)
	if err != nil {
		panic(err)
	}
	_ = guard.MessagePolicy{Client: map[string]guard.MessageRule{
		"place_order": {Schema: compiled, Allow: allow, Set: map[string]guard.Expression{"userId": user}},
	}}
	// Output:
	// compile expression: 1:8: the schema declares no field "quantiy" of message
}
