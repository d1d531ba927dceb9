package jsonscan

import (
	"encoding/binary"
	"regexp/syntax"
	"slices"
	"unicode/utf8"
)

// dfa is a regular expression as a table: one step a character, no memory, no
// second look. It answers only whether there is a match.
type dfa struct {
	ascii  [utf8.RuneSelf]uint8 // class of each ASCII character
	starts []rune               // first runes of ranges, ascending
	class  []uint8              // class of each range
	width  int                  // classes, the columns of next
	next   []uint16             // state and class to state
	flags  []uint8              // of states
}

const (
	dfaDead    = 1 << iota // no match can come
	dfaMatched             // there is a match, whatever comes
	dfaAtEnd               // there is a match if the text ends here
)

const (
	maxStates  = 2048
	maxEntries = 1 << 16
	maxClasses = 255
	maxWork    = 1 << 22 // steps of building a table
)

func (d *dfa) match(text []byte) bool {
	state := 0
	for i := 0; i < len(text); {
		if f := d.flags[state]; f&(dfaMatched|dfaDead) != 0 {
			return f&dfaMatched != 0
		}
		c := text[i]
		if c < utf8.RuneSelf {
			state = int(d.next[state*d.width+int(d.ascii[c])])
			i++
			continue
		}
		r, size := utf8.DecodeRune(text[i:])
		state = int(d.next[state*d.width+int(d.classOf(r))])
		i += size
	}
	return d.flags[state]&(dfaMatched|dfaAtEnd) != 0
}

func (d *dfa) classOf(r rune) uint8 {
	at, found := slices.BinarySearch(d.starts, r)
	if !found {
		at--
	}
	return d.class[at]
}

// newDFA returns the table for an expression of package regexp, or nil if there
// would be too many states, or if it asks for word boundaries.
func newDFA(expr string) *dfa {
	parsed, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		return nil
	}
	prog, err := syntax.Compile(parsed.Simplify())
	if err != nil {
		return nil
	}
	b := &dfaBuilder{prog: prog, ids: map[string]uint16{}}
	if !b.classify() || !b.explore() {
		return nil
	}
	return &b.dfa
}

type dfaBuilder struct {
	dfa
	prog   *syntax.Prog
	sample []rune // one rune of each class
	ids    map[string]uint16
	sets   [][]uint32 // the instructions of each state
	seen   []bool     // by closure
	work   int
}

// classify divides the runes into classes that no instruction tells apart.
func (b *dfaBuilder) classify() bool {
	bounds := []rune{0}
	for i := range b.prog.Inst {
		inst := &b.prog.Inst[i]
		switch inst.Op {
		case syntax.InstEmptyWidth:
			if syntax.EmptyOp(inst.Arg)&^(syntax.EmptyBeginText|syntax.EmptyEndText) != 0 {
				return false
			}
		case syntax.InstRuneAnyNotNL:
			bounds = append(bounds, '\n', '\n'+1)
		case syntax.InstRune, syntax.InstRune1:
			if syntax.Flags(inst.Arg)&syntax.FoldCase != 0 {
				return false
			}
			if len(inst.Rune) == 1 {
				bounds = append(bounds, inst.Rune[0], inst.Rune[0]+1)
			}
			for i := 1; i < len(inst.Rune); i += 2 {
				bounds = append(bounds, inst.Rune[i-1], inst.Rune[i]+1)
			}
		}
	}
	slices.Sort(bounds)
	b.starts = slices.Compact(bounds)
	if len(b.starts)*len(b.prog.Inst) > maxWork {
		return false
	}
	return b.mergeClasses()
}

// mergeClasses gives ranges that the same instructions accept the same class.
func (b *dfaBuilder) mergeClasses() bool {
	ids := map[string]uint8{}
	for _, r := range b.starts {
		accepted := make([]byte, len(b.prog.Inst))
		for i := range b.prog.Inst {
			if acceptsRune(&b.prog.Inst[i], r) {
				accepted[i] = 1
			}
		}
		id, ok := ids[string(accepted)]
		if !ok {
			if len(b.sample) == maxClasses {
				return false
			}
			id = uint8(len(b.sample))
			ids[string(accepted)] = id
			b.sample = append(b.sample, r)
		}
		b.class = append(b.class, id)
	}
	b.width = len(b.sample)
	for c := range b.ascii {
		b.ascii[c] = b.classOf(rune(c))
	}
	return true
}

