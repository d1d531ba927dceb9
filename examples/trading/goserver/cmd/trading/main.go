// Command trading runs the vulnerable trading platform in Go on loopback. It is
// not for any other address, and says so when asked.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/wswarden/wswarden/examples/trading/goserver"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintf(os.Stderr, "trading: %v\n", err)
		os.Exit(2)
	}
}

func run() error {
	opts, err := goserver.OptionsFromEnv(os.Getenv)
	if err != nil {
		return err
	}
	port := os.Getenv("PORT")
	if port == "" {
		port = "3000"
	}
	listen := flag.String("listen", "127.0.0.1:"+port, "address to listen on, loopback only; port 0 takes a free one")
	flag.StringVar(&port, "port", "", "port on 127.0.0.1, instead of -listen")
	flag.BoolVar(&opts.TrustGuard, "trust-guard", opts.TrustGuard, "take the user from the header Wswarden-User")
	flag.Parse()
	if port != "" {
		*listen = net.JoinHostPort("127.0.0.1", port)
	}
	listener, err := listenLoopback(*listen)
	if err != nil {
		return err
	}
	return serve(listener, opts)
}

// listenLoopback refuses every address from which the network could reach a
// server with these flaws.
func listenLoopback(address string) (net.Listener, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, fmt.Errorf("listen on %q: this server is vulnerable on purpose and stays on loopback", address)
	}
	return net.Listen("tcp", address)
}

// serve runs until a signal, or until standard input ends where that is asked.
func serve(listener net.Listener, opts goserver.Options) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if os.Getenv("TRADING_EXIT_WITH_STDIN") == "1" {
		go func() {
			io.Copy(io.Discard, os.Stdin)
			stop()
		}()
	}
	platform := goserver.New(opts)
	server := &http.Server{Handler: platform, ReadHeaderTimeout: 10 * time.Second}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	fmt.Printf("listening on http://%s\n", listener.Addr())
	select {
	case err := <-failed:
		platform.Close()
		return err
	case <-ctx.Done():
	}
	platform.Close()
	if err := server.Close(); err != nil {
		return err
	}
	if err := <-failed; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
