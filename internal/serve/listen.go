package serve

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/wswarden/wswarden/internal/serve/head"
)

// The times of the HTTP servers. On the public listener the front has read the
// head, and bounds the body; the guard bounds the handshake, to 5 min at most.
const (
	headerTimeout  = 10 * time.Second
	requestTimeout = 5*time.Minute + 10*time.Second
	idleTimeout    = time.Minute
)

// ListenError says that an address can't be listened on.
type ListenError struct {
	// Setting is listen or admin, Address its value.
	Setting, Address string
	Err              error
}

// Error returns the setting, the address and the cause.
func (e *ListenError) Error() string {
	err := e.Err
	if op := (*net.OpError)(nil); errors.As(err, &op) {
		err = op.Err // the rest repeats the address
	}
	return fmt.Sprintf("%s %q: %v", e.Setting, e.Address, err)
}

// Unwrap returns the cause.
func (e *ListenError) Unwrap() error { return e.Err }

func listen(setting, address string) (net.Listener, error) {
	ln, err := net.Listen("tcp", address)
	if err != nil {
		return nil, &ListenError{setting, address, err}
	}
	return ln, nil
}

func newHTTPServer(h http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:                      h,
		ReadHeaderTimeout:            headerTimeout,
		ReadTimeout:                  requestTimeout,
		WriteTimeout:                 requestTimeout,
		IdleTimeout:                  idleTimeout,
		MaxHeaderBytes:               head.MaxBytes,
		DisableGeneralOptionsHandler: true,
		ErrorLog:                     slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
}

// maxAdmin bounds the connections of the admin listener: a few people and a
// scraper.
const maxAdmin = 128

// admin is the admin listener with its server.
type admin struct {
	net.Listener
	server *http.Server
	slots  chan struct{}
}

func newAdmin(ln net.Listener, h http.Handler, log *slog.Logger) *admin {
	return &admin{Listener: ln, server: newHTTPServer(h, log), slots: make(chan struct{}, maxAdmin)}
}

// Accept closes connections for which there is no place.
func (a *admin) Accept() (net.Conn, error) {
	for {
		c, err := a.Listener.Accept()
		if err != nil {
			return nil, err
		}
		select {
		case a.slots <- struct{}{}:
			return &adminConn{Conn: c, leave: sync.OnceFunc(func() { <-a.slots })}, nil
		default:
			c.Close()
		}
	}
}

type adminConn struct {
	net.Conn
	leave func()
}

func (c *adminConn) Close() error {
	c.leave()
	return c.Conn.Close()
}
