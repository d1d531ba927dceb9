//go:build !unix

package loop

import "os/exec"

// ownGroup does nothing: there are no groups here.
func ownGroup(*exec.Cmd) {}

// endGroup kills the command: there is nothing gentler here.
func endGroup(cmd *exec.Cmd, _ bool) error { return cmd.Process.Kill() }
