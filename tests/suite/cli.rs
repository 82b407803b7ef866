//! The command line, through its binary.

use std::collections::BTreeSet;

use doorward_study::price::{Item, Unit};
use serde_json::Value;

use crate::support::{NORTHGATE, doorward, files_in, prints};

const VENDOR: &str = "scenarios/vendor-backdoor.scenario.ron";
const EASI: &str = "scenarios/garcia-easi.scenario.ron";
const OUTCOMES: [&str; 6] =
    ["prevented", "contained", "objective_contained", "objective_uncontained", "gave_up", "active_at_horizon"];
const CLOSED: &str = "site.flows.vendor-tunnel.allowed=false";

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

#[track_caller]
fn has(value: &Value, names: &[&str]) {
    for name in names {
        assert!(
            value.get(name).is_some(),
            "`{name}` is not among {:?}",
            value.as_object().map(|o| o.keys().collect::<Vec<_>>())
        );
    }
}

/// The names that others build on; there may be more.
#[test]
fn run_prints_one_object_with_the_names_that_were_promised() {
    let whole = json(&prints(&["run", VENDOR, EASI, "--runs", "20", "--seed", "5", "--json"]));
    has(&whole, &["doorward", "seed", "runs", "inputs", "assumptions", "results"]);
    assert_eq!(
        (&whole["doorward"], &whole["seed"], &whole["runs"]),
        (&env!("CARGO_PKG_VERSION").into(), &5.into(), &20.into())
    );
    for input in whole["inputs"].as_array().expect("a list") {
        let path = input["path"].as_str().expect("a path");
        let text = std::fs::read(path).unwrap_or_else(|error| panic!("{path}: {error}"));
        assert_eq!(input["hash"], blake3::hash(&text).to_hex().to_string(), "{path}");
    }
    let inputs = whole["inputs"].as_array().expect("a list").len();
    assert_eq!(inputs, 8, "two scenarios, two sites, three defences, one library of techniques");
    assert!(!whole["assumptions"].as_array().expect("a list").is_empty());

    let results = whole["results"].as_array().expect("a list");
    assert_eq!(results.len(), 3);
    for result in results {
        has(
            result,
            &["scenario", "defence", "runs", "outcomes", "blast_radius", "false_alarms_per_day", "price_per_day"],
        );
        assert_eq!(result["runs"], 20);
        let outcomes = result["outcomes"].as_object().expect("shares");
        let sum: f64 = outcomes.values().map(|share| share.as_f64().expect("a share")).sum();
        assert!((sum - 1.0).abs() < 1e-9, "{outcomes:?}");
        assert_eq!(outcomes.keys().map(String::as_str).collect::<BTreeSet<_>>(), BTreeSet::from(OUTCOMES));
        for name in ["p_detected", "p_timely", "p_interrupted", "p_contained", "p_defended", "p_objective"] {
            has(&result[name], &["estimate", "low", "high"]);
            let of = |part: &str| result[name][part].as_f64().expect("a number");
            assert!(
                0.0 <= of("low") && of("low") <= of("estimate") && of("estimate") <= of("high") && of("high") <= 1.0,
                "{name}"
            );
        }
        for name in ["time_to_detect_s", "time_to_contain_s"] {
            if !result[name].is_null() {
                has(&result[name], &["median", "p95", "restricted_mean"]);
            }
        }
    }
}

#[test]
fn threads_and_calls_print_the_same_bytes() {
    let run = |threads| prints(&["run", VENDOR, "--runs", "40", "--json", "--threads", threads]);
    let one = run("1");
    assert!(one == run("2"), "--threads 1 and 2 differ");
    assert!(one == run("2"), "two calls differ");
}

#[test]
fn run_prints_a_table_for_both_defences() {
    let table = prints(&["run", VENDOR, "--runs", "5"]);
    for word in ["Perimeter", "Converged", "seed 1"] {
        assert!(table.to_lowercase().contains(&word.to_lowercase()), "`{word}` is not in\n{table}");
    }
}

