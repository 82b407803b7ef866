//! Every control of the design, switched on and off over the same runs: what it changes. What another module shows
//! already is not shown again; `docs/controls.md` says where each is.

use std::collections::BTreeSet;
use std::sync::Arc;

use doorward_defence::RuleDefence;
use doorward_engine::Nobody;
use doorward_model::base::{PortalId, SimDuration, SimTime};
use doorward_model::fixture;
use doorward_model::plan::{Direction, Plan, Request, load};
use doorward_model::text::{Edit, EditOp, Files};
use doorward_study::Item;
use doorward_study::measure::Measures;

use crate::recorded::{Recorded, nth_run};
use crate::support::{Disk, files_in, simulation, trapped};

/// Runs that are compared.
const RUNS: u32 = 4;

/// What a measure comes to over the same four runs of two texts, with a control and without it. It has to differ.
#[track_caller]
fn check(on: &str, off: &str, measure: impl Fn(&Recorded) -> usize) -> (usize, usize) {
    let total = |text: &str| -> usize {
        let plan = fixture::plan(text);
        (0..RUNS).map(|run| measure(&nth_run(&plan, run))).sum()
    };
    let totals = (total(on), total(off));
    assert_ne!(
        totals.0,
        totals.1,
        "with:\n{on}\nwithout:\n{off}\n{}",
        nth_run(&fixture::plan(on), 0).lines().join("\n")
    );
    totals
}

/// Lines with a word.
fn told(word: &str) -> impl Fn(&Recorded) -> usize {
    move |run| run.count(word)
}

/// What a defence costs.
fn price(item: Item) -> impl Fn(&Recorded) -> usize {
    move |run| run.score().price.get(item) as usize
}

/// Adversaries that get what they want.
fn succeeds(run: &Recorded) -> usize {
    run.count("reaches the objective")
}

/// Ordinary acts at set times.
fn acts<'a>(all: impl IntoIterator<Item = (&'a str, String)>) -> String {
    let one = |(i, (time, act)): (usize, (&str, String))| format!("inject act-{i} at=\"Mon {time}\" {{Act({act})}}\n");
    all.into_iter().enumerate().map(one).collect()
}

fn badge(who: &str, door: &str) -> String {
    format!("Badge(credentials: [{who:?}], portals: [{door:?}])")
}

fn login(account: &str, service: &str) -> String {
    format!("Login(accounts: [{account:?}], service: {service:?})")
}

/// A street, a lobby, an office, a vault: Ann may go everywhere.
const HOUSE: &str = "
start Mon 20:00
horizon 3h
street -[badge dps name=front]-> lobby -[badge dps name=office-door]-> office -[badge dps name=vault-door]-> vault
zone street offsite
zone lobby level 1 kind Lobby
zone office level 2
zone vault level 4
person ann staff
person bob staff
";

const EVERYWHERE: &str = "role staff zones lobby,office,vault\n";

/// Somebody has Ann's badge and wants into the vault.
const THIEF: &str = "adversary thief at street has ann wants reach vault 1min only=walk,use-badge\n";

// ------------------------------------------------------------------- access

#[test]
fn rights_that_never_sleep_against_rights_by_role_place_and_time() {
    let with = |role: &str, access: &str| format!("{HOUSE}{THIEF}{role}\naccess {access}\n");
    let always = with(EVERYWHERE, "");
    let gains = told("thief gains zone");
    assert_eq!(check(&with("role staff zones lobby,office", ""), &always, &gains), (8, 12), "place");
    assert_eq!(check(&with("role staff hours=daily 08:00-18:00", ""), &always, &gains), (0, 12), "hours of the right");
    let shift = "role staff shift Mon-Fri 08:00-18:00";
    let by_shift = |access: &str| with(shift, access);
    assert_eq!(check(&by_shift("off_shift: Deny"), &by_shift(""), &gains), (0, 12), "hours of the shift");
    let from = by_shift("off_shift: Deny, off_shift_from_level: 3");
    assert_eq!(check(&from, &by_shift(""), &gains), (8, 12), "where it matters");
}

#[test]
fn least_privilege_keeps_out_and_narrows_what_a_stolen_badge_opens() {
    let of = |zones: &str, rest: &str| format!("{HOUSE}role staff zones {zones}\n{rest}");
    let (wide, narrow) = ("lobby,office,vault", "lobby");
    let walk = acts([("20:05", badge("ann", "front")), ("20:10", badge("ann", "vault-door"))]);
    assert_eq!(check(&of(narrow, &walk), &of(wide, &walk), told("ann passes")), (4, 8));
    let blast = |run: &Recorded| run.score().blast.weighted as usize;
    // The badge itself, and zones by their level: 1, 2 and 4.
    let (little, much) = check(&of(narrow, THIEF), &of(wide, THIEF), blast);
    assert_eq!(much - little, 4 * (2 + 4));
}

#[test]
fn a_second_factor_at_a_door_stops_a_stolen_badge_and_costs_its_holder_time() {
    for factor in ["pin", "biometric"] {
        let door =
            |words: &str| HOUSE.replace("badge dps name=vault-door", &format!("badge {words} dps name=vault-door"));
        let with = |words: &str, rest: &str| format!("{}{EVERYWHERE}{rest}", door(words));
        assert_eq!(check(&with(factor, THIEF), &with("", THIEF), succeeds), (0, 4), "{factor}");
        // A policy that asks for one more is paid in reads.
        let taken = with(&format!("{factor} read=3s"), &acts([("20:10", badge("ann", "vault-door"))]));
        let asked = format!("{taken}access door_factor_from_level: Some(4)");
        assert_eq!(check(&asked, &taken, price(Item::AtDoors)), (24_000, 12_000), "{factor}");
        assert_eq!(
            check(&format!("{taken}access door_factor_from_level: Some(4)"), &taken, |run| {
                (run.at("granted ann vault-door").expect("she is let in") - 600.0) as usize
            }),
            (24, 12)
        );
    }
}

#[test]
fn a_false_reject_is_paid_by_rightful_people() {
    let door = |words: &str| {
        format!(
            "start Mon 00:00\nhorizon 24h\nstreet -[badge {words} read=2s name=front]-> lobby\nzone street offsite\n\
             role staff 20 zones lobby shift Mon-Fri 09:00-17:00\nday staff base=lobby arrives=U(0s,1h) leaves=U(0s,1h)\n\
             habits help=3min"
        )
    };
    let (with, without) = (door("biometric reject=0.15"), door("biometric"));
    for item in [Item::RefusedAtDoors, Item::AtDoors] {
        let (on, off) = check(&with, &without, price(item));
        assert!(on > off, "{item:?}: {on} {off}");
    }
    assert!(check(&with, &without, price(Item::RefusedAtDoors)).0 > 4);
}

