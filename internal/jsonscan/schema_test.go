package jsonscan_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/internal/jsonscan"
)

// TestViolations says for each code what brings it about, and where it points.
func TestViolations(t *testing.T) {
	const order = `{"type":"object","required":["n"],"additionalProperties":false,"properties":{"n":{"type":"integer","minimum":1,"maximum":9},"s":{"type":"string","minLength":2,"maxLength":3,"pattern":"^a"}}}`
	for _, c := range []struct {
		schema, document string
		code             jsonscan.Code
		offset           int
		pointer          string
	}{
		{order, `[]`, jsonscan.SchemaType, 0, "/type"},
		{order, `{}`, jsonscan.SchemaRequired, 0, "/required"},
		{order, `{"n":1,"x":2}`, jsonscan.SchemaAdditionalProperties, 11, "/additionalProperties"},
		{order, `{"n":"1"}`, jsonscan.SchemaType, 5, "/properties/n/type"},
		{order, `{"n":1.5}`, jsonscan.SchemaType, 5, "/properties/n/type"},
		{order, `{"n":0}`, jsonscan.SchemaMinimum, 5, "/properties/n/minimum"},
		{order, `{"n":10}`, jsonscan.SchemaMaximum, 5, "/properties/n/maximum"},
		{order, `{"n":1,"s":"a"}`, jsonscan.SchemaMinLength, 11, "/properties/s/minLength"},
		{order, `{"n":1,"s":"aéaa"}`, jsonscan.SchemaMaxLength, 11, "/properties/s/maxLength"},
		{order, `{"n":1,"s":"bb"}`, jsonscan.SchemaPattern, 11, "/properties/s/pattern"},
		{order, `{"n":1,"s":"\u0061é\u0061"}`, jsonscan.Valid, 0, ""},
		{`{"properties":{"a/b~c":false}}`, `{"a/b~c":1}`, jsonscan.SchemaFalse, 9, "/properties/a~1b~0c"},
		{`false`, `1`, jsonscan.SchemaFalse, 0, ""},
		{`{"maxLength":10}`, `"ééééééééé1"`, jsonscan.Valid, 0, ""},
		{`{"maxLength":10}`, `"123456789é1"`, jsonscan.SchemaMaxLength, 0, "/maxLength"},
		{`{"minLength":10}`, `"éééé😀\ud83d\ude00"`, jsonscan.SchemaMinLength, 0, "/minLength"},
		{`{"enum":["a",1,null]}`, `"b"`, jsonscan.SchemaEnum, 0, "/enum"},
		{`{"enum":["a",1.0,{"x":[1]}]}`, `{"x":[1.0]}`, jsonscan.Valid, 0, ""},
		{`{"const":{"a":1,"b":[true]}}`, `{"b":[false],"a":1}`, jsonscan.SchemaConst, 0, "/const"},
		{`{"const":{"a":1,"b":[true]}}`, `{"b":[true],"a":1e0}`, jsonscan.Valid, 0, ""},
		{`{"const":"a\nb"}`, `"a\u000ab"`, jsonscan.Valid, 0, ""},
		{`{"exclusiveMinimum":0}`, `0`, jsonscan.SchemaExclusiveMinimum, 0, "/exclusiveMinimum"},
		{`{"exclusiveMaximum":0.5}`, `0.5`, jsonscan.SchemaExclusiveMaximum, 0, "/exclusiveMaximum"},
		{`{"exclusiveMaximum":0.5}`, `0.49999999999999999999999`, jsonscan.Valid, 0, ""},
		{`{"maximum":9007199254740992}`, `9007199254740993`, jsonscan.SchemaMaximum, 0, "/maximum"},
		{`{"maximum":1e300}`, `1e301`, jsonscan.SchemaMaximum, 0, "/maximum"},
		{`{"minimum":2}`, `1.5e3`, jsonscan.Valid, 0, ""},
		{`{"maximum":2}`, `1.5e3`, jsonscan.SchemaMaximum, 0, "/maximum"},
		{`{"multipleOf":0.01}`, `0.075`, jsonscan.SchemaMultipleOf, 0, "/multipleOf"},
		{`{"minItems":1}`, `[]`, jsonscan.SchemaMinItems, 0, "/minItems"},
		{`{"maxItems":1}`, `[1,2]`, jsonscan.SchemaMaxItems, 0, "/maxItems"},
		{`{"uniqueItems":true}`, `[1,{"a":1,"b":2},{"b":2,"a":1.0}]`, jsonscan.SchemaUniqueItems, 0, "/uniqueItems"},
		{`{"items":{"type":"string"}}`, `["a",1]`, jsonscan.SchemaType, 5, "/items/type"},
		{`{"prefixItems":[true,{"type":"string"}]}`, `[1,2]`, jsonscan.SchemaType, 3, "/prefixItems/1/type"},
		{`{"contains":{"const":1}}`, `[2]`, jsonscan.SchemaContains, 0, "/contains"},
		{`{"contains":{"const":1},"minContains":2}`, `[1]`, jsonscan.SchemaMinContains, 0, "/minContains"},
		{`{"contains":{"const":1},"maxContains":1}`, `[1,1]`, jsonscan.SchemaMaxContains, 0, "/maxContains"},
		{`{"prefixItems":[true],"unevaluatedItems":false}`, `[1,2]`, jsonscan.SchemaUnevaluatedItems, 3, "/unevaluatedItems"},
		{`{"prefixItems":[true],"unevaluatedItems":{"type":"string"}}`, `[1,2]`, jsonscan.SchemaType, 3, "/unevaluatedItems/type"},
		{`{"dependencies":{"a":["b"]}}`, `{"a":1}`, jsonscan.SchemaDependentRequired, 0, "/dependentRequired"},
		{`{"dependencies":{"a":{"required":["b"]}}}`, `{"a":1}`, jsonscan.SchemaRequired, 0, "/dependencies/a/required"},
		{`{"minProperties":1}`, `{}`, jsonscan.SchemaMinProperties, 0, "/minProperties"},
		{`{"maxProperties":1}`, `{"a":1,"b":2}`, jsonscan.SchemaMaxProperties, 0, "/maxProperties"},
		{`{"propertyNames":{"maxLength":1}}`, `{"a":1,"bb":2}`, jsonscan.SchemaPropertyNames, 7, "/propertyNames"},
		{`{"dependentRequired":{"a":["b"]}}`, `{"a":1}`, jsonscan.SchemaDependentRequired, 0, "/dependentRequired"},
		{`{"properties":{"a":true},"unevaluatedProperties":false}`, `{"a":1,"b":2}`, jsonscan.SchemaUnevaluatedProperties, 11, "/unevaluatedProperties"},
		{`{"anyOf":[{"type":"string"},{"minimum":2}]}`, `1`, jsonscan.SchemaAnyOf, 0, "/anyOf"},
		{`{"oneOf":[{"type":"integer"},{"minimum":2}]}`, `3`, jsonscan.SchemaOneOf, 0, "/oneOf"},
		{`{"not":{"type":"string"}}`, `"a"`, jsonscan.SchemaNot, 0, "/not"},
		{`{"allOf":[true,{"minimum":2}]}`, `1`, jsonscan.SchemaMinimum, 0, "/allOf/1/minimum"},
		{`{"if":{"minimum":5},"then":{"maximum":6},"else":{"minimum":0}}`, `7`, jsonscan.SchemaMaximum, 0, "/then/maximum"},
		{`{"if":{"minimum":5},"then":{"maximum":6},"else":{"minimum":0}}`, `-1`, jsonscan.SchemaMinimum, 0, "/else/minimum"},
		{`{"$ref":"#/$defs/a~1b","$defs":{"a/b":{"type":"null"}}}`, `1`, jsonscan.SchemaType, 0, "/$defs/a~1b/type"},
		{`{"patternProperties":{"^n":{"type":"number"}}}`, `{"n1":1,"n2":"x"}`, jsonscan.SchemaType, 13, "/patternProperties/^n/type"},
	} {
		bad := compile(t, c.schema).Check(scan(t, c.document).Root())
		if bad.Code != c.code || bad.Offset != c.offset || bad.Pointer() != c.pointer {
			t.Errorf("%s against %s: got %s at %d by %q, want %s at %d by %q", c.document, c.schema, bad.Code, bad.Offset, bad.Pointer(), c.code, c.offset, c.pointer)
		}
	}
}