#[test]
fn out_writes_what_would_have_been_printed() {
    let file = format!("{}/out.json", env!("CARGO_TARGET_TMPDIR"));
    let arguments = ["run", EASI, "--runs", "10", "--json"];
    let printed = prints(&arguments);
    assert_eq!(prints(&[&arguments[..], &["--out", &file]].concat()), "");
    assert_eq!(std::fs::read_to_string(file).expect("the file"), printed);
}

#[test]
fn trace_tells_truth_from_observation() {
    let text = prints(&["trace", VENDOR, "--defence", "converged"]);
    let marked = |word: &str| text.lines().filter(|line| line.split_whitespace().nth(1) == Some(word)).count();
    assert!(marked("truth") > 5 && marked("observed") > 5, "{text}");
    assert!(text.contains("crew:"), "it ends with a score\n{text}");

    let lines = prints(&["trace", VENDOR, "--defence", "converged", "--json"]);
    let lines: Vec<Value> = lines.lines().map(json).collect();
    let [head, events @ .., score] = &lines[..] else { panic!("{lines:?}") };
    assert_eq!((&head["kind"], &head["seed"], &head["run"]), (&"run".into(), &1.into(), &0.into()));
    assert_eq!((&head["scenario"], &head["defence"]), (&VENDOR.into(), &"converged".into()), "enough to run it again");
    assert_eq!(score["kind"], "score");
    let mut before = 0;
    for event in events {
        has(event, &["at_ms", "kind", "text", "event"]);
        assert!(["truth", "observed"].contains(&event["kind"].as_str().expect("a word")));
        let at = event["at_ms"].as_u64().expect("milliseconds");
        assert!(before <= at, "events come in order");
        before = at;
    }
    assert_eq!(events.len(), marked("truth") + marked("observed"));
    let all = prints(&["trace", VENDOR, "--defence", "converged", "--json", "--all"]);
    assert!(all.lines().count() > lines.len() + 100, "--all shows ordinary traffic");
}

/// The steps of the first plan that a trace prints.
fn first_plan(arguments: &[&str]) -> Vec<String> {
    let lines = prints(&[&["trace"], arguments, &["--json"]].concat());
    let plan = lines.lines().map(json).find_map(|line| line.get("plan").cloned()).unwrap_or_default();
    plan.as_array().into_iter().flatten().map(|step| step.as_str().expect("words").to_owned()).collect()
}

#[test]
fn closing_the_tunnel_changes_the_plan() {
    let (open, closed) = (first_plan(&[VENDOR]), first_plan(&[VENDOR, "--set", CLOSED]));
    assert!(!open.is_empty());
    assert_ne!(open, closed);
    let variant = first_plan(&["scenarios/vendor-backdoor-no-tunnel.scenario.ron"]);
    assert_eq!(closed, variant, "a variant does what --set does");
    let whole = json(&prints(&["run", VENDOR, "--runs", "2", "--json", "--set", CLOSED]));
    assert_eq!(whole["changes"].as_array().map(Vec::len), Some(1), "results tell what was changed");
}

#[test]
fn seed_run_and_defence_choose_what_is_traced() {
    let trace = |more: &[&str]| prints(&[&["trace", VENDOR], more].concat());
    let base = trace(&[]);
    assert_eq!(base, trace(&["--seed", "1", "--run", "0"]));
    for more in [["--seed", "2"], ["--run", "1"], ["--defence", "converged"]] {
        assert_ne!(base, trace(&more), "{more:?}");
    }
    let by_name = trace(&["--defence", "converged"]);
    assert_eq!(by_name, trace(&["--defence", "defences/converged.defence.ron"]));
}

