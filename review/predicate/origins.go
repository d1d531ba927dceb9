package predicate

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/wswarden/wswarden/review/ir"
)

// A Class says who can have an origin that passes.
type Class string

// The classes, gravest first.
const (
	Foreign   Class = "foreign"   // anybody: a domain that can be registered
	Sibling   Class = "sibling"   // who controls another name below the same domain
	Prefix    Class = "prefix"    // a text that begins like the allowed one: a domain at best
	Private   Class = "private"   // a machine in a private network
	Extension Class = "extension" // any browser extension
	Scheme    Class = "scheme"    // who can write to the network: the same host without TLS
	Port      Class = "port"      // another server on the same host
)

// An attempt is an origin that ought not to pass.
type attempt struct {
	origin string
	class  Class
}

// foreign origins that share nothing with any allowed one.
var strangers = []string{"https://evil.example", "http://evil.example"}

// candidates are origins that the comparisons seem to be meant for.
func candidates(s *sites) []string {
	var out []string
	add := func(list ...string) {
		for _, o := range list {
			if u, ok := parseAddress(o, ir.JavaScript); ok && u.host != "" && !u.opaque && !strings.ContainsAny(o, "*\\ ") && u.path == "" && len(o) < 300 && !slices.Contains(out, o) {
				out = append(out, o)
			}
		}
	}
	for _, l := range s.literals {
		add(fromLiteral(l)...)
	}
	for _, p := range s.patterns {
		if t := p.sample(); t != "" {
			add(fromLiteral(t)...)
		}
	}
	add("https://app.example.com", "http://app.example.com", "https://app.example.com:8443", "http://localhost", "http://localhost:3000", "http://127.0.0.1:3000")
	return out
}

// fromLiteral makes origins of a text that origins are compared with.
func fromLiteral(l string) []string {
	l = strings.ToLower(strings.TrimSuffix(strings.ReplaceAll(l, "*", "app"), "/"))
	switch {
	case l == "" || len(l) > 200:
		return nil
	case l == "http" || l == "https" || l == "http:" || l == "https:" || l == "http://" || l == "https://":
		return []string{strings.TrimRight(l, ":/") + "://app.example.com"}
	case strings.HasSuffix(l, "://"):
		return []string{l + "abcdefghijklmnopabcdefghijklmnop"}
	case strings.HasSuffix(l, ":") && isScheme(l[:len(l)-1]):
		return []string{l + "//abcdefghijklmnopabcdefghijklmnop"}
	case strings.Contains(l, "://"):
		if strings.HasSuffix(l, ":") {
			return []string{l + "3000"}
		}
		return []string{l, strings.TrimSuffix(l, ".") + ".example.com"}
	case strings.Trim(l, "0123456789") == "":
		return []string{"https://app.example.com:" + l, "http://localhost:" + l}
	case strings.HasPrefix(l, ":"):
		return []string{"https://app.example.com" + l, "http://localhost" + l}
	}
	l = strings.TrimPrefix(l, "//")
	if strings.HasPrefix(l, ".") {
		return []string{"https://app" + l, "https://app.example" + l}
	}
	out := []string{"https://" + l, "http://" + l, "https://app." + l}
	if !strings.Contains(l, ".") {
		out = append(out, "https://"+l+".com", "http://"+l+":3000", "https://app."+l+".com")
	}
	return append(out, "https://"+strings.Trim(l, ".")+".example.com")
}

// attempts are origins made from an allowed one and from what origins are
// compared with, as probe sends them, so far as a browser can.
func attempts(allowed string, s *sites) []attempt {
	var out []attempt
	u, ok := parseAddress(allowed, ir.JavaScript)
	if !ok || u.host == "" {
		return nil
	}
	port := ""
	if u.port != "" {
		port = ":" + u.port
	}
	host := u.host
	add := func(origin string, class Class) {
		v, ok := parseAddress(origin, ir.JavaScript)
		if !ok || origin == allowed || listed(s, origin, v, class) || !sendable(v) || slices.ContainsFunc(out, func(a attempt) bool { return a.origin == origin }) {
			return
		}
		if web := v.scheme == "http" || v.scheme == "https"; !web && class != Extension {
			return // no page of the web has it
		}
		if class == Foreign && registrable(v.host) == registrable(host) {
			class = Sibling
		}
		out = append(out, attempt{origin, class})
	}
	scheme := u.scheme + "://"
	_, ip := netip.ParseAddr(host)
	isName := ip != nil
	add(scheme+host+".evil.example"+port, Foreign)
	if isName {
		labels := strings.Split(host, ".")
		for i := range max(len(labels)-1, 1) {
			add(scheme+"evil"+strings.Join(labels[i:], ".")+port, Foreign)
		}
		add(scheme+host+"-evil.example"+port, Foreign)
		add(scheme+host+"evil.example"+port, Foreign)
		for i := 1; i+1 < len(labels); i++ {
			add(scheme+strings.Join(labels[:i], ".")+"x"+strings.Join(labels[i:], ".")+port, Foreign)
		}
		if tld := labels[len(labels)-1]; len(labels) > 1 {
			add(scheme+host+".evil."+tld+port, Foreign)
			add(scheme+"evil."+tld+port, Foreign)
		}
		if len(labels) > 1 {
			add(scheme+labels[0]+".evil.example"+port, Foreign)
			add(scheme+"evil-"+host+port, Foreign)
			add(scheme+"x."+host+port, Sibling)
		}
		if len(labels) > 2 {
			add(scheme+"x."+strings.Join(labels[1:], ".")+port, Sibling)
		}
	}
	add(scheme+"evil.example"+port, Foreign)
	add("https://evil.example"+port, Foreign)
	for _, l := range s.literals {
		fragments(l, port, add)
	}
	for _, p := range s.patterns {
		if t := p.sample(); t != "" {
			fragments(t, port, add)
		}
	}
	add("http://203.0.113.7", Foreign)
	add("http://203.0.113.7"+port, Foreign)
	add("http://192.168.1.1", Private)
	add("http://10.0.0.1"+port, Private)
	shorter(allowed, host, port, add)
	add("chrome-extension://aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", Extension)
	if u.scheme == "https" {
		add("http://"+host+port, Scheme)
	}
	add(scheme+host+":9999", Port)
	return out
}

