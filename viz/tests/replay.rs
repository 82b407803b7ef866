//! A run that was written down is shown as it was told, or not at all.

use std::path::PathBuf;

use doorward_study::tale::Head;
use doorward_viz::{Session, Source, replay};

fn scenario() -> String {
    format!("{}/../scenarios/vendor-backdoor.scenario.ron", env!("CARGO_MANIFEST_DIR"))
}

/// What `doorward trace --json` writes of a run, but for the score.
fn trace(session: &Session) -> Vec<String> {
    let head = Head {
        kind: Head::KIND.to_owned(),
        doorward: env!("CARGO_PKG_VERSION").to_owned(),
        scenario: scenario(),
        defence: Some("converged".to_owned()),
        changes: Vec::new(),
        seed: session.seed(),
        run: session.run(),
        all: false,
    };
    let lines = session.record().lines.iter().map(|line| serde_json::to_string(line).expect("a line"));
    std::iter::once(serde_json::to_string(&head).expect("a head")).chain(lines).collect()
}

fn write(name: &str, lines: &[String]) -> PathBuf {
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&file, lines.join("\n")).expect("it can be written");
    file
}

#[test]
fn a_trace_is_run_again_and_has_to_come_out_as_it_was_told() {
    let source =
        Source { scenario: scenario(), defence: Some("converged".to_owned()), seed: 1, run: 2, ..Source::default() };
    let session = source.session().unwrap_or_else(|problems| panic!("{problems}"));
    let mut lines = trace(&session);
    let (panes, again) = replay(&write("whole.json", &lines)).unwrap_or_else(|error| panic!("{error:#}"));
    assert_eq!(panes.first().record().lines, session.record().lines);
    assert_eq!((again.seed, again.run), (1, 2));

    let said = |lines: &[String]| match replay(&write("altered.json", lines)) {
        Ok(_) => panic!("it was shown"),
        Err(error) => format!("{error:#}"),
    };
    let whole = lines.clone();
    lines[5] = lines[5].replace("\"at_ms\":", "\"at_ms\":1");
    assert!(said(&lines).contains("altered.json:6: the run comes out otherwise"), "{}", said(&lines));
    assert!(said(&whole[..whole.len() - 1]).contains("was not told"));
    assert!(said(&whole[1..]).contains("this is no run"));
}