// TestUnionError pins that the alternative that the tag picks says what is wrong,
// and not the union.
func TestUnionError(t *testing.T) {
	s := compile(t, `{"oneOf":[{"$ref":"#/$defs/chat"},{"$ref":"#/$defs/move"}],"$defs":{
		"chat":{"type":"object","required":["type","text"],"properties":{"type":{"const":"chat"},"text":{"type":"string"}}},
		"move":{"type":"object","required":["type"],"properties":{"type":{"enum":["move","jump"]},"x":{"type":"integer"}}}}}`)
	for _, c := range []struct {
		document, pointer string
		code              jsonscan.Code
	}{
		{`{"type":"chat","text":1}`, "/$defs/chat/properties/text/type", jsonscan.SchemaType},
		{`{"x":"1","type":"jump"}`, "/$defs/move/properties/x/type", jsonscan.SchemaType},
		{`{"type":"fly"}`, "/oneOf", jsonscan.SchemaOneOf},
		{`{"type":1}`, "/oneOf", jsonscan.SchemaOneOf},
		{`{}`, "/oneOf", jsonscan.SchemaOneOf},
		{`[]`, "/oneOf", jsonscan.SchemaOneOf},
		{`{"type":"m\u006fve"}`, "", jsonscan.Valid},
	} {
		if bad := s.Check(scan(t, c.document).Root()); bad.Code != c.code || bad.Pointer() != c.pointer {
			t.Errorf("%s: got %s by %q, want %s by %q", c.document, bad.Code, bad.Pointer(), c.code, c.pointer)
		}
	}
}

