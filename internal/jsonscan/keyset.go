package jsonscan

import (
	"bytes"
	"encoding/binary"
	"hash/maphash"
)

// signature returns the first eight bytes of the name src[from:to] as a number,
// shorter names padded with zeros. Two names of at most eight bytes are equal if
// their signatures and lengths are.
func signature(src []byte, from, to int) uint64 {
	n := to - from
	if from+8 <= len(src) {
		w := binary.LittleEndian.Uint64(src[from:])
		if n < 8 {
			w &= 1<<(8*n&63) - 1
		}
		return w
	}
	var w uint64
	for i := min(n, 8) - 1; i >= 0; i-- {
		w = w<<8 | uint64(src[from+i])
	}
	return w
}

var (
	sigProto       = signature([]byte("__proto__"), 0, 9)
	sigPrototype   = signature([]byte("prototype"), 0, 9)
	sigConstructor = signature([]byte("constructor"), 0, 11)
)

// smallObject is how many members are compared one by one. In larger objects
// names are found by a hash that no peer can foresee.
const smallObject = 16

// memberNames is what is known of the names of an object being scanned.
type memberNames struct {
	object int
	count  int
	most   int    // up to this count, filter decides
	filter uint64 // one bit a signature; a bit that is not set rules a name out
}

// lowerCase has the bit of every byte that makes the letters of ASCII lower case.
// What is no letter it may take for another, which costs a filter no more than a
// closer look.
const lowerCase = 0x2020202020202020

// isNew counts the name of n and reports true, if the filter tells that the object
// has no such name, in any case. If not, add has to find out.
func (m *memberNames) isNew(n *node) bool {
	if n.info&flagKeyOdd != 0 { // it may be a variant of a name of any length
		m.filter = ^uint64(0)
	}
	bit := uint64(1) << ((n.sig | lowerCase) * 0x9e3779b97f4a7c15 >> 58)
	if m.filter&bit != 0 || m.count >= m.most {
		return false
	}
	m.filter |= bit
	m.count++
	return true
}

// add counts the name of the last node and returns what is wrong with it.
func (m *memberNames) add(d *Doc) Code {
	child := d.count - 1
	m.count++
	if m.count > d.lim.ObjectKeys {
		return LimitObjectKeys
	}
	if m.count > smallObject {
		return m.addToSet(d, child)
	}
	return d.judgeSiblings(m.object, child)
}

// addToSet adds a member of an object that is no longer small.
func (m *memberNames) addToSet(d *Doc, child int) Code {
	if m.count == smallObject+1 {
		for i := m.object + 1; i < child; i = int(d.nodes[i].next) {
			d.names.insert(d, m.object, i) // judged before
		}
	}
	return d.names.insert(d, m.object, child)
}

// isPrototypeKey reports whether the name of n would change a prototype.
func (d *Doc) isPrototypeKey(n *node) bool {
	switch n.sig {
	case sigProto, sigPrototype, sigConstructor:
	default:
		return false
	}
	switch string(d.memberName(n)) {
	case "__proto__", "prototype", "constructor":
		return true
	}
	return false
}

// judgeSiblings returns what is wrong with child beside the members of the object
// before it.
func (d *Doc) judgeSiblings(object, child int) Code {
	n := &d.nodes[child]
	for i := object + 1; i < child; i = int(d.nodes[i].next) {
		if bad := d.judgeNames(&d.nodes[i], n); bad != Valid {
			return bad
		}
	}
	return Valid
}

// judgeNames returns what is wrong with two members of one object by their names.
func (d *Doc) judgeNames(a, b *node) Code {
	odd := (a.info|b.info)&flagKeyOdd != 0
	if !odd && (a.klen != b.klen || (a.sig^b.sig)&^lowerCase != 0) {
		return Valid
	}
	if a.sig == b.sig && d.sameName(a, b) {
		return KeyDuplicate
	}
	if !d.lim.AllowCaseVariants && d.variants(a, b) {
		return KeyCaseVariant
	}
	return Valid
}

// variants reports whether two names differ at most in case.
func (d *Doc) variants(a, b *node) bool {
	d.work.bytes = appendFolded(d.work.bytes[:0], d.memberName(a))
	n := len(d.work.bytes)
	d.work.bytes = appendFolded(d.work.bytes, d.memberName(b))
	return bytes.Equal(d.work.bytes[:n], d.work.bytes[n:])
}

// sameName reports whether two names of equal signature are equal.
func (d *Doc) sameName(a, b *node) bool {
	if (a.info|b.info)&flagKeyEscaped == 0 {
		return a.klen == b.klen && (a.klen <= 8 || bytes.Equal(d.memberName(a), d.memberName(b)))
	}
	if a.info&flagKeyEscaped == 0 {
		a, b = b, a
	}
	name := d.memberName(a)
	if b.info&flagKeyEscaped == 0 {
		return bytes.Equal(name, d.memberName(b))
	}
	d.work.bytes = append(d.work.bytes[:0], name...)
	return bytes.Equal(d.work.bytes, d.memberName(b))
}

// keyset is a hash table of the names of all large objects of a document. A
// name is told from the same name in another object by the object's node.
type keyset struct {
	slots []keySlot // a power of two, at most half full
	used  int
	epoch uint32 // slots of another epoch are empty; 0 is that of fresh memory
}

type keySlot struct {
	hash   uint64
	epoch  uint32
	object uint32
	member uint32
}

// reset empties the table without touching its memory.
func (s *keyset) reset() {
	if s.used == 0 {
		return
	}
	s.used = 0
	if s.epoch++; s.epoch == 0 {
		clear(s.slots)
		s.epoch = 1
	}
}

func (s *keyset) release(keep int) {
	if len(s.slots) > keep {
		*s = keyset{}
	}
}

// insert adds the name of a member and returns what is wrong with it. Names that
// differ only in case have one hash where that is wrong.
func (s *keyset) insert(d *Doc, object, member int) Code {
	if 2*(s.used+1) > len(s.slots) {
		s.grow()
	}
	n := &d.nodes[member]
	name := d.memberName(n)
	if !d.lim.AllowCaseVariants { // else a peer could give as many names as it likes one hash
		d.work.bytes = appendFolded(d.work.bytes[:0], name)
		name = d.work.bytes
	}
	hash := maphash.Bytes(hashSeed, name) ^ uint64(object)*0x9e3779b97f4a7c15
	mask := len(s.slots) - 1
	at := int(hash) & mask
	for ; s.slots[at].epoch == s.epoch; at = (at + 1) & mask {
		have := &s.slots[at]
		if have.hash != hash || have.object != uint32(object) {
			continue
		}
		if bad := d.judgeNames(&d.nodes[have.member], n); bad != Valid {
			return bad
		}
	}
	s.slots[at] = keySlot{hash, s.epoch, uint32(object), uint32(member)}
	s.used++
	return Valid
}

func (s *keyset) grow() {
	old := s.slots
	s.epoch = max(s.epoch, 1)
	s.slots = make([]keySlot, max(64, 2*len(old)))
	mask := len(s.slots) - 1
	for _, slot := range old {
		if slot.epoch != s.epoch {
			continue
		}
		at := int(slot.hash) & mask
		for s.slots[at].epoch == s.epoch {
			at = (at + 1) & mask
		}
		s.slots[at] = slot
	}
}
