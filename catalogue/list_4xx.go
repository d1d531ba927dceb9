package catalogue

// Authorization.
var (
	IdentityFromClient = &Weakness{
		ID:       "WS401",
		Slug:     "identity-from-client",
		Title:    "Identity of the actor read from the message",
		Severity: Critical,
		CWE:      []int{290},
		ASVS:     []string{"V8.3.1"},
		Guide:    []int{2},
		Review:   true,
		Guard:    true,
		Probe:    true,
	}
	IDOR = &Weakness{
		ID:       "WS402",
		Slug:     "idor",
		Title:    "Object read, changed or deleted by a client-supplied id without an ownership check",
		Severity: High,
		CWE:      []int{639},
		ASVS:     []string{"V8.2.2"},
		Guide:    []int{5},
		Review:   true,
		Guard:    true,
		Probe:    true,
	}
	PrivilegedUnchecked = &Weakness{
		ID:       "WS403",
		Slug:     "privileged-unchecked",
		Title:    "Privileged action without a role check",
		Severity: Critical,
		CWE:      []int{862},
		ASVS:     []string{"V8.2.1"},
		Guide:    []int{5},
		Review:   true,
		Guard:    true,
		Probe:    true,
	}
	SubscribeUnchecked = &Weakness{
		ID:       "WS404",
		Slug:     "subscribe-unchecked",
		Title:    "Any channel, room or topic can be joined",
		Severity: High,
		CWE:      []int{862},
		ASVS:     []string{"V8.2.2"},
		Guide:    []int{2},
		Review:   true,
		Guard:    true,
		Probe:    true,
	}
	MassAssignment = &Weakness{
		ID:       "WS405",
		Slug:     "mass-assignment",
		Title:    "Message spread or saved whole into a record",
		Severity: High,
		CWE:      []int{915},
		ASVS:     []string{"V15.3.3"},
		Guide:    []int{5},
		Review:   true,
		Guard:    true,
		Probe:    true,
	}
)
