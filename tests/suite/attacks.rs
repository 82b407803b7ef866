//! What adversaries do, and what stops them.

use doorward_model::fixture;
use doorward_model::signal::{Intent, StopReason};
use doorward_study::Outcome;

use crate::recorded::{check, in_order, never, nth_run, run, scores};

fn outcome(text: &str) -> Outcome {
    run(text).score().outcome()
}

// -------------------------------------------------------------- tailgating

const TAILGATER: &str = "
start Mon 09:00
street -[badge 2s close=5s follow=1 force=20min name=front traffic=60/h:staff]-> lobby
asset laptop in lobby 30s portable
role staff 20 zones lobby
adversary thief at street wants theft laptop patience=10min
horizon 4h
";

#[test]
fn the_tailgater_follows_somebody_and_carries_the_asset_out() {
    let run = check(
        &format!("{TAILGATER}behaviour hold=1"),
        &[
            "starts to follow through front",
            "staff-",
            "hostile act",
            "thief passes front into lobby",
            "gains zone lobby",
            "starts to take laptop",
            "gains asset laptop",
            "thief passes front into street",
            "reaches the objective",
            "stops: Finished",
        ],
    );
    let first = run.lines().into_iter().find(|l| l.contains("staff-") && l.contains("passes front into lobby"));
    let came: f64 = first.and_then(|l| l.split(' ').next()?.parse().ok()).expect("somebody came");
    assert_eq!(run.at("thief passes front into lobby"), Some(came + 2.0));
    let taken = run.at("gains asset").expect("it is taken");
    assert!((taken - came - 32.0).abs() < 1e-6, "{taken}");
    assert_eq!(run.at("reaches the objective"), run.at("thief passes front into street"));
}

#[test]
fn who_is_not_let_in_gives_up_the_door_and_forces_it() {
    for how in
        ["behaviour hold=0.03 report=1 delay=10s", "behaviour hold=1\nset site.hardware.front.follow_chance.value 0.03"]
    {
        // It hopes for one in thirty, which is quicker than the door; in most runs nobody is that one.
        let text = format!("{TAILGATER}{how}").replace("force=20min", "force=40min");
        let plan = fixture::plan(&text);
        let run = (0..20).map(|n| nth_run(&plan, n)).find(|run| run.count("NobodyCame") > 0).expect("such a run");
        in_order(
            &run,
            &text,
            &["starts to follow through front", "fails to follow through front: NobodyCame", "starts to break front"],
        );
        assert_eq!(run.at("NobodyCame"), Some(600.0), "it waits for as long as its patience lasts");
        let before =
            run.lines().iter().take_while(|l| !l.contains("NobodyCame")).filter(|l| l.contains("hostile")).count();
        assert!(before > 3, "each passage is tried: {before}");
        let forced = run.at("thief passes front into lobby").expect("it gets in");
        assert_eq!(forced, 600.0 + 2400.0 + 2.0);
        assert_eq!(run.count("seen stranger in street") > 0, how.contains("report=1"));
    }
}

#[test]
fn nobody_follows_where_nobody_comes() {
    let text = format!("{TAILGATER}technique follow-through chance=1\nbehaviour hold=1").replace("60/h", "0/h");
    never(&text, &["to follow"]);
    // Against the stream there is nobody to follow either: all come in at the back and go out at the front.
    let text = format!("{TAILGATER}behaviour hold=1")
        .replace(
            "street -[badge 2s",
            "street -[badge 2s name=back at=10,50 traffic=60/h:staff]-> lobby\nstreet -[lock 2s",
        )
        .replace("name=front traffic=60/h:staff", "name=front");
    let text = format!("{text}\nzone street offsite at 0,0\nzone lobby at 20,0\n");
    let run = run(&text);
    assert_eq!(run.lines_with(&["to follow"]), "", "{text}");
    let [out, against] = ["into street", "into lobby"].map(|to| {
        run.lines()
            .iter()
            .filter(|line| line.contains("staff-") && line.contains(&format!("passes front {to}")))
            .count()
    });
    assert!(out > 100 && against == 0, "{out} go out there, {against} in");
}

