// Package otel makes OpenTelemetry spans of what a guard does: one for each
// connection, from its handshake to its end, and one for some of its messages.
//
// The spans follow the semantic conventions for HTTP servers where those have a
// name. They hold what the configuration and the guard say, and the client's
// address: no credential, no payload, no user and no text that a client chose. The
// id that the audit log has for the same connection is wswarden.event.id.
//
// Clients are strangers: a trace that one brings along becomes a link of the
// connection's span, never its parent, and decides nothing about sampling.
//
// It is not a metrics adapter; package prom is.
package otel

import (
	"context"
	"math/rand/v2"
	"net/http"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	semconv "go.opentelemetry.io/otel/semconv/v1.37.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/wswarden/wswarden/guard"
)

// Config says what spans are made of.
type Config struct {
	// Provider makes the spans, and decides which connections are sampled.
	Provider trace.TracerProvider
	// OneMessageIn is of how many messages of a sampled connection one gets a span;
	// 0 means none.
	OneMessageIn int
}

// Tracer is a [guard.Tracer].
type Tracer struct {
	tracer   trace.Tracer
	messages uint64
}

var _ guard.Tracer = (*Tracer)(nil)

// scope names the instrumentation.
const scope = "github.com/wswarden/wswarden/guard/otel"

// w3c is the form in which backends join a trace.
var w3c propagation.TraceContext

// New returns a tracer. Its owner shuts the provider down after the guard.
func New(c Config) *Tracer {
	return &Tracer{tracer: c.Provider.Tracer(scope), messages: uint64(max(0, c.OneMessageIn))}
}

// Handshake implements [guard.Tracer].
func (t *Tracer) Handshake(route string, r *http.Request) guard.Trace {
	opts := []trace.SpanStartOption{
		trace.WithNewRoot(),
		trace.WithSpanKind(trace.SpanKindServer),
		trace.WithAttributes(semconv.HTTPRequestMethodKey.String(http.MethodGet), semconv.HTTPRoute(route), semconv.URLPath(route)),
	}
	brought := trace.SpanContextFromContext(w3c.Extract(context.Background(), propagation.HeaderCarrier(r.Header)))
	if brought.IsValid() {
		opts = append(opts, trace.WithLinks(trace.Link{SpanContext: brought}))
	}
	ctx, span := t.tracer.Start(context.Background(), http.MethodGet+" "+route, opts...)
	return &connection{t, ctx, span}
}

// connection is the trace of one connection.
type connection struct {
	t    *Tracer
	ctx  context.Context // with span
	span trace.Span
}

// Propagate implements [guard.Trace].
func (c *connection) Propagate(h http.Header) { w3c.Inject(c.ctx, propagation.HeaderCarrier(h)) }

// SampleMessage implements [guard.Trace].
func (c *connection) SampleMessage() bool {
	n := c.t.messages
	return n > 0 && c.span.IsRecording() && (n == 1 || rand.Uint64N(n) == 0)
}

// Message implements [guard.Trace].
func (c *connection) Message(m guard.MessageTrace) {
	name, attributes := "message", []attribute.KeyValue{
		attribute.String("wswarden.message.from", m.From.String()),
		attribute.Int("wswarden.message.bytes", m.Bytes),
		attribute.String("wswarden.outcome", string(m.Outcome)),
	}
	if m.Type != "" {
		name += " " + m.Type
		attributes = append(attributes, attribute.String("wswarden.message.type", m.Type))
	}
	attributes = append(attributes, refusal(m.Weakness, m.Rule)...)
	_, span := c.t.tracer.Start(c.ctx, name, trace.WithTimestamp(m.Start), trace.WithAttributes(attributes...))
	span.End(trace.WithTimestamp(m.Start.Add(m.Duration)))
}

// End implements [guard.Trace].
func (c *connection) End(e guard.Event) {
	defer c.span.End()
	if !c.span.IsRecording() {
		return
	}
	status := e.Status
	if e.Action == "connection" {
		status = http.StatusSwitchingProtocols
	}
	c.set("client.address", e.Client)
	c.set("wswarden.event.id", e.ID)
	c.set("wswarden.connection.id", e.Connection)
	c.set("wswarden.outcome", string(e.Outcome))
	if status != 0 {
		c.span.SetAttributes(semconv.HTTPResponseStatusCode(status))
	}
	if e.Close != 0 {
		c.span.SetAttributes(attribute.Int("wswarden.close_code", int(e.Close)))
	}
	if e.Action == "connection" && e.Outcome == guard.Allowed {
		c.set("wswarden.end", e.Detail) // one of a few words of the guard's own
	}
	c.span.SetAttributes(refusal(e.Weakness, e.Rule)...)
	if status >= 500 || e.Close == guard.CloseInternal || e.Close == guard.CloseUpstream {
		c.span.SetStatus(codes.Error, e.Rule)
	}
}

func (c *connection) set(key, value string) {
	if value != "" {
		c.span.SetAttributes(attribute.String(key, value))
	}
}

// refusal says why something was refused, if it was.
func refusal(weakness, rule string) (out []attribute.KeyValue) {
	if rule != "" {
		out = append(out, semconv.ErrorTypeKey.String(rule), attribute.String("wswarden.rule", rule))
	}
	if weakness != "" {
		out = append(out, attribute.String("wswarden.weakness", weakness))
	}
	return out
}
