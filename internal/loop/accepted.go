package loop

import (
	"errors"

	"github.com/wswarden/wswarden/internal/config"
	"github.com/wswarden/wswarden/review/draft"
)

// rounds bounds how often a draft is mended: one mistake may hide another.
const rounds = 5

// Accepted is a draft as the guard accepts it: what it doesn't is replaced, and
// marked. name is that of the file, for errors.
func Accepted(name string, text []byte) ([]byte, error) {
	for i := 0; ; i++ {
		_, err := config.Parse(name, text, func(string) (string, bool) { return "", false })
		var ce *config.Error
		if err == nil || i == rounds || !errors.As(err, &ce) {
			return text, err
		}
		var lines []int
		for _, p := range ce.Problems {
			lines = append(lines, p.Line)
		}
		mended := draft.Mend(text, lines)
		if mended == nil {
			return text, err
		}
		text = mended
	}
}