#[test]
fn what_cannot_be_used_exits_2_and_says_why() {
    let cases: [(&[&str], &str); 10] = [
        (&["run", VENDOR, "--set", "site.flows.vendor-tunel.allowed=false"], "did you mean `flows.vendor-tunnel"),
        (&["run", VENDOR, "--set", "site.flows.vendor-tunnel.allowed"], "="),
        (&["run", VENDOR, "--set", "flows.vendor-tunnel.allowed=false"], "begin the path with"),
        (&["run", VENDOR, "--set", "site.flows.vendor-tunnel.allowed=perhaps"], "vendor-tunnel"),
        (&["run", "scenarios/nowhere.scenario.ron"], "scenarios/nowhere.scenario.ron"),
        (&["trace", VENDOR, "--defence", "convergd"], "did you mean `Converged`?"),
        (&["trace", VENDOR, "--defence", "nowhere.defence.ron"], "nowhere.defence.ron"),
        (&["validate", "README"], "the name does not say"),
        (&["run", VENDOR, "--runs", "0"], "--runs"),
        (&["runn"], "unrecognized subcommand"),
    ];
    for (arguments, expected) in cases {
        let said = doorward(arguments);
        assert_eq!(said.code, Some(2), "{arguments:?}\n{}", said.err);
        assert!(
            said.err.to_lowercase().contains(&expected.to_lowercase()),
            "{arguments:?}: `{expected}` is not in\n{}",
            said.err
        );
        assert_eq!(said.out, "", "{arguments:?}: data goes to stdout, and there is none");
    }
}

#[test]
fn what_ships_is_valid() {
    let mut files = files_in("sites", ".site.ron");
    for (folder, suffix) in
        [("scenarios", ".scenario.ron"), ("scenarios/techniques", ".technique.ron"), ("defences", ".defence.ron")]
    {
        files.extend(files_in(folder, suffix));
    }
    let mut arguments = vec!["validate"];
    arguments.extend(files.iter().map(String::as_str));
    let said = doorward(&arguments);
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""));
    assert_eq!(said.out.lines().filter(|line| line.starts_with("ok")).count(), files.len());
}

#[test]
fn list_names_what_ships() {
    let text = prints(&["list"]);
    let names = NORTHGATE.iter().chain(&["garcia-easi", "northgate", "perimeter", "converged", "follow-through"]);
    for name in names {
        assert!(text.contains(name), "`{name}` is not in\n{text}");
    }
    let scenarios = prints(&["list", "scenarios"]);
    assert!(scenarios.contains("tailgating") && !scenarios.contains("converged.defence.ron"));
    assert!(json(&prints(&["list", "--json"])).is_object());
}

#[test]
fn help_has_examples() {
    for command in [&[][..], &["run"], &["trace"], &["validate"], &["list"], &["generate"]] {
        let help = prints(&[command, &["--help"]].concat());
        assert!(help.contains("Examples:\n  doorward "), "{command:?}\n{help}");
    }
}

// ---------------------------------------------------------------- generate

#[test]
fn a_campus_is_valid_as_large_as_was_asked_and_always_the_same() {
    let generate = |zones, people, seed| prints(&["generate", "--zones", zones, "--people", people, "--seed", seed]);
    let text = generate("120", "400", "3");
    assert!(text == generate("120", "400", "3"), "two calls differ");
    assert!(text != generate("120", "400", "4"), "the seed is not used");
    for (zones, people) in [("13", "12"), ("120", "400"), ("400", "50")] {
        let folder = format!("{}/campus", env!("CARGO_TARGET_TMPDIR"));
        std::fs::create_dir_all(&folder).expect("a folder");
        let file = format!("{folder}/{zones}-{people}.site.ron");
        assert_eq!(prints(&["generate", "--zones", zones, "--people", people, "--out", &file]), "");
        let said = doorward(&["validate", &file]);
        assert_eq!((said.code, said.err.as_str()), (Some(0), ""), "{file}");
        let plan = &campus(&file)[0];
        assert_eq!(
            (plan.zones.len().to_string(), plan.people.len().to_string()),
            (zones.to_owned(), people.to_owned())
        );
    }
}

