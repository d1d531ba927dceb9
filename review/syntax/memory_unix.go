//go:build unix

package syntax

import (
	"syscall"

	"github.com/tetratelabs/wazero/experimental"
)

// newMemory reserves the addresses of a sandbox's memory once, so that it grows
// without being copied, its pages are given back when the sandbox closes, and
// the garbage collector never sees it.
func newMemory(_, limit uint64) experimental.LinearMemory {
	const anonymous = syscall.MAP_PRIVATE | syscall.MAP_ANON
	reserved, err := syscall.Mmap(-1, 0, int(limit), syscall.PROT_READ|syscall.PROT_WRITE, anonymous)
	if err != nil {
		return &heapMemory{}
	}
	return &mappedMemory{reserved}
}

type mappedMemory struct{ reserved []byte }

func (m *mappedMemory) Reallocate(size uint64) []byte { return m.reserved[:size] }

func (m *mappedMemory) Free() {
	_ = syscall.Munmap(m.reserved) // fails for what was not mapped alone
	m.reserved = nil
}
