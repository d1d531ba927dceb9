package cli

import (
	"cmp"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// Version makes the version command.
func Version(env *Env) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "print the version and what it was built from",
		Args:  noArgs("leave out %q"),
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprint(env.Stdout, versionText(buildInfo()))
			return err
		},
	}
}

// buildInfo returns what the program was built from, nil if that is not known.
func buildInfo() *debug.BuildInfo {
	info, _ := debug.ReadBuildInfo()
	return info
}

// moduleVersion returns the version of the program, empty if it is not known.
func moduleVersion(info *debug.BuildInfo) string {
	if info == nil {
		return ""
	}
	return info.Main.Version
}

// versionText describes a build; info may be nil.
func versionText(info *debug.BuildInfo) string {
	version, revision, modified, when := "unknown", "unknown", "", ""
	if info != nil {
		version = cmp.Or(moduleVersion(info), version)
		for _, s := range info.Settings {
			switch {
			case s.Key == "vcs.revision":
				revision = s.Value
			case s.Key == "vcs.time":
				when = " of " + s.Value
			case s.Key == "vcs.modified" && s.Value == "true":
				modified = ", modified"
			}
		}
	}
	return fmt.Sprintf("wswarden %s\nrevision %s%s%s\n%s %s/%s\n", version, revision, when, modified, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}