/// A quiet morning on a generated site, with everything that a scenario needs.
fn campus(site: &str) -> Vec<std::sync::Arc<doorward_model::plan::Plan>> {
    let defence = std::fs::canonicalize("defences/observe.defence.ron").expect("a defence");
    let text = format!(
        "(schema: 1, name: \"Campus\", briefing: \"\", site: {site:?}, defences: [{defence:?}], start: \"Mon 07:00\", \
         horizon: \"6h\")"
    );
    let file = site.replace(".site.ron", ".scenario.ron");
    std::fs::write(&file, text).expect("a file");
    let loaded =
        doorward_model::plan::load(&file, &doorward_model::plan::Request::default(), &mut crate::support::Disk);
    loaded.unwrap_or_else(|problems| panic!("{problems}")).plans
}

#[test]
fn a_campus_of_no_size_exits_2_and_says_why() {
    let cases = [
        (["12", "50"], "between 13 and 50,000 zones, not 12"),
        (["50001", "50"], "between 13 and 50,000 zones, not 50001"),
        (["50", "11"], "between 12 and 200,000 people, not 11"),
        (["50", "200001"], "between 12 and 200,000 people, not 200001"),
        (["many", "50"], "--zones"),
        (["-1", "50"], "unexpected argument"),
    ];
    for ([zones, people], expected) in cases {
        let said = doorward(&["generate", "--zones", zones, "--people", people]);
        assert_eq!((said.code, said.out.as_str()), (Some(2), ""), "{zones} {people}: {}", said.err);
        let words = said.err.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words.contains(expected), "`{expected}` is not in\n{}", said.err);
    }
}

// ------------------------------------------------------------------- price

/// What an ordinary day costs stands in the table and in the results, under the same names, and is no secret of the tests.
#[test]
fn the_price_of_a_day_of_people_is_printed() {
    let scenario = "scenarios/quiet-weekday.scenario.ron";
    let whole = json(&prints(&["run", scenario, "--runs", "2", "--json"]));
    let results = whole["results"].as_array().expect("a list");
    assert!(results.len() >= 2, "a comparison");
    for result in results {
        let price = result["price_per_day"].as_object().expect("figures");
        let of =
            |name: &str| price.get(name).and_then(Value::as_f64).unwrap_or_else(|| panic!("`{name}` in {price:?}"));
        for item in Item::ALL {
            assert!(of(item.key()) >= 0.0, "{}", item.key());
            assert_eq!(item.key().ends_with("_minutes"), item.unit() == Unit::Time, "{}", item.key());
        }
        // People come, stand at doors, go through, and now and then are refused.
        assert!(of("arrived") > 50.0 && of("passages") > 4.0 * of("arrived"), "{price:?}");
        assert!(of("door_minutes") > 0.0 && of("refused_at_doors") > 0.0 && of("observations") > 100.0, "{price:?}");
        assert!(of("observations_read") <= of("observations"), "{price:?}");
        let per_thousand = result["refused_per_thousand_passages"].as_f64().expect("a number");
        assert!((per_thousand - 1e3 * of("refused_at_doors") / of("passages")).abs() < 1e-6, "{per_thousand}");
    }
    let table = prints(&["run", scenario, "--runs", "2"]);
    for item in [Item::Alarms, Item::Analysts, Item::RefusedAtDoors, Item::Passages, Item::AtDoors, Item::Arrived] {
        // A wide comparison stands in several tables, one below the other.
        let rows =
            table.lines().filter_map(|line| line.strip_prefix("  ")?.strip_prefix(item.title())?.strip_prefix("  "));
        let figures: usize = rows.map(|row| row.split_whitespace().count()).sum();
        assert_eq!(figures, results.len(), "`{}` in\n{table}", item.title());
    }
}

#[test]
fn a_sweep_of_an_ordinary_day_shows_what_it_costs_and_ranks_nobody() {
    let sweep = ["--sweep", "site.habits.forgets_badge.value=0.005,0.02", "--runs", "3", "--threads", "1"];
    let said =
        doorward(&[&["run", "scenarios/quiet-night.scenario.ron", "--defence", "perimeter"], &sweep[..]].concat());
    assert_eq!(said.code, Some(0), "{}", said.err);
    assert!(said.out.contains("false alarms / day") && !said.out.contains("P(defended)"), "{}", said.out);
}

