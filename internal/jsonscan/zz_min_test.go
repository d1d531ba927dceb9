//go:build minbench

package jsonscan_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/wswarden/wswarden/internal/jsonscan"
)

func minOf(f func()) float64 {
	best := time.Hour
	for range 3000 {
		t := time.Now()
		for range 500 {
			f()
		}
		if d := time.Since(t); d < best {
			best = d
		}
	}
	return float64(best.Nanoseconds()) / 500
}

func TestMin(t *testing.T) {
	s := jsonscan.NewScanner(jsonscan.Limits{TrustUTF8: true})
	schema := compile(t, orderSchema)
	path := parsePath(t, "action")
	var d jsonscan.Doc
	msg := []byte(order256)
	fmt.Printf("scan %.0f ", minOf(func() { s.Scan(msg, &d) }))
	fmt.Printf("check %.0f ", minOf(func() { schema.Check(d.Root()) }))
	fmt.Printf("lookup %.0f ", minOf(func() { d.Lookup(path).Text() }))
	fmt.Printf("all %.0f\n", minOf(func() { s.Scan(msg, &d); d.Lookup(path).Text(); schema.Check(d.Root()) }))
}
