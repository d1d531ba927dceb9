package catalogue

// Framing.
var (
	MalformedFrame = &Weakness{
		ID:       "WS801",
		Slug:     "malformed-frame",
		Title:    "Frames that RFC 6455 forbids are accepted or relayed",
		Severity: Medium,
		CWE:      []int{20},
		Guide:    []int{3},
		Guard:    true,
		Probe:    true,
	}
)
