//! A run that `doorward trace --json` wrote: it is run again, and has to come out as it was told.

use std::io::{BufRead, BufReader};
use std::path::Path;

use anyhow::{Context, Result, bail};
use doorward_model::text::Edit;
use doorward_study::tale::{Head, Line};
use serde::Deserialize;

use crate::looking::Panes;
use crate::work::Source;

/// As much of a line as tells whether two are the same.
#[derive(Deserialize)]
struct Told {
    at_ms: Option<u64>,
    text: Option<String>,
}

/// The run of a trace.
///
/// # Errors
/// Where the file is none, its scenario cannot be used, or the run comes out otherwise: by another version of Doorward, or
/// of the files.
pub fn replay(file: &Path) -> Result<(Panes, Source)> {
    let name = file.display();
    let reader = std::fs::File::open(file).with_context(|| format!("cannot read {name}"))?;
    let mut lines = BufReader::new(reader).lines().enumerate();
    let first = lines.next().map(|(_, line)| line).transpose().with_context(|| format!("cannot read {name}"))?;
    let head: Option<Head> = first.and_then(|line| serde_json::from_str(&line).ok());
    let Some(head) = head.filter(|head| head.kind == Head::KIND) else {
        bail!("{name}:1: this is no run; `doorward trace SCENARIO --json > {name}` writes one");
    };
    let edit = |set: &String| Edit::parse_set(set).map_err(|problem| anyhow::anyhow!("{name}:1: {problem}"));
    let edits = head.changes.iter().map(edit).collect::<Result<Vec<_>>>()?;
    let source = Source { scenario: head.scenario, defence: head.defence, edits, seed: head.seed, run: head.run };
    let session = source.session().map_err(|problems| anyhow::anyhow!("{problems}"))?;
    let mut own = session.record().lines.iter();
    let mut expected = own.next();
    for (index, line) in lines {
        let line = line.with_context(|| format!("cannot read {name}"))?;
        let place = || format!("{name}:{}", index + 1);
        let told: Told =
            serde_json::from_str(&line).with_context(|| format!("{}: this is no line of a run", place()))?;
        // The last line is the score.
        let (Some(at_ms), Some(text)) = (told.at_ms, told.text) else { break };
        let same = |line: &Line| line.at.as_millis() == at_ms && line.text == text;
        if expected.is_some_and(same) {
            expected = own.next();
        } else if !head.all {
            let now = expected.map_or_else(|| "nothing more".to_owned(), |line| line.text.clone());
            bail!("{}: the run comes out otherwise: `{text}` was told, now it is `{now}`", place());
        }
    }
    if let Some(line) = expected.filter(|_| session.record().left_out == 0) {
        bail!("{name}: the run comes out otherwise: `{}` was not told", line.text);
    }
    Ok((Panes::new(session), source))
}
