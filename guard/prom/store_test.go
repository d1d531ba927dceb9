package prom_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/wswarden/wswarden/guard/prom"
)

func TestStore(t *testing.T) {
	s := prom.NewStore()
	s.Observe("take_ticket", 3*time.Millisecond, nil)
	s.Observe("take_ticket", time.Second, errors.New("refused"))
	const want = `
# HELP wswarden_store_errors_total Operations that the store did not answer.
# TYPE wswarden_store_errors_total counter
wswarden_store_errors_total{operation="take_ticket"} 1
# HELP wswarden_store_operation_seconds Time that an operation of the store took, failed ones included.
# TYPE wswarden_store_operation_seconds histogram
wswarden_store_operation_seconds_bucket{operation="take_ticket",le="0.00025"} 0
wswarden_store_operation_seconds_bucket{operation="take_ticket",le="0.0005"} 0
wswarden_store_operation_seconds_bucket{operation="take_ticket",le="0.001"} 0
wswarden_store_operation_seconds_bucket{operation="take_ticket",le="0.0025"} 0
wswarden_store_operation_seconds_bucket{operation="take_ticket",le="0.005"} 1
wswarden_store_operation_seconds_bucket{operation="take_ticket",le="0.01"} 1
wswarden_store_operation_seconds_bucket{operation="take_ticket",le="0.025"} 1
wswarden_store_operation_seconds_bucket{operation="take_ticket",le="0.1"} 1
wswarden_store_operation_seconds_bucket{operation="take_ticket",le="0.5"} 1
wswarden_store_operation_seconds_bucket{operation="take_ticket",le="1"} 2
wswarden_store_operation_seconds_bucket{operation="take_ticket",le="+Inf"} 2
wswarden_store_operation_seconds_sum{operation="take_ticket"} 1.003
wswarden_store_operation_seconds_count{operation="take_ticket"} 2
`
	if err := testutil.CollectAndCompare(s, strings.NewReader(want)); err != nil {
		t.Error(err)
	}
	problems, err := testutil.CollectAndLint(s)
	if err != nil || len(problems) > 0 {
		t.Errorf("%+v, %v", problems, err)
	}
}
