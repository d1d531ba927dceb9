package source

// isLock reports whether a file of this name pins versions of dependencies.
func isLock(name string) bool {
	switch name {
	case "package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "poetry.lock", "uv.lock", "Pipfile.lock", "go.mod":
		return true
	}
	return false
}
