package jsonscan

// property is a member that a schema names.
type property struct {
	step
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

func (t *propertyTable) index() {
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

// find returns the property that the member n is, or nil. Members mostly come in
// the order of the schema, so it looks at position *next first, and moves it.
func (t *propertyTable) find(d *Doc, n *node, next *int) *property {
	if *next < len(t.list) {
		if p := &t.list[*next]; p.sig == n.sig && d.hasName(n, &p.step) {
			*next++
			return p
		}
	}
	if t.slots != nil && n.info&flagKeyEscaped == 0 {
		return t.findByHash(d, n, next)
	}
	for i := range t.list {
		if p := &t.list[i]; p.sig == n.sig && d.hasName(n, &p.step) {
			*next = i + 1
			return p
		}
	}
	return nil
}

func (t *propertyTable) findByHash(d *Doc, n *node, next *int) *property {
	mask := len(t.slots) - 1
	for at := t.slot(n.sig, int(n.klen)); t.slots[at] != 0; at = (at + 1) & mask {
		i := int(t.slots[at]) - 1
		if p := &t.list[i]; p.sig == n.sig && d.hasName(n, &p.step) {
			*next = i + 1
			return p
		}
	}
	return nil
}
