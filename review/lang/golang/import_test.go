package golang_test

import (
	"testing"

	"github.com/wswarden/wswarden/review/ir"
)

func TestImports(t *testing.T) {
	tests := []struct {
		name, spec, use string
		want            ir.Import
	}{
		{"last element", `"net/http"`, "", ir.Import{Module: "net/http", Local: "http"}},
		{"host", `"nhooyr.io/websocket"`, "", ir.Import{Module: "nhooyr.io/websocket", Local: "websocket"}},
		{"major version", `"github.com/gofiber/websocket/v2"`, "", ir.Import{Module: "github.com/gofiber/websocket/v2", Local: "websocket"}},
		{"version suffix", `"gopkg.in/yaml.v3"`, "", ir.Import{Module: "gopkg.in/yaml.v3", Local: "yaml"}},
		{"go prefix", `"github.com/kataras/go-events"`, "", ir.Import{Module: "github.com/kataras/go-events", Local: "events"}},
		{"go suffix", `"github.com/segmentio/kafka-go"`, "", ir.Import{Module: "github.com/segmentio/kafka-go", Local: "kafka"}},
		{"name with v", `"example.com/v8go"`, "", ir.Import{Module: "example.com/v8go", Local: "v8go"}},
		{"version alone", `"v2"`, "", ir.Import{Module: "v2", Local: "v2"}},
		{"no name at all", `"example.com/-"`, "", ir.Import{Module: "example.com/-"}},
		{"raw string", "`net/http`", "", ir.Import{Module: "net/http", Local: "http"}},
		{"alias", `ws "github.com/gorilla/websocket"`, "", ir.Import{Module: "github.com/gorilla/websocket", Local: "ws"}},
		{"blank", `_ "net/http/pprof"`, "", ir.Import{Module: "net/http/pprof"}},
		{"dot", `. "fmt"`, "", ir.Import{Module: "fmt", Star: true}},
		{"name that is used instead", `"github.com/googollee/go-socket.io"`, "var s socketio.Server", ir.Import{Module: "github.com/googollee/go-socket.io", Local: "socketio"}},
		{"assumed name is used too", `"github.com/googollee/go-socket.io"`, "var s socketio.Server\nvar x = socket.New()", ir.Import{Module: "github.com/googollee/go-socket.io", Local: "socket"}},
		{"last word", `"example.com/acme-ws"`, "var x = ws.New()", ir.Import{Module: "example.com/acme-ws", Local: "ws"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := lower(t, "package x\nimport "+test.spec+"\n"+test.use+"\n")
			got, ok := f.Body[0].(*ir.Import)
			if !ok {
				t.Fatalf("got a %T, want an import", f.Body[0])
			}
			if got.Module != test.want.Module || got.Local != test.want.Local || got.Star != test.want.Star {
				t.Errorf("got %+v, want %+v", *got, test.want)
			}
		})
	}
}

func TestImportOfNameThatIsTaken(t *testing.T) {
	f := lower(t, `import (
	"example.com/ws"
	"example.com/acme-ws"
)
var x = ws.New()
`)
	if got := f.Body[1].(*ir.Import).Local; got != "acme" {
		t.Errorf("got %q, want %q: ws is the other import", got, "acme")
	}
}
