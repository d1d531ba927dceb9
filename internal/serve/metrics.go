package serve

import (
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/wswarden/wswarden/guard/prom"
)

// metrics returns the handler of /metrics: the guard's counts, those of what
// stands around it, and those of the process.
func (s *Server) metrics() http.Handler {
	r := prometheus.NewRegistry()
	r.MustRegister(
		prom.New(s.guard),
		s.timed,
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		collectors.NewBuildInfoCollector(),
		gauge("listener_pending_connections", "Connections that have not been upgraded.", func() float64 { return float64(s.front.Stats().Pending) }),
		counter("listener_connections_total", "Sockets that were accepted.", func() uint64 { return s.front.Stats().Accepted }),
		counter("listener_excess_total", "Sockets closed because too many had not been upgraded.", func() uint64 { return s.front.Stats().Excess }),
		counter("listener_refusals_total", "Sockets refused for their PROXY header, TLS handshake or request head.", func() uint64 { return s.front.Stats().Refused }),
		counter("listener_panics_total", "Panics while a request head was read. Any is a defect.", func() uint64 { return s.front.Stats().Panics }),
		counter("audit_lines_total", "Audit lines written.", func() uint64 { return s.audit.Stats().Written }),
		counter("audit_lines_lost_total", "Audit lines that could not be written. Any is a gap in the record.", func() uint64 { return s.audit.Stats().Lost }),
		counter("reloads_total", "Configurations put in force after the start.", s.reloads.done.Load),
		counter("reload_failures_total", "Configurations that were refused after the start.", s.reloads.failed.Load),
	)
	return promhttp.HandlerFor(r, promhttp.HandlerOpts{})
}

func gauge(name, help string, value func() float64) prometheus.Collector {
	return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Namespace: "wswarden", Name: name, Help: help}, value)
}

func counter(name, help string, value func() uint64) prometheus.Collector {
	return prometheus.NewCounterFunc(prometheus.CounterOpts{Namespace: "wswarden", Name: name, Help: help}, func() float64 { return float64(value()) })
}