#[test]
fn who_holds_the_door_is_chance() {
    let plan = fixture::plan(&format!("{TAILGATER}behaviour hold=0.3"));
    let first = |n| {
        let run = nth_run(&plan, n);
        let tries = run
            .lines()
            .iter()
            .take_while(|l| !l.contains("thief passes front into lobby"))
            .filter(|l| l.contains("hostile"))
            .count();
        (run.count("NobodyCame") == 0).then_some(tries)
    };
    let tries: Vec<usize> = (0..400).filter_map(first).collect();
    // Geometric, all but the longest waits: 3.3 in the mean.
    let mean = tries.iter().sum::<usize>() as f64 / tries.len() as f64;
    assert!(tries.len() > 350 && (2.6..3.6).contains(&mean), "{mean} in {}", tries.len());
}

// ------------------------------------------------------------- stolen badge

const STOLEN: &str = "
street -[badge name=front]-> lobby -[badge force=10min name=vault-door]-> vault
asset gold in vault 60s
role staff zones lobby
person ann staff
";

#[test]
fn a_stolen_badge_opens_what_its_role_may_enter() {
    check(
        &format!("{STOLEN}adversary thief at street has ann wants sabotage gold"),
        &[
            "seen granted ann front inwards",
            "thief passes front into lobby",
            "seen denied ann vault-door: NoRight",
            "fails to badge through vault-door with ann: Refused",
            "starts to break vault-door",
            "600 thief passes vault-door into vault",
            "660 thief reaches the objective",
        ],
    );
    // An insider knows.
    never(&format!("{STOLEN}adversary thief at street insider has ann wants sabotage gold"), &["denied"]);
}

#[test]
fn a_right_has_its_hours() {
    let text = STOLEN.replace("zones lobby", "zones lobby hours=daily 08:00-18:00");
    let thief = "adversary thief at street has ann wants reach lobby 1s";
    check(&format!("start Mon 12:00\n{text}{thief}"), &["granted ann front", "reaches the objective"]);
    check(&format!("start Mon 20:00\n{text}{thief}"), &["denied ann front: NoRight", "stops: NoWayLeft"]);
    let shift = STOLEN.replace("zones lobby", "zones lobby shift daily 08:00-18:00");
    check(&format!("start Mon 20:00\n{shift}{thief}"), &["granted ann front"]);
    check(&format!("start Mon 20:00\n{shift}{thief}\naccess off_shift: Deny"), &["denied ann front: OffShift"]);
}

#[test]
fn a_reported_badge_works_until_the_panel_has_heard() {
    // Reported after 10 min, revoked after 1, downloaded after 2.
    let at = |begins: &str, rest: &str| {
        format!(
            "{STOLEN}adversary thief at street begins={begins} has ann reported=10min wants reach lobby 1s\n\
             latency revoke=1min\npanel panel download=2min\n{rest}"
        )
    };
    check(&at("779s", ""), &["granted ann front", "reaches the objective"]);
    check(&at("781s", ""), &["denied ann front: Revoked", "stops: NoWayLeft"]);
    // A panel that is cut off meanwhile has not heard, and hears once it is back.
    let outage = "inject outage at Mon 00:05 panel-offline panel 1h";
    check(&at("30min", outage), &["panel down", "effect: revoke ann", "thief passes front", "panel up"]);
    check(&at("3901s", outage), &["effect: revoke ann", "panel up", "thief passes front"]);
    check(&at("4021s", outage), &["panel up", "denied ann front: Revoked"]);
}

#[test]
fn a_badge_alone_is_not_enough_for_a_second_factor() {
    for factor in ["pin", "biometric"] {
        let text = STOLEN.replace("badge name=front", &format!("badge {factor} name=front"));
        check(
            &format!("{text}adversary thief at street has ann wants reach lobby 1s"),
            &["denied ann front: Factor", "stops: NoWayLeft"],
        );
    }
    let text = STOLEN
        .replace("badge name=front", "badge accepts=[Desfire] name=front")
        .replace("zones lobby", "badge=Prox125 zones lobby");
    check(&format!("{text}adversary thief at street has ann wants reach lobby 1s"), &["stops: NoWayLeft"]);
}