// TestUnionLike holds what looks like a union to the library.
func TestUnionLike(t *testing.T) {
	for _, alternatives := range []string{
		`{"required":["t"],"properties":{"t":{"const":"a"}}},{"required":["t"],"properties":{"t":{"enum":["b",1]}}}`,
		`{"required":["t"],"properties":{"t":{"const":"a"}}},{"properties":{"t":{"const":"b"}}}`,
		`{"required":["t"],"properties":{"t":{"const":"a"}}},{"required":["t"],"properties":{"t":{"const":"a"}}}`,
		`{"required":["t"],"properties":{"t":{"const":"a"}}},{"required":["t","u"],"properties":{"t":true,"u":{"const":"b"}}}`,
		`{"required":["t"],"properties":{"t":{"const":"a","enum":["b"]}}},{"required":["t"],"properties":{"t":{"enum":["b","c"]}}}`,
		`{"required":["t"],"properties":{"t":{"const":"a"}},"type":["object","null"]},{"required":["t"],"properties":{"t":{"const":"b"}},"type":"object"}`,
		`{"required":["t"],"properties":{"t":{"const":"a"}}},true`,
		`{"required":["t"],"properties":{"t":{"const":"a"}}},false`,
		`{"required":["t"],"properties":{"t":{"const":"a"}}},{"$ref":"#/$defs/b"}`,
		`{"required":["t","u"],"properties":{"u":{"const":"a"},"t":{"const":"a"}}},{"required":["t","u"],"properties":{"u":{"const":"a"},"t":{"const":"b"}}}`,
	} {
		for _, keyword := range []string{"oneOf", "anyOf"} {
			schema := `{"` + keyword + `":[` + alternatives + `],"$defs":{"b":{"$ref":"#/$defs/c"},"c":{"required":["t"],"properties":{"t":{"const":"b"}}}}}`
			s := compile(t, schema)
			oracle := oracleFor(t, []byte(schema))
			for _, document := range []string{`{"t":"a"}`, `{"t":"b"}`, `{"t":"c"}`, `{"t":1}`, `{}`, `{"u":"b"}`, `{"t":"a","u":"b"}`, `{"t":"a","u":"a"}`, `{"t":"b","u":"a"}`, `[]`, `null`, `"a"`} {
				if got, want := accepts(t, s, []byte(document)), oracleAccepts(t, oracle, []byte(document)); got != want {
					t.Errorf("%s against %s: got %v, oracle %v", document, schema, got, want)
				}
			}
		}
	}
}

