package dialect

// raw is messages that are not looked into.
type raw struct{}

// NewRaw returns the dialect that looks into nothing. Every message is one item of
// the type "text" or "binary", without a payload, and passes unless a rule by that
// type says otherwise. There is no way to word a refusal: refused messages are
// dropped, unless refusals close the connection.
func NewRaw() Dialect { return raw{} }

func (raw) Name() string              { return "raw" }
func (raw) Open(Opening) Conversation { return raw{} }
func (raw) Passed(*Message)           {}

var rawText, rawBinary = []byte("text"), []byte("binary")

func (raw) Read(m *Message) *Violation {
	t := rawText
	if m.Binary {
		t = rawBinary
	}
	m.Add(Item{Kind: Protocol, Type: t, End: len(m.Data)})
	return nil
}

func (raw) Rewrite(dst []byte, m *Message, _ [][]byte) []byte { return append(dst, m.Data...) }

func (raw) Refuse([]byte, *Message, int, Refusal) Reply { return Reply{} }