#[test]
fn a_superseded_badge_is_known_as_such() {
    let text = format!("{STOLEN}credential old of ann superseded\ncredential gone of ann revoked\n");
    check(&format!("{text}adversary thief at street has old wants reach lobby 1s"), &["denied old front: Superseded"]);
    check(&format!("{text}adversary thief at street has gone wants reach lobby 1s"), &["denied gone front: Revoked"]);
}

// ---------------------------------------------------------- vendor backdoor

/// From the internet by a vendor's account over a gateway to the access control server; and a walker.
const VENDOR: &str = "
street -[badge name=front]-> lobby -[badge name=hall-door]-> hall
asset racks in hall 60s
role staff zones lobby,hall
device siem in lobby on security kind=Siem
device gw in lobby on dmz service vpn:interactive logs siem
flow logs gw -> siem syslog logs
flow dial-in internet -> gw vpn
flow tunnel gw -> acs acs-admin
horizon 6h
";

const ADMINISTRATOR: &str = "account vendor on gw/vpn,acs/admin-console role Administrator\n";
const OPERATOR: &str = "account vendor on gw/vpn,acs/admin-console role Operator\n";

/// The crew, with these techniques at the console.
fn crew(only: &str, rest: &str) -> String {
    format!(
        "{VENDOR}{rest}\nadversary crew on internet wants sabotage racks knows vendor only=walk,use-badge,sabotage-asset,{only}\n\
         actor walker of crew at street blank"
    )
}

const UNLOCK: &str = "log-in-with-known-secret,remote-unlock";
const FORGE: &str = "log-in-with-known-secret,forge-badge";

#[test]
fn a_remote_unlock_crosses_segment_flow_login_and_role() {
    let run = check(
        &crew(UNLOCK, OPERATOR),
        &[
            "starts to log in to gw/vpn as vendor",
            "10 seen login vendor on gw/vpn",
            "gains device gw",
            "starts to log in to acs/admin-console as vendor",
            "20 crew gains device acs",
            "seen remote unlock front by vendor",
            "walker passes front into lobby",
            "seen remote unlock hall-door by vendor",
            "walker passes hall-door into hall",
            "reaches the objective",
        ],
    );
    assert_eq!(run.count("seen granted"), 0, "no badge was read");
    let user = "account vendor on gw/vpn,acs/admin-console role User\n";
    assert_eq!(outcome(&crew(UNLOCK, user)), Outcome::Prevented);
    assert_eq!(outcome(&crew(FORGE, OPERATOR)), Outcome::Prevented, "an operator enrols nobody");
}

#[test]
fn a_remote_unlock_needs_a_panel_in_reach() {
    let text = crew(UNLOCK, &format!("{OPERATOR}inject outage at Mon 00:00 panel-offline panel 5h"));
    check(&text, &["panel down", "fails to release front from acs: DidNotWork"]);
    assert_eq!(outcome(&text), Outcome::Prevented);
}

#[test]
fn an_unlock_without_a_request_can_be_refused() {
    let text = crew(UNLOCK, &format!("{OPERATOR}access unlock_needs_request: true"));
    check(&text, &["fails to release front from acs: DidNotWork"]);
}

#[test]
fn a_released_door_locks_again() {
    // The walker needs longer than the lock stays released.
    let text = crew(UNLOCK, OPERATOR);
    assert_eq!(outcome(&text), Outcome::ObjectiveUncontained);
    let run = run(&text);
    for event in &run.events {
        if let doorward_engine::What::Truth(doorward_engine::Truth::Started { intent: Intent::Pass { .. }, .. }) =
            event.what
        {
            assert!(event.at.as_millis() >= 20_000, "nobody passes before the console is reached");
        }
    }
}

#[test]
fn a_forged_badge_works_once_downloaded() {
    let text = crew(FORGE, &format!("{ADMINISTRATOR}panel panel download=5min"));
    let run = check(
        &text,
        &[
            "50 seen enrolled blank of walker by vendor",
            "gains credential blank of walker",
            "350 walker passes front into lobby",
            "walker passes hall-door into hall",
            "reaches the objective",
        ],
    );
    assert_eq!(run.count("seen remote unlock"), 0);
    check(
        &text.replace("badge name=hall-door", "badge biometric name=hall-door"),
        &["walker passes front", "denied blank of walker hall-door: Factor"],
    );
}