func TestCheckPart(t *testing.T) {
	s := compile(t, `{"type":"object","required":["text"]}`)
	d := scan(t, `["chat",{"text":"x"},{"txt":"x"}]`)
	if bad := s.Check(d.Root().Index(1)); !bad.OK() {
		t.Errorf("got %s, want it accepted", bad.Code)
	}
	if bad := s.Check(d.Root().Index(2)); bad.Code != jsonscan.SchemaRequired || bad.Offset != 21 {
		t.Errorf("got %s at %d, want %s at 21", bad.Code, bad.Offset, jsonscan.SchemaRequired)
	}
	if s.Check(d.Root().Index(3)).OK() {
		t.Error("a missing value is accepted")
	}
}

// TestCost holds that a schema whose alternatives multiply, and equal elements of
// great number, come to an end, and that the document is refused then.
func TestCost(t *testing.T) {
	tree := strings.Repeat(`{"c":`, 30) + `1` + strings.Repeat(`}`, 30)
	objects := "[0"
	for i := range 11 {
		objects += fmt.Sprintf(`,{"a":[1,2,3],"b":{"c":[4,5,%d]}}`, i)
	}
	objects += "]"
	for _, c := range []struct {
		name, schema, document string
		steps                  int
	}{
		{"anyOf", `{"anyOf":[{"type":"object","properties":{"c":{"$ref":"#"}},"required":["x"]},{"type":"object","properties":{"c":{"$ref":"#"}},"required":["y"]}]}`, tree, 0},
		{"not", `{"not":{"anyOf":[{"properties":{"c":{"$ref":"#"}},"required":["x"]},{"properties":{"c":{"$ref":"#"}},"required":["y"]}]}}`, tree, 1000},
		{"if", `{"if":{"properties":{"c":{"$ref":"#"}},"required":["x"]},"then":false,"else":{"properties":{"c":{"$ref":"#"}}}}`, tree, 1000},
		{"contains", `{"contains":{"not":{"type":"object"}}}`, objects, 3},
		{"const", `{"const":[1,2,3,4,5,6,7,8,9]}`, `[1,2,3,4,5,6,7,8,9]`, 5},
		{"uniqueItems", `{"uniqueItems":true}`, objects, 40},
		{"many unique items", `{"uniqueItems":true}`, "[" + strings.Repeat("1,", 500) + "1]", 300},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := jsonscan.Compile([]byte(c.schema), jsonscan.Options{Steps: c.steps})
			if err != nil {
				t.Fatal(err)
			}
			if bad := s.Check(scan(t, c.document).Root()); bad.Code != jsonscan.SchemaCost {
				t.Errorf("got %s, want %s", bad.Code, jsonscan.SchemaCost)
			}
		})
	}
}

