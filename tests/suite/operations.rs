//! Alarms, teams, guards, forces, panels and doors on an ordinary day, and how runs end.

use doorward_engine::{Truth, What, Who};
use doorward_study::Outcome;

use crate::recorded::{log, run};

/// The lines of a run that contain one of these words are these.
#[track_caller]
fn check(text: &str, words: &[&str], expected: &str) {
    let expected: Vec<&str> = expected.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    assert_eq!(log(text, words).lines().collect::<Vec<_>>(), expected, "{text}");
}

/// How a run ends.
#[track_caller]
fn ends(text: &str, outcome: Outcome) {
    let run = run(text);
    assert_eq!(run.score().outcome(), outcome, "{text}\n{}", run.lines().join("\n"));
}

/// A vandal climbs a fence (1 min, seen at once), forces a hut (1 min) and wrecks a pump (5 min).
const VANDAL: &str = "
street -[fence climb=60s name=fence]-> yard -[lock 60s name=hut-door]-> hut
asset pump in hut 300s
sensor wire on fence climb=1
adversary vandal at street wants sabotage pump
script vandal: pass fence climb-barrier; pass hut-door force-barrier; task pump sabotage-asset
horizon 1h
";

fn vandal(rest: &str) -> String {
    format!("{VANDAL}{rest}")
}

// ------------------------------------------------------------------ alarms

#[test]
fn an_alarm_takes_its_time_from_observation_to_arrival() {
    check(
        &vandal(
            "queue q ack=10s assess=20s\nrule wire when Sensor() raise q 1\nlatency annunciate=5s call=7s\n\
             force police 100s\nplay any -> Call(\"police\")",
        ),
        &[
            "hostile", "sensor", "alarm", "acknow", "assess", "detect", "call", "arrives", "met", "inter", "taken",
            "cont",
        ],
        "0 hostile act of vandal
        0 seen sensor wire
        5 alarm 0 wire for q, true
        15 acknowledged 0 after 10
        35 assessed 0 as hostile in 20
        35 vandal is detected by 0
        42 called: police
        42 effect: call police
        60 hostile act of vandal
        120 hostile act of vandal
        142 police arrives
        142 vandal is met
        142 vandal is interrupted
        142 vandal is taken
        142 vandal is contained",
    );
}