#[test]
fn what_an_account_enrolled_can_be_revoked() {
    let text = crew(
        FORGE,
        &format!("{ADMINISTRATOR}panel panel download=5min\nrule enrolled when BadgeEnrolled() respond RevokeEnrolled"),
    );
    let run = check(
        &text,
        &[
            "enrolled blank of walker",
            "effect: revoke what vendor enrolled without a person, hits crew",
            "denied blank of walker front: Revoked",
        ],
    );
    assert_eq!(run.count("walker passes"), 0);
}

#[test]
fn containment_waits_for_a_badge_that_is_on_its_way_to_the_panels() {
    let text = crew(
        FORGE,
        &format!(
            "{ADMINISTRATOR}panel panel download=5min\nrule enrolled when BadgeEnrolled() respond [DisableAccount, EndSessions]\n\
             latency end-sessions=10s disable=5s"
        ),
    );
    let run = run(&text);
    assert_eq!(run.at("effect: end sessions"), Some(60.0));
    assert_eq!(run.count("contained"), 0, "{}", run.lines().join("\n"));
}

#[test]
fn a_second_factor_stops_a_stolen_secret() {
    let text = crew(UNLOCK, OPERATOR).replace("vpn:interactive", "vpn:mfa:interactive");
    assert_eq!(outcome(&text), Outcome::Prevented);
    let run = run(&text);
    assert_eq!(run.count("gains"), 0);
    assert_eq!(run.score().stopped.map(|s| s.1), Some(StopReason::NoWayLeft));
}

#[test]
fn a_service_that_asks_for_nothing_needs_no_stolen_secret() {
    let ignorant = |text: String| text.replace(" knows vendor", "");
    assert_eq!(outcome(&ignorant(crew(UNLOCK, OPERATOR))), Outcome::Prevented);
    // The vendor's password was never changed from the one in the manual: on the gateway and on the console.
    let open = crew(UNLOCK, OPERATOR).replace("vpn:interactive", "vpn:open:interactive")
        + "\nset site.devices.acs.services.admin-console.authentication Open";
    check(&ignorant(open), &["seen login vendor on gw/vpn", "gains device acs", "reaches the objective"]);
}

#[test]
fn vendors_can_be_held_to_tickets() {
    let text = crew(
        UNLOCK,
        "account vendor on gw/vpn,acs/admin-console role Operator vendor daily 00:00-24:00\naccess vendors: Ticketed",
    );
    check(
        &text,
        &[
            "seen login refused vendor on gw/vpn: NoTicket",
            "fails to log in to gw/vpn as vendor: LoginRefused",
            "stops: NoWayLeft",
        ],
    );
    assert_eq!(outcome(&text), Outcome::Prevented);
}

#[test]
fn without_the_flow_there_is_no_way_or_another() {
    let closed = crew(UNLOCK, OPERATOR).replace("tunnel gw -> acs acs-admin", "tunnel gw -> acs acs-admin closed");
    assert_eq!(outcome(&closed), Outcome::Prevented);
    assert_eq!(run(&closed).count("gains device acs"), 0);
    // A jack in the yard leads to the server too.
    let other = closed.replace("street -[badge name=front]", "yard -[free]-> street\nstreet -[badge name=front]");
    let other = other.replace(",remote-unlock", ",remote-unlock,attach-device");
    let other = format!(
        "{other}\nzone street offsite\njack port in yard on security open\nflow inside security -> acs acs-admin"
    );
    check(&other, &["managed to plug in at port", "gains device acs", "remote unlock front", "reaches the objective"]);
    never(&other.replace("port in yard on security open", "port in yard on security"), &["plug in", "gains"]);
}

// ------------------------------------------------- exploits, secrets, sessions

