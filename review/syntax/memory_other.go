//go:build !unix

package syntax

import "github.com/tetratelabs/wazero/experimental"

func newMemory(_, _ uint64) experimental.LinearMemory { return &heapMemory{} }
