//! `doorward view`: starts the viewer, a program of its own, so that nobody who only wants numbers has to build it.

use crate::cli::ViewArgs;
use crate::failure::{Failure, UNUSABLE};
use crate::files::Disk;
use doorward_model::plan::load_under;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

const VIEWER: &str = "doorward-viz";

pub(crate) fn view(args: &ViewArgs) -> Result<ExitCode, Failure> {
    // Problems in files are shown here, with their place, rather than by a window.
    if let Some(scenario) = args.arguments.first().filter(|first| first.ends_with(".scenario.ron")) {
        load_under(scenario, &[], &[], &mut Disk)?;
    }
    let viewer = beside().unwrap_or_else(|| PathBuf::from(VIEWER));
    match Command::new(&viewer).args(&args.arguments).status() {
        Ok(status) => Ok(status.code().map_or(ExitCode::FAILURE, |code| ExitCode::from(code as u8))),
        Err(error) => {
            eprintln!("error: cannot start {VIEWER}: {error}");
            eprintln!("help: build it once with `cargo build --release -p {VIEWER}`");
            Ok(ExitCode::from(UNUSABLE))
        }
    }
}

/// The viewer that was built together with this program.
fn beside() -> Option<PathBuf> {
    let own = std::env::current_exe().ok()?;
    let viewer = own.with_file_name(format!("{VIEWER}{}", std::env::consts::EXE_SUFFIX));
    viewer.is_file().then_some(viewer)
}