func TestCompileProblems(t *testing.T) {
	for _, c := range []struct{ schema, pointer, reason string }{
		{`{"type":"strin"}`, "/type", `"strin" is no type`},
		{`{"type":[]}`, "/type", "empty"},
		{`{"type":["string","string"]}`, "/type", "repeated"},
		{`{"type":1}`, "/type", "a string or a list"},
		{`{"properties":{"a":{"minLength":-1}}}`, "/properties/a/minLength", "not negative"},
		{`{"properties":{"a":{"maxItems":1.5}}}`, "/properties/a/maxItems", "an integer"},
		{`{"properties":{"a/b":1}}`, "/properties/a~1b", "an object or a boolean"},
		{`{"properties":[]}`, "/properties", "an object, not array"},
		{`{"required":"a"}`, "/required", "list"},
		{`{"required":["a","a"]}`, "/required", "repeated"},
		{`{"required":[1]}`, "/required", "a string, not number"},
		{`{"allOf":[]}`, "/allOf", "empty"},
		{`{"anyOf":{}}`, "/anyOf", "an array"},
		{`{"pattern":"("}`, "/pattern", "missing closing"},
		{`{"pattern":"(?=x)"}`, "/pattern", "lookahead"},
		{`{"patternProperties":{"[":true}}`, "/patternProperties/[", "not closed"},
		{`{"multipleOf":0}`, "/multipleOf", "greater than zero"},
		{`{"minimum":"1"}`, "/minimum", "a number"},
		{`{"uniqueItems":1}`, "/uniqueItems", "a boolean"},
		{`{"enum":1}`, "/enum", "an array"},
		{`{"$ref":"#/$defs/x"}`, "/$ref", "points to nothing"},
		{`{"items":{"$ref":"#/a%zz"}}`, "/items/$ref", "not a URI fragment"},
		{`{"$ref":"#"}`, "", "without an end"},
		{`{"properties":{"a":{"$ref":"#/$defs/x"}},"$defs":{"x":{"allOf":[{"$ref":"#/$defs/y"}]},"y":{"not":{"$ref":"#/$defs/x"}}}}`, "/$defs/x", "without an end"},
		{`{"$defs":{"unused":{"type":"x"}}}`, "/$defs/unused/type", "no type"},
		{`{"title":1}`, "/title", "a string"},
		{`[]`, "", "an object or a boolean"},
		{`{"a":1,"a":2}`, "", "repeated"},
		{`{"a":`, "", "too early, at byte 5"},
		{strings.Repeat(`{"not":`, 65) + `{}` + strings.Repeat(`}`, 65), "", "too deep"},
	} {
		_, err := jsonscan.Compile([]byte(c.schema), jsonscan.Options{})
		var problems *jsonscan.CompileError
		if !errors.As(err, &problems) {
			t.Errorf("%s: got %v, want a compile error", c.schema, err)
			continue
		}
		if p := problems.Problems[0]; p.Pointer != c.pointer || !strings.Contains(p.Reason, c.reason) {
			t.Errorf("%s: got %q at %q, want %q at %q", c.schema, p.Reason, p.Pointer, c.reason, c.pointer)
		}
	}
}

func TestCompileAllProblems(t *testing.T) {
	_, err := jsonscan.Compile([]byte(`{"type":"x","properties":{"a":{"minimum":"1"},"b":[]}}`), jsonscan.Options{})
	const want = `compile schema: at "/type": "x" is no type
at "/properties/a/minimum": minimum is a number, not string
at "/properties/b": a schema is an object or a boolean, not array`
	if err == nil || err.Error() != want {
		t.Errorf("got %v\nwant %s", err, want)
	}
	if _, err := jsonscan.Compile([]byte(`{"description":"`+strings.Repeat("x", 100)+`"}`), jsonscan.Options{MaxBytes: 100}); err == nil {
		t.Error("a schema beyond MaxBytes compiles")
	}
}

