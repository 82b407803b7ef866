//! Guards: calls, searches, meetings and rounds.

use doorward_engine::{ContactOutcome, Truth, What, Who};

use crate::operations::check;
use crate::recorded::run;

/// A guard room, a hall and a store in a row, 20 m apart; the fence around the store is climbed from the street.
const ROW: &str = "
room -[door pass=2s name=a]-> hall -[badge pass=2s read=1s name=b]-> store
street -[fence climb=20min name=fence]-> store
zone street offsite
zone room at 0,0
zone hall at 20,0
zone store at 40,0
panel panel decision=3s
sensor wire on fence climb=1
adversary vandal at street wants reach store 1h
script vandal: pass fence climb-barrier; spend wait 2h
rule wire when Sensor() respond Dispatch
horizon 3h
";

fn row(rest: &str) -> String {
    format!("{ROW}{rest}")
}

#[test]
fn a_guard_walks_door_by_door_and_searches() {
    // 10 m, 2 s, 20 m, 1 + 3 + 2 s, 10 m, a search of 60 s; and back, where the reader is not asked.
    check(
        &row("post desk in room guards 1\nlatency dispatch=5s\nguards search=60s"),
        &[" guard guard"],
        "5 guard guard-001 is sent to store
        17 guard guard-001 passes a into hall
        43 guard guard-001 passes b into store
        113 guard guard-001 has found nobody in store
        125 guard guard-001 passes b into hall
        147 guard guard-001 passes a into room",
    );
    check(
        &row("post desk in room guards 1\nspeed 2\nguards search=60s"),
        &[" guard guard", "granted"],
        "0 guard guard-001 is sent to store
        7 guard guard-001 passes a into hall
        17 seen granted guard-001 b inwards
        23 guard guard-001 passes b into store
        88 guard guard-001 has found nobody in store
        95 guard guard-001 passes b into hall
        107 guard guard-001 passes a into room",
    );
}

#[test]
fn the_nearest_guard_goes() {
    let sent = |posts: &str| run(&row(&format!("{posts}\nguards search=60s"))).lines_with(&["is sent"]);
    let (far, near) = ("post desk in room guards 1", "role watch\npost gate in hall guards 1 role=watch");
    // Whichever the file names first.
    assert_eq!(sent(&format!("{far}\n{near}")), "0 guard watch-001 is sent to store");
    assert_eq!(sent(&format!("{near}\n{far}")), "0 guard watch-001 is sent to store");
    // Of those who stand together the first; nobody who has no right to go there.
    assert_eq!(sent("post desk in room guards 3"), "0 guard guard-001 is sent to store");
    let kept_out = "role watch zones room,hall\npost gate in hall guards 2 role=watch";
    assert_eq!(sent(&format!("{kept_out}\n{far}")), "0 guard guard-001 is sent to store");
}

