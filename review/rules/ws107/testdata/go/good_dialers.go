package feed

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"

	"github.com/gorilla/websocket"
)

func dial(roots *x509.CertPool) (*websocket.Conn, error) {
	d := websocket.Dialer{TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}}
	c, _, err := d.Dial("wss://prices.internal.example/ws", nil)
	return c, err
}

// Not a WebSocket's.
var scraper = &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