/// A gateway with a flaw, on which a secret lies.
fn flawed(more: &str) -> String {
    crew("exploit-service,read-secrets,log-in-with-known-secret,remote-unlock", &format!("{OPERATOR}{more}"))
        .replace(" knows vendor", "")
        .replace("logs siem", "logs siem secrets vendor exploit=1/5min harvest=1/1min")
}

#[test]
fn an_exploit_leaves_no_login_and_secrets_open_doors() {
    let run = check(
        &flawed(""),
        &[
            "300 crew gains device gw",
            "managed to exploit gw/vpn",
            "360 crew gains account vendor",
            "gains device acs",
            "remote unlock front by vendor",
            "reaches the objective",
        ],
    );
    assert_eq!(run.count("seen login vendor on gw/vpn"), 0, "nobody logged in there");
    assert_eq!(run.count("endpoint alert"), 0);
    check(
        &flawed("").replace("exploit=1/5min", "detect=1 exploit=1/5min"),
        &["300 seen endpoint alert gw", "360 seen endpoint alert gw"],
    );
    assert_eq!(outcome(&flawed("").replace("exploit=1", "exploit=0")), Outcome::Prevented);
    assert_eq!(outcome(&flawed("").replace("harvest=1", "harvest=0")), Outcome::Prevented);
}

#[test]
fn isolation_cuts_sessions_and_those_that_came_through_them() {
    // The last alert is at 360 s; the server is held from 370 s on.
    let text = flawed(
        "rule edr when EndpointAlert respond IsolateDevice\nlatency isolate=80s\ntechnique remote-unlock takes=10min",
    );
    let text = text.replace("exploit=1/5min", "detect=1 exploit=1/5min");
    let run = check(
        &text,
        &["370 crew gains device acs", "380 effect: isolate gw without a person, hits crew", "380 crew is contained"],
    );
    assert_eq!(run.count("remote unlock"), 0);
    assert_eq!(run.score().outcome(), Outcome::Contained);
}

#[test]
fn a_login_under_way_to_an_isolated_host_fails() {
    let text = flawed("rule edr when EndpointAlert respond IsolateDevice\nlatency isolate=5s");
    let text = text.replace("logs siem secrets", "logs siem detect=1 secrets");
    let run = check(&text, &["effect: isolate gw without a person, hits crew", "crew is contained"]);
    assert_eq!(run.count("gains device acs"), 0);
    // Isolated between the first packet and the last: the host itself.
    let slow = crew(UNLOCK, OPERATOR).replace("tunnel gw", "direct internet -> gw vpn\nflow tunnel gw");
    let noise = "add site.routines.noise (act: EndpointFalseAlarm(devices: [\"gw\"]), per_day: (value: 14400, source: \"fixture\"))\n\
                 rule edr when EndpointAlert respond IsolateDevice\ntechnique log-in-with-known-secret takes=1h";
    let run = self::run(&format!("{slow}\n{noise}"));
    assert!(run.at("isolate gw").is_some_and(|at| at < 3600.0));
    assert_eq!((run.count("gains"), run.count("seen login")), (0, 0), "{}", run.lines_with(&["gains", "seen login"]));
}

#[test]
fn disabling_leaves_the_session_and_ending_it_does_not() {
    let with = |respond: &str| {
        let more = format!("{OPERATOR}rule login when Login() respond {respond}\nlatency disable=15s end-sessions=25s");
        format!("{}\ntechnique remote-unlock takes=5min", crew(UNLOCK, &more))
    };
    let disabled = check(
        &with("DisableAccount"),
        &[
            "25 effect: disable vendor without a person, hits crew",
            "320 seen remote unlock front by vendor",
            "reaches the objective",
        ],
    );
    assert_eq!(disabled.count("contained"), 0);
    let ended = check(
        &with("[DisableAccount, EndSessions]"),
        &["25 effect: disable vendor", "35 effect: end sessions of vendor", "35 crew is contained"],
    );
    assert_eq!(ended.count("remote unlock"), 0);
    // Ending sessions alone lets the adversary log in again, and try again what it was at.
    check(
        &with("EndSessions quiet=6h"),
        &[
            "35 effect: end sessions of vendor",
            "fails to release front from acs: SessionLost",
            "starts to log in to gw/vpn as vendor",
            "seen remote unlock front by vendor",
            "reaches the objective",
        ],
    );
}

