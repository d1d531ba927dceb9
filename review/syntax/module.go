package syntax

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"sync"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
)

// build/build makes grammars.wasm.
//
//go:embed grammars.wasm
var grammarsWasm []byte

// pageSize is that of WebAssembly.
const pageSize = 1 << 16

// maxMemory limits the memory of one instance. 4 MiB of common code need about
// 120 MiB of it.
const maxMemory = 256 << 20

// A module is the compiled grammars, from which any number of instances are
// made. It lives as long as the process.
type module struct {
	runtime  wazero.Runtime
	compiled wazero.CompiledModule
	grammars [len(languageNames)]*grammar
}

var shared struct {
	sync.Mutex
	module *module
}

// sharedModule returns the module of this process, which it loads if need be.
func sharedModule(ctx context.Context, cacheDir string) (*module, error) {
	shared.Lock()
	defer shared.Unlock()
	if shared.module == nil {
		m, err := newModule(ctx, cacheDir, maxMemory)
		if err != nil {
			return nil, fmt.Errorf("load grammars: %w", err)
		}
		shared.module = m
	}
	return shared.module, nil
}

// newModule loads the module, with the help of the cache if that can be had:
// neither a full disk nor what an interrupted write left there is an error.
func newModule(ctx context.Context, cacheDir string, memory uint32) (*module, error) {
	// The module outlives the context of the parser that needs it first.
	ctx = context.WithoutCancel(ctx)
	if cache := openCache(cacheDir); cache != nil {
		if m, err := loadModule(ctx, cache, memory); err == nil {
			return m, nil
		}
		_ = cache.Close(ctx)
	}
	return loadModule(ctx, nil, memory)
}

func loadModule(ctx context.Context, cache wazero.CompilationCache, memory uint32) (*module, error) {
	config := wazero.NewRuntimeConfig().WithMemoryLimitPages(memory / pageSize)
	if cache != nil {
		config = config.WithCompilationCache(cache)
	}
	m := &module{runtime: wazero.NewRuntimeWithConfig(ctx, config)}
	if err := m.load(ctx); err != nil {
		return nil, errors.Join(err, m.runtime.Close(ctx))
	}
	return m, nil
}

func (m *module) load(ctx context.Context) error {
	_, err := m.runtime.NewHostModuleBuilder("wswarden").
		NewFunctionBuilder().WithGoFunction(api.GoFunc(check), nil, nil).Export("check").
		NewFunctionBuilder().WithGoFunction(api.GoFunc(outOfMemory), nil, nil).Export("out_of_memory").
		Instantiate(ctx)
	if err != nil {
		return err
	}
	if m.compiled, err = m.runtime.CompileModule(ctx, grammarsWasm); err != nil {
		return err
	}
	in, err := m.newInstance(ctx)
	if err != nil {
		return err
	}
	defer in.close()
	for _, l := range Languages() {
		if m.grammars[l], err = in.grammar(ctx, l); err != nil {
			return fmt.Errorf("read names of grammar %q: %w", l, err)
		}
	}
	return nil
}

// check is what a run calls every now and then. To panic is how a function of
// the host ends it. (The runtime's own way, WithCloseOnContextDone, makes
// everything three times as slow.)
func check(ctx context.Context, _ []uint64) {
	if ctx.Err() != nil {
		panic(errStopped)
	}
}

// errStopped ends a run whose context ended.
var errStopped = errors.New("stopped")

func outOfMemory(context.Context, []uint64) { panic(ErrMemory) }
