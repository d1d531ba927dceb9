package catalogue

// Handshake and transport.
var (
	OriginUnchecked = &Weakness{
		ID:       "WS101",
		Slug:     "origin-unchecked",
		Title:    "WebSocket upgrade accepted without any check of Origin (cross-site WebSocket hijacking)",
		Severity: High,
		CWE:      []int{1385},
		ASVS:     []string{"V4.4.2"},
		Guide:    []int{4},
		Review:   true,
		Guard:    true,
		Probe:    true,
	}
	OriginWeak = &Weakness{
		ID:       "WS102",
		Slug:     "origin-weak",
		Title:    "Origin check that a foreign origin can bypass",
		Severity: High,
		CWE:      []int{1385},
		ASVS:     []string{"V4.4.2"},
		Guide:    []int{4},
		Review:   true,
		Guard:    true,
		Probe:    true,
	}
	OriginOptional = &Weakness{
		ID:       "WS103",
		Slug:     "origin-optional",
		Title:    "Origin check skipped when the header is absent or null although cookies authenticate",
		Severity: Medium,
		CWE:      []int{346},
		ASVS:     []string{"V4.4.2"},
		Guide:    []int{4},
		Review:   true,
		Guard:    true,
		Probe:    true,
	}
	HostUnchecked = &Weakness{
		ID:       "WS104",
		Slug:     "host-unchecked",
		Title:    "Any Host accepted by a local or internal server (DNS rebinding)",
		Severity: Medium,
		CWE:      []int{350},
		Guide:    []int{4},
		Review:   true,
		Guard:    true,
		Probe:    true,
	}
	UpgradeSmuggling = &Weakness{
		ID:       "WS105",
		Slug:     "upgrade-smuggling",
		Title:    "Proxy opens a tunnel without a valid 101 answer from the backend",
		Severity: High,
		CWE:      []int{444},
		ASVS:     []string{"V4.2.1"},
		Guide:    []int{3},
		Guard:    true,
		Probe:    true,
	}
	PlaintextTransport = &Weakness{
		ID:       "WS106",
		Slug:     "plaintext-transport",
		Title:    "Plaintext ws:// to or on a host other than loopback",
		Severity: Medium,
		CWE:      []int{319},
		ASVS:     []string{"V4.4.1"},
		Guide:    []int{3},
		Review:   true,
		Guard:    true,
		Probe:    true,
	}
	TLSUnverified = &Weakness{
		ID:       "WS107",
		Slug:     "tls-unverified",
		Title:    "Certificate checks turned off on a WebSocket client",
		Severity: High,
		CWE:      []int{295},
		ASVS:     []string{"V12.3.2"},
		Guide:    []int{3},
		Review:   true,
	}
	SubprotocolUnchecked = &Weakness{
		ID:       "WS108",
		Slug:     "subprotocol-unchecked",
		Title:    "Any Sec-WebSocket-Protocol value accepted or echoed",
		Severity: Low,
		CWE:      []int{20},
		Guide:    []int{3},
		Review:   true,
		Guard:    true,
		Probe:    true,
	}
	RefusedAfterUpgrade = &Weakness{
		ID:       "WS109",
		Slug:     "refused-after-upgrade",
		Title:    "Connection refused only after the upgrade, by accepting and closing it",
		Severity: Low,
		CWE:      []int{696},
		Guide:    []int{4, 7},
		Review:   true,
		Guard:    true,
		Probe:    true,
	}
)
