package main

import "testing"

// A server with these flaws must not be reachable from the network, whatever
// it is told.
func TestListenLoopbackOnly(t *testing.T) {
	cases := []struct {
		address string
		ok      bool
	}{
		{"127.0.0.1:0", true},
		{"localhost:0", true},
		{":0", false},
		{"0.0.0.0:0", false},
		{"[::]:0", false},
		{"192.0.2.1:0", false},
		{"example.com:0", false},
		{"127.0.0.1", false},
	}
	for _, c := range cases {
		t.Run(c.address, func(t *testing.T) {
			listener, err := listenLoopback(c.address)
			if err == nil {
				listener.Close()
			}
			if (err == nil) != c.ok {
				t.Errorf("got %v, want success %t", err, c.ok)
			}
		})
	}
}
