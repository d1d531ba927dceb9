package syntax

// heapMemory is the memory of a sandbox where none can be mapped.
type heapMemory struct{ bytes []byte }

func (m *heapMemory) Reallocate(size uint64) []byte {
	if size > uint64(cap(m.bytes)) {
		larger := make([]byte, size, size+size/2)
		copy(larger, m.bytes)
		m.bytes = larger
	}
	m.bytes = m.bytes[:size]
	return m.bytes
}

func (m *heapMemory) Free() { m.bytes = nil }