#[test]
fn explain_says_what_a_name_means_and_where_its_numbers_come_from() {
    let says = |name: &str, words: &[&str]| {
        let text = prints(&["explain", name]);
        for word in words {
            assert!(text.contains(word), "no `{word}` in\n{text}");
        }
        assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    };
    says("tap-reader", &["technique in", "duration = Uniform", "[assumption]", "nesaus.org", "CAPEC-651"]);
    says("climb-barrier", &["technique in", "used by", "vendor-backdoor"]);
    says("off-hours-badge", &["rule in", "AccessGranted(off_shift: true)", "operations-centre"]);
    says("mantraps", &["control: mantraps (access)", "portals.interlock"]);
    says("anti_passback", &["access in", "control: anti-passback"]);
    says("open-void", &["barrier in", "delays.climb = ", "hardware class in"]);
    says("record_stale_after", &["built in = 16h", "assumption"]);
    says("vendor-tunnel", &["flow in sites/northgate.site.ron"]);
    let unknown = doorward(&["explain", "tap-raeder"]);
    assert_eq!(unknown.code, Some(2));
    assert!(unknown.err.contains("did you mean `tap-reader`?"), "{}", unknown.err);
}

/// Each technique, rule, control and assumption of what ships has an answer.
#[test]
fn every_name_that_is_listed_can_be_explained() {
    let shelves = json(&prints(&["list", "--json"]));
    let mut names = Vec::new();
    for shelf in ["techniques", "rules", "controls"] {
        let entries = shelves[shelf].as_array().expect("a shelf");
        names.extend(entries.iter().map(|entry| entry["name"].as_str().expect("a name").to_owned()));
    }
    let whole = json(&prints(&["run", VENDOR, "--runs", "1", "--json"]));
    let paths = whole["assumptions"].as_array().expect("a list").iter().map(|a| a["path"].as_str().expect("a path"));
    // The last names on the way to a figure: its class, and the field.
    let of_figures: BTreeSet<&str> = paths.filter_map(|path| path.split('.').nth(1).or(Some(path))).collect();
    names.extend(of_figures.into_iter().map(str::to_owned));
    assert!(names.len() > 150, "{}", names.len());
    let asked: Vec<&str> = ["explain", "--json"].into_iter().chain(names.iter().map(String::as_str)).collect();
    assert_eq!(json(&prints(&asked)).as_array().expect("a list").len(), names.len());
}

/// A folder in place of scenarios: a line each, under the longest chain of defences beside it.
#[test]
fn a_folder_is_shown_at_a_glance_under_the_whole_ladder() {
    let root = env!("CARGO_MANIFEST_DIR");
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("at-a-glance");
    let write = |name: &str, text: String| {
        let file = folder.join(name);
        std::fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
        std::fs::write(file, text).expect("a file");
    };
    let extends = |what: &str| format!("(schema: 1, extends: \"{root}/{what}\")");
    write("scenarios/a.scenario.ron", extends("scenarios/stolen-badge.scenario.ron"));
    write("scenarios/b.scenario.ron", extends("scenarios/quiet-night.scenario.ron"));
    // Observe builds on two more; converged on none.
    write("defences/observe.defence.ron", extends("defences/observe.defence.ron"));
    write("defences/converged.defence.ron", extends("defences/converged.defence.ron"));
    let name = folder.join("scenarios").to_str().expect("a path").to_owned();
    let text = prints(&["run", &name, "--runs", "3"]);
    let line = |of: &str| text.lines().find(|line| line.starts_with(of)).unwrap_or_else(|| panic!("{of}\n{text}"));
    assert_eq!(line("Stolen badge").split_whitespace().filter(|cell| cell.contains('/')).count(), 4, "{text}");
    assert!(text.contains("Ordinary times: false alarms a day") && !text.contains("Converged"), "{text}");
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    let whole = json(&prints(&["run", &name, "--runs", "3", "--json"]));
    assert_eq!(whole["results"].as_array().map(Vec::len), Some(8));
    let empty = doorward(&["run", folder.join("defences").to_str().expect("a path")]);
    assert_eq!(empty.code, Some(2), "{}", empty.err);
}
