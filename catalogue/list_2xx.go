package catalogue

// Authentication and session.
var (
	AuthMissing = &Weakness{
		ID:       "WS201",
		Slug:     "auth-missing",
		Title:    "Connection accepted and served without authentication",
		Severity: High,
		CWE:      []int{306},
		ASVS:     []string{"V8.2.1"},
		Guide:    []int{6},
		Review:   true,
		Guard:    true,
		Probe:    true,
	}
	TokenInURL = &Weakness{
		ID:       "WS202",
		Slug:     "token-in-url",
		Title:    "Long-lived credential in the query string",
		Severity: Medium,
		CWE:      []int{598},
		ASVS:     []string{"V14.2.1"},
		Guide:    []int{2, 6},
		Review:   true,
		Guard:    true,
		Probe:    true,
	}
	AuthRace = &Weakness{
		ID:       "WS203",
		Slug:     "auth-race",
		Title:    "Messages processed or lost before authentication has finished",
		Severity: High,
		CWE:      []int{362},
		Guide:    []int{6},
		Review:   true,
		Guard:    true,
		Probe:    true,
	}
	TicketWeak = &Weakness{
		ID:       "WS204",
		Slug:     "ticket-weak",
		Title:    "Connection ticket that can be reused, guessed or used by another",
		Severity: High,
		CWE:      []int{294},
		ASVS:     []string{"V4.4.3", "V4.4.4", "V7.2.3"},
		Guide:    []int{6},
		Review:   true,
		Guard:    true,
		Probe:    true,
	}
	SessionUnrechecked = &Weakness{
		ID:       "WS205",
		Slug:     "session-unrechecked",
		Title:    "Session never validated again on a long-lived connection",
		Severity: High,
		CWE:      []int{613},
		ASVS:     []string{"V4.4.3", "V7.4.1"},
		Guide:    []int{6},
		Review:   true,
		Guard:    true,
		Probe:    true,
	}
	RevocationUnwired = &Weakness{
		ID:       "WS206",
		Slug:     "revocation-unwired",
		Title:    "Logout, password change, ban or role change does not reach open connections",
		Severity: High,
		CWE:      []int{613},
		ASVS:     []string{"V7.4.1", "V7.4.2", "V7.4.3", "V7.4.5"},
		Guide:    []int{6},
		Review:   true,
		Guard:    true,
		Probe:    true,
	}
	SensitiveUnrefreshed = &Weakness{
		ID:       "WS207",
		Slug:     "sensitive-unrefreshed",
		Title:    "Sensitive action decided by the permissions of connect time",
		Severity: Medium,
		CWE:      []int{613},
		ASVS:     []string{"V8.3.2"},
		Guide:    []int{6},
		Review:   true,
		Guard:    true,
		Probe:    true,
	}
	TokenUnverified = &Weakness{
		ID:       "WS208",
		Slug:     "token-unverified",
		Title:    "JWT decoded without verification or with confused algorithms",
		Severity: Critical,
		CWE:      []int{347},
		ASVS:     []string{"V9.1.1", "V9.1.2"},
		Guide:    []int{6},
		Review:   true,
		Guard:    true,
		Probe:    true,
	}
	LifetimeUnbounded = &Weakness{
		ID:       "WS209",
		Slug:     "lifetime-unbounded",
		Title:    "Connection without a maximum lifetime",
		Severity: Low,
		CWE:      []int{613},
		ASVS:     []string{"V7.3.2"},
		Guide:    []int{7},
		Review:   true,
		Guard:    true,
		Probe:    true,
	}
	CredentialTiming = &Weakness{
		ID:       "WS210",
		Slug:     "credential-timing",
		Title:    "Secret, ticket or signature compared in variable time",
		Severity: Low,
		CWE:      []int{208},
		ASVS:     []string{"V11.2.4"},
		Guide:    []int{6},
		Review:   true,
		Guard:    true,
	}
	RecheckFailsOpen = &Weakness{
		ID:       "WS211",
		Slug:     "recheck-fails-open",
		Title:    "Session re-check that can silently not happen or pass",
		Severity: Medium,
		CWE:      []int{636},
		ASVS:     []string{"V16.5.3"},
		Guide:    []int{6},
		Review:   true,
		Guard:    true,
		Probe:    true,
	}
)
