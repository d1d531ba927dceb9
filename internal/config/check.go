package config

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/guard"
)

// checker judges a decoded file and builds the settings from it.
type checker struct {
	name     string
	getenv   func(string) (string, bool)
	doc      *document
	file     file
	warnings []Warning
	derived  map[string]string // where a value that the file does not hold came from, by path
	served   []string          // names by which the listener itself is known
	parts    []string          // files with parts of the configuration
}

// check returns the settings of the file. They hold if no problem was found.
func (c *checker) check() *Config {
	c.derived = map[string]string{}
	cfg := &Config{File: c.name}
	c.listeners(cfg)
	c.shared(cfg)
	c.signIn(cfg)
	c.identity(cfg)
	c.audit(cfg)
	c.telemetry(cfg)
	c.drain(cfg)
	c.routes(cfg)
	c.hosts(cfg)
	c.judge(cfg)
	slices.Sort(c.parts)
	cfg.Parts = slices.Compact(c.parts)
	return cfg
}

// problem reports what is wrong at path, unless its value could not be read.
func (c *checker) problem(path, reason, next string) {
	if !c.doc.problems.at(path) {
		c.doc.problem(path, reason, next)
	}
}

// consequence is [checker.problem], unless something above or below path is
// wrong, too, and the likely cause.
func (c *checker) consequence(path, reason, next string) {
	if !c.doc.problems.touch(path) {
		c.doc.problem(path, reason, next)
	}
}

// need reports a setting that is missing.
func (c *checker) need(path, next string) bool {
	if c.doc.has(path) {
		return true
	}
	c.consequence(path, "the setting is missing", next)
	return false
}

func (c *checker) warn(w *catalogue.Weakness, path, opens, closes string) {
	c.warnings = append(c.warnings, Warning{Weakness: w.ID, Path: path, Line: c.doc.at(path).line, Opens: opens, Close: closes})
}

// judge lets package guard judge its part of the configuration: its rules are
// written there once.
func (c *checker) judge(cfg *Config) {
	g := cfg.Guard
	g.Nodes = 1 // judged with the store by shared
	c.declare(cfg, &g, c.doc.problems.touch("sign_in"))
	for _, p := range g.Validate() {
		reason := p.Reason
		if p.Weakness != "" {
			reason += " (" + p.Weakness + ")"
		}
		c.consequence(p.Path, reason, cmp.Or(p.Next, "see docs/configuration.md for what it may be"))
	}
}

// declare puts stand-ins for the verifiers of cfg into g, for all of them where
// sign_in is broken: what follows from that is no problem of its own.
func (c *checker) declare(cfg *Config, g *guard.Config, broken bool) {
	if cfg.SignIn.JWT != nil || broken {
		g.SignIn.Token = declared{}
	}
	if cfg.SignIn.Introspection != nil || broken {
		g.SignIn.Introspection = declared{}
	}
	if f := cfg.SignIn.ForwardAuth; broken {
		g.SignIn.Request = declared{"Cookie", "Authorization"}
	} else if f != nil {
		g.SignIn.Request = declared(f.Headers)
	}
}

// declared stands for verifiers that the caller will build from the settings.
type declared []string

func (declared) VerifyToken(context.Context, string) (*guard.Identity, error) {
	return nil, guard.ErrCredentialRefused
}

func (declared) VerifyRequest(context.Context, http.Header) (*guard.Identity, error) {
	return nil, guard.ErrCredentialRefused
}

func (d declared) Judges() []string { return d }

var variable = regexp.MustCompile(`^[A-Z_][A-Z0-9_]{0,63}$`)

// secret reads the environment variable that the setting at path names.
func (c *checker) secret(path, name string, least int) Secret {
	if name == "" {
		return Secret{}
	}
	if !variable.MatchString(name) {
		// What stands here may be the secret itself: quote nothing of it.
		c.problem(path, "this is not the name of an environment variable", "write a name in capitals such as GUARD_SECRET; the secret itself goes into the environment")
		return Secret{}
	}
	value, ok := c.getenv(name)
	switch {
	case !ok || value == "":
		c.problem(path, fmt.Sprintf("the environment variable %s is not set", name), "set it where the program is started")
	case len(value) < least:
		c.problem(path, fmt.Sprintf("the secret in %s is shorter than %d bytes", name, least), "make one with: openssl rand -base64 48")
	}
	return newSecret("$"+name, value)
}

// resolve returns the name of a file relative to the configuration's folder.
func (c *checker) resolve(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(filepath.Dir(c.name), name)
}

// read returns the content of the file that the setting at path names, nil if
// it can't be read.
func (c *checker) read(path, name string) []byte {
	data, err := readRegular(name)
	if err != nil {
		c.problem(path, fmt.Sprintf("read %q: %v", name, cause(err)), "name a file that this program may read; a relative name starts at the folder of the configuration")
		return nil
	}
	return data
}

// readRegular reads a file of a bounded size. Devices and pipes, that could
// block or never end, are refused.
func readRegular(name string) ([]byte, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("not a regular file")
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFileBytes+1))
	if err == nil && len(data) > maxFileBytes {
		err = fmt.Errorf("larger than 1MiB")
	}
	return data, err
}

// defaults fills in the defaults that the tags name, where the file is silent.
func (d *document) defaults(v reflect.Value, path string) {
	switch {
	case v.Kind() == reflect.Pointer && !v.IsNil():
		d.defaults(v.Elem(), path)
	case v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Struct:
		for i := range v.Len() {
			d.defaults(v.Index(i), fmt.Sprintf("%s[%d]", path, i))
		}
	case isSection(v.Type()):
		for f := range v.Type().Fields() {
			at, field := join(path, f.Tag.Get("yaml")), v.FieldByIndex(f.Index)
			if text, ok := f.Tag.Lookup("default"); ok && !d.has(at) {
				setDefault(field, text)
			}
			d.defaults(field, at)
		}
	}
}

func setDefault(v reflect.Value, text string) {
	switch p := v.Addr().Interface().(type) {
	case *string:
		*p = text
	case *[]string:
		*p = strings.Fields(text)
	case *int:
		n, err := strconv.Atoi(text)
		if err != nil {
			panic("config: no number: " + text)
		}
		*p = n
	case *time.Duration:
		n, _ := bound(v.Type(), text)
		*p = time.Duration(n)
	default:
		panic("config: no default for " + v.Type().String())
	}
}