func acceptsRune(inst *syntax.Inst, r rune) bool {
	switch inst.Op {
	case syntax.InstRune, syntax.InstRune1, syntax.InstRuneAny, syntax.InstRuneAnyNotNL:
		return inst.MatchRune(r)
	}
	return false
}

// explore builds the states that can be reached, beginning with the first.
func (b *dfaBuilder) explore() bool {
	start := uint32(b.prog.Start)
	first := b.closure([]uint32{start}, syntax.EmptyBeginText)
	b.state(first, syntax.EmptyBeginText)
	again := b.closure([]uint32{start}, 0) // a match may begin at any character
	for at := 0; at < len(b.sets); at++ {
		for _, r := range b.sample {
			var after []uint32
			for _, pc := range b.sets[at] {
				if inst := &b.prog.Inst[pc]; acceptsRune(inst, r) {
					after = append(after, inst.Out)
				}
			}
			id := b.state(b.closure(append(after, again...), 0), 0)
			b.next = append(b.next, id)
		}
		if len(b.sets) > maxStates || len(b.next) > maxEntries || b.work > maxWork {
			return false
		}
	}
	b.markDead(again)
	return true
}

// state returns the number of the state with these instructions.
func (b *dfaBuilder) state(set []uint32, at syntax.EmptyOp) uint16 {
	key := make([]byte, 0, 4*len(set)+1)
	for _, pc := range set {
		key = binary.LittleEndian.AppendUint32(key, pc)
	}
	key = append(key, byte(at)) // the first state may differ at the end of the text
	if id, ok := b.ids[string(key)]; ok {
		return id
	}
	id := uint16(len(b.sets))
	b.ids[string(key)] = id
	b.sets = append(b.sets, set)
	var f uint8
	if b.matches(set) {
		f = dfaMatched
	}
	if b.matches(b.closure(set, at|syntax.EmptyEndText)) {
		f |= dfaAtEnd
	}
	b.flags = append(b.flags, f)
	return id
}

func (b *dfaBuilder) matches(set []uint32) bool {
	return slices.ContainsFunc(set, func(pc uint32) bool { return b.prog.Inst[pc].Op == syntax.InstMatch })
}

// markDead marks the states that only lead to themselves.
func (b *dfaBuilder) markDead(again []uint32) {
	for id := range b.flags {
		row := b.next[id*b.width : (id+1)*b.width]
		leaves := slices.ContainsFunc(row, func(to uint16) bool { return int(to) != id })
		if !leaves && b.flags[id] == 0 {
			b.flags[id] = dfaDead
		}
	}
}

// closure returns, in order, the instructions that can be reached from set
// without a character, where the conditions in at hold. Those that wait for
// another condition are kept.
func (b *dfaBuilder) closure(set []uint32, at syntax.EmptyOp) []uint32 {
	if b.seen == nil {
		b.seen = make([]bool, len(b.prog.Inst))
	}
	clear(b.seen)
	b.work += len(b.seen) / 8
	var out []uint32
	stack := slices.Clone(set)
	for len(stack) > 0 {
		pc := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if b.seen[pc] {
			continue
		}
		b.seen[pc] = true
		b.work++
		inst := &b.prog.Inst[pc]
		switch inst.Op {
		case syntax.InstFail:
		case syntax.InstAlt, syntax.InstAltMatch:
			stack = append(stack, inst.Out, inst.Arg)
		case syntax.InstCapture, syntax.InstNop:
			stack = append(stack, inst.Out)
		case syntax.InstEmptyWidth:
			if need := syntax.EmptyOp(inst.Arg); need&^at == 0 {
				stack = append(stack, inst.Out)
			} else if need&syntax.EmptyBeginText&^at == 0 {
				out = append(out, pc)
			}
		default:
			out = append(out, pc)
		}
	}
	slices.Sort(out)
	return out
}
