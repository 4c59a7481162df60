//! The project's own commands, run as `cargo xtask <command>`.
//!
//! Not here: anything the product needs at run time. Each command is one module.

mod bench;
mod checks;
mod cli;
mod deny;
mod package;
mod process;
mod run;
mod sandbox;
mod screen;
mod setup;
mod steps;
mod test;
mod types;
mod workspace;

use std::process::ExitCode;

use cli::Command;

fn main() -> ExitCode {
    let command = match cli::parse() {
        Ok(command) => command,
        Err(error) => {
            eprintln!("{error}\n\n{}", cli::HELP);
            return ExitCode::from(2);
        }
    };
    let done = match command {
        Command::Help => {
            println!("{}", cli::HELP);
            Ok(ExitCode::SUCCESS)
        }
        Command::Run {
            release,
            program_args,
        } => run::run(release, &program_args),
        Command::Test { only, list } => test::run(&only, list),
        Command::Package => package::run(),
        Command::Bench { only } => bench::run(&only),
        Command::Sandbox { open } => sandbox::run(open),
        Command::Types { check } => types::run(check),
        Command::Setup { for_tests } => setup::run(for_tests),
    };
    done.unwrap_or_else(|error| {
        eprintln!("\n{error:#}");
        ExitCode::FAILURE
    })
}
