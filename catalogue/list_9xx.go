package catalogue

// Dependencies.
var (
	LibraryVulnerable = &Weakness{
		ID:       "WS901",
		Slug:     "library-vulnerable",
		Title:    "WebSocket library version with a published vulnerability",
		Severity: High, // a default only: a finding takes the severity that the advisory publishes
		CWE:      []int{1395},
		ASVS:     []string{"V15.2.1"},
		Guide:    []int{3},
		Review:   true,
		Probe:    true,
	}
)
