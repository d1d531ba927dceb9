package flow

import (
	"context"
	"testing"

	"github.com/wswarden/wswarden/review/frameworks"
	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/model"
)

// A defect of the judgement of one endpoint costs what is said of that one.
func TestFinishContained(t *testing.T) {
	file := &ir.File{Path: "server.js", Lang: ir.JavaScript}
	in := &interp{ctx: context.Background(), prog: newProgram([]*ir.File{file}, frameworks.Builtin()), out: &recorder{}}
	broken := &endpoint{Endpoint: &model.Endpoint{}, file: file, hooks: []hook{{}}} // a hook without a function
	next := &endpoint{Endpoint: &model.Endpoint{}, file: file, handshakeCode: true}
	in.prog.endpointList = []*endpoint{broken, next}
	in.finishEndpoints()
	if len(in.out.defects) != 1 || in.out.defects[0].Path != file.Path {
		t.Errorf("got defects %v, want one of %s", in.out.defects, file.Path)
	}
	if !broken.HiddenHandshake {
		t.Error("what decides on the endpoint that failed counts as seen")
	}
	if !next.Handshake || next.HiddenHandshake {
		t.Errorf("the next endpoint: got handshake %v, hidden %v, want true, false", next.Handshake, next.HiddenHandshake)
	}
}
