package jsonscan_test

import (
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/wswarden/wswarden/internal/jsonscan"
	"github.com/wswarden/wswarden/internal/jsonscan/fallback"
)

var formatTexts = map[string][]string{
	"uuid": {"2eb8aa08-aa98-11ea-b4aa-73b441d16380", "2EB8AA08-AA98-11EA-B4AA-73B441D16380", "2eb8aa08-aa98-11ea-b4aa-73b441d1638", "2eb8aa08-aa98-11ea-73b441d16380",
		"2eb8aa08-aa98-11ea-b4ga-73b441d16380", "2eb8aa08aa9811eab4aa73b441d16380", "2eb8aa08a-a98-11ea-b4aa-73b441d16380", "", "éeb8aa08-aa98-11ea-b4aa-73b441d1638"},
	"date": {"2024-02-29", "2023-02-29", "1900-02-29", "2000-02-29", "2024-13-01", "2024-00-01", "2024-01-00", "2024-01-32", "2024-04-31", "2024-1-1", "24-01-01", "2024/01/01", "2024-01-01 ", "20240101", "", "+024-01-01", "0000-01-01"},
	"time": {"12:00:00Z", "12:00:00z", "23:59:60Z", "22:59:60Z", "15:59:60-08:00", "01:29:60+01:30", "23:59:60+01:00", "12:00:00.5Z", "12:00:00.Z", "12:00:00+24:00", "12:00:00+23:59", "12:00:00+00:60",
		"24:00:00Z", "12:60:00Z", "12:00:61Z", "12:00:00", "12:00Z", "12:00:00+0100", "1:00:00Z", "12:00:00ZZ", "12:00:00+01:0", "", "12-00-00Z", "08:30:06 PST", "01:01:01,1111"},
	"date-time": {"1963-06-19T08:30:06.283185Z", "1963-06-19t08:30:06z", "1990-12-31T15:59:60-08:00", "1998-12-31T23:58:60Z", "1990-02-31T15:59:59Z", "1963-06-19 08:30:06Z", "1963-06-19T08:30:06", "1963-06-19", "06/19/1963 08:30:06 PST", "2013-350T01:01:01", ""},
	"email": {"joe.bloggs@example.com", "2962", "te~st@example.com", `"joe bloggs"@example.com`, `"joe@bloggs"@example.com`, `"a\"b"@example.com`, "joe.bloggs@[127.0.0.1]", "joe.bloggs@[IPv6:::1]", "joe.bloggs@[IPv6:x]", ".test@example.com", "test.@example.com",
		"te.s.t@example.com", "te..st@example.com", "joe.bloggs@invalid=domain.com", "joe.bloggs@[127.0.0.300]", "a@b", "a b@c.d", "a@", strings.Repeat("a", 65) + "@b.c", "a@" + strings.Repeat("b", 64) + ".c", "é@b.c"},
	"hostname": {"www.example.com", "xn--4gbwdl.xn--wgbh1c", "-a", "a-", "a_b", "a.", "", "a..b", strings.Repeat("a", 64), strings.Repeat("a.", 127) + "a", "1host", "a b", "é"},
	"ipv4":     {"192.168.0.1", "127.0.0.0.1", "256.256.256.256", "127.0", "0x7f000001", "2130706433", "087.10.0.1", "87.10.0.1", "1.2.3.4 ", "1..2.3", "", "1.2.3.", "1.2.3.1000", "0.0.0.0"},
	"ipv6":     {"::1", "12345::", "::abef", "::", "1:1:1:1:1:1:1:1:1", "::laptop", "1::d6::42", "::ffff:192.168.0.1", "::192.168.1", "fe80::a%eth1", "1:2:3:4:5:6:7:8", "127.0.0.1", "", ":2:3:4:5:6:7:8"},
}

// TestFormats compares with the library.
func TestFormats(t *testing.T) {
	for format, texts := range formatTexts {
		schema := `{"format":"` + format + `"}`
		s, err := jsonscan.Compile([]byte(schema), jsonscan.Options{AssertFormats: true})
		if err != nil {
			t.Fatal(err)
		}
		loose := compile(t, schema)
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(schema))
		if err != nil {
			t.Fatal(err)
		}
		c := jsonschema.NewCompiler()
		c.AssertFormat()
		if err := c.AddResource("https://schema.invalid/f", doc); err != nil {
			t.Fatal(err)
		}
		oracle := c.MustCompile("https://schema.invalid/f")
		for _, text := range texts {
			d := scan(t, string(jsonscan.AppendQuoted(nil, text)))
			if got, want := s.Check(d.Root()).OK(), oracle.Validate(text) == nil; got != want {
				t.Errorf("%s: %q: got %v, oracle %v", format, text, got, want)
			}
			if !loose.Check(d.Root()).OK() {
				t.Errorf("%s: %q: refused without AssertFormats", format, text)
			}
		}
		if !s.Check(scan(t, `12`).Root()).OK() {
			t.Errorf("%s: a number is refused", format)
		}
	}
}

// TestStricterFormats is where the library forgives: it reads numbers like Go.
func TestStricterFormats(t *testing.T) {
	for format, texts := range map[string][]string{
		"ipv4":  {"+1.2.3.4", "-0.2.3.4"},
		"time":  {"+1:00:00Z", "12:+1:00Z", "12:00:00+-1:00"},
		"email": {"@example.com"},
	} {
		s, err := jsonscan.Compile([]byte(`{"format":"`+format+`"}`), jsonscan.Options{AssertFormats: true})
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range texts {
			if s.Check(scan(t, `"`+text+`"`).Root()).OK() {
				t.Errorf("%s: %q is accepted", format, text)
			}
		}
	}
}

func TestOtherFormats(t *testing.T) {
	s, err := fallback.Compile([]byte(`{"properties":{"u":{"format":"uri"},"n":{"format":"int32"}}}`), jsonscan.Options{AssertFormats: true})
	if err != nil {
		t.Fatal(err)
	}
	if s.Fast() || s.Why() != `format "uri" at "/properties/u/format"` {
		t.Errorf("got fast %v, %q", s.Fast(), s.Why())
	}
	if !s.Check(scan(t, `{"u":"https://example.com/","n":"x"}`).Root()).OK() || s.Check(scan(t, `{"u":"no uri"}`).Root()).OK() {
		t.Error("uri is not judged")
	}
	if s, err := jsonscan.Compile([]byte(`{"format":"int32"}`), jsonscan.Options{AssertFormats: true}); err != nil || !s.Fast() {
		t.Errorf("an unknown format: got %v, want it compiled", err)
	}
}
