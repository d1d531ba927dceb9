package demo

import (
	"context"

	"github.com/wswarden/wswarden/internal/wireclient"
)

// Enter connects a user through the guard.
func (s *Stage) Enter(ctx context.Context, user string) (*wireclient.Conn, error) {
	return s.fenced.enter(ctx, user)
}
