//go:build linux

package peer

import (
	"fmt"
	"net/netip"
	"strings"
)

// Origin is the origin of every handshake of the benchmark.
const Origin = "https://bench.example"

// Place is where a proxy under test stands.
type Place struct {
	// Listen is where clients connect, Admin a second free port.
	Listen, Admin netip.AddrPort
	// Backend is the echo backend.
	Backend netip.AddrPort
	// Dir is the proxy's own temporary folder.
	Dir string
	// OpenFiles is how many files the proxy may have open.
	OpenFiles int
}

// connections is what every proxy is told to allow: 20,000, or what its open
// files allow at two sockets a connection.
func (p Place) connections() int { return min(20_000, (p.OpenFiles-64)/2) }

func (p Place) fill(config string) string {
	return strings.NewReplacer(
		"{listen}", p.Listen.String(),
		"{admin}", p.Admin.String(),
		"{backend}", p.Backend.String(),
		"{dir}", p.Dir,
		"{connections}", fmt.Sprint(p.connections()),
		"{sockets}", fmt.Sprint(2*p.connections()),
		"{origin}", Origin,
	).Replace(config)
}

// nginxConfig is what the manual asks for to pass WebSocket on, with one worker
// and without an access log; buffers are nginx's defaults. Its temporary files,
// which this traffic never needs, must not be looked for in system folders.
const nginxConfig = `daemon off;
worker_processes 1;
pid {dir}/nginx.pid;
error_log {dir}/error.log warn;
events {
    worker_connections {sockets};
}
http {
    access_log off;
    client_body_temp_path {dir}/body;
    proxy_temp_path {dir}/proxy;
    fastcgi_temp_path {dir}/fastcgi;
    uwsgi_temp_path {dir}/uwsgi;
    scgi_temp_path {dir}/scgi;
    server {
        listen {listen};
        location /ws {
            proxy_pass http://{backend};
            proxy_http_version 1.1;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection "upgrade";
            proxy_set_header Host $host;
            proxy_read_timeout 1h;
            proxy_send_timeout 1h;
        }
    }
}
`

// haproxyConfig has one thread and no log. haproxy turns a 101 into a tunnel by
// itself; buffers are its defaults.
const haproxyConfig = `global
    nbthread 1
    maxconn {connections}
defaults
    mode http
    timeout connect 5s
    timeout client 1h
    timeout server 1h
    timeout tunnel 1h
frontend bench
    bind {listen}
    maxconn {connections}
    default_backend echo
backend echo
    server echo {backend}
`

// guardConfig is framesConfig with rules for the benchmark's messages: a schema,
// a condition and a rate from the client, a schema from the server.
const guardConfig = framesConfig + `    messages:
      client:
        place_order:
` + orderSchema + `          allow: 'message.seq >= 0 && (message.client <= 100000 || "pro" in session.roles)'
          limit: 1000000/1s
      server:
        place_order:
` + orderSchema

// orderSchema describes the messages of the generator.
const orderSchema = `          schema:
            type: object
            required: [type, seq, client, lines, note]
            additionalProperties: false
            properties:
              type: {const: place_order}
              seq: {type: integer, minimum: 0}
              client: {type: integer, minimum: 0}
              note: {type: string, maxLength: 100}
              lines:
                type: array
                maxItems: 1000
                items:
                  type: object
                  required: [symbol, quantity, price]
                  additionalProperties: false
                  properties:
                    symbol: {type: string, pattern: "^[A-Z]{1,5}$"}
                    quantity: {type: integer, minimum: 1, maximum: 1000}
                    price: {type: number, exclusiveMinimum: 0}
                    tags: {type: array, maxItems: 4, items: {enum: [day, limit, market]}}
`

// framesConfig admits the benchmark's clients and never refuses one for its
// number or its rate: every check of connections and frames runs, and passes.
// The audit goes to a file.
const framesConfig = `listen: {listen}
admin: {admin}
audit: {file: {dir}/audit.jsonl}
drain: {spread: 0s, deadline: 1s}
limits:
  connections: {connections}
  handshakes: 1000000/1s
routes:
  - path: /ws
    backend: ws://{backend}/ws
    origins: ["{origin}"]
    auth: {anonymous: true}
    session: {max_age: 24h, idle: 5m}
    limits:
      connections: {connections}
      connections_per_ip: {connections}
      connections_per_user: {connections}
      message_bytes: 1MiB
      messages: 1000000/1s
      user_messages: 1000000/1s
      control_frames: 1000/1s
      send_queue: 1MiB
`

// guardSessionConfig is guardConfig with clients that sign in.
var guardSessionConfig = strings.NewReplacer(
	"limits:\n  connections", "sign_in:\n  jwt: {issuer: "+tokenIssuer+", audience: "+tokenAudience+", secret_env: "+SecretEnv+"}\nlimits:\n  connections",
	"auth: {anonymous: true}", "auth: {bearer: true}",
).Replace(guardConfig)
