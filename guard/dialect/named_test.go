package dialect_test

import (
	"testing"

	"github.com/wswarden/wswarden/guard/dialect"
)

func TestNames(t *testing.T) {
	for _, name := range dialect.Names() {
		if d, err := dialect.New(name, dialect.Options{}); err != nil || d.Name() != name {
			t.Errorf("%s: got %v, %v", name, d, err)
		}
	}
	if d, err := dialect.New("xml", dialect.Options{}); err == nil {
		t.Errorf("got %v, want an error", d)
	}
	if d, err := dialect.New("json", dialect.Options{Type: "a..b"}); err == nil {
		t.Errorf("got %v, want an error", d)
	}
}
