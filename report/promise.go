package report

import "github.com/wswarden/wswarden/catalogue"

// A Promise is one thing that a configuration of guard says of an endpoint, and
// whether the endpoint keeps it.
type Promise struct {
	Route   string
	Message string // the type of messages that it is about; empty where it is about the connection
	Text    string // what is promised
	Verdict PromiseVerdict
	Why     string // what was seen, or why it is not judged
	// Weakness is what a broken promise opens.
	Weakness *catalogue.Weakness
}

// PromiseVerdict says what became of a promise.
type PromiseVerdict string

// The verdicts. What could not be tried, or not told apart, is not judged.
const (
	PromiseHeld      PromiseVerdict = "held"
	PromiseBroken    PromiseVerdict = "broken"
	PromiseNotJudged PromiseVerdict = "not judged"
)
