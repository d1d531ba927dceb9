package catalogue

// The browser client.
var (
	DOMXSS = &Weakness{
		ID:       "WS601",
		Slug:     "dom-xss",
		Title:    "Message data inserted into the page as HTML",
		Severity: High,
		CWE:      []int{79},
		ASVS:     []string{"V3.2.2"},
		Guide:    []int{5},
		Review:   true,
	}
	URLSink = &Weakness{
		ID:       "WS602",
		Slug:     "url-sink",
		Title:    "Message data used as a URL without a scheme check",
		Severity: Medium,
		CWE:      []int{79},
		ASVS:     []string{"V1.2.2"},
		Guide:    []int{5},
		Review:   true,
	}
	ClientEval = &Weakness{
		ID:       "WS603",
		Slug:     "client-eval",
		Title:    "Message data evaluated as code in the browser",
		Severity: High,
		CWE:      []int{95},
		ASVS:     []string{"V1.3.2"},
		Guide:    []int{5},
		Review:   true,
	}
	ClientUnvalidated = &Weakness{
		ID:       "WS604",
		Slug:     "client-unvalidated",
		Title:    "Server messages parsed and used by the client without guarding or validation",
		Severity: Low,
		CWE:      []int{20},
		Guide:    []int{5, 7},
		Review:   true,
	}
	ReconnectStorm = &Weakness{
		ID:       "WS605",
		Slug:     "reconnect-storm",
		Title:    "Client that reconnects without backoff, jitter or a cap, or on permanent refusals",
		Severity: Low,
		CWE:      []int{799},
		Guide:    []int{7},
		Review:   true,
	}
	URLFromInput = &Weakness{
		ID:       "WS606",
		Slug:     "url-from-input",
		Title:    "Address of the connection taken from the page URL or a message",
		Severity: High,
		CWE:      []int{601},
		Guide:    []int{4},
		Review:   true,
	}
)
