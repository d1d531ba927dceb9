package source

import (
	"bytes"
	"slices"
)

// A wordSet finds out whether a text holds one of many words, in one pass over
// the text however many words there are: it is the automaton of Aho and
// Corasick. The automaton doesn't tell upper from lower case, nor one kind of
// quote from another, which keeps it small; what it finds is then compared with
// the text as it is. It is immutable and safe for concurrent use.
type wordSet struct {
	words []word
	class [256]uint8 // column of a byte in next; 0 is of the bytes in no word
	width int32      // columns of next
	// next is a row a state: the state that follows, by class. States are named
	// by where their row begins, and state 0 is that of no word begun.
	next []int32
	// accepting is the first state at which words end; so do they at all above.
	accepting int32
	ends      [][]int32 // by state from accepting on: indices of words
}

// A word is one that a wordSet looks for.
type word struct {
	text []byte
	// loose words match in any case and anywhere, others as they are and with no
	// letter or digit around them.
	loose bool
}

// newWordSet makes a set of words; the loose ones are ASCII in lower case. It leaves
// out those that are empty or hold a loose word, which is found where they are.
func newWordSet(exact, loose []string) *wordSet {
	s := &wordSet{}
	for _, w := range loose {
		if w != "" {
			s.words = append(s.words, word{text: []byte(w), loose: true})
		}
	}
	all := len(s.words)
	for _, w := range exact {
		text := []byte(w)
		if len(text) > 0 && !slices.ContainsFunc(s.words[:all], func(l word) bool { return bytes.Contains(bytes.ToLower(text), l.text) }) {
			s.words = append(s.words, word{text: text})
		}
	}
	s.classify()
	s.compile(s.trie())
	return s
}

// matches reports whether src holds a word of the set.
func (s *wordSet) matches(src []byte) bool {
	state := int32(0)
	for i, b := range src {
		state = s.next[state+int32(s.class[b])]
		if state >= s.accepting && s.endsAt(state, src, i+1) {
			return true
		}
	}
	return false
}

// endsAt reports whether one of the words of a state does end before src[end].
func (s *wordSet) endsAt(state int32, src []byte, end int) bool {
	for _, i := range s.ends[(state-s.accepting)/s.width] {
		if s.words[i].is(src, end-len(s.words[i].text), end) {
			return true
		}
	}
	return false
}

// is reports whether src[start:end], which has the word's length, is the word.
func (w word) is(src []byte, start, end int) bool {
	if w.loose {
		return bytes.EqualFold(src[start:end], w.text)
	}
	return bytes.Equal(src[start:end], w.text) &&
		(start == 0 || !isWord(src[start-1]) || !isWord(w.text[0])) &&
		(end == len(src) || !isWord(src[end]) || !isWord(src[end-1]))
}

// fold is the byte that stands for all that the automaton doesn't tell apart.
func fold(b byte) byte {
	switch {
	case b >= 'A' && b <= 'Z':
		return b - 'A' + 'a'
	case b == '\'' || b == '`':
		return '"'
	}
	return b
}

// classify numbers the bytes that are in words.
func (s *wordSet) classify() {
	s.width = 1
	var of [256]uint8 // by folded byte; there are fewer than 256 of these
	for _, w := range s.words {
		for _, b := range w.text {
			if of[fold(b)] == 0 {
				of[fold(b)] = uint8(s.width)
				s.width++
			}
		}
	}
	for b := range s.class {
		s.class[b] = of[fold(byte(b))]
	}
}

// A node is a state of the automaton under construction: a beginning of words.
type node struct {
	next []int32 // by class; 0 is none
	ends []int32
	row  int32
}

// trie is the tree of the beginnings of all words; node 0 is the empty one.
func (s *wordSet) trie() []node {
	nodes := []node{{next: make([]int32, s.width)}}
	for i, w := range s.words {
		at := int32(0)
		for _, b := range w.text {
			c := s.class[b]
			if nodes[at].next[c] == 0 {
				nodes[at].next[c] = int32(len(nodes))
				nodes = append(nodes, node{next: make([]int32, s.width)})
			}
			at = nodes[at].next[c]
		}
		nodes[at].ends = append(nodes[at].ends, int32(i))
	}
	return nodes
}

// compile makes the automaton of the tree: where a text leaves the tree it goes
// on at the longest end of what was read that is the beginning of a word.
func (s *wordSet) compile(nodes []node) {
	fall := make([]int32, len(nodes)) // that longest end, of each node
	queue := append(make([]int32, 0, len(nodes)), 0)
	for i := 0; i < len(queue); i++ { // breadth first: shorter ones are complete
		at := queue[i]
		n := &nodes[at]
		n.ends = append(n.ends, nodes[fall[at]].ends...)
		for c, to := range n.next {
			after := nodes[fall[at]].next[c]
			if to == 0 {
				n.next[c] = after
				continue
			}
			if at != 0 {
				fall[to] = after
			}
			queue = append(queue, to)
		}
	}
	s.number(nodes)
	s.next = make([]int32, len(nodes)*int(s.width))
	for i := range nodes {
		row := s.next[nodes[i].row:][:s.width]
		for c, to := range nodes[i].next {
			row[c] = nodes[to].row
		}
	}
}

// number gives each node its row, those at which words end last.
func (s *wordSet) number(nodes []node) {
	row := int32(0)
	for _, accepting := range []bool{false, true} {
		if accepting {
			s.accepting = row
		}
		for i := range nodes {
			if len(nodes[i].ends) > 0 != accepting {
				continue
			}
			nodes[i].row = row
			row += s.width
			if accepting {
				s.ends = append(s.ends, nodes[i].ends)
			}
		}
	}
}

func isWord(b byte) bool {
	return b == '_' || b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z'
}
