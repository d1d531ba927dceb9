// Command gen writes the reference of the configuration file from the comments
// of the structs that the file is decoded into. It is for go generate, not part
// of the product.
package main

import (
	"flag"
	"fmt"
	"os"
)

func main() {
	source := flag.String("source", ".", "folder of package config")
	out := flag.String("out", "configuration.md", "file to write")
	flag.Parse()
	text, err := reference(*source)
	if err == nil {
		err = os.WriteFile(*out, []byte(text), 0o644)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(2)
	}
}
