package otel

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	semconv "go.opentelemetry.io/otel/semconv/v1.37.0"
)

// Export says where spans go, by OTLP over HTTP.
type Export struct {
	// Endpoint is the address of a collector, such as http://127.0.0.1:4318; spans
	// are sent to v1/traces below it. Empty means what the environment says in
	// OTEL_EXPORTER_OTLP_ENDPOINT or OTEL_EXPORTER_OTLP_TRACES_ENDPOINT. The other
	// OTEL_EXPORTER_OTLP_ variables (headers, certificates, timeout) count in
	// either case.
	Endpoint string
	// Service is the name of the service; empty means OTEL_SERVICE_NAME, else
	// wswarden.
	Service string
	// OneConnectionIn is of how many connections one is sampled; 0 means 1, all.
	OneConnectionIn int
	// OneMessageIn is that of [Config].
	OneMessageIn int
	// Log receives errors of the export; nil discards them.
	Log *slog.Logger
}

// Exporter is a [Tracer] whose spans go to a collector. They are sent in batches
// from a bounded queue: what does not fit is dropped, and no connection waits.
type Exporter struct {
	*Tracer
	provider *sdk.TracerProvider
}

// Start makes an exporter. It does not wait for the collector. The caller must
// close it after the guard.
func Start(e Export) (*Exporter, error) {
	if e.Log == nil {
		e.Log = slog.New(slog.DiscardHandler)
	}
	var opts []otlptracehttp.Option
	if e.Endpoint != "" {
		opts = append(opts, otlptracehttp.WithEndpointURL(strings.TrimSuffix(e.Endpoint, "/")+"/v1/traces"))
	}
	exporter, err := otlptracehttp.New(context.Background(), opts...)
	if err != nil {
		return nil, fmt.Errorf("export spans: %w", err)
	}
	// Later attributes win: what the environment says over the default, and what
	// the configuration says over both.
	res, err := resource.New(context.Background(),
		resource.WithAttributes(semconv.ServiceName("wswarden"), semconv.ServiceVersion(version())),
		resource.WithTelemetrySDK(), resource.WithFromEnv())
	if err != nil && !errors.Is(err, resource.ErrPartialResource) {
		return nil, fmt.Errorf("export spans: %w", err)
	}
	if e.Service != "" {
		if res, err = resource.Merge(res, resource.NewSchemaless(semconv.ServiceName(e.Service))); err != nil {
			return nil, fmt.Errorf("export spans: %w", err)
		}
	}
	otel.SetErrorHandler(&complaints{log: e.Log})
	provider := sdk.NewTracerProvider(sdk.WithBatcher(exporter), sdk.WithResource(res),
		sdk.WithSampler(sdk.TraceIDRatioBased(1/float64(max(1, e.OneConnectionIn)))))
	// Messages belong to their connection: they are sampled with it.
	return &Exporter{New(Config{Provider: provider, OneMessageIn: e.OneMessageIn}), provider}, nil
}

// closeTimeout bounds the last export.
const closeTimeout = 5 * time.Second

// Close sends what is left, for a few seconds at most.
func (e *Exporter) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
	defer cancel()
	return e.provider.Shutdown(ctx)
}

// complaints writes errors of the export, at most one a minute: a collector that
// is down must not fill the log.
type complaints struct {
	log *slog.Logger

	mu   sync.Mutex
	last time.Time // guarded by mu
}

// Handle implements [otel.ErrorHandler].
func (c *complaints) Handle(err error) {
	c.mu.Lock()
	now := time.Now()
	quiet := now.Sub(c.last) < time.Minute
	if !quiet {
		c.last = now
	}
	c.mu.Unlock()
	if !quiet {
		c.log.Warn("spans were not exported", "error", err)
	}
}

// version returns the version of the program.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	return info.Main.Version
}
