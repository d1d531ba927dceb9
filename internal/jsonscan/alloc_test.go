package jsonscan_test

import (
	"testing"

	"github.com/wswarden/wswarden/internal/jsonscan"
)

// TestNoAllocations pins what the whole package is for: a message costs no memory
// once a Doc has grown.
func TestNoAllocations(t *testing.T) {
	s := jsonscan.NewScanner(jsonscan.Limits{})
	schema := compile(t, orderSchema)
	union := compile(t, `{"oneOf":[
		{"required":["action"],"properties":{"action":{"const":"chat"}}},
		{"required":["action"],"properties":{"action":{"const":"place_order"},"tags":{"uniqueItems":true}},
		 "patternProperties":{"^n":{"type":"string"}},"propertyNames":{"maxLength":20},"unevaluatedProperties":{"not":{"type":"null"}}}]}`)
	open := compile(t, `{"properties":{"action":{},"account":{"properties":{"id":{}}}}}`)
	path := parsePath(t, "action")
	set := parsePath(t, "account.id")
	added := parsePath(t, "user.id")
	escaped := []byte(`{"action":"place\u005forder","a\u0063count":{"\u0069d":"x\ny","n":[1,1.5,2e3,"é"]}}`)
	many := []byte(`{"a01":1,"a02":1,"a03":1,"a04":1,"a05":1,"a06":1,"a07":1,"a08":1,"a09":1,"a10":1,"a11":1,"a12":1,"a13":1,"a14":1,"a15":1,"a16":1,"a17":1,"a18":1}`)
	order, duplicate := []byte(order256), []byte(`{"a":1,"a":2}`)
	user, number := []byte(`"u-1"`), []byte(`1`)
	var d jsonscan.Doc
	var e jsonscan.Editor
	var out []byte
	var list []jsonscan.Value
	must := func(bad jsonscan.Violation) {
		if !bad.OK() {
			t.Fatalf("%s at %d by %s", bad.Code, bad.Offset, bad.Pointer())
		}
	}
	for _, c := range []struct {
		name string
		run  func()
	}{
		{"scan", func() { must(s.Scan(order, &d)) }},
		{"scan escapes", func() { must(s.Scan(escaped, &d)) }},
		{"scan a large object", func() { must(s.Scan(many, &d)) }},
		{"refuse", func() {
			if s.Scan(duplicate, &d).OK() {
				t.Fatal("accepted")
			}
		}},
		{"find the type", func() {
			must(s.Scan(escaped, &d))
			if v := d.Lookup(path); string(v.Text()) != "place_order" || !v.EqualText("place_order") || d.Ambiguous(path) {
				t.Fatal("not found")
			}
		}},
		{"check", func() {
			must(s.Scan(order, &d))
			must(schema.Check(d.Root()))
		}},
		{"check a union", func() {
			must(s.Scan(order, &d))
			must(union.Check(d.Root()))
		}},
		{"refuse by schema", func() {
			must(s.Scan(escaped, &d))
			if schema.Check(d.Root()).OK() {
				t.Fatal("accepted")
			}
		}},
		{"view", func() {
			must(s.Scan(escaped, &d))
			for _, v := range d.Root().Members() {
				for w := range v.Get("n").Elements() {
					w.Int64()
					w.Float64()
					w.Text()
				}
			}
		}},
		{"drop what is not declared", func() {
			must(s.Scan(order, &d))
			list, _ = open.AppendUndeclared(list[:0], d.Root())
			e.Reset(&d)
			for _, v := range list {
				e.Drop(v)
			}
			out = e.Append(out[:0])
		}},
		{"edit", func() {
			must(s.Scan(order, &d))
			e.Reset(&d)
			if e.Set(set, user) != nil || e.Set(added, number) != nil || e.Set(path, number) != nil {
				t.Fatal("not set")
			}
			out = e.Append(out[:0])
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if n := testing.AllocsPerRun(100, c.run); n != 0 {
				t.Errorf("got %v allocations, want none", n)
			}
		})
	}
}
