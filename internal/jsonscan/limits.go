package jsonscan

// Limits bounds what one document may cost its readers. The zero value has the
// defaults and all defences.
type Limits struct {
	// Depth is how many arrays and objects may be open at once. Default 32,
	// at most 1000.
	Depth int
	// ObjectKeys is how many members one object may have. Default 256.
	ObjectKeys int
	// Keys is how many members all objects may have together. Default 4096.
	Keys int
	// Elements is how many elements one array may have. Default 4096.
	Elements int
	// Values is how many values the document may have in all, containers
	// included. Each takes 32 bytes of the [Doc]. Default 16384.
	Values int
	// KeyBytes is how long the name of a member may be, as it is written,
	// without its quotes. Default 256.
	KeyBytes int
	// StringBytes is how long a string may be, as it is written, without its
	// quotes. By default only the length of the document bounds it.
	StringBytes int
	// NumberBytes is how long a number may be, as it is written. Default 64.
	// A number that is not finite as a float64, or becomes zero as one without
	// being zero, is refused at any length: no two parsers agree on it.
	NumberBytes int
	// AllowPrototypeKeys accepts members named __proto__, constructor and
	// prototype, with which a server in JavaScript can be made to change the
	// prototype of all its objects.
	AllowPrototypeKeys bool
	// AllowCaseVariants accepts members of one object whose names differ only in
	// case. Some servers (Go's encoding/json, .NET) take them for the same, and the
	// last one for its value.
	AllowCaseVariants bool
	// TrustUTF8 skips the check that the bytes are valid UTF-8, for callers
	// whose frame layer has made it.
	TrustUTF8 bool
}

const (
	maxDepth  = 1000
	maxBytes  = 1<<31 - 1
	maxValues = 1<<24 - 1
)

// WithDefaults returns l with each limit that is not set, or that exceeds what
// the index can hold, replaced.
func (l Limits) WithDefaults() Limits {
	l.Depth = bounded(l.Depth, 32, maxDepth)
	l.ObjectKeys = bounded(l.ObjectKeys, 256, maxValues)
	l.Keys = bounded(l.Keys, 4096, maxValues)
	l.Elements = bounded(l.Elements, 4096, maxValues)
	l.Values = bounded(l.Values, 16384, maxValues)
	l.KeyBytes = bounded(l.KeyBytes, 256, maxBytes)
	l.StringBytes = bounded(l.StringBytes, maxBytes, maxBytes)
	l.NumberBytes = bounded(l.NumberBytes, 64, maxBytes)
	return l
}

func bounded(n, fallback, most int) int {
	if n <= 0 {
		return fallback
	}
	return min(n, most)
}
