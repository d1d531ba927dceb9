// Wswarden finds WebSocket security weaknesses, fences them, and proves it.
package main

import (
	"os"

	"github.com/wswarden/wswarden/internal/cli"
)

func main() {
	os.Exit(cli.Main(os.Args[1:],
		cli.Review,
		cli.Guard,
		cli.Probe,
		cli.Explain,
		cli.Demo,
		cli.Loop,
		cli.Version,
	))
}
