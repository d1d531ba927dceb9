package fact

import "strings"

var repositoryHeader = []string{"repo", "commit", "language", "role_and_library", "ws_files", "ws_files_production", "ws_production_loc"}

// A Repository is one whose findings are counted by the line.
type Repository struct {
	Repo     string
	Version  Version
	Language string // such as "go/js"
	Role     string
}

func parseRepository(r record) (Repository, error) {
	f := r.fields
	v, err := parseVersion(f[0], f[1])
	return Repository{Repo: f[0], Version: v, Language: f[2], Role: f[3]}, err
}

// FirstLanguage tells whether the main language is one that review is held to.
func (r Repository) FirstLanguage() bool {
	main, _, _ := strings.Cut(r.Language, "/")
	switch main {
	case "js", "ts", "python", "go":
		return true
	}
	return false
}
