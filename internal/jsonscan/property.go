package jsonscan

import "math"

// property is a member that a schema names.
type property struct {
	step
	short    uint32 // length of the name, if it is at most eight bytes
	rule     *rule
	required bool
	declared bool // in properties, not merely in required
}

// propertyTable finds properties by the names of members.
type propertyTable struct {
	list  []property // in the order of the schema
	slots []uint16   // hash table of positions in list plus one, if list is long
}

// fewProperties is how many properties are searched one after the other.
const fewProperties = 8

const notShort = math.MaxUint32

func (t *propertyTable) index() {
	for i := range t.list {
		p := &t.list[i]
		if p.short = notShort; len(p.name) <= 8 {
			p.short = uint32(len(p.name))
		}
	}
	if len(t.list) <= fewProperties || len(t.list) > 1<<15 {
		return
	}
	size := 32
	for size < 3*len(t.list) {
		size *= 2
	}
	t.slots = make([]uint16, size)
	for i := range t.list {
		at := t.slot(t.list[i].sig, len(t.list[i].name))
		for t.slots[at] != 0 {
			at = (at + 1) & (size - 1)
		}
		t.slots[at] = uint16(i + 1)
	}
}

func (t *propertyTable) slot(sig uint64, length int) int {
	h := (sig ^ uint64(length)) * 0x9e3779b97f4a7c15
	return int(h>>32) & (len(t.slots) - 1)
}

// is reports whether p is the member n, without a look at its text. For names of
// more than eight bytes, and for those with escape sequences, it does not tell.
func (p *property) is(n *node) bool {
	return p.sig == n.sig && p.short == n.klen && n.info&flagKeyEscaped == 0
}

// find returns the position of the property that the member n is, or -1.
func (t *propertyTable) find(d *Doc, n *node) int {
	if t.slots != nil && n.info&flagKeyEscaped == 0 {
		return t.searchSlots(d, n)
	}
	for i := range t.list {
		if d.nameIs(n, &t.list[i].step) {
			return i
		}
	}
	return -1
}

func (t *propertyTable) searchSlots(d *Doc, n *node) int {
	mask := len(t.slots) - 1
	for at := t.slot(n.sig, int(n.klen)); t.slots[at] != 0; at = (at + 1) & mask {
		if i := int(t.slots[at]) - 1; d.nameIs(n, &t.list[i].step) {
			return i
		}
	}
	return -1
}
