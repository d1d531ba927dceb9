package rule

import (
	"fmt"

	"github.com/wswarden/wswarden/review/model"
)

// DataEntry is where a missing check on data belongs, and so is reported: the
// event itself, or, where it happens in a helper, the call through which the
// function that took the data out of the message hands it on.
func DataEntry(ev *model.Event, f *model.Flow) model.Place {
	if f == nil || f.Entry == nil {
		return ev.Place
	}
	return *f.Entry
}

// Deeper is where the event itself happens, for a finding that is reported at
// its entry; nothing where both are one.
func Deeper(ev *model.Event, at model.Place) []model.Step {
	if ev.Path == at.Path && ev.Line == at.Line {
		return nil
	}
	return []model.Step{{Place: ev.Place, Message: fmt.Sprintf("%s is here", ev.Callee)}}
}