#[test]
fn an_interlock_costs_everybody_time() {
    let trap = |interlock: &str| {
        format!(
            "start Mon 09:00\nhorizon 2h\nzone street offsite\n\
             street -[mantrap close=20s {interlock} name=outer traffic=200/h:staff]-> trap\n\
             trap -[mantrap close=20s {interlock} name=inner traffic=200/h:staff]-> hall\nrole staff 60 zones trap,hall"
        )
    };
    let (on, off) = check(&trap("interlock=trap"), &trap(""), price(Item::AtDoors));
    assert!(on > 2 * off, "{on} {off}");
}

/// A score that a rule raises by fifty: a further factor from 20, no more access from 80.
const SCORE: &str = "access risk: Some((half_life: (value: \"4h\", source: \"fixture\"), \
    step_up_from: (value: 20, source: \"fixture\"), deny_from: (value: 80, source: \"fixture\"), from_level: 2)), \
    decisions: Some((place: Host, latency: (value: Fixed(\"0s\"), source: \"fixture\"), \
    timeout: (value: \"5s\", source: \"fixture\"), fallback: Cached))\n";

/// Ann has an account on a computer in the office; what happens there is told.
const DESK: &str = "
device siem in office on lan kind=Siem
device host in office on lan service desk logs siem
device gw in office on lan service vpn logs siem
flow dial internet -> gw vpn
segment internet
account ann-office on=host/desk,gw/vpn person=ann
account bob-office on=host/desk person=bob
";

