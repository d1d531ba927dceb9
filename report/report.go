// Package report holds what review and probe found, and writes it: as text for
// a terminal, as JSON, as SARIF 2.1.0 and as one self-contained HTML page. It
// also compares a report with a baseline.
//
// It finds nothing itself and knows no source language. Findings are complete
// when they come here, but for their fingerprints, which Finish gives them.
package report

import (
	"time"

	"github.com/wswarden/wswarden/catalogue"
)

// toolName is how reports name the program.
const toolName = "wswarden"

// A Report is the result of one run.
type Report struct {
	Version   string     // of wswarden
	Findings  []Finding  // in the order of Finish
	Endpoints []Endpoint // in the order of their places
	Stats     Stats
	Notes     []Note // what could not be read or judged, and other remarks
	Hidden    Hidden // what Filter has taken out of Findings

	// Target is the address that probe tested, empty in a report of review, and
	// Judgements what its checks came to, in the order in which they ran.
	Target     string
	Judgements []Judgement
	// Promises are those of a configuration that probe held the target to.
	Promises []Promise
}

// A Judgement is what a check of probe came to about a weakness.
type Judgement struct {
	Check    string
	Weakness *catalogue.Weakness // nil for a check that only describes
	Verdict  Verdict
	Message  string // what was seen, or why it is not judged; may be empty where it passed
}

// A Verdict is the result of a check.
type Verdict string

// The verdicts.
const (
	Passed    Verdict = "passed"
	Weak      Verdict = "weak"
	NotJudged Verdict = "not judged"
)

// A Finding is one weakness seen in one place.
type Finding struct {
	Weakness   *catalogue.Weakness
	Severity   catalogue.Severity
	Confidence Confidence
	Span
	Message  string // what is wrong here and how it is attacked: one to three sentences, no markup
	Fix      string // the shortest change that closes it
	Endpoint string // the ID of an element of Report.Endpoints, or empty
	Trace    []Step // from the source of the data to the sink, in order; empty where nothing flows
	Related  []Step // other places a reader should see, such as the registration of the handler
	// Fingerprint is unique in a report and stable when lines move. Finish sets it.
	Fingerprint string
	// Anchor is what the fingerprint is made of besides weakness and path: text
	// that stays when lines move, such as the function and the sink.
	Anchor string

	// Probe's findings have no place in source but these.
	URL, Check string
	Evidence   *Evidence
}

// A Span is a place in source text. Lines and columns count from 1, columns in
// bytes; the end is exclusive. Path is relative to the working directory where
// it lies below it, absolute elsewhere, with forward slashes.
type Span struct {
	Path               string
	Line, Column       int
	EndLine, EndColumn int
}

// A Step is a place on the way of data, and what happens there.
type Step struct {
	Span
	Message string
}

// Evidence is what was sent and what came back, credentials masked.
type Evidence struct{ Request, Response string }

// A Confidence says how sure a finding is. Greater is surer.
type Confidence uint8

// The confidences.
const (
	LowConfidence Confidence = iota + 1
	MediumConfidence
	HighConfidence
)

// An Endpoint is a place where a program accepts WebSocket connections, or
// opens one.
type Endpoint struct {
	ID        string // stable when lines move, such as "server.js#wss"
	Span             // the accept, constructor or registration
	Framework string // such as "ws"
	Role      Role
	Route     string // empty where it is not known
	Defences  []Defence
	Messages  []MessageType
}

// A Role is a side of a connection.
type Role string

// The roles.
const (
	Server Role = "server"
	Client Role = "client"
)

// A Defence is what stands, or doesn't, between an endpoint and one kind of
// attack.
type Defence struct {
	Name  DefenceName
	State State
	Value string // such as "100 MiB" or "exact list"; empty where there is none to tell
	Span         // the place that decides, zero for a default or an absence
}

// A DefenceName names a defence.
type DefenceName string

// The defences of an endpoint, in the order in which reports list them.
const (
	Origin          DefenceName = "origin"
	Auth            DefenceName = "auth"
	MessageSize     DefenceName = "message_size"
	MessageRate     DefenceName = "message_rate"
	ConnectionLimit DefenceName = "connection_limit"
	Compression     DefenceName = "compression"
	SessionRecheck  DefenceName = "session_recheck"
	Schema          DefenceName = "schema"
)

// DefenceNames are all defences, in order.
var DefenceNames = []DefenceName{Origin, Auth, MessageSize, MessageRate, ConnectionLimit, Compression, SessionRecheck, Schema}

// A State says whether a defence stands.
type State string

// The states.
const (
	Present State = "present" // the code has it
	Default State = "default" // the framework has it unless told otherwise
	Absent  State = "absent"
	Unknown State = "unknown" // it depends on what is not in view
)

// A MessageType is one kind of message that an endpoint takes or sends.
type MessageType struct {
	Name      string // the value of the type field, or the event's name; empty for all others
	Direction Direction
	Span      // where it is handled
	Fields    []MessageField
	Flows     []MessageFlow
}

// A Direction says who sends a message.
type Direction string

// The directions.
const (
	FromClient Direction = "client"
	FromServer Direction = "server"
)

// A MessageField is a field that the code reads from a message.
type MessageField struct {
	Name string // dotted for nested ones
	Type string // string, number, integer, boolean, array, object, or empty where it is not known
	// Validated says that a schema or check pins the type before use.
	Validated bool
}

// A MessageFlow says where data of a message goes.
type MessageFlow struct {
	Field string // empty for the whole message
	Kind  string // what it reaches, such as "sql", "broadcast", "html"
	Span         // the sink
	// Weakness is the ID of the finding there, or empty where it is guarded.
	Weakness string
}

// Stats are figures of a run.
type Stats struct {
	FilesWalked  int           // files of a known language that were seen
	FilesParsed  int           // of these, parsed: they have to do with WebSockets
	BytesWalked  int64         // size of the files walked
	BytesParsed  int64         // size of the files parsed
	Lines        int           // physical source lines of the files walked
	Elapsed      time.Duration // wall time
	PeakRSSBytes int64         // 0 where the system doesn't tell

	// Connections and Messages are what probe used.
	Connections, Messages int
}

// A Note is a remark that is no finding: a file that could not be read, a
// suppression without effect.
type Note struct {
	Span    // may be zero
	Message string
}