// fragments makes foreign origins around a text that origins are compared with.
func fragments(l, port string, add func(string, Class)) {
	l = strings.ToLower(l)
	if i := strings.Index(l, "://"); i >= 0 {
		l = l[i+3:]
	}
	l = strings.ReplaceAll(strings.Trim(l, "/"), "*", "x")
	if l == "" || len(l) > 100 || strings.Trim(l, "abcdefghijklmnopqrstuvwxyz0123456789.-") != "" {
		return
	}
	if strings.HasPrefix(l, ".") {
		add("https://evil"+l+port, Foreign)
		add("http://evil"+l+port, Foreign)
	} else {
		add("https://evil"+l+port, Foreign)
		add("http://evil"+l+port, Foreign)
	}
	if inner := strings.Trim(l, "."); inner != "" {
		add("https://"+inner+".evil.example", Foreign)
		add("http://"+inner+".evil.example", Foreign)
		add("https://"+inner+".evil.com", Foreign)
	}
}

// shorter makes the beginnings of an allowed origin that are origins again:
// another country's domain, and single labels.
func shorter(allowed, host, port string, add func(string, Class)) {
	i := strings.LastIndexByte(host, '.')
	head := strings.TrimSuffix(allowed, port)
	if i > 0 && len(host)-i-1 > 2 {
		add(head[:len(head)-1], Prefix)
	}
	if j := strings.IndexByte(host, '.'); j > 0 {
		add(strings.TrimSuffix(head, host[j:]), Prefix)
	}
}

// listed reports whether an origin is among those that the comparisons name.
func listed(s *sites, origin string, u *address, class Class) bool {
	for _, l := range s.literals {
		l = strings.ToLower(strings.TrimSuffix(l, "/"))
		if l == origin || l == u.hostPort() && strings.Contains(l, ".") && class != Scheme && class != Port {
			return true
		}
	}
	return false
}

// sendable reports whether a browser can have the origin.
func sendable(u *address) bool {
	if u.host == "" || strings.Trim(u.host, "abcdefghijklmnopqrstuvwxyz0123456789.-") != "" || len(u.host) > 200 {
		return false
	}
	return !strings.HasPrefix(u.host, "-") && !strings.HasPrefix(u.host, ".") && !strings.Contains(u.host, "..")
}

// sharedHosts are domains below which anybody can have a name of their own.
var sharedHosts = map[string]bool{
	"vercel.app": true, "netlify.app": true, "herokuapp.com": true, "github.io": true, "gitlab.io": true, "pages.dev": true, "workers.dev": true, "ngrok.io": true, "ngrok.app": true,
	"ngrok-free.app": true, "ngrok-free.dev": true, "web.app": true, "firebaseapp.com": true, "onrender.com": true, "fly.dev": true, "glitch.me": true, "repl.co": true, "replit.dev": true,
	"replit.app": true, "railway.app": true, "azurewebsites.net": true, "cloudfront.net": true, "amazonaws.com": true, "appspot.com": true, "surge.sh": true, "trycloudflare.com": true,
	"azurestaticapps.net": true, "stackblitz.io": true, "csb.app": true, "gitpod.io": true, "github.dev": true, "loca.lt": true, "run.app": true, "deno.dev": true, "hf.space": true,
}

// secondLevel are names that countries put between a domain and theirs.
var secondLevel = map[string]bool{"co": true, "com": true, "org": true, "net": true, "ac": true, "gov": true, "edu": true, "ne": true, "or": true, "go": true}

// registrable is the part of a host that somebody registers.
func registrable(host string) string {
	labels := strings.Split(host, ".")
	n := len(labels)
	if n <= 2 {
		return host
	}
	last := strings.Join(labels[n-2:], ".")
	if sharedHosts[last] || secondLevel[labels[n-2]] && len(labels[n-1]) == 2 {
		return strings.Join(labels[n-3:], ".")
	}
	return last
}