/// Four sensors on one fence, of four priorities, activated in the order of their names.
const FOUR: &str = "
sensor a on fence climb=1
sensor b on fence climb=1
sensor c on fence climb=1
sensor d on fence climb=1
rule a 5 when Sensor(kinds:[\"a\"]) raise q
rule b 3 when Sensor(kinds:[\"b\"]) raise q
rule c 1 when Sensor(kinds:[\"c\"]) raise q
rule d 3 when Sensor(kinds:[\"d\"]) raise q
";

#[test]
fn one_operator_handles_one_alarm_at_a_time_by_priority_then_age() {
    check(
        &vandal(&format!("{FOUR}queue q ack=10s assess=20s true=0")),
        &["acknowledged"],
        "10 acknowledged 0 after 10
        40 acknowledged 2 after 40
        70 acknowledged 1 after 70
        100 acknowledged 3 after 100",
    );
}

#[test]
fn two_operators_handle_two() {
    check(
        &vandal(&format!("{FOUR}queue q operators=2 ack=10s assess=20s true=0")),
        &["acknowledged"],
        "10 acknowledged 0 after 10
        10 acknowledged 1 after 10
        40 acknowledged 2 after 40
        40 acknowledged 3 after 40",
    );
}

#[test]
fn an_unowned_alarm_is_nobodys() {
    check(
        &vandal("rule wire when Sensor() raise nobody"),
        &["alarm", "acknowledged", "assessed", "detected"],
        "0 alarm 0 wire for nobody, true",
    );
}

#[test]
fn alarms_wait_until_the_queue_is_staffed() {
    for begins in ["0s", "30s", "59m"] {
        let text = vandal(
            "queue q ack=10s assess=20s staffed=daily 01:00-02:00\nrule wire when Sensor() raise q 1\n\
             set scenario.horizon \"2h\"\n",
        );
        let text = text.replace("at street", &format!("at street begins={begins}"));
        let run = run(&text);
        assert_eq!(run.at("acknowledged"), Some(3610.0), "{begins}\n{}", run.lines_with(&["alarm", "ackn"]));
    }
}

const ESCALATES: &str = "queue q2 ack=10s assess=20s\nrule wire when Sensor() raise q 1\n";

#[test]
fn nobody_there_is_a_case_for_the_next_team() {
    check(
        &vandal(&format!("{ESCALATES}queue q ack=10s assess=20s staffed=Tue 01:00-02:00 escalate=q2:5min:0")),
        &["alarm", "acknow", "assess", "lost"],
        "0 alarm 0 wire for q, true
        310 acknowledged 0 after 310
        330 assessed 0 as hostile in 20",
    );
}

#[test]
fn a_hand_off_may_lose_it() {
    check(
        &vandal(&format!("{ESCALATES}queue q ack=10s assess=20s staffed=Tue 01:00-02:00 escalate=q2:5min:1")),
        &["acknow", "assess", "lost"],
        "300 lost 0",
    );
}

#[test]
fn what_is_being_looked_at_is_not_handed_on() {
    check(
        &vandal(&format!("{ESCALATES}queue q ack=10s assess=20min escalate=q2:5min:1")),
        &["acknow", "assess", "lost"],
        "10 acknowledged 0 after 10
        1210 assessed 0 as hostile in 1200",
    );
}

// ---------------------------------------------------------------- verdicts

#[test]
fn the_verdict_rests_on_the_evidence() {
    let camera = "device cam in yard on lan kind=Camera views yard\n";
    let queue = |how: &str| format!("rule wire when Sensor() raise q 1\nqueue q {how}\n");
    // Only one kind of evidence tells the alarm.
    let cases = [
        ("", "none=1 live=0 recorded=0 with-logs=0", true),
        ("", "picture=LiveVideo none=1 live=0 recorded=0 with-logs=0", true),
        (camera, "none=1 live=0 recorded=0 with-logs=0", true),
        (camera, "picture=LiveVideo none=0 live=1 recorded=0 with-logs=0", true),
        (camera, "picture=LiveVideo none=1 live=0 recorded=1 with-logs=1", false),
        (camera, "picture=RecordedVideo none=0 live=0 recorded=1 with-logs=0", true),
        (camera, "picture=RecordedVideo logs none=1 live=1 recorded=0 with-logs=1", false),
        ("", "logs none=0 live=0 recorded=0 with-logs=1", true),
        ("", "none=0 live=1 recorded=1 with-logs=1", false),
    ];
    for (camera, how, hostile) in cases {
        let run = run(&vandal(&format!("{camera}{}", queue(how))));
        assert_eq!(
            (run.count("as hostile"), run.count("as harmless")),
            (usize::from(hostile), usize::from(!hostile)),
            "{how}"
        );
    }
}

#[test]
fn an_isolated_camera_is_no_evidence() {
    let text = vandal(
        "device siem in hut on lan kind=Siem\ndevice cam in hut on lan kind=Camera views yard logs siem\n\
         add site.routines.noise (act: EndpointFalseAlarm(devices: [\"cam\"]), per_day: (value: 1440, source: \"fixture\"))\n\
         rule edr when EndpointAlert respond IsolateDevice\n\
         rule wire when Sensor() raise q 1\nqueue q picture=LiveVideo none=1 live=0\nset scenario.horizon \"2h\"",
    );
    let text = text.replace("at street", "at street begins=1h");
    let blinded = run(&text);
    assert!(blinded.at("isolate cam").is_some_and(|at| at < 3600.0), "{}", blinded.lines_with(&["isolate"]));
    assert_eq!(blinded.count("as hostile"), 1);
    let seeing = run(&text.replace("respond IsolateDevice", ""));
    assert_eq!(seeing.count("as harmless"), 1);
}

#[test]
fn a_false_alarm_detects_nobody_whatever_the_verdict() {
    let text = vandal(
        "sensor pir on hut walk=0 nuisance=2400/day\nqueue q false=1\nrule pir when Sensor(kinds:[\"pir\"]) raise q 1",
    );
    let run = run(&text);
    assert!(run.count(", false") > 10 && run.count(", true") == 0, "{}", run.lines_with(&["alarm"]));
    assert!(run.count("as hostile") > 10);
    assert_eq!(run.count("detected"), 0);
}

/// A thief forces a door into a lobby where staff go in and out by badge.
const FORCES: &str = "
start Mon 09:00
street -[badge 2s dps rex force=5min name=front traffic=200/h:staff]-> lobby
street -[lock 60s dps name=side]-> lobby
role staff 5 zones lobby
adversary thief at street begins=10min wants reach lobby 1h
script thief: pass side force-barrier; spend wait 2h
queue q
horizon 1h
";

#[test]
fn a_true_alarm_needs_cause_and_subject() {
    let rule = |when: &str, first: &str| {
        let run = run(&format!(
            "{FORCES}rule r when {when} raise q 1 condition=After(first: {first}, within: \"2h\", by: Site)"
        ));
        (run.count(", true") > 0, run.count(", false") > 0)
    };
    // Staff go in after the door was forced: the adversary's doing was necessary, but the badge is not the adversary's.
    assert_eq!(rule("AccessGranted", "PortalForced"), (false, true));
    // The forced door itself is.
    assert_eq!(rule("PortalForced", "AccessGranted()"), (true, false));
}

#[test]
fn only_a_person_detects() {
    let run = run(&vandal("rule wire when Sensor() raise nobody 1 respond Call(\"police\")\nforce police 100s"));
    assert_eq!((run.count("is interrupted"), run.count("detected")), (1, 0));
    let score = run.score();
    assert!(score.first_alarm.is_some() && score.detected.is_none());
}

#[test]
fn automatic_responses_hit_or_misfire() {
    let text = "
        street -[badge name=front]-> lobby -[badge name=vault-door]-> vault
        role staff zones lobby
        role chief zones lobby,vault
        person ann staff
        person bob chief
        credential old of bob superseded
        adversary thief at street has ann wants reach vault 10s only=walk,use-badge outsider
        add site.routines.old (act: OldBadge(portals: [\"front\"], credentials: [\"old\"]), per_day: (value: 240, source: \"fixture\"))
        rule denied when AccessDenied() respond RevokeCredential
        horizon 2h";
    let run = run(text);
    assert_eq!(run.count("effect: revoke ann without a person, hits thief"), 1, "{}", run.lines().join("\n"));
    let misfires = run.lines().iter().filter(|l| l.ends_with("effect: revoke old without a person")).count();
    assert!(misfires > 0);
    let score = run.score();
    assert_eq!((score.automatic_hits, score.price.misfires as usize), (1, misfires));
}

// ------------------------------------------------------------------ guards

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
    let run =
        run(&row("post desk in room guards 1\nrole watch\npost gate in hall guards 1 role=watch\nguards search=60s"));
    assert_eq!(run.count("guard watch-001 is sent to store"), 1);
    assert_eq!(run.count("guard guard-001 is sent"), 0);
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

// ------------------------------------------------------------------ forces

#[test]
fn a_force_meets_everybody_on_the_site() {
    let text = vandal(
        "actor second of vandal at yard\nactor far of vandal at street\nrule wire when Sensor() respond Call(\"police\")\nforce police 100s",
    );
    check(
        &text,
        &["met", "taken"],
        "100 vandal is met
        100 vandal is taken
        100 second is met
        100 second is taken",
    );
}

#[test]
fn a_force_on_its_way_is_not_called_again() {
    let text = vandal(&format!("{}force police 100s\nqueue q\nplay any -> Call(\"police\")", FOUR));
    assert_eq!(log(&text, &["called", "arrives"]), "0 called: police\n100 police arrives");
}

#[test]
fn what_is_not_communicated_calls_nobody() {
    let text = vandal(&format!("{FOUR}force police 100s\nqueue q\nplay any -> Call(\"police\")\n"));
    assert_eq!(run(&format!("{text}communication 0")).count("call fails"), 4, "told for each alarm");
    let plan = doorward_model::fixture::plan(&format!("{text}communication 0.5"));
    let mixed = (0..100).map(|n| crate::recorded::nth_run(&plan, n)).filter(|r| {
        let calls = r.count("call fails");
        assert!(calls == 0 || calls == 4, "one draw an incident");
        calls == 0
    });
    let through = mixed.count();
    assert!((30..70).contains(&through), "{through}");
}

#[test]
fn too_late_is_no_interruption() {
    let late = vandal("rule wire when Sensor() respond Call(\"police\")\nforce police 421s");
    check(
        &late,
        &["objective", "met", "interrupted", "taken"],
        "420 vandal reaches the objective
        421 vandal is met
        421 vandal is taken",
    );
    let just = late.replace("421s", "419s");
    check(
        &just,
        &["objective", "met", "interrupted", "taken"],
        "419 vandal is met
        419 vandal is interrupted
        419 vandal is taken",
    );
}

#[test]
fn what_was_broken_off_is_not_sensed() {
    let text = vandal(
        "sensor late on pump task=1 middle\nrule wire when Sensor(kinds: [\"wire\"]) respond Call(\"police\")\n",
    );
    // The task lasts from 120 s to 420 s.
    assert_eq!(run(&format!("{text}force police 271s")).at("sensor late"), Some(270.0));
    assert_eq!(run(&format!("{text}force police 269s")).count("sensor late"), 0);
}

// ------------------------------------------------------------------ panels

/// Staff go in and out by badge; the panel is out of reach from 10:00 to 11:00.
const OUTAGE: &str = "
start Mon 09:00
street -[badge dps name=front traffic=60/h:staff inward=1]-> lobby
role staff 5 zones lobby
person ann staff
credential old of ann superseded
add site.routines.old (act: OldBadge(portals: [\"front\"], credentials: [\"old\"]), per_day: (value: 240, source: \"fixture\"))
inject outage at Mon 10:00 panel-offline panel 1h
horizon 3h
";

/// Lines with a word, between two seconds.
fn between(text: &str, word: &str, from: f64, to: f64) -> usize {
    let run = run(text);
    let lines = run.lines_with(&[word]);
    lines.lines().filter_map(|l| l.split(' ').next()?.parse::<f64>().ok()).filter(|at| (from..to).contains(at)).count()
}

#[test]
fn a_panel_out_of_reach_goes_by_what_it_knows_or_refuses_or_looks_at_the_facility_code() {
    let passes = |panel: &str, from, to| between(&format!("{OUTAGE}{panel}"), "passes front", from, to);
    let refused = |panel: &str, why: &str, from, to| between(&format!("{OUTAGE}{panel}"), why, from, to);
    for panel in ["panel panel cached", "panel panel deny", "panel panel facility"] {
        assert!(passes(panel, 0.0, 3600.0) > 30, "{panel}");
        assert!(passes(panel, 7200.0, 10800.0) > 30, "{panel}");
        assert!(refused(panel, "refused ann at front: Superseded", 0.0, 3600.0) > 0, "{panel}");
    }
    assert!(passes("panel panel cached", 3600.0, 7200.0) > 30);
    assert!(refused("panel panel cached", "refused ann at front: Superseded", 3600.0, 7200.0) > 0);
    assert_eq!(passes("panel panel deny", 3600.0, 7200.0), 0);
    assert!(refused("panel panel deny", "OutOfReach", 3600.0, 7200.0) > 30);
    assert_eq!(refused("panel panel facility", "refused", 3600.0, 7200.0), 0, "any card of the site opens");
}

#[test]
fn events_of_an_offline_panel_come_late_and_the_buffer_is_finite() {
    let run = run(&format!("{OUTAGE}panel panel cached buffer=10"));
    let seen = |from: f64, to: f64| {
        let lines = run.lines_with(&["seen granted", "seen denied", "seen opened", "seen closed"]);
        lines
            .lines()
            .filter(|l| l.split(' ').next().and_then(|t| t.parse().ok()).is_some_and(|t: f64| t >= from && t < to))
            .count()
    };
    assert_eq!(run.at("panel down"), Some(3600.0));
    assert_eq!(run.at("panel up"), Some(7200.0));
    assert_eq!(seen(3600.0, 7200.0), 0);
    assert_eq!(seen(7200.0, 7200.001), 10);
    assert!(run.count("loses an event") > 50);
    assert_eq!(run.score().price.events_lost as usize, run.count("loses an event"));
}

#[test]
fn a_panel_stays_cut_off_while_its_server_is_isolated() {
    // The outage ends, the server stays isolated.
    let text = "
        start Mon 09:00
        street -[badge dps name=front]-> lobby
        device siem in lobby on security kind=Siem
        device acs in lobby on security kind=AccessControlServer service admin-console:acs-admin logs siem
        panel panel deny
        add site.routines.noise (act: EndpointFalseAlarm(devices: [\"acs\"]), per_day: (value: 1440, source: \"fixture\"))
        rule edr when EndpointAlert respond IsolateDevice
        inject outage at Mon 09:30 panel-offline panel 10min
        horizon 1h";
    let run = run(text);
    assert!(run.at("isolate acs").is_some_and(|at| at < 1800.0));
    assert_eq!((run.count("panel down"), run.count("panel up")), (1, 0), "{}", run.lines_with(&["panel", "isolate"]));
}

// ------------------------------------------------------------------- doors

#[test]
fn a_door_kept_open_is_held() {
    let text = "
        start Mon 09:00
        street -[badge dps held=30s held-chance=1 held-time=90s name=front traffic=5/h:staff]-> lobby
        role staff 5 zones lobby
        horizon 1h";
    let run = run(text);
    let times = |word: &str| -> Vec<f64> {
        run.lines_with(&[word]).lines().filter_map(|l| l.split(' ').next()?.parse().ok()).collect()
    };
    let (opens, held) = (times("front opens"), times("seen held front"));
    assert!(!opens.is_empty());
    assert_eq!(held.len(), opens.iter().filter(|t| **t + 30.0 <= 3600.0).count());
    for (open, held) in opens.iter().zip(&held) {
        assert!((held - open - 30.0).abs() < 1e-6);
    }
    // Without a switch nobody knows.
    assert_eq!(self::run(&text.replace(" dps held=30s", " ")).count("seen held"), 0);
    // A door that shuts in time is none.
    assert_eq!(self::run(&text.replace("held-chance=1", "held-chance=0")).count("seen held"), 0);
}

#[test]
fn a_door_that_is_broken_open_is_forced() {
    let text = "
        street -[lock 60s dps close=5s name=front]-> lobby
        asset safe in lobby 1s
        adversary thief at street wants sabotage safe
        script thief: pass front force-barrier; task safe sabotage-asset";
    check(
        text,
        &["opens", "closes", "seen"],
        "60 front opens
        60 seen forced front
        65 front closes
        65 seen closed front",
    );
}

/// People leave by one door.
fn leaving(door: &str) -> Vec<String> {
    let text = format!(
        "start Mon 09:00
        street -[free]-> yard -[{door} name=front traffic=20/h:staff inward=0]-> lobby
        role staff 5 zones yard,lobby
        horizon 1h"
    );
    let run = run(&text);
    let seen = run.lines_with(&["seen"]);
    let mut kinds: Vec<String> =
        seen.lines().filter_map(|l| l.split_once(" seen ").map(|(_, what)| what.to_owned())).collect();
    kinds.sort();
    kinds.dedup();
    assert!(run.count("passes front into yard") > 5, "egress is free: {door}");
    kinds
}

#[test]
fn leaving_is_told_by_its_request() {
    assert_eq!(leaving("badge dps rex"), ["closed front", "opened front", "request to exit front"]);
    assert_eq!(leaving("door dps"), ["closed front", "opened front"]);
    // A handle turns without anybody's leave, and the switch tells.
    assert_eq!(leaving("lock dps"), ["closed front", "forced front"]);
    assert_eq!(leaving("exit"), ["closed front", "forced front"]);
    assert_eq!(leaving("lock"), [""; 0]);
}

#[test]
fn a_reader_on_the_way_out_is_asked() {
    let granted = leaving("badge both dps");
    assert!(granted.iter().any(|l| l.contains("granted") && l.ends_with("front outwards")), "{granted:?}");
}

#[test]
fn a_grant_that_is_not_taken_opens_nothing() {
    let text = "
        start Mon 09:00
        street -[badge dps not-taken=1 name=front traffic=20/h:staff inward=1]-> lobby
        role staff 5 zones lobby
        horizon 1h";
    let run = run(text);
    assert!(run.count("seen granted") > 5);
    assert_eq!(run.count("seen granted"), run.count("seen not taken"));
    assert_eq!(run.count("passes") + run.count("opens"), 0);
}

#[test]
fn doors_of_a_mantrap_never_stand_open_together() {
    let text = "
        start Mon 09:00
        street -[mantrap close=20s interlock=trap name=outer traffic=200/h:staff]-> trap
        trap -[mantrap close=20s interlock=trap name=inner traffic=200/h:staff]-> hall
        role staff 5 zones trap,hall
        horizon 2h";
    let both = |text: &str| {
        let run = run(text);
        let mut open = std::collections::BTreeSet::new();
        let mut together = 0;
        for event in &run.events {
            match event.what {
                What::Truth(Truth::LeafOpened { portal }) => {
                    open.insert(portal);
                    together += usize::from(open.len() > 1);
                }
                What::Truth(Truth::LeafClosed { portal }) => {
                    open.remove(&portal);
                }
                What::Truth(_) | What::Observed(_) => {}
            }
        }
        assert!(run.count("passes inner") > 50 && run.count("passes outer") > 50);
        together
    };
    assert_eq!(both(text), 0);
    assert!(both(&text.replace("interlock=trap", "")) > 10);
}

#[test]
fn a_door_unlocked_by_schedule_asks_for_no_badge() {
    let text = "
        start Mon 09:00
        street -[badge unlocked=\"daily 10:00-11:00\" name=front traffic=60/h:staff inward=1]-> lobby
        role staff 5 zones lobby hours=daily 23:00-24:00
        horizon 3h";
    assert_eq!(between(text, "passes", 0.0, 3600.0), 0);
    assert!(between(text, "passes", 3600.0, 7200.0) > 30);
    assert_eq!(between(text, "passes", 7201.0, 10800.0), 0);
}

/// Sensor and lockdown at the moment that a thief begins to force a hatch into the lobby, at 10:00.
const LOCKDOWN: &str = "
start Mon 09:00
street -[badge dps name=front traffic=120/h:staff]-> lobby -[badge name=office-door traffic=60/h:staff]-> office
street -[lock 9h name=hatch]-> lobby
sensor foil on hatch force=1
role staff 5 zones lobby,office
adversary thief at street begins=1h wants reach lobby 1h
script thief: pass hatch force-barrier
post desk in office guards 1
guards search=60s
horizon 3h
";

#[test]
fn a_lockdown_refuses_badges_and_keeps_egress_free() {
    let text = format!("{LOCKDOWN}rule foil when Sensor() respond LockDown(scope: Zone, lasts: \"1h\")");
    let run = run(&text);
    let count = |word: &str, from: f64, to: f64| {
        let lines = run.lines_with(&[word]);
        lines
            .lines()
            .filter(|l| l.split(' ').next().and_then(|t| t.parse().ok()).is_some_and(|t: f64| t >= from && t < to))
            .count()
    };
    assert_eq!(run.at("effect: lock down lobby"), Some(3600.0));
    assert!(count("passes front into lobby", 0.0, 3600.0) > 30);
    assert_eq!(count("passes front into lobby", 3601.0, 7200.0), 0);
    assert!(count("LockedDown", 3600.0, 7200.0) > 30);
    assert!(count("passes front into street", 3600.0, 7200.0) > 30, "egress stays free");
    assert!(count("passes office-door into lobby", 3600.0, 7200.0) > 10, "and from room to room");
    assert!(count("passes front into lobby", 7200.0, 10800.0) > 30, "it ends");
}

#[test]
fn guards_pass_a_lockdown() {
    let text = format!(
        "{LOCKDOWN}rule foil when Sensor() respond [LockDown(scope: Zone, lasts: \"1h\"), Dispatch]\nlatency dispatch=60s\n\
         lobby -[badge name=cage-door]-> cage\nset site.sensors.foil.watches Zone(\"cage\")\nset site.sensor_types.foil.detects {{}}\n\
         add site.sensor_types.foil.nuisance_per_day (value: 240, source: \"fixture\")"
    );
    let run = run(&text);
    assert!(run.count("passes cage-door into cage") > 0, "{}", run.lines_with(&["guard", "effect"]));
    let refused = run.events.iter().filter(|e| {
        matches!(e.what, What::Truth(Truth::Refused { person, .. }) if run.plan.people[person.index()].name.starts_with("guard"))
    });
    assert_eq!(refused.count(), 0);
}

// --------------------------------------------------------------- how it ends

#[test]
fn each_run_ends_as_exactly_one() {
    ends(&vandal(""), Outcome::ObjectiveUncontained);
    let called = vandal("rule wire when Sensor() respond Call(\"police\")\n");
    ends(&format!("{called}force police 100s"), Outcome::Contained);
    ends(&format!("{called}force police 500s"), Outcome::ObjectiveContained);
    ends(&vandal("set scenario.horizon \"5min\""), Outcome::ActiveAtHorizon);
    ends(&vandal("").replace("at street", "at street gives-up=100s"), Outcome::GaveUp);
}

#[test]
fn refused_by_controls_alone_is_prevented() {
    let text = "
        street -[badge name=front]-> lobby
        role staff zones none
        person ann staff
        adversary thief at street has ann wants reach lobby 10s outsider";
    ends(text, Outcome::Prevented);
    // Once the response has taken the badge it is not controls alone.
    ends(&format!("{text}\nrule denied when AccessDenied() respond RevokeCredential"), Outcome::Contained);
}

#[test]
fn in_custody_nobody_uses_the_badge_in_their_pocket() {
    let text = "
        street -[badge name=front]-> lobby
        asset gold in lobby 10min
        role staff
        person ann staff
        sensor pir on lobby walk=1
        adversary thief at street has ann wants sabotage gold
        rule pir when Sensor() respond Call(\"police\")
        force police 1min";
    ends(text, Outcome::Contained);
    // One who got away still has it, until it is revoked.
    let text = text.replace("force police 1min", "post desk in lobby guards 1\nguards search=10s stops=0");
    ends(&text.replace("Call(\"police\")", "Dispatch"), Outcome::GaveUp);
    let text = text.replace("Call(\"police\")", "Dispatch\nrule granted when AccessGranted() respond RevokeCredential");
    ends(&format!("{text}\nlatency revoke=1min"), Outcome::Contained);
}

#[test]
fn leaving_of_ones_own_will_is_no_containment() {
    let text = vandal("").replace("at street", "at street gives-up=100s");
    let run = run(&text);
    assert_eq!(run.count("contained"), 0);
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
