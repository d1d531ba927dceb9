package jwtauth

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

const (
	// defaultLife, minLife and maxLife bound how long a fetched set is up to
	// date, whatever its Cache-Control says.
	defaultLife = 5 * time.Minute
	minLife     = time.Minute
	maxLife     = time.Hour

	maxRedirects = 3
)

// newClient returns a client that fetches keys and nothing else.
func newClient(from *http.Client) *http.Client {
	client := &http.Client{CheckRedirect: checkRedirect}
	if from != nil {
		client.Transport = from.Transport
	}
	if client.Transport == nil {
		client.Transport = &http.Transport{
			DialContext:            (&net.Dialer{Timeout: maxTimeout}).DialContext,
			ForceAttemptHTTP2:      true,
			TLSHandshakeTimeout:    maxTimeout,
			MaxIdleConns:           2,
			MaxConnsPerHost:        2,
			IdleConnTimeout:        time.Minute,
			MaxResponseHeaderBytes: 64 << 10,
			DisableCompression:     true,
		}
	}
	return client
}

// checkRedirect follows few redirects, and none that leaves https or this
// machine.
func checkRedirect(to *http.Request, via []*http.Request) error {
	if len(via) > maxRedirects {
		return errors.New("too many redirects")
	}
	if err := checkURL(to.URL); err != nil {
		return fmt.Errorf("redirect %w", err)
	}
	if via[0].URL.Scheme == "https" && to.URL.Scheme != "https" {
		return errors.New("redirect off https")
	}
	return nil
}

// fetched is what an address answered.
type fetched struct {
	set     *keySet
	ignored []error       // why keys were left out
	life    time.Duration // how long the set is up to date
}

// fetchKeySet gets the key set at address. The error does not name the
// address, whose query may be private.
func fetchKeySet(ctx context.Context, client *http.Client, address string) (got fetched, err error) {
	defer func() {
		// Nobody else would catch it here, and an issuer's bytes must not end
		// the process.
		if p := recover(); p != nil {
			err = errors.New("fetch: panic")
		}
	}()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return fetched{}, errors.New("fetch: not a URL")
	}
	request.Header.Set("Accept", "application/jwk-set+json, application/json")
	response, err := client.Do(request)
	if err != nil {
		return fetched{}, fmt.Errorf("fetch: %w", withoutURL(err))
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fetched{}, fmt.Errorf("fetch: status %d", response.StatusCode)
	}
	data, err := io.ReadAll(io.LimitReader(response.Body, maxKeySet+1))
	if err != nil {
		return fetched{}, fmt.Errorf("fetch: %w", err)
	}
	if len(data) > maxKeySet {
		return fetched{}, fmt.Errorf("fetch: larger than %d bytes", maxKeySet)
	}
	got.life = cacheLife(response.Header.Values("Cache-Control"))
	if got.set, got.ignored, err = parseKeySet(data); err != nil {
		return fetched{}, fmt.Errorf("fetch: %w", err)
	}
	return got, nil
}

// withoutURL returns what went wrong without the address.
func withoutURL(err error) error {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		return wrapped.Err
	}
	return err
}

// cacheLife reads max-age (RFC 9111 section 5.2.2.1), bounded both ways: a
// short one would have us fetch for every token, a long one would keep a key
// that was taken back.
func cacheLife(cacheControl []string) time.Duration {
	life := defaultLife
	for directive := range strings.SplitSeq(strings.Join(cacheControl, ","), ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(directive), "=")
		switch strings.ToLower(name) {
		case "no-store", "no-cache":
			return minLife
		case "max-age":
			seconds, err := strconv.ParseUint(strings.Trim(value, `"`), 10, 64)
			if err != nil {
				return minLife
			}
			life = time.Duration(min(seconds, uint64(maxLife/time.Second))) * time.Second
		}
	}
	return min(max(life, minLife), maxLife)
}
