package redisstore

import (
	"reflect"
	"strings"
	"testing"
)

func TestParseAddress(t *testing.T) {
	for _, c := range []struct {
		text string
		want address
	}{
		{"redis://127.0.0.1:6379/0", address{hosts: []string{"127.0.0.1:6379"}}},
		{"redis://localhost", address{hosts: []string{"localhost:6379"}}},
		{"redis://[::1]", address{hosts: []string{"[::1]:6379"}}},
		{"redis://[::1]:7000/", address{hosts: []string{"[::1]:7000"}}},
		{"rediss://u:p%40%2F%3A@redis.example.com:6380/15", address{tls: true, username: "u", password: "p@/:", hosts: []string{"redis.example.com:6380"}, database: 15}},
		{"redis://:secret@h", address{password: "secret", hosts: []string{"h:6379"}}},
		{"redis://u:a:b@c@h", address{username: "u", password: "a:b@c", hosts: []string{"h:6379"}}},
		{"redis+sentinel://a,b:1,c/2?master=main", address{kind: kindSentinel, hosts: []string{"a:26379", "b:1", "c:26379"}, database: 2, master: "main"}},
		{"rediss+sentinel://a?master=x%20y", address{kind: kindSentinel, tls: true, hosts: []string{"a:26379"}, master: "x y"}},
		{"redis+cluster://a,b:7001", address{kind: kindCluster, hosts: []string{"a:6379", "b:7001"}}},
	} {
		got, err := parseAddress(c.text)
		if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%q: got %+v, %v, want %+v", c.text, got, err, c.want)
		}
	}
}

func TestParseAddressRefuses(t *testing.T) {
	for text, want := range map[string]error{
		"":                                     errScheme,
		"127.0.0.1:6379":                       errScheme,
		"http://h":                             errScheme,
		"redissx://h":                          errScheme,
		"REDIS://h":                            errScheme,
		"redis+sentinels://h":                  errScheme,
		"redis://":                             errHost,
		"redis://:6379":                        errHost,
		"redis://h:0":                          errHost,
		"redis://h:65536":                      errHost,
		"redis://h:port":                       errHost,
		"redis://h:1:2":                        errHost,
		"redis://::1":                          errHost,
		"redis://[::1":                         errHost,
		"redis://a b":                          errHost,
		"redis://u:p@":                         errHost,
		"redis://a,b":                          errHosts,
		"redis+cluster://a,,b":                 errHost,
		"redis://u:%zz@h":                      errUser,
		"redis://u:a/b@h":                      errUser,
		"redis://h#x":                          errFragment,
		"redis://u:p#x@h":                      errFragment,
		"redis://h/x":                          errDatabase,
		"redis://h/-1":                         errDatabase,
		"redis://h/1/2":                        errDatabase,
		"redis+cluster://h/1":                  errNoDB,
		"redis+sentinel://h":                   errMaster,
		"redis://h?master=m":                   errOption,
		"redis://h?db=1":                       errOption,
		"redis://h?skip_verify=1":              errOption,
		"redis+sentinel://h?master=m&master=n": errOption,
		"redis+cluster://" + strings.Repeat("a,", maxHosts) + "a": errTooMany,
		"redis://" + strings.Repeat("a", maxAddress):              errLong,
	} {
		if got, err := parseAddress(text); err != want {
			t.Errorf("%q: got %+v, %v, want %v", text, got, err, want)
		}
	}
}

// FuzzParseAddress: whatever is accepted has hosts with ports, and no error
// says anything of the text.
func FuzzParseAddress(f *testing.F) {
	for _, s := range []string{"redis://127.0.0.1:6379/0", "rediss+sentinel://u:p@a,b:1/2?master=m", "redis+cluster://[::1]:7000,b", "redis://u:%40@h#", "redis://@@@"} {
		f.Add(s)
	}
	known := map[string]bool{}
	for _, err := range []error{errScheme, errLong, errUser, errHost, errHosts, errTooMany, errDatabase, errNoDB, errMaster, errOption, errFragment} {
		known[err.Error()] = true
	}
	f.Fuzz(func(t *testing.T, text string) {
		a, err := parseAddress(text)
		if err != nil {
			if !known[err.Error()] {
				t.Errorf("error %q", err)
			}
			return
		}
		if len(a.hosts) == 0 || len(a.hosts) > maxHosts || (a.kind == kindSentinel) != (a.master != "") || len(a.hosts) > 1 && a.kind == kindServer {
			t.Errorf("%q gives %+v", text, a)
		}
		for _, h := range a.hosts {
			if again, ok := hostPort(h, "1"); !ok || again != h {
				t.Errorf("%q gives the host %q", text, h)
			}
		}
	})
}
