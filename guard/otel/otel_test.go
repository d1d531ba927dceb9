package otel_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.opentelemetry.io/otel/codes"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"
	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/guard/guardtest"
	"github.com/wswarden/wswarden/guard/otel"
	"github.com/wswarden/wswarden/internal/wire"
	"github.com/wswarden/wswarden/internal/wireclient"
)

const (
	origin = "https://app.example.com"
	secret = "alice-token-of-the-test"
	parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
)

// gateway is a traced guard in front of an echoing backend.
type gateway struct {
	guard   *guard.Guard
	server  *httptest.Server
	url     string
	backend *guardtest.Backend
}

func newGateway(t *testing.T, tracer guard.Tracer) *gateway {
	t.Helper()
	w := &gateway{backend: guardtest.NewBackend(t)}
	schema, err := guard.CompileSchema([]byte(`{"properties":{"text":{"type":"string"}},"required":["text"]}`))
	if err != nil {
		t.Fatal(err)
	}
	w.guard, err = guard.New(guard.Config{
		SignIn: guard.SignIn{Token: guardtest.Tokens{secret: {User: "alice", Session: "s1"}}},
		Tracer: tracer,
		Routes: []guard.Route{{
			Path: "/ws", Backend: w.backend.URL, Origins: []string{origin}, Auth: guard.Auth{Bearer: true},
			Messages: &guard.MessagePolicy{Reject: guard.RejectDrop, Client: map[string]guard.MessageRule{"chat": {Schema: schema}}},
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	w.server = httptest.NewServer(w.guard.Gateway())
	w.url = "ws" + strings.TrimPrefix(w.server.URL, "http") + "/ws"
	t.Cleanup(w.close)
	return w
}

// close waits for every connection, so that all spans have ended.
func (w *gateway) close() {
	w.guard.Close()
	w.server.Close()
}

func contextOf(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// talk sends texts, each echoed unless it starts with "bad", and closes.
func (w *gateway) talk(t *testing.T, texts ...string) {
	t.Helper()
	c, res, err := wireclient.Dial(contextOf(t), wireclient.Handshake{URL: w.url, Origin: origin, Bearer: secret, Header: []wireclient.Line{
		{Name: "traceparent", Value: parent}, {Name: "tracestate", Value: "a=b"}, {Name: "Baggage", Value: "user=mallory"}}})
	if err != nil || c == nil {
		t.Fatalf("got %v, %v", res, err)
	}
	defer c.Close()
	for _, text := range texts {
		c.SendText(text)
	}
	c.SendClose(1000, "")
	for {
		u, err := c.NextMessage(contextOf(t))
		if err != nil {
			t.Fatal(err)
		}
		if u.Opcode == wire.Close {
			break
		}
	}
	// The guard ends the TCP connection when it is through with it: not before has
	// the connection ended by itself.
	if u, err := c.Next(contextOf(t)); err == nil {
		t.Fatalf("got %v behind the Close frame", u)
	}
	w.close()
}

// recorded returns a provider and the spans that ended on it.
func recorded(t *testing.T, opts ...sdk.TracerProviderOption) (*sdk.TracerProvider, *tracetest.SpanRecorder) {
	r := tracetest.NewSpanRecorder()
	p := sdk.NewTracerProvider(append(opts, sdk.WithSpanProcessor(r))...)
	t.Cleanup(func() { p.Shutdown(context.Background()) })
	return p, r
}

// text writes the attributes of a span, sorted, without ids and sizes that vary.
func text(s sdk.ReadOnlySpan) string {
	var out []string
	for _, a := range s.Attributes() {
		value := a.Value.String()
		if strings.HasSuffix(string(a.Key), ".id") && value != "" {
			value = "ID"
		}
		out = append(out, string(a.Key)+"="+value)
	}
	slices.Sort(out)
	return s.Name() + " " + strings.Join(out, " ")
}

func TestConnection(t *testing.T) {
	p, spans := recorded(t)
	w := newGateway(t, otel.New(otel.Config{Provider: p, OneMessageIn: 1}))
	w.talk(t, `{"type":"chat","text":"hello"}`, `{"type":"chat","text":5}`)

	ended := spans.Ended()
	var got []string
	for _, s := range ended {
		got = append(got, text(s))
	}
	want := []string{
		"message chat wswarden.message.bytes=36 wswarden.message.from=client wswarden.message.type=chat wswarden.outcome=allowed",
		"message chat error.type=message.schema wswarden.message.bytes=30 wswarden.message.from=client wswarden.message.type=chat wswarden.outcome=denied wswarden.rule=message.schema wswarden.weakness=WS302",
		"message wswarden.message.bytes=32 wswarden.message.from=server wswarden.outcome=allowed", // nothing needs it read
		"GET /ws client.address=127.0.0.1 http.request.method=GET http.response.status_code=101 http.route=/ws url.path=/ws wswarden.connection.id=ID wswarden.end=closed wswarden.event.id=ID wswarden.outcome=allowed",
	}
	sorted := func(list []string) string { slices.Sort(list); return strings.Join(list, "\n") }
	if sorted(got) != sorted(want) {
		t.Errorf("got\n%s\nwant\n%s", sorted(got), sorted(want))
	}

	root := ended[len(ended)-1]
	if root.Parent().IsValid() || root.SpanKind() != trace.SpanKindServer || root.Status().Code != codes.Unset {
		t.Errorf("the connection has parent %v, kind %v, status %v", root.Parent(), root.SpanKind(), root.Status())
	}
	if links := root.Links(); len(links) != 1 || links[0].SpanContext.TraceID().String() != "0af7651916cd43dd8448eb211c80319c" {
		t.Errorf("the client's trace is linked as %v", links)
	}
	for _, s := range ended[:len(ended)-1] {
		if s.Parent().SpanID() != root.SpanContext().SpanID() || s.EndTime().Before(s.StartTime()) {
			t.Errorf("%s has parent %v and ends %v after its start", s.Name(), s.Parent(), s.EndTime().Sub(s.StartTime()))
		}
	}

	h := w.backend.Requests()[0].Header
	if got, want := h["Traceparent"], "00-"+root.SpanContext().TraceID().String()+"-"+root.SpanContext().SpanID().String()+"-01"; len(got) != 1 || got[0] != want {
		t.Errorf("the backend got traceparent %q, want %q", got, want)
	}
	if h["Tracestate"] != nil || h["Baggage"] != nil {
		t.Errorf("the client's tracestate %q or baggage %q reached the backend", h["Tracestate"], h["Baggage"])
	}
}

func TestRefusedHandshake(t *testing.T) {
	p, spans := recorded(t)
	w := newGateway(t, otel.New(otel.Config{Provider: p, OneMessageIn: 1}))
	for _, h := range []wireclient.Handshake{
		{URL: w.url, Origin: "https://evil.example", Bearer: secret},
		{URL: w.url, Origin: origin, Bearer: "no-such-token"},
	} {
		if c, _, err := wireclient.Dial(contextOf(t), h); c != nil || err != nil {
			t.Fatalf("got a connection or %v", err)
		}
	}
	w.backend.Close()
	if c, _, err := wireclient.Dial(contextOf(t), wireclient.Handshake{URL: w.url, Origin: origin, Bearer: secret}); c != nil || err != nil {
		t.Fatalf("got a connection or %v", err)
	}
	w.close()
	var got []string
	for _, s := range spans.Ended() {
		got = append(got, text(s)+" status="+s.Status().Code.String())
	}
	for i, want := range []string{
		"http.response.status_code=403 http.route=/ws url.path=/ws wswarden.event.id=ID wswarden.outcome=denied wswarden.rule=origin.foreign wswarden.weakness=WS101 status=Unset",
		"http.response.status_code=401 http.route=/ws url.path=/ws wswarden.event.id=ID wswarden.outcome=denied wswarden.rule=credential",
		"http.response.status_code=502 http.route=/ws url.path=/ws wswarden.event.id=ID wswarden.outcome=denied wswarden.rule=backend.unreachable status=Error",
	} {
		if i >= len(got) || !strings.Contains(got[i], want) {
			t.Errorf("span %d of %d: got %q, want %q in it", i, len(got), got[min(i, len(got)-1)], want)
		}
	}
	if all := strings.Join(got, "\n"); strings.Contains(all, "evil.example") || strings.Contains(all, "token") {
		t.Errorf("a span holds what a client sent:\n%s", all)
	}
}

// TestSampling decides over connections and messages apart, whatever the client's
// own trace says.
func TestSampling(t *testing.T) {
	message := `{"type":"chat","text":"hello"}`
	t.Run("no message", func(t *testing.T) {
		p, spans := recorded(t)
		newGateway(t, otel.New(otel.Config{Provider: p})).talk(t, message)
		if n := len(spans.Ended()); n != 1 {
			t.Errorf("%d spans, want that of the connection alone", n)
		}
	})
	t.Run("no connection", func(t *testing.T) {
		p, spans := recorded(t, sdk.WithSampler(sdk.NeverSample()))
		w := newGateway(t, otel.New(otel.Config{Provider: p, OneMessageIn: 1}))
		w.talk(t, message)
		if n := len(spans.Ended()); n != 0 {
			t.Errorf("%d spans, want none", n)
		}
		if got := w.backend.Requests()[0].Header.Get("Traceparent"); !strings.HasSuffix(got, "-00") || strings.Contains(got, "0af7651916cd43dd8448eb211c80319c") {
			t.Errorf("the backend got traceparent %q, want one that is not sampled, and not the client's", got)
		}
	})
	t.Run("without a tracer", func(t *testing.T) {
		w := newGateway(t, nil)
		w.talk(t, message)
		if got := w.backend.Requests()[0].Header.Get("Traceparent"); got != parent {
			t.Errorf("the backend got traceparent %q, want the client's, as every header", got)
		}
	})
}

// receiver is a collector that keeps what it gets.
type receiver struct {
	*httptest.Server
	mu    sync.Mutex
	spans map[string]string // name to service, guarded by mu
	auth  string            // guarded by mu
}

func newReceiver(t *testing.T) *receiver {
	r := &receiver{spans: map[string]string{}}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, err := io.ReadAll(req.Body)
		var m collector.ExportTraceServiceRequest
		if err != nil || req.URL.Path != "/v1/traces" || proto.Unmarshal(body, &m) != nil {
			http.Error(w, "no traces", http.StatusBadRequest)
			return
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		r.auth = req.Header.Get("Authorization")
		for _, rs := range m.ResourceSpans {
			service := ""
			for _, a := range rs.Resource.Attributes {
				if a.Key == "service.name" {
					service = a.Value.GetStringValue()
				}
			}
			for _, ss := range rs.ScopeSpans {
				for _, s := range ss.Spans {
					r.spans[s.Name] = service
				}
			}
		}
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) got() (map[string]string, string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.spans, r.auth
}

func TestExport(t *testing.T) {
	tests := []struct {
		name    string
		env     map[string]string
		export  func(url string) otel.Export
		service string
	}{
		{"by the configuration", nil, func(url string) otel.Export {
			return otel.Export{Endpoint: url + "/", Service: "sockets", OneMessageIn: 1}
		}, "sockets"},
		{"by the environment", map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "URL", "OTEL_SERVICE_NAME": "named", "OTEL_EXPORTER_OTLP_HEADERS": "Authorization=Bearer%20x"},
			func(string) otel.Export { return otel.Export{OneMessageIn: 1} }, "named"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newReceiver(t)
			for name, value := range tt.env {
				t.Setenv(name, strings.Replace(value, "URL", r.URL, 1))
			}
			e, err := otel.Start(tt.export(r.URL))
			if err != nil {
				t.Fatal(err)
			}
			newGateway(t, e).talk(t, `{"type":"chat","text":"hello"}`)
			if err := e.Close(); err != nil {
				t.Fatal(err)
			}
			spans, auth := r.got()
			if len(spans) != 3 || spans["GET /ws"] != tt.service || spans["message chat"] != tt.service {
				t.Errorf("the collector got %v, want the connection and its messages of %q", spans, tt.service)
			}
			if want := strings.ReplaceAll(tt.env["OTEL_EXPORTER_OTLP_HEADERS"], "Authorization=Bearer%20x", "Bearer x"); auth != want {
				t.Errorf("the collector got authorization %q, want %q", auth, want)
			}
		})
	}
}

// TestCollectorIsDown must cost no connection.
func TestCollectorIsDown(t *testing.T) {
	t.Setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "200")
	down := httptest.NewServer(nil)
	down.Close()
	e, err := otel.Start(otel.Export{Endpoint: down.URL, OneMessageIn: 1})
	if err != nil {
		t.Fatal(err)
	}
	newGateway(t, e).talk(t, `{"type":"chat","text":"hello"}`)
	e.Close() // it may say that the spans are lost, and returns
}
