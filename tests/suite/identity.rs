//! Joining and leaving the company: how and when the news reaches accounts and badges, and what becomes of it.

use crate::recorded::log;

/// The lines of a run that contain one of these words are these.
#[track_caller]
fn check(text: &str, words: &[&str], expected: &str) {
    let expected: Vec<&str> = expected.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    assert_eq!(log(text, words).lines().collect::<Vec<_>>(), expected, "{text}");
}

/// Ann has two badges, the older one superseded, and an account; her panel hears of changes after ten minutes.
const SITE: &str = "
street -[badge name=front]-> lobby
zone lobby level 2
panel panel in=lobby download=10min
role staff zones lobby
person ann staff
person bob staff
credential old-ann of=ann superseded
device host in lobby on lan service desk logs siem
device siem in lobby on lan kind=Siem
account ann-office on=host/desk person=ann
account bob-office on=host/desk person=bob
horizon 10h
";

/// At these hours of the day, and at these minutes past: a badge at the front door.
fn badge(who: &str, times: &[&str]) -> String {
    let one = |time: &&str| {
        let name = time.replace(':', "-");
        format!(
            "inject {who}-{name} at=\"Mon {time}\" {{Act(Badge(credentials: [\"{who}\"], portals: [\"front\"]))}}\n"
        )
    };
    times.iter().map(one).collect()
}

fn login(who: &str, times: &[&str]) -> String {
    let one = |time: &&str| {
        let name = time.replace(':', "-");
        format!(
            "inject l{who}-{name} at=\"Mon {time}\" {{Act(Login(accounts: [\"{who}\"], service: \"host/desk\"))}}\n"
        )
    };
    times.iter().map(one).collect()
}

/// A change that arrives after this long.
fn lag(name: &str, takes: &str) -> String {
    format!("{name}: Some((takes: (value: Fixed(\"{takes}\"), source: \"fixture\")))")
}

const LEAVES: &str = "inject goes at=\"Mon 01:00\" {Leaves(person: \"ann\")}\n";
const WORDS: [&str; 7] = ["leaver", "employed", "gone by HR", "ended", "in force", "granted", "denied"];

fn leaver(identity: &str, access: &str) -> String {
    let tries = badge("ann", &["00:30", "01:05", "02:05", "02:30"]);
    format!("{SITE}{LEAVES}identity {identity}\naccess {access}\n{tries}")
}

// ------------------------------------------------------------------ leaving

#[test]
fn whoever_leaves_keeps_what_nobody_ends() {
    check(
        &leaver("", ""),
        &WORDS,
        "1800 seen granted ann front inwards
        3600 ann is a leaver
        3600 seen ann is gone by HR
        3900 seen granted ann front inwards
        7500 seen granted ann front inwards
        9000 seen granted ann front inwards",
    );
}

#[test]
fn badges_end_after_transfer_and_download() {
    check(
        &leaver(&lag("badges_end", "1h"), ""),
        &WORDS,
        "1800 seen granted ann front inwards
        3600 ann is a leaver
        3600 seen ann is gone by HR
        3900 seen granted ann front inwards
        7200 Badges of ann ended
        7500 seen granted ann front inwards
        9000 seen denied ann front: Revoked",
    );
}

#[test]
fn accounts_alone_leave_the_doors_open() {
    let text = leaver(&lag("accounts_end", "1h"), "") + &login("ann-office", &["01:30", "02:01"]);
    check(
        &text,
        &["ended", "granted", "denied", "login"],
        "1800 seen granted ann front inwards
        3900 seen granted ann front inwards
        5400 seen login ann-office on host/desk
        7200 Accounts of ann ended
        7260 seen login refused ann-office on host/desk: Disabled
        7260 refused login of ann-office: Disabled
        7500 seen granted ann front inwards
        9000 seen granted ann front inwards",
    );
}

#[test]
fn both_worlds_end_together_and_the_doors_at_once_where_the_server_decides() {
    let identity = format!("both_worlds: true, {}", lag("accounts_end", "1h"));
    let until = "1800 seen granted ann front inwards
        3600 ann is a leaver
        3600 seen ann is gone by HR
        3900 seen granted ann front inwards
        7200 Accounts of ann ended
        7200 Badges of ann ended";
    // At the panel after its download.
    check(
        &leaver(&identity, ""),
        &WORDS,
        &format!("{until}\n7500 seen granted ann front inwards\n9000 seen denied ann front: Revoked"),
    );
    for place in ["Host", "Edge", "Cloud"] {
        let access = format!(
            "decisions: Some((place: {place}, latency: (value: Fixed(\"0s\"), source: \"fixture\"), \
             timeout: (value: \"5s\", source: \"fixture\"), fallback: Cached))"
        );
        check(
            &leaver(&identity, &access),
            &WORDS,
            &format!("{until}\n7500 seen denied ann front: Revoked\n9000 seen denied ann front: Revoked"),
        );
    }
}

