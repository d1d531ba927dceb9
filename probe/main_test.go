package probe_test

import (
	"flag"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/wswarden/wswarden/probe"
)

// TestMain lets more tests run side by side than there are processors: most of
// what they do is wait for a twin.
func TestMain(m *testing.M) {
	flag.Parse()
	given := false
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == "test.parallel" })
	if !given {
		if err := flag.Set("test.parallel", "12"); err != nil {
			panic(err)
		}
	}
	probe.ShortenPatience(4 * time.Second)
	goleak.VerifyTestMain(m)
}

// patience bounds what a test waits for.
const patience = 20 * time.Second
