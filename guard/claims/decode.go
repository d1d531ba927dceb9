package claims

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"
	"unicode/utf8"
)

// maxDepth is the deepest nesting of claims.
const maxDepth = 16

var (
	errNotObject = errors.New("claims not a JSON object")
	errDuplicate = errors.New("claims have a duplicate name")
	errDepth     = errors.New("claims nested too deeply")
)

// Decode reads data as one JSON object. It is stricter than encoding/json:
// names that occur twice in an object are refused (RFC 8725 section 2.6 warns
// that readers differ in which one counts), as are invalid UTF-8, nesting
// beyond 16 levels and anything after the object.
//
// Values are string, bool, nil, []any, map[string]any, int64 for numbers that
// are written as integers and fit, and float64 for all others.
func Decode(data []byte) (map[string]any, error) {
	// Valid judges the grammar; the decoder's tokens are looser about commas.
	if !utf8.Valid(data) || !json.Valid(data) {
		return nil, errNotObject
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	value, err := decodeValue(d, 0)
	if err != nil {
		return nil, err
	}
	object, ok := value.(map[string]any)
	if !ok {
		return nil, errNotObject
	}
	return object, nil
}

func decodeValue(d *json.Decoder, depth int) (any, error) {
	token, err := d.Token()
	if err != nil {
		return nil, errNotObject
	}
	if depth >= maxDepth {
		if _, opens := token.(json.Delim); opens {
			return nil, errDepth
		}
	}
	switch t := token.(type) {
	case json.Delim:
		if t == '{' {
			return decodeObject(d, depth+1)
		}
		return decodeArray(d, depth+1)
	case json.Number:
		return number(t)
	default:
		return t, nil
	}
}

func decodeObject(d *json.Decoder, depth int) (any, error) {
	object := make(map[string]any)
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return nil, errNotObject
		}
		name, ok := token.(string)
		if !ok {
			return nil, errNotObject
		}
		if _, twice := object[name]; twice {
			return nil, errDuplicate
		}
		if object[name], err = decodeValue(d, depth); err != nil {
			return nil, err
		}
	}
	if _, err := d.Token(); err != nil {
		return nil, errNotObject
	}
	return object, nil
}

func decodeArray(d *json.Decoder, depth int) (any, error) {
	array := []any{}
	for d.More() {
		value, err := decodeValue(d, depth)
		if err != nil {
			return nil, err
		}
		array = append(array, value)
	}
	if _, err := d.Token(); err != nil {
		return nil, errNotObject
	}
	return array, nil
}

// number keeps integers exact: an account number of 18 digits is another one
// after a trip through float64.
func number(n json.Number) (any, error) {
	if i, err := strconv.ParseInt(string(n), 10, 64); err == nil {
		return i, nil
	}
	f, err := strconv.ParseFloat(string(n), 64)
	if err != nil {
		return nil, errors.New("claims have a number out of range")
	}
	return f, nil
}
