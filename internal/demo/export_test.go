package demo

import (
	"context"
	"strings"

	"github.com/wswarden/wswarden/internal/wireclient"
)

// Enter connects a user through the guard.
func (s *Stage) Enter(ctx context.Context, user string) (*wireclient.Conn, error) {
	return s.fenced.enter(ctx, user)
}

// NewStageWith is [NewStageAt] with another configuration, changed by edit from the
// one of the example.
func NewStageWith(platform string, edit func(text string) string) (*Stage, error) {
	s := &Stage{}
	return s, s.fence(platform, []byte(edit(string(guardConfig(strings.TrimPrefix(platform, "http://"))))))
}
