package config

import "reflect"

// endpointVariables name a collector, by the specification of OpenTelemetry.
var endpointVariables = []string{"OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"}

// telemetry judges where spans go. The environment can ask for them by itself.
func (c *checker) telemetry(cfg *Config) {
	named := false
	for _, name := range endpointVariables {
		value, ok := c.getenv(name)
		named = named || ok && value != ""
	}
	t := c.file.Telemetry
	switch {
	case t == nil && !named:
		return
	case t == nil:
		t = &fileTelemetry{}
		c.doc.defaults(reflect.ValueOf(t).Elem(), "telemetry")
	case t.Endpoint == "" && !named:
		c.consequence("telemetry.endpoint", "nothing names a collector", "write its address, such as http://127.0.0.1:4318, or set OTEL_EXPORTER_OTLP_ENDPOINT")
	case t.Endpoint != "":
		c.url("telemetry.endpoint", t.Endpoint, "http", "https", "http://127.0.0.1:4318")
	}
	cfg.Telemetry = &Telemetry{Endpoint: t.Endpoint, Service: t.Service, OneConnectionIn: t.OneConnectionIn, OneMessageIn: t.OneMessageIn}
}