#[test]
fn a_failed_transfer_is_made_good_by_hand_or_never() {
    let fails = |more: &str| {
        let identity = format!(
            "badges_end: Some((takes: (value: Fixed(\"0s\"), source: \"fixture\"), \
             fails: Some((value: 1.0, source: \"fixture\")){more}))"
        );
        log(&leaver(&identity, ""), &["ended"])
    };
    assert_eq!(fails(""), "");
    assert_eq!(fails(", by_hand: Some((value: Fixed(\"2h\"), source: \"fixture\"))"), "10800 Badges of ann ended");
}

#[test]
fn a_transfer_waits_while_it_stands_still() {
    let down = "inject down at=\"Mon 01:30\" {SyncDown(lasts: \"2h\")}\n";
    let text = leaver(&lag("badges_end", "1h"), "") + down;
    check(&text, &["ended"], "12600 Badges of ann ended");
}

// ------------------------------------------------------------------- return

#[test]
fn whoever_comes_back_brings_the_old_badge_to_life() {
    let text = |more: &str| {
        format!(
            "{SITE}{LEAVES}inject back at=\"Mon 02:00\" {{Returns(person: \"ann\")}}\n\
             identity {more}{}\n{}{}",
            lag("badges_end", "0s"),
            badge("old-ann", &["00:30", "02:30", "05:00"]),
            badge("ann", &["01:30", "02:31"])
        )
    };
    check(
        &text(""),
        &["employed", "in force", "granted", "denied"],
        "1800 seen denied old-ann front: Superseded
        5400 seen denied ann front: Revoked
        7200 ann is employed
        7200 Badges of ann in force
        9000 seen granted old-ann front inwards
        9060 seen granted ann front inwards
        18000 seen granted old-ann front inwards",
    );
    // A review finds it.
    check(
        &text("review_every: Some((value: \"4h\", source: \"fixture\")), "),
        &["ed old-ann"],
        "1800 seen denied old-ann front: Superseded
        9000 seen granted old-ann front inwards
        18000 seen denied old-ann front: Revoked",
    );
}

#[test]
fn a_review_ends_what_was_forgotten() {
    check(
        &leaver("review_every: Some((value: \"2h\", source: \"fixture\"))", ""),
        &["ended"],
        "7200 Accounts of ann ended
        7200 Badges of ann ended",
    );
}

// ----------------------------------------------------------------- mistakes

#[test]
fn people_who_never_left_are_cut_off_until_it_is_put_right() {
    let text = |by_hand: &str| {
        format!(
            "{SITE}inject wrong at=\"Mon 01:00\" {{SyncEnds(roles: [\"ann\"], \
             repair: (value: Fixed(\"3h\"), source: \"fixture\"))}}
            identity accounts_end: Some((takes: (value: Fixed(\"10min\"), source: \"fixture\"){by_hand}))\n{}",
            login("ann-office", &["00:30", "02:30", "04:30"])
        )
    };
    check(
        &text(""),
        &["leaver", "ended", "in force", "seen login"],
        "1800 seen login ann-office on host/desk
        4200 Accounts of ann ended
        9000 seen login refused ann-office on host/desk: Disabled
        14400 Accounts of ann in force
        16200 seen login ann-office on host/desk",
    );
    check(
        &text(", by_hand: Some((value: Fixed(\"1h\"), source: \"fixture\"))"),
        &["leaver", "ended", "in force", "seen login"],
        "1800 seen login ann-office on host/desk
        4200 Accounts of ann ended
        7200 Accounts of ann in force
        9000 seen login ann-office on host/desk
        16200 seen login ann-office on host/desk",
    );
}

// ---------------------------------------------------------------- responses

#[test]
fn a_response_in_one_world_reaches_the_other_where_they_are_one() {
    let text = |both: bool, respond: &str, when: &str, act: &str| {
        format!(
            "{SITE}identity linked: [Badges, Accounts], both_worlds: {both}
            rule r when {when} respond {respond}\n{act}"
        )
    };
    let act = login("ann-office", &["01:00"]);
    let disable = |both| log(&text(both, "DisableAccount", "Login()", &act), &["ended", "effect"]);
    assert_eq!(disable(false), "3600 effect: disable ann-office without a person");
    assert_eq!(disable(true), "3600 effect: disable ann-office without a person\n3600 Badges of ann ended");
    let act = badge("ann", &["01:00"]);
    let revoke = |both| log(&text(both, "RevokeCredential", "AccessGranted()", &act), &["ended", "effect"]);
    assert_eq!(revoke(false), "3600 effect: revoke ann without a person");
    assert_eq!(revoke(true), "3600 effect: revoke ann without a person\n3600 Accounts of ann ended");
}

#[test]
fn a_lost_badge_says_nothing_of_its_owner() {
    let text = "
        street -[badge name=front]-> lobby
        role staff 1 zones lobby account=host/desk shift=\"Mon-Fri 09:00-17:00\"
        day staff arrives=0s leaves=0s base=lobby
        habits loses=1 reports=10min
        device host in lobby on lan service desk
        identity linked: [Badges, Accounts], both_worlds: true
        rule lost when BadgeLost respond RevokeCredential
        start Mon 08:00";
    assert!(log(text, &["effect: revoke staff-001"]).lines().count() > 0);
    assert_eq!(log(text, &["Accounts of staff-001 ended"]), "");
}
