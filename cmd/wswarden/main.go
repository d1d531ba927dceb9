// Wswarden finds WebSocket security weaknesses, and fences them.
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
		cli.Loop,
		cli.Version,
	))
}