func TestCompileValue(t *testing.T) {
	s, err := jsonscan.CompileValue(map[string]any{"type": "object", "properties": map[string]any{"n": map[string]any{"maximum": 3, "minimum": 0.5}}}, jsonscan.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if !s.Check(scan(t, `{"n":3}`).Root()).OK() || s.Check(scan(t, `{"n":4}`).Root()).OK() || s.Check(scan(t, `{"n":0.4}`).Root()).OK() {
		t.Error("bounds are not those of the schema")
	}
	if _, err := jsonscan.CompileValue(func() {}, jsonscan.Options{}); err == nil {
		t.Error("a function compiles")
	}
}

func TestWhy(t *testing.T) {
	for _, c := range []struct{ schema, why string }{
		{`{"type":"object"}`, ""},
		{`{"$schema":"https://json-schema.org/draft/2020-12/schema","$id":"https://example.com/s","properties":{"a":{"$ref":"#"},"b":{"$ref":"https://example.com/s#/properties/a"}}}`, ""},
		{`{"format":"uri"}`, ""},
		{`{"$dynamicRef":"#a"}`, `$dynamicRef at "/$dynamicRef"`},
		{`{"items":{"$ref":"#anchor"}}`, `$ref to an anchor at "/items/$ref"`},
		{`{"items":{"$ref":"other.json"}}`, `$ref to another document at "/items/$ref"`},
		{`{"$schema":"http://json-schema.org/draft-07/schema#"}`, "$schema other than draft 2020-12"},
		{`{"$defs":{"a":{"$id":"x"}}}`, "$id within the schema"},
		{`{"multipleOf":12345678901234567890123}`, `multipleOf of more than 19 digits at "/multipleOf"`},
	} {
		none := errors.New("none")
		var why string
		s, err := jsonscan.Compile([]byte(c.schema), jsonscan.Options{Fallback: func([]byte, jsonscan.Options) (jsonscan.Validator, error) { return nil, none }})
		if c.why != "" {
			if !errors.Is(err, none) {
				t.Errorf("%s: got %v, want the fallback asked", c.schema, err)
			}
			_, err = jsonscan.Compile([]byte(c.schema), jsonscan.Options{})
			if want := "not supported: " + c.why; err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: got %v, want %s", c.schema, err, want)
			}
			s, err = jsonscan.Compile([]byte(c.schema), jsonscan.Options{Fallback: func([]byte, jsonscan.Options) (jsonscan.Validator, error) { return refuseAll{}, nil }})
		}
		if err != nil {
			t.Errorf("%s: %v", c.schema, err)
			continue
		}
		if why = s.Why(); why != c.why || s.Fast() != (why == "") {
			t.Errorf("%s: got fast %v, why %q, want %q", c.schema, s.Fast(), why, c.why)
		}
		d := scan(t, `{}`)
		if c.why != "" && s.Check(d.Root()).Code != jsonscan.SchemaFallback {
			t.Errorf("%s: the fallback does not judge", c.schema)
		}
		if _, ok := s.AppendUndeclared(nil, d.Root()); ok != s.Fast() {
			t.Errorf("%s: undeclared members are known: got %v", c.schema, ok)
		}
	}
}

type refuseAll struct{}

func (refuseAll) Validate(jsonscan.Value) jsonscan.Violation {
	return jsonscan.Violation{Code: jsonscan.SchemaFallback}
}

// TestConcurrent checks with one schema from several goroutines; the race
// detector does the judging.
func TestConcurrent(t *testing.T) {
	s := compile(t, `{"items":{"enum":["a\nb",{"k\n":1},[1.0]]},"uniqueItems":true}`)
	done := make(chan error)
	for range 4 {
		go func() {
			var d jsonscan.Doc
			for range 200 {
				if bad := suiteScanner.Scan([]byte(`["a\u000ab",{"k\u000a":1e0},[1]]`), &d); !bad.OK() {
					done <- errors.New(bad.Text())
					return
				}
				if bad := s.Check(d.Root()); !bad.OK() {
					done <- errors.New(bad.Text())
					return
				}
			}
			done <- nil
		}()
	}
	for range 4 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}
