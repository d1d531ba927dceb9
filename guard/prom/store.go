package prom

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Store measures the operations of a store that is elsewhere. Its labels are
// the names of operations, which the program knows.
type Store struct {
	seconds *prometheus.HistogramVec
	errors  *prometheus.CounterVec
}

var _ prometheus.Collector = (*Store)(nil)

// NewStore returns a collector that has seen no operation.
func NewStore() *Store {
	return &Store{
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Namespace: "wswarden", Name: "store_operation_seconds", Help: "Time that an operation of the store took, failed ones included.",
			Buckets: []float64{0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 1},
		}, []string{"operation"}),
		errors: prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: "wswarden", Name: "store_errors_total", Help: "Operations that the store did not answer.",
		}, []string{"operation"}),
	}
}

// Observe takes note of one operation.
func (s *Store) Observe(operation string, took time.Duration, err error) {
	s.seconds.WithLabelValues(operation).Observe(took.Seconds())
	if err != nil {
		s.errors.WithLabelValues(operation).Inc()
	}
}

// Describe implements [prometheus.Collector].
func (s *Store) Describe(ch chan<- *prometheus.Desc) {
	s.seconds.Describe(ch)
	s.errors.Describe(ch)
}

// Collect implements [prometheus.Collector].
func (s *Store) Collect(ch chan<- prometheus.Metric) {
	s.seconds.Collect(ch)
	s.errors.Collect(ch)
}
