package jsonscan

// rewriter writes a document with changes. It goes through the document and
// through the changes, which are in the order of the document, side by side.
type rewriter struct {
	d     *Doc
	edits []edit     // those not made yet
	added []addition // those not made yet
	out   []byte
}

// value writes the value with the node at.
func (w *rewriter) value(at uint32) {
	n := &w.d.nodes[at]
	if len(w.edits) > 0 && w.edits[0].at == at {
		w.out = append(w.out, w.edits[0].raw...)
		w.skip(n.next)
		return
	}
	if !w.touches(n.next) {
		w.out = append(w.out, w.d.src[n.start:n.end]...)
		return
	}
	if n.kind() == Array {
		w.array(at, n)
	} else {
		w.object(at, n)
	}
}

// touches reports whether a change is before the node end. Those before the node
// at hand have been made.
func (w *rewriter) touches(end uint32) bool {
	return len(w.edits) > 0 && w.edits[0].at < end || len(w.added) > 0 && w.added[0].at < end
}

// skip passes over the changes within a value that is replaced or dropped.
func (w *rewriter) skip(end uint32) {
	for len(w.edits) > 0 && w.edits[0].at < end {
		w.edits = w.edits[1:]
	}
	for len(w.added) > 0 && w.added[0].at < end {
		w.added = w.added[1:]
	}
}

// dropped reports whether the value with the node at is dropped, and passes over
// it if so.
func (w *rewriter) dropped(at uint32) bool {
	if len(w.edits) == 0 || w.edits[0].at != at || !w.edits[0].drop {
		return false
	}
	w.skip(w.d.nodes[at].next)
	return true
}

func (w *rewriter) array(at uint32, n *node) {
	w.out = append(w.out, '[')
	for i := at + 1; i < n.next; i = w.d.nodes[i].next {
		if w.dropped(i) {
			continue
		}
		w.comma()
		w.value(i)
	}
	w.out = append(w.out, ']')
}

func (w *rewriter) object(at uint32, n *node) {
	// Additions to this object come before those to objects within it.
	count := 0
	for count < len(w.added) && w.added[count].at == at {
		count++
	}
	added := w.added[:count]
	w.added = w.added[count:]

	w.out = append(w.out, '{')
	for i := at + 1; i < n.next; i = w.d.nodes[i].next {
		if w.dropped(i) {
			continue
		}
		w.comma()
		w.out = append(w.out, '"')
		w.out = append(w.out, w.d.rawName(&w.d.nodes[i])...)
		w.out = append(w.out, `":`...)
		w.value(i)
	}
	w.members(added, 0)
	w.out = append(w.out, '}')
}

// members writes additions, whose paths are equal up to depth, as members of one
// object.
func (w *rewriter) members(added []addition, depth int) {
	for len(added) > 0 {
		name := added[0].rest[depth].name
		alike := 1
		for alike < len(added) && added[alike].rest[depth].name == name {
			alike++
		}
		w.comma()
		w.out = AppendQuoted(w.out, name)
		w.out = append(w.out, ':')
		if len(added[0].rest) == depth+1 {
			w.out = append(w.out, added[0].raw...)
		} else {
			w.out = append(w.out, '{')
			w.members(added[:alike], depth+1)
			w.out = append(w.out, '}')
		}
		added = added[alike:]
	}
}

// comma writes a comma unless what comes next is the first in its container. No
// value ends with an opening bracket.
func (w *rewriter) comma() {
	if last := w.out[len(w.out)-1]; last != '{' && last != '[' {
		w.out = append(w.out, ',')
	}
}
