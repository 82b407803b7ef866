//! `doorward generate`: a plausible campus of any size, as a site file.

use crate::cli::GenerateArgs;
use crate::failure::Failure;
use crate::output;
use doorward_model::base::Diagnostic;
use doorward_model::campus::Campus;
use std::process::ExitCode;

pub(crate) fn generate(args: &GenerateArgs) -> Result<ExitCode, Failure> {
    let campus = Campus { zones: args.zones, people: args.people, workstations: args.workstations, seed: args.seed };
    let text = campus.text().map_err(|message| Diagnostic::error("generate", "", None, message))?;
    output::write(&text, args.out.as_deref())?;
    Ok(ExitCode::SUCCESS)
}
