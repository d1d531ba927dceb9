package config

import (
	"fmt"
	"maps"
	"reflect"
	"slices"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/internal/learn"
)

// learn judges where proposed rules go. A route that has none yet gets a policy
// under which everything passes: what is not read can't be learnt from.
func (c *checker) learn(cfg *Config, at string, r *fileRoute) {
	if r.Learn == "" {
		return
	}
	path := at + ".learn"
	r.Learn = c.resolve(r.Learn)
	if err := learn.Writable(r.Learn); err != nil {
		c.problem(path, fmt.Sprintf("%q can't be written: %v", r.Learn, cause(err)), "name a file of its own in a folder that is there")
	}
	if slices.Contains(slices.Collect(maps.Values(cfg.Learn)), r.Learn) {
		c.problem(path, "another route writes there, too", "name a file for each route")
	}
	if r.Messages == nil {
		if r.Mode != string(guard.Monitor) {
			c.consequence(path, "the route has no messages section, and refuses messages that can't be read", "set mode: monitor")
		}
		r.Messages = &fileMessages{Unknown: string(guard.UnknownPass)}
		c.doc.defaults(reflect.ValueOf(r.Messages).Elem(), at+".messages")
		c.derived[at+".messages.unknown"] = "derived from " + path
	}
	if cfg.Learn == nil {
		cfg.Learn = map[string]string{}
	}
	cfg.Learn[r.Path] = r.Learn
}
