//! Alarms, teams, guards, forces, panels and doors on an ordinary day, and how runs end.

use doorward_engine::{Truth, What};
use doorward_study::{Item, Outcome};

use crate::recorded::{log, run};

/// The lines of a run that contain one of these words are these.
#[track_caller]
pub(crate) fn check(text: &str, words: &[&str], expected: &str) {
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

/// When a run tells a truth, in seconds.
fn told(run: &crate::recorded::Recorded, which: impl Fn(&Truth) -> bool) -> Vec<f64> {
    let hits = run.events.iter().filter(|e| matches!(&e.what, What::Truth(truth) if which(truth)));
    hits.map(|e| e.at.as_millis() as f64 / 1e3).collect()
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

#[test]
fn a_hand_off_takes_its_time_and_less_where_teams_know_each_others_work() {
    let unattended = "queue q ack=10s assess=20s staffed=Tue 01:00-02:00 escalate=q2:5min:0:60s";
    let words = ["acknow", "assess"];
    let handed = |text: &str| -> Vec<f64> { told(&run(text), |t| matches!(t, Truth::HandedOver { .. })) };
    let apart = vandal(&format!("{ESCALATES}{unattended}"));
    check(&apart, &words, "370 acknowledged 0 after 370\n390 assessed 0 as hostile in 20");
    assert_eq!(handed(&apart), [360.0]);
    let together = vandal(&format!("{ESCALATES}{unattended} cross=0.5"));
    check(&together, &words, "190 acknowledged 0 after 190\n210 assessed 0 as hostile in 20");
    assert_eq!(handed(&together), [180.0]);
}

#[test]
fn an_alarm_that_has_been_everywhere_stays_where_it_is() {
    let text = vandal(
        "rule wire when Sensor() raise q 1
        queue q staffed=Tue 01:00-02:00 escalate=q2:0s:0
        queue q2 staffed=Tue 01:00-02:00 escalate=q:0s:0",
    );
    assert_eq!(told(&run(&text), |t| matches!(t, Truth::HandedOver { .. })), [0.0, 0.0]);
}

#[test]
fn a_team_that_tires_is_slower() {
    // The first comes alone, and makes one in an hour; the others are looked at when there have been four.
    check(
        &vandal(&format!("{FOUR}queue q ack=10s assess=20s true=0 tires=4")),
        &["acknowledged"],
        "12.5 acknowledged 0 after 12.5
        72.5 acknowledged 2 after 72.5
        132.5 acknowledged 1 after 132.5
        192.5 acknowledged 3 after 192.5",
    );
    // Two operators share the load.
    check(
        &vandal(&format!("{FOUR}queue q operators=2 ack=10s assess=20s true=0 tires=4")),
        &["acknowledged"],
        "11.25 acknowledged 0 after 11.25
        12.5 acknowledged 1 after 12.5
        56.25 acknowledged 2 after 56.25
        57.5 acknowledged 3 after 57.5",
    );
}

#[test]
fn a_team_that_tires_recognises_less_but_tells_no_better() {
    let verdicts = |queue: &str| -> Vec<bool> {
        let plan = doorward_model::fixture::plan(&vandal(&format!("{FOUR}queue q ack=1s assess=1s {queue}")));
        let verdict = |event: &doorward_engine::Event| match event.what {
            What::Truth(Truth::Assessed { hostile, .. }) => Some(hostile),
            What::Truth(_) | What::Observed(_) => None,
        };
        (0..100).flat_map(|n| crate::recorded::nth_run(&plan, n).events).filter_map(|e| verdict(&e)).collect()
    };
    let share = |queue: &str| {
        let all = verdicts(queue);
        assert_eq!(all.len(), 400);
        all.iter().filter(|hostile| **hostile).count() as f64 / 400.0
    };
    assert_eq!(share("true=1"), 1.0);
    // Four alarms in the hour: half as often.
    let tired = share("true=1 tires=4");
    assert!((0.43..0.57).contains(&tired), "{tired}");
    // Never below the chance of a false alarm.
    let exhausted = share("true=1 false=0.3 tires=0.01");
    assert!((0.24..0.36).contains(&exhausted), "{exhausted}");
    // Where true and false look alike they go on doing so.
    assert_eq!(verdicts("true=0.4 false=0.4"), verdicts("true=0.4 false=0.4 tires=0.01"));
}

#[test]
fn a_change_of_shift_loses_what_is_open() {
    let text = |queue: &str| {
        vandal(&format!(
            "{FOUR}sensor late on pump task=1 end\nrule late when Sensor(kinds:[\"late\"]) raise q
            queue q ack=10s assess=20min {queue}"
        ))
    };
    // One is looked at and three wait, the most urgent first; whoever looked at it is free for the next.
    check(
        &text("handover=00:05/1"),
        &["acknow", "assess", "lost"],
        "10 acknowledged 0 after 10
        300 lost 2
        300 lost 1
        300 lost 3
        300 lost 0
        430 acknowledged 4 after 10
        1630 assessed 4 as hostile in 1200",
    );
    assert_eq!(run(&text("handover=00:05/0")).count("lost"), 0);
    assert_eq!(run(&text("")).count("lost"), 0);
    // Every day anew, and at the other times as well.
    let tomorrow = text("handover=00:05,00:20/1").replace("at street", "at street begins=1d");
    let run = run(&format!("{tomorrow}\nset scenario.horizon \"2d\""));
    assert_eq!((run.at("lost 0"), run.count("lost")), (Some(86_700.0), 5));
}

#[test]
fn a_hostile_alarm_is_written_up_and_closed() {
    let text = vandal(&format!("{FOUR}queue q ack=10s assess=20s close=60s"));
    check(
        &text,
        &["acknowledged"],
        "10 acknowledged 0 after 10
        100 acknowledged 2 after 100
        190 acknowledged 1 after 190
        280 acknowledged 3 after 280",
    );
    let closed = |text: &str| told(&run(text), |t| matches!(t, Truth::Closed { .. }));
    assert_eq!(closed(&text), [90.0, 180.0, 270.0, 360.0]);
    // What was harmless is off the desk at once.
    assert_eq!(closed(&text.replace("close=60s", "close=60s true=0")), [30.0, 60.0, 90.0, 120.0]);
}

#[test]
fn two_teams_with_a_hand_off_detect_later_than_one() {
    // Two operators and the same alarms: in two rooms, or side by side.
    let base = vandal(
        "set scenario.horizon \"6h\"
        device siem in hut on lan kind=Siem
        device host in hut on lan logs siem
        device box in hut on lan service ssh logs siem
        add site.routines.noise (act: EndpointFalseAlarm(devices: [\"host\"]), per_day: (value: 120, source: \"fixture\"))
        add site.routines.probes (act: RefusedConnection(services: [\"box/ssh\"]), per_day: (value: 120, source: \"fixture\"))\n",
    );
    let base = base.replace("at street", "at street begins=2h").replace("300s", "4h");
    let assess = "ack=10s assess=4min true=1 false=0";
    let siloed = format!(
        "{base}rule wire when Sensor() raise guardroom\nrule edr when EndpointAlert raise guardroom
        rule probe when FlowRefused raise soc
        queue guardroom {assess} escalate=soc:3min:0.5:5min\nqueue soc {assess}"
    );
    let fused = format!(
        "{base}rule wire when Sensor() raise one\nrule edr when EndpointAlert raise one
        rule probe when FlowRefused raise one
        queue one operators=2 {assess}"
    );
    let detected = |text: &str| -> Vec<Option<f64>> {
        let scores = crate::recorded::scores(&doorward_model::fixture::plan(text), 400);
        scores.iter().map(|score| score.detected.map(|at| at.as_millis() as f64 / 1e3 - 7200.0)).collect()
    };
    let (apart, together) = (detected(&siloed), detected(&fused));
    let pairs = || apart.iter().zip(&together);
    let later = pairs().filter(|(a, t)| a.is_none() || a > t).count();
    let sooner = pairs().filter(|(a, t)| a.is_some() && a < t).count();
    assert!(later > 2 * sooner && later > 80, "{later} later, {sooner} sooner");
    // A hand-off loses some for good; one team none.
    let never = |all: &[Option<f64>]| all.iter().filter(|at| at.is_none()).count();
    assert!(never(&apart) > 5 && never(&together) == 0, "{} {}", never(&apart), never(&together));
    // What is never detected counts to the end of the run.
    let mean = |all: &[Option<f64>]| all.iter().map(|at| at.unwrap_or(4.0 * 3600.0)).sum::<f64>() / all.len() as f64;
    assert!(mean(&apart) > 1.2 * mean(&together), "{} {}", mean(&apart), mean(&together));
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
street -[lock 60s dps no-egress name=side]-> lobby
role staff 60 zones lobby
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
        add site.routines.old (act: Badge(credentials: [\"old\"], portals: [\"front\"]), per_day: (value: 240, source: \"fixture\"))
        rule denied when AccessDenied() respond RevokeCredential
        horizon 2h";
    let run = run(text);
    assert_eq!(run.count("effect: revoke ann without a person, hits thief"), 1, "{}", run.lines().join("\n"));
    let misfires = run.lines().iter().filter(|l| l.ends_with("effect: revoke old without a person")).count();
    assert!(misfires > 0);
    let score = run.score();
    assert_eq!((score.automatic_hits, score.price.get(Item::Misfires) as usize), (1, misfires));
}

// ---------------------------------------------------------------- recovery

/// Ann's badge, account, and the server behind her door; nobody means any harm.
const HARMLESS: &str = "
street -[badge dps name=front]-> lobby
role staff zones lobby
person ann staff
credential old of ann superseded
panel panel download=10s
device siem in lobby on security kind=Siem
device acs in lobby on security kind=AccessControlServer service admin-console:acs-admin logs siem
device box in lobby on security service ssh logs siem
account ann-admin on=box/ssh person=ann
horizon 4h
";

/// At 01:00 something happens to which a rule responds, and at 01:30, 02:05 and 03:00 somebody tries again. Gives the
/// run as it is when what was taken is given back after an hour, and when it is not.
fn responded(what: &str, rule: &str, again: &str) -> [crate::recorded::Recorded; 2] {
    let act = |name: &str, at: &str, what: &str| format!("inject {name} at=\"Mon {at}\" {{Act({what})}}\n");
    let tries: String =
        ["01:30", "02:05", "03:00"].iter().map(|at| act(&format!("try-{}", &at[..2]), at, again)).collect();
    let text = format!("{HARMLESS}{}{tries}rule r when {rule}\n", act("what", "01:00", what));
    [run(&format!("{text}recovery 1h")), run(&text)]
}

/// When what orders took was given back.
fn restored(run: &crate::recorded::Recorded) -> Vec<f64> {
    told(run, |t| matches!(t, Truth::Restored { .. }))
}

#[test]
fn an_account_that_was_disabled_for_nothing_is_enabled_again() {
    let login =
        "RemoteWork(roles: [\"ann\"], service: \"box/ssh\", lasts: (value: Fixed(\"1min\"), source: \"fixture\"))";
    let mistyped = "MistypedPassword(accounts: [\"ann-admin\"])";
    // Only the first refusal is answered.
    let runs = responded(mistyped, "LoginRefused respond DisableAccount quiet=1d", login);
    let refused = |run| told(run, |t| matches!(t, Truth::RefusedLogin { .. }));
    for run in &runs {
        assert_eq!(told(run, |t| matches!(t, Truth::CutOff { .. })), [3600.0]);
    }
    assert_eq!((restored(&runs[0]), refused(&runs[0])), (vec![7200.0], vec![5400.0]));
    assert_eq!((restored(&runs[1]), refused(&runs[1])), (vec![], vec![5400.0, 7500.0, 10_800.0]));
}

#[test]
fn a_badge_that_was_revoked_for_nothing_works_again_once_the_panels_know() {
    let badge = "Badge(credentials: [\"ann\"], portals: [\"front\"])";
    let runs = responded(badge, "AccessGranted() respond RevokeCredential quiet=1d", badge);
    let refused = |run| told(run, |t| matches!(t, Truth::Refused { .. }));
    for run in &runs {
        assert_eq!(told(run, |t| matches!(t, Truth::CutOff { .. })), [3600.0]);
    }
    assert_eq!((restored(&runs[0]), refused(&runs[0])), (vec![7200.0], vec![5400.0]));
    assert_eq!((restored(&runs[1]), refused(&runs[1])), (vec![], vec![5400.0, 7500.0, 10_800.0]));
}

#[test]
fn a_device_that_was_isolated_for_nothing_is_connected_again_with_its_panels() {
    let alert = "EndpointFalseAlarm(devices: [\"acs\"])";
    let typed = "MistypedPassword(accounts: [\"ann-admin\"])";
    let [given_back, kept] = responded(alert, "EndpointAlert respond IsolateDevice", typed);
    assert_eq!((given_back.at("panel down"), given_back.at("panel up")), (Some(3600.0), Some(7200.0)));
    assert_eq!(restored(&given_back), [7200.0]);
    assert_eq!((kept.at("panel down"), kept.at("panel up")), (Some(3600.0), None));
}

#[test]
fn a_lockdown_for_nothing_is_lifted() {
    let old = "Badge(credentials: [\"old\"], portals: [\"front\"])";
    let rule = "AccessDenied(reasons: [Superseded]) respond LockDown(scope: Zone, lasts: \"20h\")";
    let runs = responded(old, rule, "Badge(credentials: [\"ann\"], portals: [\"front\"])");
    let granted = |run: &crate::recorded::Recorded| run.count("seen granted");
    assert_eq!((restored(&runs[0]), granted(&runs[0])), (vec![7200.0], 2));
    assert_eq!((restored(&runs[1]), granted(&runs[1])), (vec![], 0));
}

#[test]
fn the_order_that_was_given_last_decides_when_it_is_given_back() {
    let mistyped = "MistypedPassword(accounts: [\"ann-admin\"])";
    let [run, _] = responded(mistyped, "LoginRefused respond DisableAccount", mistyped);
    // The hour begins anew with each: at 01:30, 02:05 and 03:00.
    assert_eq!(restored(&run), [14_400.0]);
    let text = format!("{HARMLESS}recovery 20min\nrule r when LoginRefused respond DisableAccount\n");
    let twice =
        ["01:00", "01:10"].map(|at| format!("inject at-{} at=\"Mon {at}\" {{Act({mistyped})}}\n", &at[3..])).concat();
    assert_eq!(restored(&self::run(&format!("{text}{twice}"))), [5400.0]);
}

#[test]
fn what_was_taken_from_an_adversary_is_not_given_back() {
    let text = "
        street -[badge name=front]-> lobby
        role staff zones lobby
        person ann staff
        adversary thief at street has ann wants reach lobby 3h
        rule granted when AccessGranted() respond RevokeCredential
        recovery 1h
        horizon 4h";
    let run = run(text);
    assert_eq!(run.count("revoke ann without a person, hits thief"), 1);
    assert_eq!(restored(&run), [] as [f64; 0]);
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
street -[badge dps name=front traffic=60/h:staff]-> lobby
role staff 60 zones lobby
person ann staff
credential old of ann superseded
habits help=61min
add site.routines.old (act: Badge(credentials: [\"old\"], portals: [\"front\"]), per_day: (value: 240, source: \"fixture\"))
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
    let passes = |panel: &str, from, to| between(&format!("{OUTAGE}{panel}"), "passes front into lobby", from, to);
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
        let lines = run.lines_with(&["seen granted", "seen denied", "seen opened", "seen closed", "seen forced"]);
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
    assert_eq!(run.score().price.get(Item::EventsLost) as usize, run.count("loses an event"));
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
        role staff 60 zones lobby
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
        street -[free]-> yard -[{door} name=front]-> lobby
        yard -[badge no-egress name=back]-> lobby
        role staff 20 zones yard,lobby shift=daily 00:00-09:15
        day staff base=lobby leaves=U(0s,30min)
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
        street -[badge dps not-taken=1 name=front traffic=20/h:staff]-> lobby
        role staff 60 zones lobby
        horizon 1h";
    let run = run(text);
    assert!(run.count("seen granted") > 5);
    assert_eq!(run.count("seen granted"), run.count("seen not taken"));
    // Whoever has not opened for seven grants is let in by hand: no grant was taken.
    assert!(run.count("seen granted") >= 7 * run.count("passes front into lobby"));
    let never = self::run(&text.replace("not-taken=1 ", ""));
    assert_eq!(never.count("seen not taken"), 0);
}

#[test]
fn doors_of_a_mantrap_never_stand_open_together() {
    let text = "
        start Mon 09:00
        street -[mantrap close=20s interlock=trap name=outer traffic=200/h:staff]-> trap
        trap -[mantrap close=20s interlock=trap name=inner traffic=200/h:staff]-> hall
        role staff 60 zones trap,hall
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
        street -[badge unlocked=\"daily 10:00-11:00\" name=front traffic=60/h:staff]-> lobby
        role staff 60 zones lobby hours=daily 23:00-24:00
        habits help=9h
        horizon 3h";
    assert_eq!(between(text, "into lobby", 0.0, 3600.0), 0);
    assert!(between(text, "into lobby", 3600.0, 7200.0) > 30);
    assert_eq!(between(text, "into lobby", 7201.0, 10800.0), 0);
}

/// Sensor and lockdown at the moment that a thief begins to force a hatch into the lobby, at 10:00.
const LOCKDOWN: &str = "
start Mon 09:00
street -[free]-> yard -[badge dps name=front traffic=120/h:staff]-> lobby
lobby -[badge name=office-door traffic=60/h:staff]-> office
street -[lock 9h name=hatch]-> lobby
sensor foil on hatch force=1
role staff 60 zones yard,lobby,office
role clerks 80 zones yard,lobby,office
day clerks base=office
errand air of=clerks to=yard per-day=24 stays=60s
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
    assert!(count("passes front into yard", 3600.0, 7200.0) > 30, "egress stays free");
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
