package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

const rootLong = `wswarden finds WebSocket security weaknesses, fences them, and proves it.

It exits with 0 when there is nothing to report, with 1 when there are findings,
and with 2 when it could not run.`

// usageTemplate is cobra's, without the second usage line that it gives every
// command with subcommands.
const usageTemplate = `Usage:
  {{if .HasAvailableSubCommands}}{{.CommandPath}} COMMAND{{else}}{{.UseLine}}{{end}}
{{- if .HasExample}}

Examples:
{{.Example}}
{{- end}}
{{- if .HasAvailableSubCommands}}

Commands:
{{- range .Commands}}{{if .IsAvailableCommand}}
  {{rpad .Name .NamePadding}} {{.Short}}
{{- end}}{{end}}
{{- end}}
{{- if .HasAvailableLocalFlags}}

Flags:
{{.LocalFlags.FlagUsages | trimTrailingWhitespaces}}
{{- end}}
{{- if .HasAvailableSubCommands}}

'{{.CommandPath}} COMMAND --help' has more.
{{- end}}
`

func newRoot(env *Env, commands []Command) *cobra.Command {
	root := &cobra.Command{
		Use:           "wswarden",
		Version:       "in versionText",
		Short:         "find, fence and prove WebSocket security weaknesses",
		Long:          rootLong,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          knownCommand,
		// A misspelling of two letters is still the word that was meant.
		SuggestionsMinimumDistance: 2,
		RunE: func(cmd *cobra.Command, _ []string) error {
			fmt.Fprint(env.Stderr, cmd.UsageString())
			return &failure{err: fmt.Errorf("no command given"), silent: true}
		},
	}
	root.SetOut(env.Stdout)
	root.SetErr(env.Stderr)
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return fail(fmt.Sprintf("run '%s --help' for the flags", cmd.CommandPath()), "%w", err)
	})
	root.SetUsageTemplate(usageTemplate)
	root.SetVersionTemplate(versionText(buildInfo()))
	root.SetHelpCommand(newHelp())
	for _, c := range commands {
		root.AddCommand(c(env))
	}
	root.InitDefaultCompletionCmd()
	tameCompletion(root)
	return root
}

// tameCompletion makes cobra's completion command refuse what it does not
// know, instead of printing its help with success.
func tameCompletion(root *cobra.Command) {
	cmd, _, err := root.Find([]string{"completion"})
	if err != nil || cmd == root {
		return
	}
	cmd.Short = "print a script that completes commands and flags in a shell"
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		const hint = "write bash, zsh, fish or powershell"
		if len(args) == 0 {
			return fail(hint, "completion needs a shell")
		}
		return fail(hint, "completion is not made for %q", args[0])
	}
}

// knownCommand refuses arguments of the root: they were meant as a command.
func knownCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	hint := "run 'wswarden help' for the commands"
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		hint = fmt.Sprintf("did you mean %s?", strings.Join(near, " or "))
	}
	return fail(hint, "unknown command %q", args[0])
}

// newHelp is cobra's help command, but for a topic that is none, which it
// answers with success.
func newHelp() *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "print the help of a command",
		RunE: func(cmd *cobra.Command, args []string) error {
			topic, rest, err := cmd.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return knownCommand(cmd.Root(), args)
			}
			topic.InitDefaultHelpFlag()
			return topic.Help()
		},
	}
}

// noArgs refuses arguments. The hint says what they may have been meant for.
func noArgs(hint string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) > 0 {
			return fail(fmt.Sprintf(hint, args[0]), "unexpected argument %q", args[0])
		}
		return nil
	}
}

// word is a flag that takes one of a few words. It implements pflag.Value.
type word struct {
	value   string
	allowed []string
}

func oneOf(value string, others ...string) *word {
	return &word{value, append([]string{value}, others...)}
}

func (w *word) String() string { return w.value }
func (w *word) Type() string   { return strings.Join(w.allowed, "|") }

func (w *word) Set(s string) error {
	if !slices.Contains(w.allowed, s) {
		return fmt.Errorf("want %s", strings.Join(w.allowed, ", "))
	}
	w.value = s
	return nil
}

// addWord adds a flag that takes one of a few words, which shells complete.
func addWord(cmd *cobra.Command, w *word, name, usage string) {
	cmd.Flags().Var(w, name, usage)
	err := cmd.RegisterFlagCompletionFunc(name, cobra.FixedCompletions(w.allowed, cobra.ShellCompDirectiveNoFileComp))
	if err != nil {
		panic(err) // the flag was added above
	}
}