#[test]
fn a_post_keeps_those_who_have_to_stay() {
    let two = |post: &str| {
        let text = row(&format!("{post}\nguards search=60s\nsensor foil on fence climb=1"));
        let run = run(&text);
        run.lines_with(&["is sent"]).lines().map(|l| l.split(' ').next().unwrap_or("").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(two("post desk in room guards 2"), ["0", "0"]);
    // The second call waits for the only one who may leave; and is answered from the store.
    assert_eq!(two("post desk in room guards 2 stay 1"), ["0", "108"]);
    assert!(two("post desk in room guards 2 stay 2").is_empty());
}

#[test]
fn a_call_that_nobody_can_answer_does_not_keep_guards_from_their_post() {
    // No guard has a right to the cage, which is called about first.
    let text =
        row("street -[fence climb=1s name=low-fence]-> cage\nhall -[badge name=cage-door]-> cage\nzone cage at 20,9
        sensor low on low-fence climb=1\nactor other of vandal at street
        role guard zones room,hall,store\npost desk in room guards 1\nguards search=60s");
    let text = text.replace("script vandal:", "script vandal: pass low-fence climb-barrier by=other;");
    check(
        &text,
        &[" guard guard", "effect"],
        "0 effect: dispatch to cage without a person
        1 guard guard-001 is sent to store
        1 effect: dispatch to store without a person
        13 guard guard-001 passes a into hall
        39 guard guard-001 passes b into store
        109 guard guard-001 has found nobody in store
        121 guard guard-001 passes b into hall
        143 guard guard-001 passes a into room",
    );
}

#[test]
fn a_guard_without_a_right_does_not_get_through() {
    let run =
        run(&row("role guard zones room,hall hours=daily 12:00-13:00\npost desk in room guards 1\nguards search=60s"));
    assert_eq!(run.count("passes b"), 0);
}

/// The intruder is in the store before the guard is.
fn search(guards: &str) -> String {
    row(&format!(
        "set site.barriers.fence.delays.climb.value Fixed(\"1s\")\npost desk in room guards 1\nguards search=60s {guards}"
    ))
}

#[test]
fn a_search_finds_or_misses() {
    check(
        &search("finds=1 stops=1"),
        &["found", "met", "taken", "interrupted", "flees"],
        "108 vandal is met
        108 vandal is interrupted
        108 vandal is taken
        108 guard guard-001 has found somebody in store",
    );
    check(
        &search("finds=1 stops=0"),
        &["found", "met", "taken", "interrupted", "flees"],
        "108 vandal is met
        108 vandal is interrupted
        108 vandal flees
        108 guard guard-001 has found somebody in store",
    );
    check(&search("finds=0"), &["found", "met"], "108 guard guard-001 has found nobody in store");
}

#[test]
fn who_is_met_on_the_way_is_met_by_luck() {
    let text = row(
        "actor lookout of vandal at hall\npost desk in room guards 1\nguards search=60s\nqueue q\nplay any -> Dispatch",
    );
    let text = text.replace("respond Dispatch", "raise q 1").replace("wants reach", "wants sabotage pump begins=0s #");
    let text = format!("{text}\nasset pump in store 1h");
    let run = run(&text);
    assert_eq!(run.at("lookout is met by luck"), Some(12.0), "{}", run.lines().join("\n"));
    assert_eq!(run.count("is interrupted"), 0, "luck is no interruption");
    // The alarm had been assessed before; without it there is none.
    assert_eq!(run.at("detected"), Some(0.0));
    let unseen = self::run(
        &text
            .replace("queue q", "queue q true=0 false=0")
            .replace("rule wire when Sensor() raise q 1", "rule wire when Sensor() raise q 1 respond Dispatch"),
    );
    assert_eq!((unseen.count("by luck"), unseen.count("detected")), (1, 0));
}

#[test]
fn whom_a_false_alarm_leads_to_is_met_by_luck() {
    // The sensor does not see the intruder; it gives alarms without a cause, and the guard who looks finds somebody.
    let text = search("finds=1 stops=1").replace("climb=1\n", "climb=0 nuisance=2400/day\n");
    let run = run(&text);
    assert_eq!(run.count("vandal is met by luck"), 1, "{}", run.lines().join("\n"));
    assert_eq!((run.count("is interrupted"), run.count("is detected")), (0, 0));
}

#[test]
fn a_guard_reports_from_a_search() {
    let text = search("finds=1 stops=1").replace("respond Dispatch", "raise q 1 respond Dispatch\nqueue q");
    assert_eq!(run(&text).at("guard report from store: true"), Some(108.0));
    assert_eq!(run(&text.replace("finds=1", "finds=0")).at("guard report from store: false"), Some(108.0));
    // Without an alarm there is nothing to report on.
    assert_eq!(run(&search("finds=1 stops=1")).count("guard report"), 0);
}

/// A search whose meeting can end in one way only; and what it ends in.
fn meeting(complies: u8, bluffs: u8, flees: u8) -> (crate::recorded::Recorded, Vec<ContactOutcome>) {
    let figure = |value: u8| format!("(value: {value}, source: \"fixture\")");
    let contact = format!(
        "contact=(complies: {}, bluffs: {}, flees: {}, calls: \"police\")\nforce police 1000s",
        figure(complies),
        figure(bluffs),
        figure(flees)
    );
    let text = search(&format!("finds=1 stops=1 {contact}\nasset pump in store 1h"));
    let text = text.replace("reach store 1h", "sabotage pump").replace("spend wait 2h", "task pump sabotage-asset");
    let run = run(&text);
    let outcomes = run.events.iter().filter_map(|e| match e.what {
        What::Truth(Truth::Contact { outcome, .. }) => Some(outcome),
        What::Truth(_) | What::Observed(_) => None,
    });
    let outcomes = outcomes.collect();
    (run, outcomes)
}

#[test]
fn a_meeting_ends_in_one_of_four_ways() {
    let words = ["met", "interrupted", "taken", "flees", "arrives", "objective", "has found"];
    let (run, outcomes) = meeting(1, 0, 0);
    assert_eq!(outcomes, [ContactOutcome::Complied]);
    assert_eq!(
        run.lines_with(&words),
        "108 vandal is met\n108 vandal is interrupted\n108 vandal is taken\n\
         108 guard guard-001 has found somebody in store"
    );
    let goes_on = "108 vandal is met\n108 vandal is interrupted\n\
                   108 guard guard-001 has found somebody in store\n";
    let (run, outcomes) = meeting(0, 1, 0);
    assert_eq!(outcomes, [ContactOutcome::Bluffed]);
    assert_eq!(run.lines_with(&words), format!("{goes_on}3601 vandal reaches the objective"));
    let (run, outcomes) = meeting(0, 0, 1);
    assert_eq!(outcomes, [ContactOutcome::Fled]);
    assert_eq!((run.count("vandal flees"), run.count("taken")), (1, 0));
    // Whoever stands up to an unarmed guard is left to those who are called.
    let (run, outcomes) = meeting(0, 0, 0);
    assert_eq!(outcomes, [ContactOutcome::Resisted]);
    assert_eq!(
        run.lines_with(&words),
        format!("{goes_on}1108 police arrives\n1108 vandal is met\n1108 vandal is taken")
    );
}

#[test]
fn chances_of_a_meeting_are_those_that_are_stated() {
    let figure = |value: f64| format!("(value: {value}, source: \"fixture\")");
    let contact = format!("contact=(complies: {}, bluffs: {}, flees: {})", figure(0.4), figure(0.3), figure(0.2));
    let plan = doorward_model::fixture::plan(&search(&format!("finds=1 {contact}")));
    let mut outcomes = [0_u32; 4];
    for n in 0..400 {
        for event in crate::recorded::nth_run(&plan, n).events {
            if let What::Truth(Truth::Contact { outcome, .. }) = event.what {
                outcomes[outcome as usize] += 1;
            }
        }
    }
    for (outcome, expected) in outcomes.iter().zip([160.0, 120.0, 80.0, 40.0]) {
        assert!((f64::from(*outcome) - expected).abs() < 30.0, "{outcomes:?}");
    }
}

/// Guards walk rounds; nobody calls them.
fn rounds(rest: &str) -> String {
    let figure = |time: &str| format!("(value: Fixed(\"{time}\"), source: \"fixture\")");
    let patrols = format!("(every: {}, stays: {})", figure("10min"), figure("30s"));
    row(&format!("set defence.rules {{}}\nguards search=60s finds=1 stops=1 patrols={patrols}\n{rest}"))
}

/// When and where guards look round.
fn stops(run: &crate::recorded::Recorded) -> Vec<(f64, String)> {
    let at = |e: &doorward_engine::Event| e.at.as_millis() as f64 / 1e3;
    let stop = |e: &doorward_engine::Event| match e.what {
        What::Truth(Truth::Patrolled { zone, .. }) => Some((at(e), run.plan.zones[zone.index()].name.clone())),
        What::Truth(_) | What::Observed(_) => None,
    };
    run.events.iter().filter_map(stop).collect()
}

#[test]
fn a_guard_walks_rounds_through_real_doors() {
    let text = rounds("post desk in room guards 1").replace("horizon 3h", "horizon 20min");
    let run = run(&text);
    assert_eq!(
        run.lines_with(&[" guard guard", "granted"]),
        "630 guard guard-001 looks round in room
642 guard guard-001 passes a into hall
682 guard guard-001 looks round in hall
692 seen granted guard-001 b inwards
698 guard guard-001 passes b into store
738 guard guard-001 looks round in store
750 guard guard-001 passes b into hall
772 guard guard-001 passes a into room"
    );
    // The next one comes after the pause.
    let longer = self::run(&text.replace("horizon 20min", "horizon 1h"));
    assert_eq!(stops(&longer)[3], (1368.0, "room".to_owned()));
}

#[test]
fn rounds_are_walked_by_those_who_need_not_stay_and_within_hours() {
    let walked = |text: &str| stops(&run(text));
    assert!(walked(&rounds("post desk in room guards 1 stay 1")).is_empty());
    let one = walked(&rounds("post desk in room guards 2 stay 1")).len();
    let two = walked(&rounds("post desk in room guards 2")).len();
    assert!(one > 10 && (2 * one - 3..=2 * one + 3).contains(&two), "{one} {two}");
    let hours = rounds("post desk in room guards 1").replace("stays:", "hours: [\"daily 01:00-01:30\"], stays:");
    let within = walked(&hours);
    assert!(within.len() > 3 && within.iter().all(|(at, _)| (3600.0..=5430.0).contains(at)), "{within:?}");
    assert!(walked(&row("post desk in room guards 1\nguards search=60s")).is_empty());
}

#[test]
fn a_call_interrupts_a_round() {
    // The sensor sees the climb at the moment when the guard stands in the hall on a round.
    let text = rounds("post desk in room guards 1").replace("set defence.rules {}\n", "");
    let run = run(&text.replace("at street wants", "at street begins=660s wants"));
    assert_eq!(run.at("guard guard-001 is sent to store"), Some(660.0));
    // From the hall: 10 m, 6 s, 10 m, and the search.
    assert_eq!(run.at("has found nobody in store"), Some(746.0));
    let looked: Vec<_> = stops(&run).into_iter().take(2).collect();
    // The round is over; the next one comes after the pause.
    assert_eq!(looked, [(630.0, "room".to_owned()), (1290.0, "room".to_owned())]);
}

#[test]
fn whom_a_round_meets_is_met_by_luck_and_not_detected() {
    let text = rounds("post desk in room guards 1").replace("climb=20min", "climb=1s");
    let run = run(&text);
    assert_eq!(run.at("vandal is met by luck"), Some(738.0), "{}", run.lines().join("\n"));
    assert_eq!(run.at("vandal is taken"), Some(738.0));
    assert_eq!((run.count("interrupted"), run.count("detected"), run.count("alarm")), (0, 0, 0));
    assert!(run.score().detected.is_none());
    assert_eq!(self::run(&text.replace("finds=1", "finds=0")).count("is met"), 0);
}

#[test]
fn guards_and_actors_are_told_apart_from_people() {
    let run = run(&search("finds=1 stops=1"));
    let who: Vec<bool> = run
        .events
        .iter()
        .filter_map(|e| match e.what {
            What::Truth(Truth::Passed { who, .. }) => Some(matches!(who, Who::Guard(_) | Who::Actor(..))),
            _ => None,
        })
        .collect();
    assert!(!who.is_empty() && who.iter().all(|w| *w));
}
