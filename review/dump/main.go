// Command dump prints what review knows of a program before any rule looks at
// it: its endpoints, and what happens on them under which checks. It is for
// whoever works on a framework, a lowering or a rule.
//
//	go run ./review/dump PATH ...
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"os/signal"
	"runtime"
	"strings"

	"github.com/wswarden/wswarden/review/flow"
	"github.com/wswarden/wswarden/review/frameworks"
	"github.com/wswarden/wswarden/review/model"
	"github.com/wswarden/wswarden/review/source"
)

func main() {
	log.SetFlags(0)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	set := frameworks.Builtin()
	src, err := source.Read(ctx, os.Args[1:], source.Options{Jobs: runtime.GOMAXPROCS(0), Frameworks: set})
	if err != nil {
		log.Fatal(err)
	}
	for _, n := range src.Notes {
		fmt.Printf("note %s: %s\n", n.Path, n.Message)
	}
	res, err := flow.Analyze(ctx, src.Files, set)
	if err != nil {
		log.Fatal(err)
	}
	for _, e := range res.Endpoints {
		endpoint(e)
	}
	for _, e := range res.Events {
		event(e)
	}
}

func endpoint(e *model.Endpoint) {
	fmt.Printf("endpoint %s %s %s at %s:%d partial=%v hidden=%v\n", e.ID, e.Role, e.Framework, e.Path, e.Line, e.Partial, e.Hidden)
	fmt.Printf("  origin default=%d off=%v %s checks=%+v\n", e.Origin.Default, e.Origin.Off, e.Origin.OffHow, e.Origin.Checks)
	fmt.Printf("  ambient cookie=%v token=%v loopback=%v all=%v host=%v\n", e.Ambient.Cookie != nil, e.Ambient.Token != nil, e.Ambient.Loopback != nil, e.Ambient.AllHosts != nil, e.Ambient.HostCheck != nil)
	fmt.Printf("  size=%s idle=%s compression=%v\n", e.Limits.MessageSize.Text, e.Limits.Idle.Text, e.Limits.Compression.On)
	for _, f := range e.Facts {
		fmt.Printf("  fact %s holds=%v %q %s:%d\n", f.Kind, f.Holds, f.Text, f.Path, f.Line)
	}
	for _, m := range e.Messages {
		fmt.Printf("  message %s line %d\n", m.Name, m.Line)
	}
	fmt.Printf("  type field %q dialect %q path %q\n", e.TypeField, e.Dialect, e.DefaultPath)
	for _, r := range e.Reads {
		fmt.Printf("  read %v %s:%s called=%v declared=%v %s:%d\n", r.Messages, r.Field, r.Type, r.Called, r.Declared, r.Span.Path, r.Line)
	}
}

func event(e *model.Event) {
	id := ""
	if e.Endpoint != nil {
		id = e.Endpoint.ID
	}
	fmt.Printf("%s:%d %s %s %q [%s %s] %s try=%v repeat=%v doubt=%q\n", e.Path, e.Line, e.Kind, e.Op, e.Callee, e.Phase, e.Message, id, e.InTry, e.Repeat, e.Doubt)
	for _, g := range e.Guards {
		fmt.Printf("    guard %s holds=%v %q line %d\n", g.Kind, g.Holds, g.Text, g.Line)
	}
	for _, a := range e.Args {
		value(a, "    ")
	}
}

func value(v model.Value, indent string) {
	var flows []string
	for _, f := range v.Flows {
		flows = append(flows, fmt.Sprintf("%s.%s:%s closed=%v", f.Label, f.Field, f.Type, f.Closed))
	}
	fmt.Printf("%sarg %s form=%s const=%q shape=%q bound=%v %s\n", indent, v.Name, v.Form, v.Const, v.Shape, v.Bound, strings.Join(flows, " | "))
	for _, f := range v.Fields {
		value(f, indent+"  ")
	}
}
