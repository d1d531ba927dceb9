package jsonscan

import (
	"unicode/utf16"
	"unicode/utf8"
)

// appendUnescaped appends what the inner part of a scanned string stands for.
func appendUnescaped(dst, inner []byte) []byte {
	for i := 0; i < len(inner); {
		if inner[i] != '\\' {
			from := i
			for i < len(inner) && inner[i] != '\\' {
				i++
			}
			dst = append(dst, inner[from:i]...)
			continue
		}
		if inner[i+1] != 'u' {
			dst = append(dst, shortEscape(inner[i+1]))
			i += 2
			continue
		}
		r, _ := codeUnit(inner, i)
		i += 6
		if isSurrogate(r) {
			low, _ := codeUnit(inner, i)
			r = utf16.DecodeRune(r, low)
			i += 6
		}
		dst = utf8.AppendRune(dst, r)
	}
	return dst
}

// shortEscape returns the character that an escape sequence of two bytes, the
// second being c, stands for.
func shortEscape(c byte) byte {
	switch c {
	case 'b':
		return '\b'
	case 'f':
		return '\f'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	}
	return c
}

// rawName returns the name of the member n as it is written.
func (d *Doc) rawName(n *node) []byte { return d.src[n.key : n.key+n.klen] }

// memberName returns the name of the member n. If it has escape sequences it is
// written to scratch memory, which the next such call overwrites.
func (d *Doc) memberName(n *node) []byte {
	raw := d.rawName(n)
	if n.info&flagKeyEscaped == 0 {
		return raw
	}
	d.text = appendUnescaped(d.text[:0], raw)
	return d.text
}

// stringText returns what the string n stands for, in scratch memory like that
// of memberName if it has escape sequences.
func (d *Doc) stringText(n *node) []byte {
	if n.info&flagEscaped != 0 {
		return d.unescapedText(n)
	}
	return d.src[n.start+1 : n.end-1]
}

func (d *Doc) unescapedText(n *node) []byte {
	d.text = appendUnescaped(d.text[:0], d.src[n.start+1:n.end-1])
	return d.text
}
