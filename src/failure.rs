//! Why a command came to nothing, and the exit code that says so.

use crate::diagnostics;
use doorward_model::base::{Diagnostic, Problems};
use std::io;
use std::process::ExitCode;

/// The input cannot be used.
pub(crate) const UNUSABLE: u8 = 2;
/// Stopped by Ctrl-C.
pub(crate) const INTERRUPTED: u8 = 130;

/// Why a command came to nothing.
pub(crate) enum Failure {
    /// Something is wrong with what the user wrote.
    Problems(Problems),
    /// Something is wrong with the machine.
    Other(anyhow::Error),
}

impl Failure {
    /// Tells the user.
    pub(crate) fn report(self) -> ExitCode {
        match self {
            Failure::Problems(problems) => {
                diagnostics::print(&problems);
                ExitCode::from(UNUSABLE)
            }
            // Whoever read our output has had enough: no reason to complain.
            Failure::Other(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
            Failure::Other(error) => {
                eprintln!("error: {error:#}");
                ExitCode::FAILURE
            }
        }
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

impl From<Problems> for Failure {
    fn from(problems: Problems) -> Self {
        Failure::Problems(problems)
    }
}

impl From<Diagnostic> for Failure {
    fn from(problem: Diagnostic) -> Self {
        Failure::Problems(problem.into())
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Failure::Other(error)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Failure::Other(error.into())
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        Failure::Other(error.into())
    }
}