#[test]
fn an_exploit_whose_way_is_cut_is_tried_again_from_a_new_session() {
    check(
        "
        street -[free]-> hall
        device siem in hall on lan kind=Siem
        device gw in hall on dmz service vpn:interactive logs siem
        device db in hall on dmz service sql exploit=1/10min
        flow dial-in internet -> gw vpn
        flow logs gw -> siem syslog logs
        flow query gw -> db sql
        account vendor on gw/vpn
        adversary spy on internet wants exfiltrate db 1min knows vendor
        rule login when Login() respond EndSessions quiet=6h
        latency end-sessions=1min",
        &[
            "10 spy starts to exploit db/sql",
            "70 effect: end sessions of vendor without a person, hits spy",
            "610 spy fails to exploit db/sql: SessionLost",
            "620 seen login vendor on gw/vpn",
            "1220 spy gains device db",
            "1280 spy reaches the objective",
        ],
    );
}

// ------------------------------------------- times and chances of techniques

/// The adversary of a text expects to need so many seconds, and does need them in the mean.
#[track_caller]
fn as_planned(text: &str, expected: f64) {
    let plan = fixture::plan(text);
    let planned = nth_run(&plan, 0).lines_with(&["plans for"]);
    let planned: f64 = planned.lines().next().and_then(|l| l.split(' ').next_back()?.parse().ok()).expect("a plan");
    assert!((planned - expected).abs() < 0.1, "planned for {planned}, not {expected}\n{text}");
    let times: Vec<f64> =
        scores(&plan, 600).iter().filter_map(|s| Some(s.objective?.as_millis() as f64 / 1e3)).collect();
    let mean = times.iter().sum::<f64>() / times.len() as f64;
    assert!(times.len() > 590, "{} of 600 get there\n{text}", times.len());
    assert!((mean / expected - 1.0).abs() < 0.12, "{mean} in the mean, not {expected}\n{text}");
}

/// A technique that takes ten seconds and works one time in four: forty seconds.
const OWN: &str = "takes=10s chance=0.25 attempts=60\n";

#[test]
fn a_technique_on_foot_takes_its_own_time_and_chance() {
    let walk = format!("street -[free 3s]-> hall\nadversary spy at street wants reach hall 1s\ntechnique walk {OWN}");
    as_planned(&walk, 41.0);
    let badge = |link: &str| {
        format!(
            "street -[{link} name=front]-> hall\nrole staff zones hall\nperson ann staff\n\
             adversary spy at street has ann wants reach hall 1s only=use-badge\ntechnique use-badge {OWN}"
        )
    };
    as_planned(&badge("badge 3s read=9s"), 41.0);
    as_planned(&badge("lock 3s key=ann").replace("person ann staff", "credential ann badge=Key"), 41.0);
    // Without one it is the portal's.
    as_planned(&badge("badge 3s read=9s").replace("takes=10s", ""), 49.0);
    // Skill has its factor on both.
    let skilled = format!(
        "{}add techniques.techniques.use-badge.skill (value: (low: 1.0, medium: 1.0, high: 0.5), source: \"fixture\")",
        badge("badge 3s read=9s").replace(OWN, "\n").replace("wants", "skill High wants")
    );
    as_planned(&skilled, 7.0);
}

#[test]
fn who_follows_in_a_time_of_their_own_waits_for_nobody_in_particular() {
    let own = format!("{TAILGATER}behaviour hold=0\ntechnique follow-through takes=2min chance=0.25 attempts=60\n");
    let own = own.replace("patience=10min", "patience=3h").replace("theft laptop", "reach lobby 1s");
    as_planned(&own, 483.0);
    // A chance of its own alone is that of each passage.
    let tries = format!("{TAILGATER}behaviour hold=0 report=1\ntechnique follow-through chance=0.1");
    let run = check(&tries, &["hostile act", "seen stranger in street", "thief passes front into lobby"]);
    assert_eq!(run.count("NobodyCame"), 0);
}

