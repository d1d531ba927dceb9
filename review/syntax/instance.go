package syntax

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
)

// An instance is one sandbox with memory of its own.
type instance struct {
	module  api.Module
	memory  api.Memory
	prepare api.Function
	parse   api.Function
}

func (m *module) newInstance(ctx context.Context) (*instance, error) {
	// Without a name there can be many.
	config := wazero.NewModuleConfig().WithName("").WithStartFunctions("_initialize")
	ctx = experimental.WithMemoryAllocator(ctx, experimental.MemoryAllocatorFunc(newMemory))
	module, err := m.runtime.InstantiateModule(ctx, m.compiled, config)
	if err != nil {
		return nil, err
	}
	return &instance{
		module:  module,
		memory:  module.Memory(),
		prepare: module.ExportedFunction("prepare"),
		parse:   module.ExportedFunction("parse"),
	}, nil
}

func (in *instance) close() error { return in.module.Close(context.Background()) }

// errMalformed is the module's own failure: it must never happen, but the module
// works on hostile input, and what is behind a sandbox isn't trusted.
var errMalformed = errors.New("malformed result")

// run parses source. After an error the instance is of no further use.
func (in *instance) run(ctx context.Context, l Language, source []byte, limits Options) (flatTree, error) {
	room, err := call(ctx, in.prepare, uint64(len(source)))
	if err != nil {
		return flatTree{}, err
	}
	if !in.memory.Write(room, source) {
		return flatTree{}, errMalformed
	}
	result, err := call(ctx, in.parse, moduleNumber(l), uint64(room), uint64(len(source)),
		uint64(limits.MaxNodes), uint64(limits.MaxDepth))
	if err != nil {
		return flatTree{}, err
	}
	return in.read(result, uint32(len(source)))
}

// read copies the result out of the sandbox.
func (in *instance) read(result, sourceSize uint32) (flatTree, error) {
	nodes, ok1 := in.memory.ReadUint32Le(result + resultNodes)
	count, ok2 := in.memory.ReadUint32Le(result + resultCount)
	truncated, ok3 := in.memory.ReadUint32Le(result + resultTruncated)
	if !ok1 || !ok2 || !ok3 || count > math.MaxInt32/nodeSize {
		return flatTree{}, errMalformed
	}
	packed, ok := in.memory.Read(nodes, count*nodeSize)
	if !ok {
		return flatTree{}, errMalformed
	}
	tree, err := unpack(packed, sourceSize)
	tree.truncated = Truncation(truncated)
	return tree, err
}

// moduleNumber returns the number that the module knows a language by.
func moduleNumber(l Language) uint64 { return uint64(l - 1) }

// call calls a function of the module that returns a number or an address.
func call(ctx context.Context, f api.Function, args ...uint64) (uint32, error) {
	results, err := f.Call(ctx, args...)
	if err != nil {
		return 0, err
	}
	return api.DecodeU32(results[0]), nil
}

// symbolClass is what the module says about a symbol.
type symbolClass uint32

const (
	classToken symbolClass = iota + 1 // 0 is a symbol that no node has
	classNamed
)

// grammar reads the names that a language's trees use.
func (in *instance) grammar(ctx context.Context, l Language) (*grammar, error) {
	q := questions{ctx: ctx, instance: in, language: moduleNumber(l)}
	if name := q.text("language_name"); q.err == nil && name != l.String() {
		return nil, fmt.Errorf("the module has %q in its place", name)
	}
	g := newGrammar()
	for symbol := range uint64(q.number("symbol_count")) {
		class := symbolClass(q.number("symbol_class", symbol))
		g.addKind(q.text("symbol_name", symbol), class, uint16(q.number("public_symbol", symbol)))
	}
	for field := range uint64(q.number("field_count")) {
		g.fields = append(g.fields, q.text("field_name", field+1))
	}
	if len(g.fields) > math.MaxUint8+1 {
		return nil, fmt.Errorf("%d fields are too many for a record", len(g.fields))
	}
	return g, q.err
}

// questions asks the module about a language. After an error, which it keeps,
// every answer is empty.
type questions struct {
	ctx      context.Context
	instance *instance
	language uint64
	err      error
}

func (q *questions) number(function string, args ...uint64) uint32 {
	if q.err != nil {
		return 0
	}
	f := q.instance.module.ExportedFunction(function)
	if f == nil {
		q.err = fmt.Errorf("the module has no function %q", function)
		return 0
	}
	var answer uint32
	answer, q.err = call(q.ctx, f, append([]uint64{q.language}, args...)...)
	return answer
}

// text copies a string that ends with a zero byte.
func (q *questions) text(function string, args ...uint64) string {
	const longest = 256
	address := q.number(function, args...)
	if q.err != nil || address == 0 {
		return ""
	}
	memory := q.instance.memory
	b, ok := memory.Read(address, min(longest, memory.Size()-min(address, memory.Size())))
	end := bytes.IndexByte(b, 0)
	if !ok || end < 0 {
		q.err = errMalformed
		return ""
	}
	return string(b[:end])
}
