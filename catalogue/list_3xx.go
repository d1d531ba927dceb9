package catalogue

// Message input.
var (
	ParseUnguarded = &Weakness{
		ID:       "WS301",
		Slug:     "parse-unguarded",
		Title:    "Message or handshake field that can throw and end the handler or the process",
		Severity: Medium,
		CWE:      []int{755},
		ASVS:     []string{"V16.5.3", "V16.5.4"},
		Guide:    []int{5},
		Review:   true,
		Guard:    true,
		Probe:    true,
	}
	SchemaMissing = &Weakness{
		ID:       "WS302",
		Slug:     "schema-missing",
		Title:    "Messages used without validation against a schema",
		Severity: Medium,
		CWE:      []int{20},
		ASVS:     []string{"V2.2.1"},
		Guide:    []int{5, 7},
		Review:   true,
		Guard:    true,
		Probe:    true,
	}
	CodeInjection = &Weakness{
		ID:       "WS303",
		Slug:     "code-injection",
		Title:    "Message data evaluated as code on the server",
		Severity: Critical,
		CWE:      []int{95},
		ASVS:     []string{"V1.3.2"},
		Guide:    []int{5},
		Review:   true,
		Guard:    true,
	}
	CommandInjection = &Weakness{
		ID:       "WS304",
		Slug:     "command-injection",
		Title:    "Shell command built from message data",
		Severity: Critical,
		CWE:      []int{78},
		ASVS:     []string{"V1.2.5"},
		Guide:    []int{5},
		Review:   true,
		Guard:    true,
	}
	SQLInjection = &Weakness{
		ID:       "WS305",
		Slug:     "sql-injection",
		Title:    "SQL text built from message data",
		Severity: Critical,
		CWE:      []int{89},
		ASVS:     []string{"V1.2.4"},
		Guide:    []int{5},
		Review:   true,
		Guard:    true,
	}
	NoSQLInjection = &Weakness{
		ID:       "WS306",
		Slug:     "nosql-injection",
		Title:    "NoSQL query that takes an object or operator from a message",
		Severity: High,
		CWE:      []int{943},
		ASVS:     []string{"V1.2.4"},
		Guide:    []int{5},
		Review:   true,
		Guard:    true,
	}
	PathTraversal = &Weakness{
		ID:       "WS307",
		Slug:     "path-traversal",
		Title:    "File path built from message data",
		Severity: High,
		CWE:      []int{22},
		ASVS:     []string{"V5.3.2"},
		Guide:    []int{5},
		Review:   true,
		Guard:    true,
	}
	SSRF = &Weakness{
		ID:       "WS308",
		Slug:     "ssrf",
		Title:    "Outgoing request to a URL or host taken from message data",
		Severity: High,
		CWE:      []int{918},
		ASVS:     []string{"V1.3.6"},
		Guide:    []int{5},
		Review:   true,
		Guard:    true,
	}
	UnsafeDeserialization = &Weakness{
		ID:       "WS309",
		Slug:     "unsafe-deserialization",
		Title:    "Message deserialized into objects by an unsafe format",
		Severity: Critical,
		CWE:      []int{502},
		ASVS:     []string{"V1.5.2"},
		Guide:    []int{3, 5},
		Review:   true,
		Guard:    true,
	}
	PrototypePollution = &Weakness{
		ID:       "WS310",
		Slug:     "prototype-pollution",
		Title:    "Message keys merged into objects or used as property names (prototype pollution)",
		Severity: High,
		CWE:      []int{1321},
		ASVS:     []string{"V15.3.6"},
		Guide:    []int{5},
		Review:   true,
		Guard:    true,
		Probe:    true,
	}
	DynamicDispatch = &Weakness{
		ID:       "WS311",
		Slug:     "dynamic-dispatch",
		Title:    "Handler chosen by a message field without an allow-list",
		Severity: High,
		CWE:      []int{470},
		Guide:    []int{5},
		Review:   true,
		Guard:    true,
		Probe:    true,
	}
	RegexDoS = &Weakness{
		ID:       "WS312",
		Slug:     "regex-dos",
		Title:    "Regular expression that a message field can make catastrophic",
		Severity: Medium,
		CWE:      []int{1333},
		ASVS:     []string{"V1.3.12", "V1.2.9"},
		Guide:    []int{5},
		Review:   true,
		Guard:    true,
	}
	TemplateInjection = &Weakness{
		ID:       "WS313",
		Slug:     "template-injection",
		Title:    "Message data compiled as a template",
		Severity: Critical,
		CWE:      []int{1336},
		ASVS:     []string{"V1.3.7"},
		Guide:    []int{5},
		Review:   true,
		Guard:    true,
	}
	LogInjection = &Weakness{
		ID:       "WS314",
		Slug:     "log-injection",
		Title:    "Message data logged raw",
		Severity: Low,
		CWE:      []int{117},
		ASVS:     []string{"V16.4.1"},
		Guide:    []int{5},
		Review:   true,
	}
)
