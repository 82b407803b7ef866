//! Whole event logs of small attacks, as `doorward trace --all` prints them. To accept a change on purpose:
//! `INSTA_UPDATE=always cargo test --test suite golden`.

use doorward_model::fixture;

use crate::support::prints;
use crate::worlds::{STOLEN_BADGE, TAILGATER, VENDOR};

#[track_caller]
fn check(name: &str, world: &str, run: &str) {
    let folder = format!("{}/golden/{name}", env!("CARGO_TARGET_TMPDIR"));
    std::fs::create_dir_all(&folder).expect("a folder");
    for (file, text) in fixture::files(world) {
        std::fs::write(format!("{folder}/{file}"), text).expect("a file");
    }
    let trace = prints(&["trace", &format!("{folder}/scenario.ron"), "--all", "--run", run]);
    // The head names the version.
    let (_, log) = trace.split_once("\n\n").expect("a head, then a blank line");
    insta::assert_snapshot!(name, log);
}

#[test]
fn a_tailgater_waits_follows_takes_and_leaves() {
    check("tailgater", TAILGATER, "0");
}

#[test]
fn a_refused_badge_makes_the_thief_look_for_another_way() {
    check("stolen-badge", STOLEN_BADGE, "0");
}

#[test]
fn a_vendor_opens_doors_for_a_walker() {
    check("vendor-backdoor", VENDOR, "0");
}
