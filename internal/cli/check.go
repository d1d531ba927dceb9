package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/wswarden/wswarden/internal/config"
)

// check judges a configuration and prints what it puts in force.
func (e *Env) check(f guardFlags) error {
	cfg, err := config.Load(f.config, nil)
	if f.format.value == "json" {
		return e.checkJSON(f.config, cfg, err)
	}
	if err != nil {
		return badConfig(err)
	}
	return writeSettings(e.Stdout, cfg)
}

// writeSettings prints the settings as a table, and the warnings behind it.
func writeSettings(w io.Writer, cfg *config.Config) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "SETTING\tVALUE\tFROM")
	for _, s := range cfg.Settings() {
		fmt.Fprintf(table, "%s\t%s\t%s\n", s.Path, s.Value, s.Source)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	warnings := cfg.Warnings()
	if len(warnings) == 0 {
		_, err := fmt.Fprintf(w, "\n%s holds, and loosens no defence.\n", cfg.File)
		return err
	}
	defences := "a defence"
	if len(warnings) > 1 {
		defences = fmt.Sprintf("%d defences", len(warnings))
	}
	fmt.Fprintf(w, "\n%s holds, and loosens %s:\n", cfg.File, defences)
	for _, x := range warnings {
		fmt.Fprintf(w, "%s:%s\n", cfg.File, x)
	}
	return nil
}

// badConfig turns the problems of a configuration into lines, each with its
// next step behind it.
func badConfig(err error) error {
	var ce *config.Error
	if !errors.As(err, &ce) {
		return fail("check the name after --config", "%w", err)
	}
	var lines []string
	for _, p := range ce.Problems {
		next := p.Next
		p.Next = ""
		lines = append(lines, ce.File+":"+p.String())
		if next != "" {
			lines = append(lines, "hint: "+next)
		}
	}
	return &failure{err: problems{strings.Join(lines, "\n"), err}}
}

// problems is an error with its text laid out for the terminal.
type problems struct {
	text string
	error
}

func (p problems) Error() string { return p.text }
func (p problems) Unwrap() error { return p.error }

// The JSON form of --check. Its keys are a promise to programs: keys are added,
// never renamed or removed, and lists are never null.
type (
	checkResult struct {
		File     string         `json:"file"`
		Holds    bool           `json:"holds"`
		Settings []checkSetting `json:"settings"`
		Warnings []checkWarning `json:"warnings"`
		Problems []checkProblem `json:"problems"`
	}
	checkSetting struct {
		Path  string `json:"path"`
		Value string `json:"value"`
		From  string `json:"from"`
	}
	checkWarning struct {
		Weakness string `json:"weakness"`
		Path     string `json:"path"`
		Line     int    `json:"line"`
		Opens    string `json:"opens"`
		Close    string `json:"close"`
	}
	checkProblem struct {
		Line   int    `json:"line"`
		Column int    `json:"column"`
		Path   string `json:"path"`
		Reason string `json:"reason"`
		Next   string `json:"next"`
	}
)

// checkJSON prints the result of a check whatever it is: a program that reads
// it learns of the problems there, not from standard error.
func (e *Env) checkJSON(file string, cfg *config.Config, err error) error {
	r := checkResult{File: file, Holds: err == nil, Settings: []checkSetting{}, Warnings: []checkWarning{}, Problems: []checkProblem{}}
	var ce *config.Error
	switch {
	case errors.As(err, &ce):
		for _, p := range ce.Problems {
			r.Problems = append(r.Problems, checkProblem(p))
		}
	case err != nil:
		return badConfig(err)
	default:
		for _, s := range cfg.Settings() {
			r.Settings = append(r.Settings, checkSetting{s.Path, s.Value, s.Source})
		}
		for _, w := range cfg.Warnings() {
			r.Warnings = append(r.Warnings, checkWarning{w.Weakness, w.Path, w.Line, w.Opens, w.Close})
		}
	}
	out := json.NewEncoder(e.Stdout)
	out.SetIndent("", "  ")
	out.SetEscapeHTML(false)
	if werr := out.Encode(r); werr != nil {
		return werr
	}
	if err != nil {
		return &failure{err: err, silent: true}
	}
	return nil
}
