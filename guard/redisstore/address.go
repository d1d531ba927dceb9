package redisstore

import (
	"errors"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// kind is what stands at an address.
type kind int

const (
	kindServer kind = iota
	kindSentinel
	kindCluster
)

// address is a parsed [Config.Address].
type address struct {
	kind               kind
	tls                bool
	username, password string
	hosts              []string // host:port
	database           int
	master             string // of sentinels
}

// schemes are the forms of an address without TLS.
var schemes = map[string]struct {
	kind kind
	port string
}{
	"redis":          {kindServer, "6379"},
	"redis+sentinel": {kindSentinel, "26379"},
	"redis+cluster":  {kindCluster, "6379"},
}

const (
	maxAddress  = 4096
	maxHosts    = 64
	maxDatabase = 1 << 16
)

var (
	errScheme   = errors.New("must start with redis://, redis+sentinel:// or redis+cluster://, or with rediss for TLS")
	errLong     = errors.New("is longer than 4096 bytes")
	errUser     = errors.New("the user name or password is badly escaped: write % and @ in it as %25 and %40")
	errHost     = errors.New("names no valid host and port")
	errHosts    = errors.New("names more than one host: only sentinels and clusters have several")
	errTooMany  = errors.New("names more than 64 hosts")
	errDatabase = errors.New("the database must be a number from 0 to 65536")
	errNoDB     = errors.New("a cluster has no databases: remove what stands behind the hosts")
	errMaster   = errors.New("sentinels need the name of what they watch: end the address with ?master=NAME")
	errOption   = errors.New("has an option that is not known here: master, of sentinels, is the only one")
	errFragment = errors.New("has a fragment: write # in a password as %23")
)

// CheckAddress says what is wrong with an address, nil if nothing is. The text
// quotes nothing of it.
func CheckAddress(text string) error {
	_, err := parseAddress(text)
	return err
}

// Peers returns the hosts of a valid address without their ports, whether they
// are spoken to with TLS, and whether the address holds a password.
func Peers(text string) (hosts []string, secure, password bool) {
	a, err := parseAddress(text)
	if err != nil {
		return nil, false, false
	}
	for _, h := range a.hosts {
		host, _, _ := net.SplitHostPort(h)
		hosts = append(hosts, host)
	}
	return hosts, a.tls, a.password != ""
}

// parseAddress reads an address. [url.Parse] knows no list of hosts.
func parseAddress(text string) (address, error) {
	if len(text) > maxAddress {
		return address{}, errLong
	}
	scheme, rest, ok := strings.Cut(text, "://")
	var a address
	if plain, secure := strings.CutPrefix(scheme, "rediss"); secure {
		a.tls, scheme = true, "redis"+plain
	}
	form, known := schemes[scheme]
	if !ok || !known {
		return address{}, errScheme
	}
	a.kind = form.kind
	if strings.Contains(rest, "#") {
		return address{}, errFragment
	}
	rest, query, _ := strings.Cut(rest, "?")
	authority, database, _ := strings.Cut(rest, "/")
	if strings.Contains(database, "@") {
		return address{}, errUser // a slash in a password
	}
	hosts, err := a.takeUser(authority)
	if err != nil {
		return address{}, err
	}
	for _, step := range []error{a.takeHosts(hosts, form.port), a.takeDatabase(database), a.takeOptions(query)} {
		if step != nil {
			return address{}, step
		}
	}
	return a, nil
}

// takeUser takes what stands before the last @, and returns the rest.
func (a *address) takeUser(authority string) (hosts string, err error) {
	at := strings.LastIndexByte(authority, '@')
	if at < 0 {
		return authority, nil
	}
	user, password, _ := strings.Cut(authority[:at], ":")
	var wrong [2]error
	a.username, wrong[0] = url.PathUnescape(user)
	a.password, wrong[1] = url.PathUnescape(password)
	if wrong[0] != nil || wrong[1] != nil {
		return "", errUser
	}
	return authority[at+1:], nil
}

func (a *address) takeHosts(list, port string) error {
	hosts := strings.Split(list, ",")
	switch {
	case len(hosts) > maxHosts:
		return errTooMany
	case len(hosts) > 1 && a.kind == kindServer:
		return errHosts
	}
	for _, h := range hosts {
		host, ok := hostPort(h, port)
		if !ok {
			return errHost
		}
		a.hosts = append(a.hosts, host)
	}
	return nil
}

// hostPort returns host:port of a host with or without a port. IPv6 stands in
// brackets.
func hostPort(text, port string) (string, bool) {
	host, given, err := net.SplitHostPort(text)
	if err != nil {
		inner, bracketed := strings.CutPrefix(text, "[")
		if bracketed {
			inner, bracketed = strings.CutSuffix(inner, "]")
		}
		if strings.ContainsAny(inner, "[]") || strings.Contains(inner, ":") != bracketed {
			return "", false
		}
		host, given = inner, port
	}
	n, err := strconv.ParseUint(given, 10, 16)
	if err != nil || n == 0 || host == "" || slices.ContainsFunc([]byte(host), notInHost) {
		return "", false
	}
	return net.JoinHostPort(host, given), true
}

func notInHost(c byte) bool {
	alnum := c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z'
	return !alnum && !strings.ContainsRune("-._:%", rune(c))
}

func (a *address) takeDatabase(text string) error {
	if text == "" {
		return nil
	}
	if a.kind == kindCluster {
		return errNoDB
	}
	n, err := strconv.ParseUint(text, 10, 32)
	if err != nil || n > maxDatabase {
		return errDatabase
	}
	a.database = int(n)
	return nil
}

func (a *address) takeOptions(query string) error {
	options, err := url.ParseQuery(query)
	if err != nil {
		return errOption
	}
	for name := range options {
		if name != "master" || a.kind != kindSentinel || len(options[name]) != 1 {
			return errOption
		}
	}
	a.master = options.Get("master")
	if a.kind == kindSentinel && a.master == "" {
		return errMaster
	}
	return nil
}