#[test]
fn a_technique_at_a_computer_has_its_own_chance() {
    let spy = "
        street -[free]-> hall
        device db in hall on lan service sql:interactive
        flow in internet -> db sql
        account dba on db/sql role Administrator
        adversary spy on internet wants exfiltrate db 7s knows dba\n";
    as_planned(&format!("{spy}technique log-in-with-known-secret {OWN}"), 47.0);
    as_planned(&format!("{spy}technique copy-data {OWN}"), 50.0);
    let jack = spy.replace("adversary spy on internet", "jack port in hall on lan open\nadversary spy at hall");
    let jack = jack.replace("flow in internet", "flow in lan");
    as_planned(&format!("{jack}technique attach-device {OWN}"), 57.0);
    // Ten seconds for each of two logins.
    as_planned(&format!("{}\ntechnique forge-badge {OWN}", crew(FORGE, ADMINISTRATOR)), 120.0);
    as_planned(&format!("{}\ntechnique remote-unlock {OWN}", crew(UNLOCK, OPERATOR)), 160.0);
    // Where the device states no hardening, a technique with a time of its own reads what lies there.
    let secrets = flawed("technique read-secrets takes=1min").replace(" harvest=1/1min", "");
    check(&secrets, &["300 crew gains device gw", "360 crew gains account vendor"]);
}

// ------------------------------------------------------------- who is reached

