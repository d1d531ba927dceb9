package e2e_test

import (
	"net"
	"net/http"
	"os"
	"syscall"
	"testing"

	"github.com/wswarden/wswarden/guard/guardtest"
)

// flaky is a backend and identity provider that can die and come back at the
// same address.
type flaky struct {
	url    string
	addr   string
	server *http.Server
}

func newFlaky(t *testing.T) *flaky {
	t.Helper()
	f := &flaky{addr: freeAddress(t)}
	f.url = "http://" + f.addr
	f.start(t)
	t.Cleanup(f.stop)
	return f
}

func (f *flaky) start(t *testing.T) {
	t.Helper()
	ln, err := net.Listen("tcp", f.addr)
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /whoami", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Cookie") != "session=alice" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.Write([]byte(`{"sub":"alice","sid":"s1"}`))
	})
	mux.HandleFunc("GET /ws", func(w http.ResponseWriter, r *http.Request) {
		c, rw, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		defer c.Close()
		if guardtest.Accept(c, r) == nil {
			guardtest.Echo(c, rw.Reader)
		}
	})
	f.server = &http.Server{Handler: mux}
	go f.server.Serve(ln)
}

func (f *flaky) stop() { f.server.Close() }

func (p *process) reload(t *testing.T) {
	t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
