package celpolicy

import (
	"math"
	"strconv"
	"time"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"

	"github.com/wswarden/wswarden/internal/jsonscan"
)

// maxResultDepth bounds the nesting of the value of an expression.
const maxResultDepth = 32

// appendJSON appends v as one JSON text, until dst is longer than most: a list of
// messages is larger than any message. Parts of the message are copied as they are
// written there.
func appendJSON(dst []byte, v ref.Val, most, depth int) ([]byte, error) {
	switch {
	case depth > maxResultDepth:
		return dst, errDepth
	case len(dst) > most:
		return dst, errLong
	}
	switch v := v.(type) {
	case types.Null:
		return append(dst, "null"...), nil
	case types.Bool:
		return strconv.AppendBool(dst, bool(v)), nil
	case types.Int:
		return strconv.AppendInt(dst, int64(v), 10), nil
	case types.Uint:
		return strconv.AppendUint(dst, uint64(v), 10), nil
	case types.Double:
		return appendDouble(dst, float64(v))
	case types.String:
		return jsonscan.AppendQuoted(dst, string(v)), nil
	case types.Timestamp:
		return jsonscan.AppendQuoted(dst, v.UTC().Format(time.RFC3339Nano)), nil
	case *object:
		return append(dst, v.v.Raw()...), nil
	case *array:
		return append(dst, v.v.Raw()...), nil
	case traits.Lister:
		return appendList(dst, v, most, depth)
	case traits.Mapper:
		return appendMap(dst, v, most, depth)
	}
	return dst, errNotJSON
}

func appendDouble(dst []byte, f float64) ([]byte, error) {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return dst, errNotJSON
	}
	return strconv.AppendFloat(dst, f, 'g', -1, 64), nil
}

func appendList(dst []byte, l traits.Lister, most, depth int) ([]byte, error) {
	dst = append(dst, '[')
	var err error
	for it, first := l.Iterator(), true; it.HasNext() == types.True; first = false {
		if !first {
			dst = append(dst, ',')
		}
		if dst, err = appendJSON(dst, it.Next(), most, depth+1); err != nil {
			return dst, err
		}
	}
	return append(dst, ']'), nil
}

// appendMap writes the members in no particular order: that of a Go map.
func appendMap(dst []byte, m traits.Mapper, most, depth int) ([]byte, error) {
	dst = append(dst, '{')
	var err error
	for it, first := m.Iterator(), true; it.HasNext() == types.True; first = false {
		if !first {
			dst = append(dst, ',')
		}
		key := it.Next()
		name, ok := key.(types.String)
		if !ok {
			return dst, errNotJSON
		}
		dst = append(jsonscan.AppendQuoted(dst, string(name)), ':')
		if dst, err = appendJSON(dst, m.Get(key), most, depth+1); err != nil {
			return dst, err
		}
	}
	return append(dst, '}'), nil
}