#[test]
fn a_lockdown_hits_whoever_stands_at_a_door_that_it_locks() {
    let hits = |ends: &str, level: u8| {
        let run = run(&format!(
            "street -[fence climb=10s name=fence]-> yard -[badge force=10s name=front]-> lobby -[badge name=vault-door]-> vault
             zone vault level 4
             sensor wire on fence climb=1
             adversary thief at street wants reach yard 1h
             script thief: pass fence climb-barrier; {ends}
             rule wire when Sensor() respond LockDown(scope: Level({level}), lasts: \"1h\")
             latency lock-down=30s"
        ));
        assert_eq!(run.count("effect: lock down"), 1);
        run.count("hits thief") == 1
    };
    // At 30 s the thief is in the yard, or in the lobby.
    assert!(!hits("spend wait 1h", 4), "the vault is two doors away");
    assert!(hits("spend wait 1h", 1), "the front door is next");
    assert!(hits("pass front force-barrier; spend wait 1h", 4), "the vault is next");
    assert!(!hits("pass front force-barrier; spend wait 1h", 5), "nothing was locked");
}

/// A camera sees a thief come up to a door in the street, who then works at it for a while.
const IN_THE_STREET: &str = "
yard -[free 10s name=gate]-> street -[badge 2s read=20min force=20min name=front]-> lobby -[free]-> office
zone yard offsite
zone street offsite
role staff zones lobby,office
person ann staff
sensor camera on street walk=1
post desk in office guards 1
guards search=60s
horizon 1h
";

#[test]
fn a_guard_sent_out_finds_who_works_at_the_door() {
    let text = format!("{IN_THE_STREET}rule camera when Sensor() respond Dispatch\n");
    let expected = [
        "10 guard guard-001 is sent to street",
        "guard guard-001 passes front into street",
        "thief is met",
        "thief is interrupted",
        "found somebody in street",
    ];
    check(&format!("{text}adversary thief at yard wants reach lobby 1s"), &expected);
    check(&format!("{text}adversary thief at yard has ann wants reach lobby 1s"), &expected);
    // Who has done nothing yet is one of those who pass.
    let idle = format!("{text}adversary thief at yard wants reach street 1h");
    let run = check(&idle, &["guard guard-001 is sent to street", "has found nobody in street"]);
    assert_eq!(run.count("met"), 0);
    // Somebody in the street is not in the way of a guard who goes elsewhere.
    let elsewhere = text.replace("sensor camera on street walk=1", "sensor camera on shed nuisance=240/day");
    let elsewhere =
        format!("{elsewhere}street -[free]-> shed\nadversary thief at street wants reach lobby 1s only=force-barrier");
    let run = check(&elsewhere, &["is sent to shed", "passes front into street", "found nobody in shed"]);
    assert_eq!(run.count("met"), 0);
}

#[test]
fn a_guard_beside_a_door_hears_who_forces_it() {
    let text = format!("{IN_THE_STREET}adversary thief at yard wants reach lobby 1s only=walk,force-barrier");
    assert_eq!(check(&text, &["starts to break front", "reaches the objective"]).count("met"), 0);
    check(&text.replace("desk in office", "desk in lobby"), &["starts to break front", "thief is met"]);
}

#[test]
fn a_force_meets_who_works_at_a_door_of_the_site() {
    let text = format!("{IN_THE_STREET}rule camera when Sensor() respond Call(\"police\")\nforce police 5min\n");
    for has in ["", "has ann"] {
        check(
            &format!("{text}adversary thief at yard {has} wants reach lobby 1s"),
            &["310 police arrives", "310 thief is met", "310 thief is interrupted"],
        );
    }
    let run = check(&format!("{text}adversary thief at yard wants reach street 1h"), &["310 police arrives"]);
    assert_eq!(run.count("met"), 0);
}

#[test]
fn a_known_account_that_is_always_refused_is_no_access() {
    let text = "
        street -[badge name=front]-> lobby
        role staff zones none
        person ann staff
        device gw in lobby on dmz service vpn:interactive
        flow dial-in internet -> gw vpn
        account vendor on gw/vpn vendor daily 00:00-24:00
        adversary crew on internet wants reach lobby 1s knows vendor has ann outsider
        actor walker of crew at street
        rule denied when AccessDenied() respond RevokeCredential\n";
    let denied = "seen denied ann front: NoRight";
    check(&format!("{text}access vendors: Ticketed"), &[denied, "effect: revoke ann", "crew is contained"]);
    // Where the vendor may come at any time, the thief may too.
    let open = check(text, &[denied, "effect: revoke ann"]);
    assert_eq!(open.count("contained"), 0);
}

// -------------------------------------------------------------- objectives

#[test]
fn theft_is_done_when_the_asset_crosses_the_boundary() {
    let text = "
        street -[free 10s name=gate]-> yard -[free 20s name=door]-> hall
        asset gold in hall 60s portable
        adversary thief at street wants theft gold";
    check(
        text,
        &[
            "90 thief gains asset gold",
            "110 thief passes door into yard",
            "120 thief passes gate into street",
            "120 thief reaches the objective",
        ],
    );
    // Who is met on the way out drops it.
    let met =
        format!("{text}\nsensor tag on gold take=1\nrule tag when Sensor() respond Call(\"police\")\nforce police 85s");
    let run = check(&met, &["110 thief passes door into yard", "115 thief is met", "115 thief is interrupted"]);
    assert_eq!(run.count("objective"), 0);
}

#[test]
fn sabotage_is_done_when_the_task_is() {
    let text = "street -[free 10s]-> hall\nasset pump in hall 60s\nadversary vandal at street wants sabotage pump";
    check(text, &["70 vandal gains asset pump", "70 vandal reaches the objective"]);
}

#[test]
fn reaching_is_holding_for_the_stated_time() {
    let text = "street -[free 10s]-> hall\nadversary spy at street wants reach hall 5min";
    check(text, &["10 spy gains zone hall", "310 spy reaches the objective"]);
}

#[test]
fn exfiltration_is_done_when_the_volume_has_left() {
    let text = "
        street -[free]-> hall
        device db in hall on lan service sql:interactive
        flow in internet -> db sql
        account dba on db/sql role Administrator
        adversary spy on internet wants exfiltrate db 20min knows dba";
    check(text, &["10 spy gains device db", "1210 spy reaches the objective"]);
    // Whose session is ended before that has nothing.
    let text = format!(
        "{text}\ndevice siem in hall on lan kind=Siem\nrule login when Login() respond [DisableAccount, EndSessions]\nlatency end-sessions=20min"
    );
    let logged = |after: &str| {
        text.replace("on lan service sql", "on lan logs siem service sql")
            .replace("20min knows", &format!("{after} knows"))
    };
    check(&logged("19min"), &["1150 spy reaches the objective"]);
    let run = check(&logged("21min"), &["1210 effect: end sessions of dba", "spy is contained"]);
    assert_eq!(run.count("objective"), 0);
}
