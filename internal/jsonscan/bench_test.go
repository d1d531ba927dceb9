package jsonscan_test

import (
	"bytes"
	"strconv"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/wswarden/wswarden/internal/jsonscan"
)

// order256 is a message of 256 bytes as an application writes it.
const order256 = `{"action":"place_order","id":"3f2504e0-4f89-11d3-9a0c-0305e82c3301","symbol":"ACME","side":"buy","quantity":100,"price":12.5,"account":{"id":"u-1842","currency":"EUR"},"tags":["swing","retail"],"note":"limit order for the opening auction","dry":false,"v":17}`

// messageOf returns a message of about n bytes: a list of orders.
func messageOf(n int) []byte {
	if n <= len(order256) {
		return []byte(order256)
	}
	return []byte("[" + strings.TrimSuffix(strings.Repeat(order256+",", n/len(order256)), ",") + "]")
}

func BenchmarkScan(b *testing.B) {
	for _, n := range []int{256, 4 << 10, 64 << 10} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			s := jsonscan.NewScanner(jsonscan.Limits{TrustUTF8: true})
			var d jsonscan.Doc
			msg := messageOf(n)
			b.SetBytes(int64(len(msg)))
			b.ReportAllocs()
			for b.Loop() {
				if v := s.Scan(msg, &d); !v.OK() {
					b.Fatal(v.Code)
				}
			}
		})
	}
}

// orderSchema describes order256.
const orderSchema = `{
	"type": "object",
	"required": ["action", "id", "symbol", "side", "quantity", "price"],
	"additionalProperties": false,
	"properties": {
		"action": {"const": "place_order"},
		"id": {"type": "string", "pattern": "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"},
		"symbol": {"type": "string", "minLength": 1, "maxLength": 12},
		"side": {"enum": ["buy", "sell"]},
		"quantity": {"type": "integer", "minimum": 1, "maximum": 100000},
		"price": {"type": "number", "exclusiveMinimum": 0, "maximum": 1000000},
		"account": {
			"type": "object",
			"required": ["id"],
			"additionalProperties": false,
			"properties": {"id": {"type": "string", "pattern": "^u-[0-9]{1,12}$"}, "currency": {"enum": ["EUR", "USD", "GBP"]}}
		},
		"tags": {"type": "array", "maxItems": 10, "items": {"type": "string", "maxLength": 20}},
		"note": {"type": "string", "maxLength": 200},
		"dry": {"type": "boolean"},
		"v": {"type": "integer"}
	}
}`

// BenchmarkSchema256 scans a message of 256 bytes, finds its type and checks it.
func BenchmarkSchema256(b *testing.B) {
	msg := []byte(order256)
	b.Run("compiled", func(b *testing.B) {
		s := jsonscan.NewScanner(jsonscan.Limits{TrustUTF8: true})
		schema := compile(b, orderSchema)
		path := parsePath(b, "action")
		var d jsonscan.Doc
		b.SetBytes(int64(len(msg)))
		b.ReportAllocs()
		for b.Loop() {
			if v := s.Scan(msg, &d); !v.OK() {
				b.Fatal(v.Code)
			}
			if string(d.Lookup(path).Text()) != "place_order" {
				b.Fatal("the type is not found")
			}
			if v := schema.Check(d.Root()); !v.OK() {
				b.Fatal(v.Code)
			}
		}
	})
	b.Run("oracle", func(b *testing.B) {
		oracle, err := compileOracle(orderSchema)
		if err != nil {
			b.Fatal(err)
		}
		b.SetBytes(int64(len(msg)))
		b.ReportAllocs()
		for b.Loop() {
			v, err := jsonschema.UnmarshalJSON(bytes.NewReader(msg))
			if err != nil {
				b.Fatal(err)
			}
			if err := oracle.Validate(v); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkCheck256 only checks, on an index that is there.
func BenchmarkCheck256(b *testing.B) {
	schema := compile(b, orderSchema)
	var d jsonscan.Doc
	if v := jsonscan.NewScanner(jsonscan.Limits{}).Scan([]byte(order256), &d); !v.OK() {
		b.Fatal(v.Code)
	}
	b.ReportAllocs()
	for b.Loop() {
		if v := schema.Check(d.Root()); !v.OK() {
			b.Fatal(v.Code)
		}
	}
}

// BenchmarkEdit256 scans a message, sets a member and writes it anew.
func BenchmarkEdit256(b *testing.B) {
	s := jsonscan.NewScanner(jsonscan.Limits{TrustUTF8: true})
	path := parsePath(b, "account.id")
	msg, user := []byte(order256), []byte(`"u-7"`)
	var d jsonscan.Doc
	var e jsonscan.Editor
	var out []byte
	b.ReportAllocs()
	for b.Loop() {
		if v := s.Scan(msg, &d); !v.OK() {
			b.Fatal(v.Code)
		}
		e.Reset(&d)
		if err := e.Set(path, user); err != nil {
			b.Fatal(err)
		}
		out = e.Append(out[:0])
	}
}
