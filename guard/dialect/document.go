package dialect

import "github.com/wswarden/wswarden/internal/jsonscan"

// document is JSON that lies somewhere in Message.Data.
type document struct {
	*jsonscan.Doc
	start, end int
}

// scanAt indexes what lies from start to end in m.Data.
func (m *Message) scanAt(start, end int) (document, *Violation) {
	d, bad := m.Scan(m.Data[start:end])
	if !bad.OK() {
		return document{}, Malformed(bad)
	}
	return document{d, start, end}, nil
}

// item returns an item whose payload lies in d.
func (d document) item(kind Kind, typ []byte, payload jsonscan.Value) Item {
	return Item{Kind: kind, Type: typ, Payload: payload, Start: d.start, End: d.end}
}

// splicePayloads is Rewrite for dialects whose payloads lie in Message.Data as
// they are, in order, each in a document of Data that starts at Item.Start.
func splicePayloads(dst []byte, m *Message, payloads [][]byte) []byte {
	done := 0
	for i, p := range payloads {
		if p == nil {
			continue
		}
		start, end := m.Items[i].Payload.Range()
		dst = append(dst, m.Data[done:m.Items[i].Start+start]...)
		dst = append(dst, p...)
		done = m.Items[i].Start + end
	}
	return append(dst, m.Data[done:]...)
}

// ambiguous reports whether d has a member that differs from one of names only
// in case: servers in Go and .NET could take the one for the other.
func (d document) ambiguous(list []jsonscan.Path) bool {
	for _, p := range list {
		if d.Doc.Ambiguous(p) {
			return true
		}
	}
	return false
}

// paths returns paths that are known to be valid.
func paths(list ...string) []jsonscan.Path {
	parsed := make([]jsonscan.Path, len(list))
	for i, text := range list {
		p, err := jsonscan.ParsePath(text)
		if err != nil {
			panic(err)
		}
		parsed[i] = p
	}
	return parsed
}

// optional reports whether v is missing, null, or of the kind k.
func optional(v jsonscan.Value, k jsonscan.Kind) bool {
	return v.Kind() == jsonscan.Missing || v.Kind() == jsonscan.Null || v.Kind() == k
}

// appendRefusal appends what a refusal says as one JSON object.
func appendRefusal(dst []byte, r Refusal) []byte {
	dst = jsonscan.AppendQuoted(append(dst, `{"status":"error","code":`...), r.Code)
	dst = jsonscan.AppendQuoted(append(dst, `,"message":`...), r.Text)
	return append(jsonscan.AppendQuoted(append(dst, `,"event":`...), r.Event), '}')
}
