package types

import (
	. "fmt"
	"sync/atomic"

	"github.com/coder/websocket/wsjson"
)

type (
	ID                        string
	Conn                      = websocket.Conn
	Table                     map[ID]*[]Row
	Pair[K comparable, V any] struct {
		Key   K
		Value V
	}
	Row struct {
		ID
		a, b int `json:"a"`
		next *Row
		in   struct {
			Stringer
			*Pair[ID, int]
			f func(x, y int, rest ...string) (n int, err error)
		}
		ch   <-chan (map[string][4]any)
		any  interface{}
		some interface{ Close() error }
		p    atomic.Pointer[Row]
	}
	Number interface {
		~int | ~float64
		Stringer
	}
)

func Map[T, U any](list []T, f func(T) U) []U { return nil }

func (p *Pair[K, V]) Swap(Pair[K, V], int) (_ *Pair[K, V]) { return p }

func use() {
	rows := []Row{{ID: "1"}, {"2", 1, 2}}
	pointers := []*Row{{a: 1}, nil}
	table := Table{"x": {{b: 2}}}
	nested := map[Pair[ID, int]][]string{{"k", 1}: {"a", "b"}}
	array := [...]string{2: "c", 'x': "d"}
	local := struct{ X, Y int }{1, 2}
	unknown := other.Thing{Field: other.List{1, 2}, Map: other.Map{"k": {A: 1}}}
	Map[int, string](nil, nil)
	Map[ID](nil, nil)
	wsjson.Read[Row](rows)
	table["x"](array)
	swap := (*Pair[ID, int]).Swap
	_ = []byte("\x00\u00e9\n" + `raw\n`)
	_ = (*Row)(nil)
	_ = interface{}(local).(struct{ X, Y int })
	_ = map[string]int(nil)
	_ = new([]int)
	_ = make(map[string]*Row, 0x10)
	_, _, _, _ = pointers, nested, unknown, swap
}
