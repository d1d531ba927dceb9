package redisstore

import (
	"fmt"
	"math"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/wswarden/wswarden/guard"
)

// TestTicketCodec: every field of a ticket comes back, also one that is added
// to it later.
func TestTicketCodec(t *testing.T) {
	var want guard.Ticket
	fill(t, reflect.ValueOf(&want).Elem(), "ticket")
	want.Identity.Claims = map[string]any{
		"whole": 3.0, "part": 3.25, "large": 1e300, "edge": 1e15, "small": math.SmallestNonzeroFloat64, "zero": 0.0, "integer": int64(3), "id": int64(math.MaxInt64), "least": int64(math.MinInt64),
		"text": "é\u2028<b>\x00\"", "none": nil, "yes": true, "list": []any{int64(1), 1.0, "1", []any{}, map[string]any{"deep": 2.0}}, "empty": map[string]any{},
	}
	value, err := encodeTicket(&want)
	if err != nil {
		t.Fatal(err)
	}
	got, err := decodeTicket(string(value))
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v\ngot  %+v\nwant %+v", err, got, want)
	}
}

// fill sets every field of v to something that is not its zero value.
func fill(t *testing.T, v reflect.Value, path string) {
	switch v.Interface().(type) {
	case time.Time:
		v.Set(reflect.ValueOf(time.Date(2030, 1, 2, 3, 4, 5, 678901234, time.UTC)))
		return
	case netip.Prefix:
		v.Set(reflect.ValueOf(netip.MustParsePrefix("2001:db8::/64")))
		return
	case map[string]any:
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(path + " é")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(7)
	case reflect.Uint8:
		v.SetUint(0x80 + uint64(len(path)))
	case reflect.Struct:
		for i := range v.NumField() {
			fill(t, v.Field(i), path+"."+v.Type().Field(i).Name)
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range v.Len() {
			fill(t, v.Index(i), fmt.Sprint(path, i))
		}
	case reflect.Array:
		for i := range v.Len() {
			fill(t, v.Index(i), fmt.Sprint(path, i))
		}
	case reflect.Map:
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fill(t, key, path+"-key")
		fill(t, value, path+"-value")
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, value)
	default:
		t.Fatalf("%s: the test does not know how to fill a %v", path, v.Type())
	}
}

// TestTicketCodecRefuses: what can't be read is an error that quotes nothing.
func TestTicketCodecRefuses(t *testing.T) {
	for _, value := range []string{"", "{}", "2{}", `1{"Identity":"hunter2"}`, `1{"Issued":"hunter2"}`, "1hunter2", "1"} {
		if got, err := decodeTicket(value); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: got %+v, %v", value, got, err)
		}
	}
	bad := guard.Ticket{Identity: guard.Identity{Claims: map[string]any{"hunter2": math.NaN()}}}
	if _, err := encodeTicket(&bad); err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("claims that are no JSON: %v", err)
	}
}

// FuzzDecodeTicket: whatever can be read is written as something that reads the
// same.
func FuzzDecodeTicket(f *testing.F) {
	seed, err := encodeTicket(&guard.Ticket{Identity: guard.Identity{User: "alice", Claims: map[string]any{"n": 3.0}}, Address: netip.MustParsePrefix("10.0.0.1/32")})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(seed))
	f.Add(`1{"Identity":{"Claims":{"a":1e999,"b":[1,{"c":-0.0}]}}}`)
	f.Fuzz(func(t *testing.T, value string) {
		first, err := decodeTicket(value)
		if err != nil {
			return
		}
		text, err := encodeTicket(&first)
		if err != nil {
			return // a number that is too large for a float
		}
		second, err := decodeTicket(string(text))
		if err != nil || !reflect.DeepEqual(first, second) {
			t.Errorf("%v\nfirst  %+v\nsecond %+v", err, first, second)
		}
	})
}

// FuzzDecodeNotice: a notice that names somebody is one that is read the same
// again.
func FuzzDecodeNotice(f *testing.F) {
	f.Add(string(encodeNotice(guard.Revocation{User: "alice", At: time.UnixMicro(1), Expires: time.UnixMicro(2)})))
	f.Add(`{"all":true,"user":"x"}`)
	f.Fuzz(func(t *testing.T, text string) {
		r, ok := decodeNotice(text)
		if !ok {
			return
		}
		again, ok := decodeNotice(string(encodeNotice(r)))
		if !ok || again != r {
			t.Errorf("%q gives %+v, then %+v, %v", text, r, again, ok)
		}
	})
}
