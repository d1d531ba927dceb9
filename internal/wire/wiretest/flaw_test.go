package wiretest_test

import (
	"net"
	"strings"
	"testing"
	"time"

	"github.com/wswarden/wswarden/internal/wire/wiretest"
)

// lazy are the capabilities of naive. A flaw may show as silence, so it must not take long.
var lazy = wiretest.Capabilities{Lazy: true, Timeout: 500 * time.Millisecond}

// broken returns the names of the cases that an end with the flaw does not pass, up to the
// first one whose name begins with the prefix.
func broken(f flaw, cases []wiretest.Case, caps wiretest.Capabilities, prefix string) []string {
	var names []string
	for _, c := range cases {
		client, server := net.Pipe()
		done := make(chan struct{})
		go func() {
			defer close(done)
			(&naive{conn: server, flaw: f}).serve()
		}()
		err := wiretest.Check(client, c, caps)
		client.Close()
		<-done
		if err != nil {
			names = append(names, c.Name+": "+err.Error())
			if strings.HasPrefix(c.Name, prefix) {
				break
			}
		}
	}
	return names
}

// TestNaiveServerPasses shows that the cases do not ask for more than the RFC: a server of
// another make passes them too.
func TestNaiveServerPasses(t *testing.T) {
	caps := lazy
	caps.Timeout = 0
	for _, name := range broken(none, wiretest.Cases(caps), caps, "\x00") {
		t.Error(name)
	}
}

// TestFlawsAreFound shows that every rule has a case: a server that leaves one thing out
// fails a case whose name begins with what is given.
func TestFlawsAreFound(t *testing.T) {
	found := map[flaw]string{
		takesUnmasked: "header/unmasked", takesRSV: "header/RSV", takesOpcodes: "header/opcode", takesLengths: "header/",
		takesFragmented: "control/fragmented", takesLongControl: "control/", takesStray: "fragment/continuation", takesInterleaved: "fragment/text inside",
		takesText: "text/invalid", takesTextInParts: "text/invalid", judgesFragments: "fragment/text cut",
		takesCodes: "close/code", takesHalfCode: "close/with half", takesReason: "close/with a reason",
		noSize: "limit/", noSum: "limit/", noFragments: "limit/", skipsEmpty: "limit/",
		noPong: "control/ping", emptyPong: "control/ping", answersPong: "control/unsolicited",
		noClose: "close/", wrongClose: "close/", wrongCode: "header/", staysOpen: "close/", goesOn: "close/followed",
		wrongOpcode: "echo/text", losesEmpty: "echo/text of 0", controlEndsIt: "fragment/", maskByFrameOffset: "fragment/",
	}
	for f, prefix := range found {
		t.Run(string(f), func(t *testing.T) {
			t.Parallel()
			var cases []wiretest.Case
			for _, c := range wiretest.Cases(lazy) {
				if strings.HasPrefix(c.Name, prefix) {
					cases = append(cases, c)
				}
			}
			if names := broken(f, cases, lazy, prefix); len(names) == 0 {
				t.Errorf("none of %d cases in %q fails", len(cases), prefix)
			}
		})
	}
}
