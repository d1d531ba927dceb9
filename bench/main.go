//go:build linux

// Command bench runs the gateway side by side with nginx and haproxy, which
// pass the same WebSocket traffic on unread, and prints what each costs: the
// processor time per echo round trip and per handshake, and the memory of an
// idle connection. README.md says how to read it. It is no test of limits or
// of correctness, though an echo that comes back changed fails the run.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/wswarden/wswarden/bench/peer"
	"github.com/wswarden/wswarden/bench/result"
	"github.com/wswarden/wswarden/bench/table"
	"github.com/wswarden/wswarden/bench/worker"
)

// Exit codes.
const (
	exitShort  = 1 // a goal was missed
	exitFailed = 2 // the run could not be made
)

// options are the command line.
type options struct {
	proxies []string
	add     []string
	rounds  int
	window  time.Duration
	idle    int
	settle  time.Duration
	out     string
	binary  string
	goals   bool
	// command is the command line without paths of the machine.
	command string
}

func main() {
	if len(os.Args) > 1 {
		if code, ok := worker.Main(os.Args[1]); ok {
			os.Exit(code)
		}
	}
	// The proxies get a signal when the thread that started them ends, so it
	// must be one that lasts.
	runtime.LockOSThread()
	os.Exit(run(os.Args[1:]))
}

func run(args []string) int {
	o, err := parse(args)
	if errors.Is(err, flag.ErrHelp) {
		return 0
	}
	if err != nil {
		return fail(err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	r, err := measure(ctx, o)
	progress("")
	if ctx.Err() != nil {
		return fail(errors.New("interrupted; everything that was started has been stopped"))
	}
	if err != nil {
		return fail(err)
	}
	fmt.Print(table.Text(r))
	if err := save(r, o.out); err != nil {
		return fail(err)
	}
	if !o.goals {
		return 0
	}
	short := judge(r)
	for _, s := range short {
		fmt.Fprintf(os.Stderr, "bench: goal missed: %s\n", s)
	}
	if len(short) > 0 {
		return exitShort
	}
	fmt.Println("All goals reached.")
	return 0
}

func fail(err error) int {
	fmt.Fprintf(os.Stderr, "bench: %v\n", err)
	if hint, ok := peer.IsMissing(err); ok {
		fmt.Fprintf(os.Stderr, "bench: hint: %s\n", hint)
	}
	return exitFailed
}

func parse(args []string) (options, error) {
	var o options
	fs := flag.NewFlagSet("bench", flag.ContinueOnError)
	proxies := fs.String("proxies", "nginx,haproxy,guard,guard-frames,direct", "what to measure, of nginx, haproxy, guard, guard-frames (without rules for messages) and direct (no proxy)")
	fs.Func("add", "another proxy, `NAME=COMMAND LINE` with {listen} and {backend}, or {config} for guard's configuration; may be repeated", func(s string) error {
		o.add = append(o.add, s)
		return nil
	})
	fs.IntVar(&o.rounds, "rounds", 5, "how often each cell is measured")
	seconds := fs.Float64("seconds", 1.5, "how long each cell is measured")
	fs.IntVar(&o.idle, "idle", 8000, "idle connections for the memory of one, and for a revocation; 0 leaves both out")
	fs.DurationVar(&o.settle, "settle", 5*time.Second, "rest before memory is read")
	fs.StringVar(&o.out, "out", "", "folder for the results; default bench/results of the repository, \"none\" saves nothing")
	fs.StringVar(&o.binary, "guard", "", "wswarden binary to measure instead of building ./cmd/wswarden")
	fs.BoolVar(&o.goals, "goals", false, "exit 1 if guard falls short of its goals, and say which")
	if err := fs.Parse(args); err != nil {
		return o, err
	}
	if fs.NArg() > 0 {
		return o, fmt.Errorf("unexpected argument %q", fs.Arg(0))
	}
	o.window = time.Duration(*seconds * float64(time.Second))
	if o.rounds < 1 || o.window < 10*time.Millisecond || o.idle < 0 || o.settle < 0 {
		return o, errors.New("-rounds must be at least 1, -seconds at least 0.01, -idle and -settle not negative")
	}
	o.proxies = strings.Split(*proxies, ",")
	slices.SortStableFunc(o.proxies, func(a, b string) int { return place(a) - place(b) })
	if len(slices.Compact(slices.Clone(o.proxies))) < len(o.proxies) {
		return o, fmt.Errorf("-proxies %q: one is named twice", *proxies)
	}
	o.command = commandLine(fs)
	return o, nil
}

// place puts nginx first, which the others are compared with, and the backend
// itself last.
func place(name string) int {
	return max(slices.Index([]string{"nginx", "haproxy", "guard", "guard-frames", result.Direct}, name), 0)
}

// commandLine repeats the flags that were set, without those that hold a path.
func commandLine(fs *flag.FlagSet) string {
	line := "go run ./bench"
	fs.Visit(func(f *flag.Flag) {
		switch f.Name {
		case "out":
		case "guard", "add":
			line += " -" + f.Name + " ..."
		default:
			line += " -" + f.Name + "=" + f.Value.String()
		}
	})
	return line
}
