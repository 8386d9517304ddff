// Package cli is the command line: one command a function, each of which works
// on the database in DATABASE_URL or, without one, on the embedded PostgreSQL,
// also while a server runs on it.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
	"github.com/augmentedos/graph/internal/config"
	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/tracing"
)

// commands is the whole command line.
type commands struct {
	Serve       serveCommand       `cmd:"" default:"1" help:"Serve the graph (the default)."`
	Migrate     migrateCommand     `cmd:"" help:"Bring the database to this release's schema."`
	Import      importCommand      `cmd:"" help:"Bring a bundle of JSON files into the database."`
	Export      exportCommand      `cmd:"" help:"Write the database as a bundle of JSON files."`
	Demo        demoCommand        `cmd:"" help:"Load the demo world, moved to the present."`
	Simulate    simulateCommand    `cmd:"" help:"Let the demo world move, beside a running server."`
	Doctor      doctorCommand      `cmd:"" help:"Say what is wrong with the database and what to do."`
	Postgres    postgresCommand    `cmd:"" help:"The PostgreSQL that is launched when DATABASE_URL is empty."`
	Schema      schemaCommand      `cmd:"" help:"Print the GraphQL schema."`
	Version     versionCommand     `cmd:"" help:"Print the version."`
	Credentials credentialsCommand `cmd:"" help:"The encrypted credentials of connections."`
}

// session is what a command works with.
type session struct {
	ctx        context.Context
	config     *config.Config
	out        io.Writer
	log        *slog.Logger
	operations fs.FS
	tracing    tracing.Tracing
}

// Run executes one command and returns the process's exit code.
func Run(arguments []string, out, errOut io.Writer, operations fs.FS) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, arguments, out, errOut, operations); err != nil {
		explain(errOut, err)
		return 1
	}
	return 0
}

func run(ctx context.Context, arguments []string, out, errOut io.Writer, operations fs.FS) error {
	var line commands
	exited := false
	parser, err := kong.New(&line, kong.Name("augmentedos"), kong.Writers(out, errOut),
		kong.Description("Augmented OS graph: GraphQL over workflows, tasks, events, integrations and tests."), kong.Help(help), kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.Exit(func(int) { exited = true }), kong.UsageOnError())
	if err != nil {
		return err
	}
	switch {
	case len(arguments) > 0 && arguments[0] == "help":
		arguments = append(arguments[1:], "--help")
	case len(arguments) == 1 && arguments[0] == "--version":
		arguments[0] = "version"
	}
	chosen, err := parser.Parse(arguments)
	if exited {
		return nil
	}
	if err != nil {
		return fault.Wrap(err, fault.BadUserInput, err.Error()).Hint("`augmentedos help` lists the commands")
	}
	cfg, err := config.Load()
	if err != nil {
		return err
	}
	log := newLogger(cfg.Log, errOut)
	for _, note := range cfg.Unknown {
		log.Warn("unknown setting", "variable", note)
	}
	return chosen.Run(&session{ctx: ctx, config: cfg, out: out, log: log, operations: operations})
}

// help shows what kong knows of a command; of the program as a whole also the
// settings, behind the commands.
func help(options kong.HelpOptions, line *kong.Context) error {
	if err := kong.DefaultHelpPrinter(options, line); err != nil || line.Selected() != nil {
		return err
	}
	_, err := fmt.Fprintf(line.Stdout, "\nSettings come from the environment (defaults in parentheses):\n%s", config.Help())
	return err
}

// explain tells a person what went wrong and what to do, in that order.
func explain(w io.Writer, err error) {
	var f *fault.Fault
	if !errors.As(err, &f) {
		fmt.Fprintln(w, "augmentedos:", err)
		return
	}
	fmt.Fprintln(w, "augmentedos:", f.Message)
	if f.Remedy != "" {
		fmt.Fprintln(w, f.Remedy)
	}
}
