package catalogue

// What is sent to others.
var (
	BroadcastRaw = &Weakness{
		ID:       "WS501",
		Slug:     "broadcast-raw",
		Title:    "Client's message relayed to others unvalidated and unsanitised",
		Severity: High,
		CWE:      []int{79},
		ASVS:     []string{"V2.2.1"},
		Guide:    []int{2, 5},
		Review:   true,
		Guard:    true,
		Probe:    true,
	}
	BroadcastUnscoped = &Weakness{
		ID:       "WS502",
		Slug:     "broadcast-unscoped",
		Title:    "Data broadcast to connections that are not entitled to it",
		Severity: Medium,
		CWE:      []int{200},
		ASVS:     []string{"V8.2.2"},
		Guide:    []int{2, 5},
		Review:   true,
		Guard:    true,
		Probe:    true,
	}
	ErrorDetail = &Weakness{
		ID:       "WS503",
		Slug:     "error-detail",
		Title:    "Exception text or stack trace sent to the client",
		Severity: Low,
		CWE:      []int{209},
		ASVS:     []string{"V16.5.1"},
		Guide:    []int{5},
		Review:   true,
		Guard:    true,
		Probe:    true,
	}
	RecordLeak = &Weakness{
		ID:       "WS504",
		Slug:     "record-leak",
		Title:    "Whole database record sent to the client",
		Severity: Medium,
		CWE:      []int{213},
		ASVS:     []string{"V15.3.1", "V8.2.3"},
		Guide:    []int{5},
		Review:   true,
		Guard:    true,
		Probe:    true,
	}
)