#[test]
fn one_score_over_both_worlds_closes_doors_and_behaviour_is_one_input() {
    let unlike = "UnusualBehaviour(roles: [\"ann\"])".to_owned();
    let mistyped = "MistypedPassword(accounts: [\"ann-office\"])".to_owned();
    let rules = "rule typing when UnusualBehaviour risk=50\nrule mistyped when LoginRefused risk=50\n";
    let text = |policy: &str, story: &[(&'static str, &String)]| {
        let story = story.iter().map(|(at, act)| (*at, (*act).clone()));
        let try_both = [("20:30", badge("ann", "vault-door")), ("20:40", badge("bob", "vault-door"))];
        format!("{HOUSE}{EVERYWHERE}{DESK}{rules}{policy}{}", acts(story.chain(try_both)))
    };
    let both = [("20:10", &unlike), ("20:11", &mistyped)];
    assert_eq!(check(&text(SCORE, &both), &text("", &both), told("denied ann vault-door: Risk")), (4, 0));
    assert_eq!(check(&text(SCORE, &both), &text(SCORE, &[]), told("denied ann vault-door: Risk")), (4, 0));
    // One of them asks for a further factor: whoever cannot give it at this reader stays outside.
    let one = [("20:10", &unlike)];
    assert_eq!(check(&text(SCORE, &one), &text(SCORE, &[]), told("granted ann vault-door")), (0, 4));
    let pin = |text: String| text.replace("badge dps name=vault-door", "badge pin read=3s dps name=vault-door");
    let (asked, not) = (pin(text(SCORE, &one)), pin(text(SCORE, &[])));
    assert_eq!(nth_run(&fixture::plan(&asked), 0).count("granted ann vault-door"), 1);
    assert_eq!(check(&asked, &not, price(Item::AtDoors)), (4 * (6_000 + 3_000), 4 * 2 * 3_000));
    // Bob has done nothing.
    let plan = fixture::plan(&text(SCORE, &both));
    assert_eq!(nth_run(&plan, 0).count("granted bob vault-door"), 1);
    // Where nobody knows that badge and account are one person's, the door knows of nothing.
    let apart = format!("{}identity linked: [Accounts]", text(SCORE, &both));
    assert_eq!(check(&apart, &text(SCORE, &both), told("denied ann vault-door: Risk")), (0, 4));
}

#[test]
fn people_inside_whose_visit_is_over_are_told_of() {
    let visit = |policy: &str| {
        format!(
            "start Mon 08:00\nhorizon 8h\nstreet -[badge name=front]-> lobby -[badge name=room-door]-> room\n\
             zone street offsite\nzone room level 2\nrole fitter 1 zones lobby,room valid=1h shift=\"Mon 09:00-14:00\"\n\
             day fitter base=room\naccess reauthorise_every: Some((value: \"20min\", source: \"fixture\")), {policy}"
        )
    };
    let (on, off) = check(&visit("guests_end: true"), &visit(""), told("stay refused to fitter"));
    // Once for each of the four runs: nobody repeats it while the badge is not read again.
    assert_eq!((on, off), (4, 0));
}

// ----------------------------------------------------------------- identity

#[test]
fn only_records_that_are_linked_are_one_person() {
    let account = ("linked: [Badges, Accounts]", "when Login(local: true)", login("ann-office", "host/desk"));
    let key = (
        "linked: [Badges, Keys]",
        "when KeyDrawn()",
        "KeyWithdrawal(cabinet: \"box\", roles: [\"ann\"], returns_after: (value: Fixed(\"1h\"), source: \"fixture\"))"
            .to_owned(),
    );
    for (linked, when, act) in [account, key] {
        let text = |linked: &str| {
            format!(
                "{HOUSE}{EVERYWHERE}{DESK}identity {linked}\ndevice box in lobby on lan kind=KeyCabinet\n\
                 add site.credentials.spare (technology: Key, status: Active)\ncabinet box device=box keys=spare roles=staff\n\
                 rule absent {when} condition=Without(first:AccessGranted(),within:\"12h\",by:Identity) raise nobody\n{}",
                acts([
                    ("20:05", badge("bob", "front")),
                    ("20:10", login("bob-office", "host/desk")),
                    ("20:20", act.clone())
                ])
            )
        };
        // Bob has badged in, Ann has not.
        assert_eq!(check(&text(linked), &text("linked: []"), told("alarm")), (4, 0), "{linked}");
    }
    // A missing booking is only known as such where bookings and badges belong together.
    let room = HOUSE.replace("zone office level 2", "zone office level 2 bookable");
    let text = |linked: &str| {
        format!(
            "{room}{EVERYWHERE}identity {linked}\nrule squat when AccessGranted(without_booking: true) raise nobody\n{}",
            acts([("20:05", badge("ann", "office-door"))])
        )
    };
    assert_eq!(check(&text("linked: [Badges, Bookings]"), &text("linked: [Badges]"), told("alarm")), (4, 0));
}

/// From the internet over a gateway to the access control server, and somebody on foot with a blank card.
const CREW: &str = "
device siem in office on security kind=Siem
device gw in office on dmz service vpn:interactive logs siem
flow logs gw -> siem syslog logs
flow dial internet -> gw vpn
flow tunnel gw -> acs acs-admin
adversary crew on internet wants reach vault 1min knows robot
actor walker of crew at street blank
";

#[test]
fn a_role_may_do_what_it_is_for() {
    let text = |role: &str| format!("{HOUSE}{EVERYWHERE}{CREW}account robot on=gw/vpn,acs/admin-console role={role}\n");
    for less in ["Auditor", "User"] {
        let (with, without) = check(&text(less), &text("Operator"), told("seen remote unlock"));
        assert!(with == 0 && without >= 4, "{less}: {with} {without}");
    }
    // Doors open from the console for an operator; only an administrator enrols a badge.
    let by_badge = |role: &str| {
        text(role).replace("knows robot", "knows robot only=walk,use-badge,log-in-with-known-secret,forge-badge")
    };
    assert_eq!(check(&by_badge("Operator"), &by_badge("Administrator"), told("seen enrolled")), (0, 4));
}

#[test]
fn a_service_account_reaches_no_further_than_its_scope() {
    let text = |services: &str| format!("{HOUSE}{EVERYWHERE}{CREW}account robot on={services} role=Administrator\n");
    let (narrow, wide) = (text("gw/vpn"), text("gw/vpn,acs/admin-console"));
    assert_eq!(check(&narrow, &wide, succeeds), (0, 4));
    assert_eq!(check(&narrow, &wide, told("crew gains device")), (0, 8));
}

// ------------------------------------------------------------------ network

/// A visitor plugs a small computer into a wall jack of the lobby; somebody outside works over it and knows the
/// administrator's password.
const JACK: &str = "
jack wall in=lobby on=office-lan open
adversary mole on internet wants reach vault 1min knows root
actor visitor of mole at lobby
account root on=acs/admin-console role=Administrator
";

#[test]
fn in_a_flat_network_a_wall_jack_leads_to_the_doors() {
    let text = |network: &str, more: &str| format!("{HOUSE}{EVERYWHERE}{JACK}{more}network {network}\n");
    assert_eq!(check(&text("", ""), &text("flat: true", ""), succeeds), (0, 4));
    // Guests are kept apart, also in a flat one, and so is what is isolated.
    let guests = "device ap in=lobby on=office-lan kind=NetworkEquipment\nwifi air on=office-lan zones=lobby guests\n";
    assert_eq!(check(&text("flat: true", guests), &text("flat: true", ""), succeeds), (0, 4));
    let isolated = "segment office-lan isolated\n";
    assert_eq!(check(&text("flat: true", isolated), &text("flat: true", ""), succeeds), (0, 4));
    // A jack that admits known devices only ends it as well.
    assert_eq!(check(&text("flat: true, jacks_closed: true", ""), &text("flat: true", ""), succeeds), (0, 4));
}

#[test]
fn rows_of_the_allow_list_close_by_purpose() {
    for purpose in ["DirectAdministration", "VendorTunnel", "Permissive"] {
        let text = |closes: &str| {
            format!(
                "{HOUSE}{EVERYWHERE}{JACK}flow way office-lan -> acs acs-admin purpose={purpose}\nnetwork closes: [{closes}]\n"
            )
        };
        assert_eq!(check(&text(purpose), &text(""), succeeds), (0, 4), "{purpose}");
        let others = text(if purpose == "Permissive" { "VendorTunnel" } else { "Permissive" });
        assert_eq!(check(&text(purpose), &others, succeeds), (0, 4), "the others stay");
    }
}

#[test]
fn a_jump_host_is_worth_its_second_factor() {
    let text = |jump: &str, closes: &str| {
        format!(
            "{HOUSE}{EVERYWHERE}{}device jump in office on admin kind=JumpHost service rdp:{jump}interactive\n\
             flow direct office-lan -> acs acs-admin purpose=DirectAdministration\nflow to-jump office-lan -> jump rdp\n\
             flow onward jump -> acs acs-admin\nnetwork closes: [{closes}]\n",
            JACK.replace("on=acs/admin-console", "on=acs/admin-console,jump/rdp")
        )
    };
    let all = "DirectAdministration";
    assert_eq!(check(&text("mfa:", all), &text("", all), succeeds), (0, 4), "the factor");
    assert_eq!(check(&text("mfa:", all), &text("mfa:", ""), succeeds), (0, 4), "and no way round it");
    assert_eq!(check(&text("", all), &text("", ""), told("mole gains device jump")), (4, 0), "a detour");
}

#[test]
fn a_vendor_comes_with_a_ticket_in_the_window() {
    let session = |ticket: &str| {
        format!(
            "VendorSession(account: \"vendor\", service: \"gw/vpn\", ticketed: (value: {ticket}, source: \"fixture\"), \
             lasts: (value: Fixed(\"10min\"), source: \"fixture\"))"
        )
    };
    let text = |policy: &str| {
        format!(
            "{HOUSE}{EVERYWHERE}{DESK}account vendor on=gw/vpn role=Administrator vendor daily 20:00-21:00\naccess {policy}\n{}",
            acts([("20:10", session("1.0")), ("20:30", session("0.0")), ("22:00", session("1.0"))])
        )
    };
    assert_eq!(check(&text("vendors: Ticketed"), &text(""), told("seen login vendor")), (4, 12));
    assert_eq!(check(&text("vendors: Ticketed"), &text(""), price(Item::RefusedLogins)), (8, 0));
}

#[test]
fn hardening_decides_what_an_intruder_makes_of_a_host() {
    // Old firmware is a class with an exploit; secrets left on a host are a class with a harvest.
    let text = |words: &str| {
        format!(
            "{HOUSE}{EVERYWHERE}device pc in lobby on office-lan kind=Workstation service desk:interactive secrets root {words}\n\
             jack wall in=lobby on=office-lan open\nflow way pc -> acs acs-admin\n\
             account root on=acs/admin-console role=Administrator\nadversary mole on internet wants reach vault 1min\n\
             actor visitor of mole at lobby\ndevice siem in office on office-lan kind=Siem\n"
        )
    };
    let flawed = "exploit=1/5min harvest=1/1min";
    assert_eq!(check(&text("harvest=1/1min"), &text(flawed), succeeds), (0, 4), "firmware");
    assert_eq!(check(&text("exploit=1/5min"), &text(flawed), succeeds), (0, 4), "stored secrets");
    let seen = format!("{flawed} detect=1 logs siem");
    assert!(check(&text(&seen), &text(flawed), told("endpoint alert")).0 >= 4);
}

/// Six people with telephones work in one office.
fn wireless(policy: &str) -> String {
    format!(
        "start Mon 08:00\nhorizon 8h\nstreet -[free]-> hall\nzone street offsite\n\
         device gear in hall on air kind=NetworkEquipment\ndevice web in hall on air service web\n\
         wifi air on=air zones=hall\nrole staff 6 zones hall account=web/web shift=\"Mon 09:00-14:00\"\n\
         day staff base=hall wifi arrives=U(0s,10min)\nhabits stale=1 wifi=1\naccess {policy}\n"
    )
}

#[test]
fn a_device_behind_with_its_patches_stays_out_or_out_of_the_crowd() {
    let everywhere = check(&wireless("stale_devices: Deny"), &wireless(""), price(Item::RefusedNetworks));
    assert_eq!(everywhere, (24, 0));
    // Two are no crowd.
    assert_eq!(check(&wireless("stale_devices: DenyInCrowd(2)"), &wireless(""), price(Item::RefusedNetworks)), (16, 0));
    assert_eq!(check(&wireless("stale_devices: DenyInCrowd(2)"), &wireless(""), told("joins a network")), (8, 24));
    let rule = |rule: &str| format!("{}{rule}", wireless(""));
    let crowd = rule("rule crowd when NetworkJoined(stale: true, crowd_from: 4) raise nobody");
    assert_eq!(check(&crowd, &rule(""), told("alarm")), (8, 0));
    let patched = |stale: &str| crowd.replace("stale=1", stale);
    assert_eq!(check(&patched("stale=1"), &patched("stale=0"), told("alarm")), (8, 0));
}

#[test]
fn a_decision_elsewhere_takes_its_time_at_the_door() {
    let text = |place: &str| {
        let access = format!(
            "access decisions: Some((place: {place}, from_level: 2, latency: (value: Fixed(\"2s\"), source: \"fixture\"), \
             timeout: (value: \"5s\", source: \"fixture\"), fallback: Cached))\n"
        );
        let access = if place.is_empty() { String::new() } else { access };
        format!(
            "{HOUSE}{EVERYWHERE}{access}{}",
            acts([("20:05", badge("ann", "front")), ("20:06", badge("ann", "office-door"))])
        )
    };
    for place in ["Host", "Edge", "Cloud"] {
        assert_eq!(check(&text(place), &text(""), price(Item::AtDoors)), (8_000, 0), "{place}: one of two doors");
    }
}

// ---------------------------------------------------------------- detection

/// A rule raises as many alarms as expected over something that happens, and none where the like of it happens that it
/// does not watch for; without it there is none.
#[track_caller]
fn watches(rule: &str, world: &str, seen: &str, not_seen: &str, expected: usize) {
    let text = |rule: &str, story: &str| format!("{HOUSE}{EVERYWHERE}{DESK}{world}\n{story}\n{rule}\n");
    let rule = format!("rule r {rule} raise nobody");
    let expected = (RUNS as usize * expected, 0);
    assert_eq!(check(&text(&rule, seen), &text("", seen), told("alarm")), expected, "{rule}: {seen}");
    assert_eq!(check(&text(&rule, seen), &text(&rule, not_seen), told("alarm")), expected, "{rule}: {not_seen}");
}

#[test]
fn doors_that_are_forced_or_held_and_badges_that_nobody_followed() {
    let burglar = "adversary burglar at street wants reach office 1min\n";
    let script = |method: &str| format!("{burglar}script burglar: pass hatch {method}-barrier\n");
    let hatch =
        "street -[lock force=60s climb=60s dps name=hatch]-> office\nstreet -[window climb=60s name=sash]-> office";
    let open = format!("{burglar}script burglar: pass sash climb-barrier\n");
    watches("when PortalForced", hatch, &script("force"), &open, 1);

    let go = acts([("20:05", badge("ann", "front"))]);
    let kept = |words: &str| format!("street -[badge dps held=20s {words} name=side]-> lobby");
    let side = acts([("20:05", badge("ann", "side"))]);
    watches("when PortalHeld", &kept("held-chance=1 held-time=60s"), &side, &go, 1);
    watches("when AccessNotTaken", &kept("not-taken=1"), &side, &go, 1);
}

#[test]
fn a_dead_line_an_opened_panel_and_the_code_that_says_i_am_forced() {
    let side = |words: &str, story: &str| format!("street -[badge dps {words} name=side]-> lobby\n{story}");
    let dead = "inject dead at Mon 20:05 {ReaderFails(portal: \"side\", lasts: \"10min\")}";
    watches("when LineFault", "", &side("link=OsdpClear", dead), &side("link=Wiegand", dead), 1);

    let opened = acts([("20:05", "PanelOpened(panels: [\"panel\"])".to_owned())]);
    watches("when Tamper", "", &format!("panel panel tamper\n{opened}"), &opened, 1);

    let badged = acts([("20:05", badge("ann", "side"))]);
    watches("when Duress", "", &side("pin duress=1", &badged), &side("pin", &badged), 1);
}

#[test]
fn panels_that_are_out_of_reach_flap_or_miss_events() {
    let offline = "inject out at Mon 20:10 panel-offline panel 10min";
    watches("when PanelOffline", "", offline, "", 1);
    let flaps = |times: u32| {
        format!("inject flaps at Mon 20:10 {{PanelFlaps(panel: \"panel\", every: \"10min\", times: {times})}}")
    };
    let third = "when PanelOffline condition=Count(k:3,within:\"1h\",by:Zone)";
    watches(third, "", &flaps(3), &flaps(2), 1);
    let tries: [(&str, String); 3] = ["20:11", "20:13", "20:15"].map(|at| (at, badge("ann", "front")));
    let away = format!("{offline}\n{}", acts(tries));
    watches("when LogGap", "panel panel buffer=2", &away, offline, 1);
    let mains = "inject dark at Mon 20:10 {PowerLoss(feed: \"all\", lasts: \"10min\")}";
    watches("when MainsLost", "feed all zones=lobby,office,vault backup=1h", mains, offline, 1);
}

#[test]
fn administration_that_fails_or_is_unusual_or_unannounced() {
    let world = "device desk-pc in office on lan kind=Workstation\ndevice admin-pc in office on lan kind=Workstation admin\n\
         account root on=host/desk person=bob role=Administrator from=desk-pc\n\
         account proper on=host/desk person=ann role=Administrator from=admin-pc\n\
         account pool on=host/desk role=Operator from=admin-pc\naccount glass on=host/desk break-glass\n\
         access break_glass: true\nset site.roles.staff.shift [\"daily 00:00-24:00\"]";
    let typo = |account: &str| format!("MistypedPassword(accounts: [{account:?}])");
    let (proper, thrice) = (acts([("20:10", login("proper", "host/desk"))]), ["20:10", "20:11", "20:12"]);
    let failed = "when LoginRefused condition=Count(k:3,within:\"10min\",by:Device)";
    watches(failed, world, &acts(thrice.map(|at| (at, typo("root")))), &acts([("20:10", typo("root"))]), 1);
    let as_root = acts([("20:10", login("root", "host/desk"))]);
    watches("when Login(unusual: true)", world, &as_root, &proper, 1);
    // Off shift it is unusual from every device.
    let night = world.replace("00:00-24:00", "08:00-18:00");
    let text = |world: &str| {
        format!("{HOUSE}{EVERYWHERE}{DESK}{world}\n{proper}rule r when Login(unusual: true) raise nobody\n")
    };
    assert_eq!(check(&text(&night), &text(world), told("alarm")), (4, 0));
    // A name of one's own, and accounts of nobody's.
    let pool = acts([("20:10", login("pool", "host/desk"))]);
    watches("when Login(privileged: true, shared: true)", world, &pool, &as_root, 1);
    watches("when Login(break_glass: true)", world, &acts([("20:10", login("glass", "host/desk"))]), &as_root, 1);

    let change = |planned: &str| {
        let planned = format!("planned: (value: {planned}, source: \"fixture\")");
        acts([("20:10", format!("ConfigurationChange(account: \"root\", devices: [\"host\"], {planned})"))])
    };
    watches("when ConfigurationChanged(unplanned: true)", world, &change("0.0"), &change("1.0"), 1);
    let outside = |hours: &str| format!("when ConfigurationChanged() during=\"daily {hours}\"");
    watches(&outside("06:00-22:00"), world, &change("1.0"), &change("1.0").replace("20:10", "22:10"), 1);

    let unlock = |requested: &str| {
        let requested = format!("requested: (value: {requested}, source: \"fixture\")");
        acts([("20:10", format!("RemoteUnlock(account: \"pool\", portals: [\"front\"], {requested})"))])
    };
    watches("when RemoteUnlock(without_request: true)", world, &unlock("0.0"), &unlock("1.0"), 1);
}

#[test]
fn vendors_and_traffic_and_unknown_devices_and_slow_lines() {
    let world = "account vendor on=gw/vpn role=Administrator vendor daily 00:00-24:00\nsegment lan watched\n\
                 segment door-lan\njack seen in=lobby on=lan open\njack unseen in=lobby on=door-lan open";
    let session = "VendorSession(account: \"vendor\", service: \"gw/vpn\", ticketed: (value: 1.0, source: \"fixture\"), \
                   lasts: (value: Fixed(\"10min\"), source: \"fixture\"))";
    let own = "RemoteWork(roles: [\"ann\"], service: \"gw/vpn\", lasts: (value: Fixed(\"1h\"), source: \"fixture\"))";
    let one = |act: &str| acts([("20:10", act.to_owned())]);
    watches("when Login(vendor: true)", world, &one(session), &one(own), 1);

    let refused = |n: usize| {
        let act = "RefusedConnection(services: [\"host/desk\"])".to_owned();
        acts(["20:10", "20:11", "20:12"].into_iter().take(n).map(|at| (at, act.clone())))
    };
    watches("when FlowRefused condition=Count(k:3,within:\"10min\",by:Device)", world, &refused(3), &refused(2), 1);
    let plugged = |jack: &str| one(&format!("UnknownDevice(jacks: [{jack:?}])"));
    watches("when UnknownDevice", world, &plugged("seen"), &plugged("unseen"), 1);
    watches("when SlowSegment", world, &one("SlowSegment(segments: [\"security\"])"), &refused(1), 1);
}

#[test]
fn one_identity_in_two_places() {
    let remote =
        "RemoteWork(roles: [\"ann\"], service: \"gw/vpn\", lasts: (value: Fixed(\"1h\"), source: \"fixture\"))";
    let story = |first: &str, who: &str| acts([("20:05", first.to_owned()), ("20:40", badge(who, "front"))]);
    let badge_after = "when AccessGranted() condition=After(first:Login(remote:true),within:\"8h\",by:Identity)";
    watches(badge_after, "", &story(remote, "ann"), &story(remote, "bob"), 1);
    let login_after = "when Login(remote:true) condition=After(first:AccessGranted(),within:\"2h\",by:Identity)";
    let inside = |who: &str| acts([("20:05", badge(who, "front")), ("20:40", remote.to_owned())]);
    watches(login_after, "", &inside("ann"), &inside("bob"), 1);
    // A login without presence: `only_records_that_are_linked_are_one_person`.
    let absent = "when Login(local: true) condition=Without(first:AccessGranted(),within:\"12h\",by:Identity)";
    let at_desk = |who: &str| acts([("20:05", badge(who, "front")), ("20:10", login("ann-office", "host/desk"))]);
    watches(absent, "", &at_desk("bob"), &at_desk("ann"), 1);
}

#[test]
fn guests_badges_keys_and_rooms() {
    let old = "credential old of ann superseded";
    let walk = |who: &str| acts([("20:05", badge(who, "front"))]);
    watches("when AccessDenied(reasons: [Superseded])", old, &walk("old"), &walk("ann"), 1);

    let box_ = "device box in lobby on lan kind=KeyCabinet\nadd site.credentials.spare (technology: Key, status: Active)\n\
                cabinet box device=box keys=spare roles=staff back=1h";
    let draw = |hours: u8| {
        let back = format!("returns_after: (value: Fixed(\"{hours}h\"), source: \"fixture\")");
        acts([("20:05", format!("KeyWithdrawal(cabinet: \"box\", roles: [\"ann\"], {back})"))])
    };
    watches("when KeyOverdue", box_, &draw(2), &draw(1).replace("Fixed(\"1h\")", "Fixed(\"59min\")"), 1);

    let visitor = |valid: &str| {
        format!("role visitor 1 zones lobby,office valid={valid} shift=\"Mon 20:10-22:30\"\nday visitor base=office\n")
    };
    watches("when Overstay", "", &visitor("1h"), &visitor("8h"), 1);

    let meeting = |booked: &str| {
        format!(
            "zone room bookable level 2 kind Meeting\nlobby -[badge name=room-door]-> room\n\
             role guest 1 zones lobby,room shift=\"Mon 20:10-22:30\"\nday guest base=lobby\n\
             errand meeting of=guest to=room per-day=40 stays=10min booked={booked}\n"
        )
    };
    let count = |text: &str| nth_run(&fixture::plan(text), 0).count("alarm");
    let rule = "rule r when AccessGranted(without_booking: true) raise nobody\n";
    let (squats, booked) = (meeting("0"), meeting("1"));
    let text = |story: &str, rule: &str| format!("{HOUSE}{EVERYWHERE}{story}{rule}");
    assert!(check(&text(&squats, rule), &text(&squats, ""), told("alarm")).0 >= 4);
    assert_eq!(count(&text(&booked, rule)), 0);
}

#[test]
fn sensors_of_the_environment_and_the_health_of_systems() {
    let world = "asset cooling in vault 30min\nsensor temperature on cooling task=1 middle\nsensor door-contact on front walk=0\n\
                 street -[lock force=60s name=hatch]-> vault";
    let sabotage = "adversary vandal at street wants sabotage cooling\nscript vandal: pass hatch force-barrier; task cooling sabotage-asset";
    let look = "adversary vandal at street wants sabotage cooling\nscript vandal: pass hatch force-barrier";
    watches("when Sensor(kinds: [\"temperature\"])", world, sabotage, look, 1);

    let fails = |what: &str| acts([("20:10", format!("HealthFailure(devices: [\"host\"], what: {what})"))]);
    for (what, other) in [("Backup", "Patch"), ("Storage", "Backup"), ("Patch", "Storage")] {
        watches(&format!("when Health(kinds: [{what}])"), "", &fails(what), &fails(other), 1);
    }
    let stops = |device: &str| format!("inject stop at Mon 20:10 {{DeviceDown(device: {device:?}, lasts: \"10min\")}}");
    watches(
        "when DeviceDown zones=vault",
        "device chiller in vault on lan kind=BuildingManagement",
        &stops("chiller"),
        &stops("host"),
        1,
    );
}

// ----------------------------------------------------------------- response

/// A thief badges to the vault with Ann's badge, two minutes from door to door, or somebody outside copies files.
const STEALS: &str = "
technique use-badge takes=2min
latency revoke=1s lock-down=1s dispatch=1s
role guard zones lobby,office,vault
post desk in lobby guards 1
guards search=10s
rule seen when AccessGranted() quiet=1d raise q
queue q ack=RESTS
";

const COPIES: &str = "
device files in office on lan service share:interactive
flow on gw -> files share
account clerk on=gw/vpn,files/share
adversary spy on internet wants exfiltrate files 30min knows clerk
latency disable=1s end-sessions=1s isolate=1s
rule seen when Login() quiet=1d raise q
queue q ack=RESTS
";

fn answered(attack: &str, ack: &str, how: &str) -> String {
    let attack = attack.replace("RESTS", ack);
    let attack = if attack.contains("spy") { attack } else { format!("{attack}{THIEF}") };
    format!("{HOUSE}{EVERYWHERE}{}{attack}{how}\n", DESK.replace("service vpn", "service vpn:interactive"))
}

#[test]
fn each_response_ends_what_it_is_for() {
    for response in ["RevokeCredential", "LockDown(scope: Level(2), lasts: \"2h\")", "Dispatch"] {
        let by = |respond: &str| answered(STEALS, "10s", respond);
        assert_eq!(check(&by(&format!("play any -> {response}")), &by(""), succeeds), (0, 4), "{response}");
    }
    // A host that was taken over is cut off.
    let flawed =
        COPIES.replace("on=gw/vpn,files/share", "on=files/share").replace("when Login()", "when EndpointAlert");
    let by = |respond: &str| {
        let text = answered(&flawed, "10s", respond);
        text.replace("vpn:interactive", "vpn:interactive exploit=1/1min detect=1")
    };
    assert_eq!(check(&by("play any -> IsolateDevice"), &by(""), succeeds), (0, 4));
    // An account that is disabled opens no further session; one that is open goes on until it is ended.
    let by = |ack: &str, respond: &str| answered(COPIES, ack, respond);
    assert_eq!(check(&by("0s", "play any -> DisableAccount"), &by("0s", ""), told("spy gains device")), (4, 8));
    let disable = by("2min", "play any -> DisableAccount");
    assert_eq!(check(&by("2min", "play any -> DisableAccount, EndSessions"), &disable, succeeds), (0, 4));
}

#[test]
fn by_hand_is_later_than_by_rule() {
    // Whoever takes ten minutes to pick up comes too late.
    let by_hand = answered(STEALS, "10min", "play any -> RevokeCredential");
    let by_rule = answered(STEALS, "10min", "add defence.rules.seen.respond [RevokeCredential]");
    assert_eq!(check(&by_rule, &by_hand, succeeds), (0, 4));
    assert_eq!(check(&by_rule, &by_hand, told("without a person")), (4, 0));
}

#[test]
fn a_hybrid_attack_wants_one_playbook() {
    // The account enrols a badge for an accomplice. Whoever answers for computers takes the account; whoever answers for
    // doors waits for one that is forced.
    let text = |plays: &str| {
        format!(
            "{HOUSE}{EVERYWHERE}{}account robot on=gw/vpn,acs/admin-console role=Administrator\n\
             technique use-badge takes=2min\nrule login when Login() quiet=1d raise computers\n\
             rule forced when PortalForced raise doors\nqueue computers ack=1min\nqueue doors ack=1min\n{plays}\n",
            CREW.replace("knows robot", "knows robot only=walk,use-badge,log-in-with-known-secret,forge-badge")
        )
    };
    let one = text("play any -> DisableAccount, EndSessions, RevokeEnrolled, Dispatch");
    let two = text("play login -> DisableAccount, EndSessions\nplay forced -> Dispatch");
    assert_eq!(check(&one, &two, succeeds), (0, 4));
    assert_eq!(check(&one, &two, told("crew is contained")), (4, 0));
}

// ------------------------------------------------------------- what is shipped

/// The rungs of the ladder, from the lowest.
pub(crate) const LADDER: [&str; 7] =
    ["perimeter", "siloed", "observe", "control-admin", "tighten-paths", "integrate", "zero-trust"];

const SITES: [&str; 3] = ["northgate", "kestrel-warehouse", "harbour-office"];

/// The disk, and beside it a scenario of the test's own.
struct With(String);

const OWN: &str = "scenarios/controls.scenario.ron";

impl Files for With {
    fn read(&mut self, name: &str) -> Result<Arc<str>, String> {
        if name == OWN { Ok(self.0.as_str().into()) } else { Disk.read(name) }
    }
}

/// A shipped site under shipped defences, with things that happen: `name: (at: .., what: ..)`.
#[track_caller]
fn shipped(site: &str, defences: &[&str], start: &str, horizon: &str, injects: &str, edits: &[Edit]) -> Vec<Arc<Plan>> {
    let files: Vec<String> = defences.iter().map(|d| format!("\"../defences/{d}.defence.ron\"")).collect();
    let scenario = format!(
        "(schema: 1, name: \"Controls\", briefing: \"\", site: \"../sites/{site}.site.ron\", defences: [{}],\n\
         sources: {{\"test\": (grade: Assumption, text: \"made up for a test\")}},\n\
         start: \"{start}\", horizon: \"{horizon}\", injects: {{{injects}}})",
        files.join(", ")
    );
    let request = Request { edits: edits.to_vec(), ..Request::default() };
    match load(OWN, &request, &mut With(scenario)) {
        Ok(loaded) => loaded.plans,
        Err(problems) => panic!("{site}: {problems}"),
    }
}

#[test]
fn every_rung_of_the_ladder_stands_on_every_site_and_looks_at_few_rules_at_once() {
    for site in SITES {
        let plans = shipped(site, &LADDER, "Mon 00:00", "1h", "", &[]);
        assert_eq!(plans.len(), LADDER.len());
        for plan in &plans {
            let visits = RuleDefence::new(Arc::clone(plan)).visits_at_most();
            assert!((1..=16).contains(&visits), "{site} under {}: {visits}", plan.defence_name);
        }
    }
}

#[test]
fn each_phase_of_the_rollout_is_better_by_what_it_is_for() {
    // Services that are in reach, from each segment and from each device.
    let ways = |plan: &Plan| {
        let segments = plan.segments.iter().map(|s| s.reach.iter().count()).sum::<usize>();
        segments + plan.devices.iter().map(|d| d.reach.iter().count()).sum::<usize>()
    };
    for site in SITES {
        let plans = shipped(site, &LADDER, "Mon 00:00", "1h", "", &[]);
        let at = |rung: usize| (Measures::of(&plans[rung]), ways(&plans[rung]));
        let [(siloed, flat), (observe, apart), (control, administered), (tighten, explicit), (integrate, _)] =
            [1, 2, 3, 4, 5].map(at);
        assert!(observe.logs_read > siloed.logs_read && apart < flat, "{site}: visibility, a segment of its own");
        assert!(administered < apart, "{site}: a smaller surface");
        assert!(control.weak_privileged_accounts < observe.weak_privileged_accounts, "{site}: accounts");
        assert!(explicit < administered, "{site}: real segmentation");
        assert!(integrate.single_points <= tighten.single_points, "{site}: no new single point of failure");
    }
}

#[test]
fn a_key_off_shift_is_refused_and_told_under_zero_trust() {
    let draw = "\"coat\": (at: \"Tue 22:00\", what: Act(KeyWithdrawal(cabinet: \"research-keys\", roles: [\"e.sorensen\"], \
                returns_after: (value: Fixed(\"30min\"), source: \"test\"))))";
    let plans = shipped("kestrel-warehouse", &["zero-trust", "perimeter"], "Tue 21:55", "15min", draw, &[]);
    let runs: Vec<Recorded> = plans.iter().map(|plan| nth_run(plan, 0)).collect();
    let seen = |run: &Recorded, word: &str| run.lines_with(&[" seen key"]).lines().filter(|l| l.contains(word)).count();
    assert_eq!((seen(&runs[0], "refused to e.sorensen: OffShift"), seen(&runs[0], "drawn by e.sorensen")), (1, 0));
    assert_eq!((seen(&runs[1], "refused"), seen(&runs[1], "drawn by e.sorensen")), (0, 1));
    assert_eq!(runs[0].count("key-refused for operations-centre"), 1, "{}", runs[0].lines_with(&["alarm"]));
    assert_eq!(runs[1].count("key-refused"), 0);
}

/// The plan of a shipped scenario under a shipped defence.
fn quiet(scenario: &str, defence: &str) -> Arc<Plan> {
    let defences = vec![format!("defences/{defence}.defence.ron")];
    let request = Request { defences, ..Request::default() };
    let file = format!("scenarios/{scenario}.scenario.ron");
    let loaded = load(&file, &request, &mut Disk).unwrap_or_else(|problems| panic!("{problems}"));
    Arc::clone(&loaded.plans[0])
}

#[test]
fn the_quiet_key_cabinet_shows_who_asks_for_the_hour_and_who_for_the_key() {
    let seen = |defence: &str| {
        let run = nth_run(&quiet("quiet-key-cabinet", defence), 0);
        let drawn = |who: &str| run.count(&format!("drawn by {who}")) > 0;
        let alarm = |rule: &str| run.count(&format!(" {rule} for ")) > 0;
        (drawn("supervisor-first"), drawn("e.sorensen"), alarm("key-refused"), alarm("key-overdue"))
    };
    assert_eq!(seen("perimeter"), (true, true, false, false));
    assert_eq!(seen("integrate"), (true, true, false, true));
    assert_eq!(seen("zero-trust"), (false, false, true, true));
}

#[test]
fn the_quiet_week_shows_what_only_time_shows() {
    let [control, integrate, zero] =
        ["control-admin", "integrate", "zero-trust"].map(|defence| nth_run(&quiet("quiet-week", defence), 0));
    // The review comes after seven days, the transfer from HR is back at noon of the day after.
    let ended = |run: &Recorded| run.at("Badges of d.weber ended").map(|at| at / 3_600.0);
    assert_eq!([&control, &integrate, &zero].map(ended), [None, Some(7.5 * 24.0), Some(7.0 * 24.0)]);
    let alarms = |run: &Recorded, rules: &[&str]| {
        rules.iter().for_each(|rule| assert!(run.count(&format!(" {rule} for ")) > 0, "{rule}"));
    };
    alarms(&control, &["break-glass-used", "panel-flapping", "endpoint-alert"]);
    alarms(&integrate, &["break-glass-used", "panel-flapping", "unusual-administration", "overstay"]);
}

#[test]
fn a_leaver_loses_the_doors_at_once_or_after_the_transfer_or_never() {
    // She leaves on Monday at nine and tries her old office five minutes and a day and a half later.
    let tries = "\"gone\": (at: \"Mon 09:00\", what: Leaves(person: \"d.ferrer\")), \
        \"soon\": (at: \"Mon 09:05\", what: Act(Badge(credentials: [\"d.ferrer\"], portals: [\"engineering-door\"]))), \
        \"late\": (at: \"Tue 15:00\", what: Act(Badge(credentials: [\"d.ferrer\"], portals: [\"engineering-door\"])))";
    let plans = shipped("northgate", &["zero-trust", "integrate", "perimeter"], "Mon 08:55", "31h", tries, &[]);
    let lets = |plan: &Arc<Plan>| {
        let lines =
            nth_run(plan, 0).lines_with(&["granted d.ferrer engineering-door", "denied d.ferrer engineering-door"]);
        let within = |from: f64| {
            let at = |line: &str| line.split(' ').next().and_then(|at| at.parse::<f64>().ok()).unwrap_or(0.0);
            let answer = lines.lines().find(|line| (from..from + 30.0).contains(&at(line)));
            answer.map(|line| line.contains("granted")).unwrap_or_else(|| panic!("no answer at {from}: {lines}"))
        };
        (within(600.0), within(30.0 * 3600.0 + 300.0))
    };
    assert_eq!(plans.iter().map(lets).collect::<Vec<_>>(), [(false, false), (true, false), (true, true)]);
}

#[test]
fn logins_without_presence_are_news_to_those_who_know_whose_badge_it_is() {
    let text = Disk.read("scenarios/quiet-hybrid-monday.scenario.ron").expect("it ships");
    let alarms = |defence: &str, edits: &[Edit]| {
        let defences = vec![format!("defences/{defence}.defence.ron")];
        let request = Request { defences, edits: edits.to_vec() };
        let mut files = With(text.to_string());
        let plan = load(OWN, &request, &mut files).unwrap_or_else(|problems| panic!("{problems}")).plans[0].clone();
        let rule = plan.policy.rules.iter().position(|rule| rule.name == "login-without-presence");
        let price = nth_run(&plan, 0).score().price;
        rule.map(|rule| price.false_alarms[rule])
    };
    // Nobody attacks, so each of them is false.
    let converged = alarms("converged", &[]).expect("it has the rule");
    assert!(converged > 0);
    assert_eq!(alarms("siloed", &[]), None);
    // Fewer where nobody drives the computer on the desk from the kitchen table.
    let site = Disk.read("sites/harbour-office.site.ron").expect("it ships");
    let mut role = "";
    let mut edits = Vec::new();
    for line in site.lines() {
        if let Some(name) = line.strip_prefix("        \"").and_then(|rest| rest.strip_suffix("\": (")) {
            role = name;
        }
        if line.trim_start().starts_with("remote_desktop:") {
            edits.push(Edit::parse_set(&format!("site.roles.{role}.day.remote_desktop.value=0.0")).expect("an edit"));
        }
    }
    assert!(!edits.is_empty());
    let without = alarms("converged", &edits).expect("it has the rule");
    assert!(without < converged, "{without} {converged}");
}

#[test]
fn a_fire_alarm_frees_every_way_out_under_every_defence_and_lockdown() {
    let mut defences: Vec<String> = files_in("defences", ".defence.ron");
    defences.retain(|file| !file.contains("easi"));
    let names: Vec<&str> =
        defences.iter().map(|f| f.trim_start_matches("defences/").trim_end_matches(".defence.ron")).collect();
    assert!(LADDER.iter().all(|rung| names.contains(rung)), "{names:?}");
    let lock: Edit = Edit {
        op: EditOp::Add("(when: FireAlarm, respond: [LockDown(scope: Level(0), lasts: \"1d\")])".to_owned()),
        path: "defence.rules.lock-all".parse().expect("a path"),
        origin: "test".to_owned(),
    };
    let fire = "\"fire\": (at: \"Sun 03:02\", what: FireAlarm(lasts: \"1h\"))";
    for site in SITES {
        let open = |injects: &str, edits: &[Edit]| -> Vec<(Vec<String>, usize)> {
            let plans = shipped(site, &names, "Sun 03:00", "2h", injects, edits);
            let of = |plan: &Arc<Plan>| {
                let mut run = simulation(plan);
                run.start(1, 0);
                run.run_until(SimTime::ZERO + SimDuration::from_secs(600), &mut Nobody);
                let both = [Direction::Entry, Direction::Exit];
                let ways = (0..plan.portals.len()).map(PortalId::from_index).flat_map(|p| both.map(|d| (p, d)));
                let lets: BTreeSet<(PortalId, usize)> =
                    ways.filter(|&(p, d)| run.lets_through(p, d)).map(|(p, d)| (p, d.index())).collect();
                (trapped(plan, |p, d| lets.contains(&(p, d.index()))), lets.len())
            };
            plans.iter().map(of).collect()
        };
        let (quiet, alarm, locked) = (open("", &[]), open(fire, &[]), open(fire, std::slice::from_ref(&lock)));
        for (name, (held, _)) in names.iter().zip(&locked) {
            assert_eq!(held, &Vec::<String>::new(), "{site} under {name}");
        }
        assert_eq!(alarm, locked, "{site}: a lockdown holds no fire release");
        assert!(quiet.iter().zip(&alarm).all(|((_, quiet), (_, alarm))| quiet < alarm), "{site}: {quiet:?} {alarm:?}");
    }
}

/// Words in backticks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

#[test]
fn the_table_of_controls_names_what_is_there() {
    let text = Disk.read("docs/controls.md").expect("the table");
    let code = |module: &str| {
        let of =
            |folder: &str| Disk.read(&format!("{folder}/{module}.rs")).map_or(String::new(), |text| text.to_string());
        of("tests/suite") + &of("sim/defence/src/tests")
    };
    let ships = |name: &str| {
        let files = ["scenarios", "defences", "sites"]
            .map(|folder| format!("{folder}/{name}.{}.ron", &folder[..folder.len() - 1]));
        files.iter().any(|file| Disk.read(file).is_ok())
    };
    let rules: String = files_in("defences", ".defence.ron")
        .iter()
        .map(|file| Disk.read(file).expect("it ships").to_string())
        .collect();
    let mut wrong = Vec::new();
    let mut tests = 0;
    for row in text.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| control |")) {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").collect();
        if cells.len() != 5 {
            wrong.push(format!("{} cells: {row}", cells.len()));
            continue;
        }
        for name in quoted(cells[4]) {
            tests += 1;
            let there =
                name.split_once("::").is_some_and(|(module, test)| code(module).contains(&format!("\nfn {test}()")));
            wrong.extend((!there).then(|| format!("no test {name}")));
        }
        wrong.extend(quoted(cells[3]).filter(|name| !ships(name)).map(|name| format!("no file {name}")));
        let brackets = cells[2].rsplit_once(" (").and_then(|(_, rest)| rest.trim().strip_suffix(')'));
        let named =
            brackets.filter(|names| !names.contains(['`', ':'])).into_iter().flat_map(|names| names.split(", "));
        wrong.extend(
            named.filter(|rule| !rules.contains(&format!("\"{rule}\": ("))).map(|rule| format!("no rule {rule}")),
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(tests > 100, "{tests}");
}
