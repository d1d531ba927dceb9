package catalogue

// Resource limits.
var (
	MessageSize = &Weakness{
		ID:       "WS701",
		Slug:     "message-size",
		Title:    "No maximum message size",
		Severity: High,
		CWE:      []int{770},
		ASVS:     []string{"V15.2.2"},
		Guide:    []int{7},
		Review:   true,
		Guard:    true,
		Probe:    true,
	}
	MessageRate = &Weakness{
		ID:       "WS702",
		Slug:     "message-rate",
		Title:    "No rate limit on messages",
		Severity: Medium,
		CWE:      []int{770},
		ASVS:     []string{"V2.4.1"},
		Guide:    []int{3, 7},
		Review:   true,
		Guard:    true,
		Probe:    true,
	}
	ConnectionCount = &Weakness{
		ID:       "WS703",
		Slug:     "connection-count",
		Title:    "No limit on connections by client address or user",
		Severity: Medium,
		CWE:      []int{770},
		Guide:    []int{7},
		Review:   true,
		Guard:    true,
		Probe:    true,
	}
	IdleUnbounded = &Weakness{
		ID:       "WS704",
		Slug:     "idle-unbounded",
		Title:    "No heartbeat, idle or handshake timeout",
		Severity: Medium,
		CWE:      []int{772},
		Guide:    []int{7},
		Review:   true,
		Guard:    true,
		Probe:    true,
	}
	CompressionBomb = &Weakness{
		ID:       "WS705",
		Slug:     "compression-bomb",
		Title:    "Compressed messages accepted without a limit on the inflated size",
		Severity: High,
		CWE:      []int{409},
		ASVS:     []string{"V15.2.2"},
		Guide:    []int{3},
		Review:   true,
		Guard:    true,
		Probe:    true,
	}
	SendUnbounded = &Weakness{
		ID:       "WS706",
		Slug:     "send-unbounded",
		Title:    "Send queue of a slow consumer grows without limit",
		Severity: Medium,
		CWE:      []int{770},
		Guide:    []int{7},
		Review:   true,
		Guard:    true,
		Probe:    true,
	}
	ControlFlood = &Weakness{
		ID:       "WS707",
		Slug:     "control-flood",
		Title:    "Ping, pong or close frames answered without a limit",
		Severity: Medium,
		CWE:      []int{770},
		Guide:    []int{3},
		Review:   true,
		Guard:    true,
		Probe:    true,
	}
	FragmentAbuse = &Weakness{
		ID:       "WS708",
		Slug:     "fragment-abuse",
		Title:    "Endless, tiny or stalled fragments hold memory",
		Severity: Medium,
		CWE:      []int{770},
		Guide:    []int{3},
		Guard:    true,
		Probe:    true,
	}
	CounterLeak = &Weakness{
		ID:       "WS709",
		Slug:     "counter-leak",
		Title:    "Per-client counter not given back on every path",
		Severity: Medium,
		CWE:      []int{772},
		ASVS:     []string{"V1.4.3"},
		Guide:    []int{7},
		Review:   true,
		Guard:    true,
		Probe:    true,
	}
	SubscriptionsUnbounded = &Weakness{
		ID:       "WS710",
		Slug:     "subscriptions-unbounded",
		Title:    "One connection may hold any number of subscriptions",
		Severity: Low,
		CWE:      []int{770},
		Guide:    []int{2, 7},
		Review:   true,
		Guard:    true,
	}
)
