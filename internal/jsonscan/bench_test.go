package jsonscan_test

import (
	"testing"

	"github.com/wswarden/wswarden/internal/jsonscan"
)

// order256 is a message of 256 bytes as an application writes it.
const order256 = `{"action":"place_order","id":"3f2504e0-4f89-11d3-9a0c-0305e82c3301","symbol":"ACME","side":"buy","quantity":100,"price":12.5,"account":{"id":"u-1842","currency":"EUR"},"tags":["swing","retail"],"note":"limit order for the opening auction","dry":false,"v":17}`

func BenchmarkScan(b *testing.B) {
	s := jsonscan.NewScanner(jsonscan.Limits{TrustUTF8: true})
	var d jsonscan.Doc
	msg := []byte(order256)
	b.SetBytes(int64(len(msg)))
	b.ReportAllocs()
	for b.Loop() {
		if v := s.Scan(msg, &d); !v.OK() {
			b.Fatal(v)
		}
	}
}
