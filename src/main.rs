//! The command line of Doorward.
//!
//! One file a subcommand. Data goes to stdout, everything else to stderr. Exit codes: 0 done; 1 the machine failed (a file
//! could not be written); 2 the input cannot be used; 130 interrupted, with what was done until then.

mod cli;
mod controls;
mod diagnostics;
mod explain;
mod failure;
mod files;
mod generate;
mod input;
mod list;
mod output;
mod overview;
mod paths;
mod run;
mod study;
mod sweep;
mod table;
mod text;
mod trace;
mod validate;
mod view;

use clap::Parser;
use cli::{Cli, Command};
use std::process::ExitCode;

fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Run(args) => run::run(&args),
        Command::Paths(args) => paths::paths(&args),
        Command::Trace(args) => trace::trace(&args),
        Command::View(args) => view::view(&args),
        Command::Validate(args) => validate::validate(&args),
        Command::List(args) => list::list(&args),
        Command::Explain(args) => explain::explain(&args),
        Command::Generate(args) => generate::generate(&args),
    };
    done.unwrap_or_else(|failure| failure.report())
}
