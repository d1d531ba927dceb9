package cli

import (
	"cmp"
	"context"
	"os"
	"path/filepath"

	"github.com/wswarden/wswarden/report"
	"github.com/wswarden/wswarden/review"
)

// stages are the stages of a review, as a user is told of them.
var stages = map[string]string{"walk": "looking for files", "parse": "reading files", "analyse": "following the data"}

// engine is the Reviewer of the program.
func engine(ctx context.Context, paths []string, progress func(stage string, done, total int), draft func(text []byte)) (*report.Report, error) {
	tuneCollector()
	opt := review.Options{Draft: draft, Progress: func(p review.Progress) { progress(cmp.Or(stages[p.Stage], p.Stage), p.Done, p.Total) }}
	if dir, err := os.UserCacheDir(); err == nil {
		opt.CacheDir = filepath.Join(dir, "wswarden")
	}
	return review.Run(ctx, paths, opt)
}
