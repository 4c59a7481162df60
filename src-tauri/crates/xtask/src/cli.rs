//! What may be typed after `cargo xtask`.

use std::ffi::OsString;

use lexopt::prelude::*;

/// Shown by `--help` and after a mistake.
pub const HELP: &str = "\
cargo xtask <command>

  run [--release] [-- ARGS]   install what is missing, build and open the window
  test [STEP...] [--list]     run every check, or only the named steps
  package                     make an installable .deb
  bench [MEASURE...]          measure, print the table, write target/bench.json
  sandbox [--open]            start servers that play the networks; with --open the program as well
  types [--check]             write what comes from the Rust code (the screen's types, docs/networks.md), or compare it
  setup [--tests]             only install what is missing";

/// One parsed command line.
pub enum Command {
    /// Print the list of commands.
    Help,
    /// Build and open the window.
    Run {
        /// Build with optimisations.
        release: bool,
        /// Handed on to the program.
        program_args: Vec<OsString>,
    },
    /// Run the checks.
    Test {
        /// Names of steps; empty means all.
        only: Vec<String>,
        /// Only print the names.
        list: bool,
    },
    /// Make the Debian package.
    Package,
    /// Measure.
    Bench {
        /// Names of measures; empty means all.
        only: Vec<String>,
    },
    /// Start servers that play the networks.
    Sandbox {
        /// Also open the program, pointed at them.
        open: bool,
    },
    /// Generate or compare what is written from the Rust code.
    Types {
        /// Compare instead of writing.
        check: bool,
    },
    /// Install what is missing.
    Setup {
        /// Also what only tests need.
        for_tests: bool,
    },
}

/// Reads the process's arguments.
pub fn parse() -> Result<Command, lexopt::Error> {
    let mut parser = lexopt::Parser::from_env();
    let name = match parser.next()? {
        None | Some(Long("help") | Short('h')) => return Ok(Command::Help),
        Some(Value(name)) => name.string()?,
        Some(other) => return Err(other.unexpected()),
    };
    let mut words = Vec::new();
    let mut flags = Vec::new();
    let mut program_args = Vec::new();
    while let Some(arg) = parser.next()? {
        match arg {
            Long(flag) => flags.push(flag.to_owned()),
            Value(word) if name == "run" => program_args.push(word),
            Value(word) => words.push(word.string()?),
            Short(_) => return Err(arg.unexpected()),
        }
    }
    let mut flag = |wanted: &str| {
        let before = flags.len();
        flags.retain(|flag| flag != wanted);
        flags.len() < before
    };
    let command = match name.as_str() {
        "help" => Command::Help,
        "run" => Command::Run {
            release: flag("release"),
            program_args,
        },
        "test" => Command::Test {
            only: std::mem::take(&mut words),
            list: flag("list"),
        },
        "package" => Command::Package,
        "bench" => Command::Bench {
            only: std::mem::take(&mut words),
        },
        "sandbox" => Command::Sandbox { open: flag("open") },
        "types" => Command::Types {
            check: flag("check"),
        },
        "setup" => Command::Setup {
            for_tests: flag("tests"),
        },
        other => return Err(format!("There is no command called {other}.").into()),
    };
    match flags
        .first()
        .map(|flag| format!("--{flag}"))
        .or_else(|| words.first().cloned())
    {
        Some(left_over) => Err(format!("{name} does not know {left_over}.").into()),
        None => Ok(command),
    }
}
