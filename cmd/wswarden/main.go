// Wswarden finds, fences and proves WebSocket security weaknesses.
package main

import (
	"os"

	"github.com/wswarden/wswarden/internal/cli"
)

func main() {
	os.Exit(cli.Main(os.Args[1:],
		cli.Review,
		cli.Guard,
		cli.Explain,
		cli.Demo,
		cli.Version,
	))
}
