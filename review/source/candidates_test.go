package source

import (
	"slices"
	"strings"
	"testing"
)

func TestCandidatesGo(t *testing.T) {
	r := &reader{}
	for _, p := range []string{"main.go", "api/http/ws.go", "api/http/ws_unix.go", "http/other.go", "web/chat.ts", "/abs/src/api/store/store.go", "xapi/http/not.go"} {
		ext := p[strings.LastIndexByte(p, '.'):]
		r.files = append(r.files, &walked{path: p, ext: ext})
	}
	for _, tt := range []struct {
		name string
		want []string
	}{
		{"fmt", nil},
		{"net/http", []string{"http/other.go"}}, // ends in the folder's path
		{"github.com/portal/portal/api/http", []string{"api/http/ws.go", "api/http/ws_unix.go", "http/other.go"}},
		{"example.org/api/http", []string{"api/http/ws.go", "api/http/ws_unix.go", "http/other.go"}},
		{"github.com/portal/portal/api/store", []string{"/abs/src/api/store/store.go"}},
		{"github.com/portal/portal/web", nil},
		{"github.com/portal/portal", nil},
		{"portal/store", nil}, // too little to go by
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := r.candidatesGo(tt.name)
			slices.Sort(got)
			if got = slices.Compact(got); !slices.Equal(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
