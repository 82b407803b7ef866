//! Ways through the shipped designs, through the binary.

use serde_json::Value;

use crate::support::prints;

const VENDOR: &str = "scenarios/vendor-backdoor.scenario.ron";

fn paths(args: &[&str]) -> Value {
    let all: Vec<&str> = ["paths"].iter().chain(args).copied().chain(["--json"]).collect();
    let text = prints(&all);
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

fn steps(way: &Value) -> Vec<String> {
    let steps = way["steps"].as_array().expect("steps");
    steps.iter().map(|step| step["what"].as_str().expect("words").to_owned()).collect()
}

fn parts(analysis: &Value) -> Vec<String> {
    let parts = analysis["paths"][0]["parts"].as_array().expect("parts");
    parts.iter().map(|part| part["part"].as_str().expect("a name").to_owned()).collect()
}

#[test]
fn the_tunnel_is_the_way_in_and_closing_its_row_leaves_another() {
    let open = paths(&[VENDOR]);
    let first = steps(&open["paths"][0]["ways"][0]);
    assert!(first.iter().any(|step| step.contains("vendor-gateway/vpn")), "{first:?}");
    assert!(first.iter().any(|step| step.contains("access-control-server")), "{first:?}");
    let relies_on = parts(&open);
    let row = "connection vendor-gateway -> access-control-server (row vendor-tunnel)";
    assert!(relies_on.iter().any(|part| part == row), "{relies_on:?}");

    let closed = paths(&[VENDOR, "--set", "site.flows.vendor-tunnel.allowed=false"]);
    let next = steps(&closed["paths"][0]["ways"][0]);
    assert_ne!(first, next);
    assert!(next.iter().any(|step| step.contains("jump-host")), "{next:?}");
    assert!(!parts(&closed).iter().any(|part| part.contains("vendor-tunnel")), "{:?}", parts(&closed));
    // What the analysis of the open design says would be next is what the closed design has.
    let effects = open["paths"][0]["parts"].as_array().expect("parts");
    let of_row = effects.iter().find(|part| part["part"] == row).expect("the row");
    let seconds = |value: &Value| value.as_f64().expect("seconds");
    assert!((seconds(&of_row["left"]["seconds"]) - seconds(&closed["paths"][0]["ways"][0]["seconds"])).abs() < 0.01);
}

#[test]
fn a_way_is_simulated_beside_its_closed_form() {
    let found = paths(&["scenarios/garcia-easi.scenario.ron", "--verify", "400"]);
    let way = &found["paths"][0]["ways"][0];
    let (closed, simulated) = (&way["easi"]["p_interrupted"], &way["simulated"]["p_interrupted"]);
    let closed = closed.as_f64().expect("EASI applies");
    let (low, high) = (simulated["low"].as_f64().expect("low"), simulated["high"].as_f64().expect("high"));
    assert!(low - 0.02 <= closed && closed <= high + 0.02, "EASI {closed}, simulated {low} to {high}");
    assert_eq!(found["paths"][0]["most_vulnerable"], 0);
    // Two people at once are no sequence.
    let team = paths(&[VENDOR]);
    assert!(team["paths"][0]["ways"][0]["easi"].is_null());
}

#[test]
fn an_ordinary_day_has_no_ways_and_the_text_reads_well() {
    assert!(prints(&["paths", "scenarios/quiet-weekday.scenario.ron"]).contains("No adversary"));
    let text = prints(&["paths", "scenarios/stolen-badge.scenario.ron", "--verify", "50"]);
    for words in ["Way 1:", "seen by", "What one change would buy", "Least cut", "Not modelled", "simulated, 50 runs"] {
        assert!(text.contains(words), "no `{words}` in\n{text}");
    }
    let long: Vec<&str> = text.lines().filter(|line| line.chars().count() > 80).collect();
    assert!(long.is_empty(), "{long:?}");
    let dot = prints(&["paths", "scenarios/stolen-badge.scenario.ron", "--dot"]);
    assert!(dot.starts_with("digraph ways {") && dot.contains("-> objective"), "{dot}");
}
