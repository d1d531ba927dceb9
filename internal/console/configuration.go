package console

import (
	"encoding/json"
	"net/http"
)

// Configuration is what is in force, as guard --check prints it: a secret is
// the name of the variable that it comes from.
type Configuration struct {
	File     string    `json:"file"`
	Settings []Setting `json:"settings"`
	Warnings []Warning `json:"warnings"`
}

// Setting is one setting in force.
type Setting struct {
	Path  string `json:"path"`
	Value string `json:"value"`
	From  string `json:"from"`
}

// Warning says which defence is loosened.
type Warning struct {
	Weakness string `json:"weakness"`
	Path     string `json:"path"`
	Line     int    `json:"line"`
	Opens    string `json:"opens"`
	Close    string `json:"close"`
}

func (c *Console) configuration(w http.ResponseWriter, _ *http.Request) {
	cfg := c.opts.Configuration()
	if cfg.Settings == nil {
		cfg.Settings = []Setting{} // [] and not null
	}
	if cfg.Warnings == nil {
		cfg.Warnings = []Warning{}
	}
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(cfg)
}
