//! What the systems have on file, and where it is decided: who is in by the record, with whom, on whose order, by which
//! place; logins, cabinets, visits.

use doorward_engine::{Event, What};
use doorward_model::base::DeviceId;
use doorward_model::signal::{Observed, Report};

use crate::recorded::{log, run};

/// The lines of a run that contain one of these words are these.
#[track_caller]
fn check(text: &str, words: &[&str], expected: &str) {
    let expected: Vec<&str> = expected.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    assert_eq!(log(text, words).lines().collect::<Vec<_>>(), expected, "{text}");
}

/// Badges at readers: `minute badge door`, separated by commas; a minute may have a fraction of seconds behind a point.
fn badges(all: &str) -> String {
    let one = |(i, badge): (usize, &str)| {
        let mut words = badge.split_whitespace();
        let (minute, who, door) = (words.next().unwrap(), words.next().unwrap(), words.next().unwrap());
        let (minute, second) = minute.split_once('.').unwrap_or((minute, "00"));
        format!(
            "inject b{i} at=\"Mon 00:{minute}:{second}\" \
             {{Act(Badge(credentials: [\"{who}\"], portals: [\"{door}\"]))}}\n"
        )
    };
    all.split(',').enumerate().map(one).collect()
}

/// Ann and Bob, a lobby, a lab; whoever leaves by `out` or `back` shows the badge there as well.
const SITE: &str = "
street -[badge name=front]-> lobby -[badge name=lab-door]-> lab
lobby -[badge name=out]-> street
lab -[badge name=back]-> lobby
zone street offsite
zone lobby level 1 kind Lobby
zone lab level 3
role staff zones lobby,lab,street
person ann staff
person bob staff
area house zones lobby
area labs zones lab
horizon 1h
";

#[track_caller]
fn decided(rest: &str, all: &str, expected: &str) {
    check(&format!("{SITE}{rest}\n{}", badges(all)), &["granted", "denied"], expected);
}

// ------------------------------------------------------------- anti-passback

const TWICE: &str = "01 ann front, 02 ann front, 03 ann out, 04 ann front";

#[test]
fn whoever_is_in_by_the_record_does_not_come_in_again() {
    decided(
        "access anti_passback: Some((scope: Global, mode: Hard))",
        TWICE,
        "60 seen granted ann front inwards
        120 seen denied ann front: PassedBack
        180 seen granted ann out inwards
        240 seen granted ann front inwards",
    );
    decided(
        "",
        TWICE,
        "60 seen granted ann front inwards
        120 seen granted ann front inwards
        180 seen granted ann out inwards
        240 seen granted ann front inwards",
    );
}

#[test]
fn a_soft_rule_lets_in_and_reports() {
    let text = format!(
        "{SITE}access anti_passback: Some((scope: Global, mode: Soft))\nrule twice when PassedBack raise nobody\n{}",
        badges(TWICE)
    );
    check(
        &text,
        &["granted", "denied", "alarm"],
        "60 seen granted ann front inwards
        120 seen granted ann front inwards
        120 alarm 0 twice for nobody, false
        180 seen granted ann out inwards
        240 seen granted ann front inwards",
    );
}

#[test]
fn a_timed_rule_forgets() {
    decided(
        "access anti_passback: Some((scope: Global, mode: Timed(\"5min\")))",
        "01 ann front, 05 ann front, 06 ann front",
        "60 seen granted ann front inwards
        300 seen denied ann front: PassedBack
        360 seen granted ann front inwards",
    );
}

#[test]
fn everybody_is_forgiven_at_a_set_time() {
    decided(
        "access anti_passback: Some((scope: Global, mode: Hard, forgiven_at: [\"00:03\"]))",
        "01 ann front, 02 ann front, 04 ann front",
        "60 seen granted ann front inwards
        120 seen denied ann front: PassedBack
        240 seen granted ann front inwards",
    );
}

#[test]
fn other_areas_are_other_matters() {
    decided(
        "access anti_passback: Some((areas: [\"labs\"], scope: Global, mode: Hard))",
        "01 ann front, 02 ann front, 03 ann lab-door, 04 ann lab-door, 05 ann back, 06 ann lab-door",
        "60 seen granted ann front inwards
        120 seen granted ann front inwards
        180 seen granted ann lab-door inwards
        240 seen denied ann lab-door: PassedBack
        300 seen granted ann back inwards
        360 seen granted ann lab-door inwards",
    );
}

/// A second way into the lobby, at a panel of its own.
const SIDE: &str = "street -[badge name=side panel=second]-> lobby\npanel panel in=lobby\npanel second in=lobby";

#[test]
fn a_panel_alone_knows_of_its_own_readers_only() {
    let tries = "01 ann front, 02 ann side, 03 ann front";
    decided(
        &format!("{SIDE}\naccess anti_passback: Some((scope: Local, mode: Hard))"),
        tries,
        "60 seen granted ann front inwards
        120 seen granted ann side inwards
        180 seen denied ann front: PassedBack",
    );
    decided(
        &format!("{SIDE}\naccess anti_passback: Some((scope: Global, mode: Hard))"),
        tries,
        "60 seen granted ann front inwards
        120 seen denied ann side: PassedBack
        180 seen denied ann front: PassedBack",
    );
}

#[test]
fn what_all_know_needs_the_server_and_is_heard_late() {
    // From minute 2 to 4 the second panel is alone: it lets in whom it should not, and the server hears of Bob late.
    decided(
        &format!(
            "{SIDE}\naccess anti_passback: Some((scope: Global, mode: Hard))\n\
             inject alone at=\"Mon 00:02\" panel-offline=second 2min"
        ),
        "01 ann front, 03 ann side, 03.10 bob side, 03.30 bob front, 05 bob front, 06 ann side",
        "60 seen granted ann front inwards
        210 seen granted bob front inwards
        240 seen granted ann side inwards
        240 seen granted bob side inwards
        300 seen denied bob front: PassedBack
        360 seen denied ann side: PassedBack",
    );
}

#[test]
fn a_grant_that_is_not_taken_moves_nobody() {
    let never = "add site.hardware.front.not_taken_chance (value: 1.0, source: \"fixture\")";
    decided(
        &format!("access anti_passback: Some((scope: Global, mode: Hard))\n{never}"),
        "01 ann front, 02 ann front",
        "60 seen granted ann front inwards
        120 seen granted ann front inwards",
    );
}

#[test]
fn whoever_followed_is_refused_later() {
    // Everybody follows whom they can. Who has gone out behind another is inside by the record.
    let text = |mode: &str| {
        format!(
            "street -[free]-> yard -[badge both close=20s follow=1 name=hall]-> lobby
            zone yard level 0 kind Grounds
            role staff 12 zones lobby,yard shift=\"Mon-Fri 09:00-17:00\"
            day staff arrives=0s leaves=0s base=lobby
            errand smoke of=staff to=yard per-day=40 stays=U(1min,9min)
            habits follows=1
            area house zones lobby
            access anti_passback: Some((scope: Global, mode: {mode}))
            start Mon 08:00
            horizon 9h"
        )
    };
    let refused = |mode: &str| log(&text(mode), &["PassedBack"]).lines().count();
    let followed = log(&text("Soft"), &["follows through"]).lines().count();
    assert!(followed > 0);
    assert_eq!(refused("Soft"), 0);
    assert!(refused("Hard") > 0);
}

// -------------------------------------------------------------------- company

#[test]
fn two_enter_together_where_nobody_may_be_alone() {
    let vault = "set site.zones.lab.two_person true";
    decided(
        &format!("{vault}\naccess two_person: Some((value: \"30s\", source: \"fixture\"))"),
        "01 ann lab-door, 03 ann lab-door, 03.10 ann lab-door, 03.20 bob lab-door, 03.40 ann lab-door, 05 bob back, \
         06 bob lab-door, 07 bob back, 07.10 ann back, 08 bob lab-door",
        "60 seen denied ann lab-door: Alone
        180 seen denied ann lab-door: Alone
        190 seen denied ann lab-door: Alone
        200 seen granted bob lab-door inwards
        220 seen granted ann lab-door inwards
        300 seen granted bob back inwards
        360 seen granted bob lab-door inwards
        420 seen granted bob back inwards
        430 seen granted ann back inwards
        480 seen denied bob lab-door: Alone",
    );
    decided(vault, "01 ann lab-door", "60 seen granted ann lab-door inwards");
}

#[test]
fn a_guest_needs_the_badge_of_an_escort_before_them() {
    let guest = "role visitor zones lobby,lab valid=8h escorts=host\nperson eve visitor\n\
                 role host zones lobby,lab\nperson hal host\n";
    let all = "01 eve front, 02 eve lab-door, 03 ann lab-door, 03.10 eve lab-door, 04 hal lab-door, \
               04.10 eve lab-door, 05 eve lab-door";
    decided(
        &format!("{guest}access escorts: Some((value: \"30s\", source: \"fixture\"))"),
        all,
        "60 seen granted eve front inwards
        120 seen denied eve lab-door: NoEscort
        180 seen granted ann lab-door inwards
        190 seen denied eve lab-door: NoEscort
        240 seen granted hal lab-door inwards
        250 seen granted eve lab-door inwards
        300 seen denied eve lab-door: NoEscort",
    );
    decided(guest, "02 eve lab-door", "120 seen granted eve lab-door inwards");
}

// --------------------------------------------------------------- on whose order

#[test]
fn a_work_order_opens_what_is_not_the_base() {
    let text = |order: &str, policy: &str| {
        format!(
            "street -[badge name=front]-> lobby -[badge name=lab-door]-> lab
            lobby -[badge name=office-door]-> office
            zone lobby level 1 kind Lobby
            zone office level 2
            zone lab level 3
            role fitter 1 zones lobby,office,lab
            day fitter arrives=1h leaves=1h base=office
            errand job of=fitter to=lab per-day=20 stays=10min work-order={order}
            access {policy}
            horizon 1d"
        )
    };
    let asked = "work_order_from_level: Some(2)";
    let count = |order, policy, word: &str| log(&text(order, policy), &[word]).lines().count();
    assert!(count("0", asked, "seen denied fitter-001 lab-door: NoWorkOrder") > 0);
    assert_eq!(count("0", asked, "granted fitter-001 lab-door"), 0);
    assert!(count("0", asked, "granted fitter-001 office-door") > 0);
    assert_eq!(count("1", asked, "denied"), 0);
    assert!(count("1", asked, "granted fitter-001 lab-door") > 0);
    assert_eq!(count("0", "", "denied"), 0);
}

#[test]
fn a_booking_is_on_file_for_its_room_alone() {
    let text = |booked: &str| {
        format!(
            "street -[badge name=front]-> lobby -[badge name=room-door]-> room
            zone room bookable level 2 kind Meeting
            role staff 1 zones lobby,room
            day staff arrives=1h leaves=1h base=lobby
            errand meeting of=staff to=room per-day=20 stays=10min booked={booked}
            rule squat when AccessGranted(without_booking: true) raise nobody
            horizon 1d"
        )
    };
    assert!(log(&text("0"), &["squat"]).lines().count() > 0);
    assert_eq!(log(&text("1"), &["squat"]), "");
    assert!(log(&text("1"), &["granted staff-001 room-door"]).lines().count() > 0);
}

// ------------------------------------------------------------- further factors

#[test]
fn a_further_factor_is_given_where_the_reader_takes_one_and_takes_as_long_again() {
    let granted = |reader: &str, policy: &str| {
        let site = SITE.replace("[badge name=lab-door]", reader);
        log(&format!("{site}access {policy}\n{}", badges("02 ann lab-door")), &["granted", "denied"])
    };
    let (pin, card) = ("[badge pin read=3s name=lab-door]", "[badge read=3s name=lab-door]");
    let asked = "door_factor_from_level: Some(2)";
    assert_eq!(granted(pin, ""), "123 seen granted ann lab-door inwards");
    assert_eq!(granted(pin, asked), "126 seen granted ann lab-door inwards");
    assert_eq!(granted(card, asked), "123 seen granted ann lab-door inwards");
}

// ------------------------------------------------------------ place of decision

/// Changes need ten minutes to reach the panel.
const SLOW: &str = "panel panel in=lobby download=10min decision=1s\n\
                    inject gone at=\"Mon 00:01\" {Revoked(credential: \"ann\")}\n";

fn at(place: &str, more: &str) -> String {
    format!(
        "{SLOW}access decisions: Some((place: {place}, from_level: 2, latency: (value: Fixed(\"2s\"), \
         source: \"fixture\"), timeout: (value: \"5s\", source: \"fixture\"), {more}))"
    )
}

#[test]
fn a_server_knows_at_once_what_a_panel_hears_later() {
    decided(
        SLOW,
        "02 ann lab-door, 12 ann lab-door",
        "121 seen granted ann lab-door inwards
        721 seen denied ann lab-door: Revoked",
    );
    for place in ["Host", "Edge", "Cloud"] {
        decided(
            &at(place, "fallback: Cached"),
            "02 ann lab-door, 02.30 ann front, 03 bob lab-door",
            "122 seen denied ann lab-door: Revoked
            151 seen granted ann front inwards
            182 seen granted bob lab-door inwards",
        );
    }
}

#[test]
fn without_an_answer_the_panel_gives_one() {
    let alone = "inject alone at=\"Mon 00:00\" panel-offline=panel 1h";
    let tries = "02 ann lab-door, 03 bob lab-door";
    let answers = |place: &str, fallback: &str| {
        let text = format!("{SITE}{}\n{alone}\n{}", at(place, fallback), badges(tries));
        log(&text, &["passes", "refused"])
    };
    assert_eq!(
        answers("Host", "fallback: Cached"),
        "125 ann passes lab-door into lab\n185 bob passes lab-door into lab"
    );
    assert_eq!(
        answers("Host", "fallback: Deny"),
        "125 refused ann at lab-door: OutOfReach\n185 refused bob at lab-door: OutOfReach"
    );
    // On the site nothing is out of reach.
    assert_eq!(
        answers("Edge", "fallback: Deny"),
        "122 refused ann at lab-door: Revoked\n182 bob passes lab-door into lab"
    );
}

#[test]
fn the_cloud_lies_beyond_the_internet_connection() {
    let cut = "inject cut at=\"Mon 00:00\" {WanDown(lasts: \"1h\")}";
    for (place, expected) in
        [("Cloud", "125 seen denied ann lab-door: OutOfReach"), ("Host", "122 seen denied ann lab-door: Revoked")]
    {
        decided(&format!("{}\n{cut}", at(place, "fallback: Deny")), "02 ann lab-door", expected);
    }
}

#[test]
fn an_answer_that_comes_too_late_is_none() {
    let slow = at("Host", "fallback: Cached").replace("Fixed(\"2s\")", "Fixed(\"7s\")");
    decided(&slow, "02 ann lab-door", "125 seen granted ann lab-door inwards");
}

// ------------------------------------------------------------- people inside

#[test]
fn whoever_is_inside_without_a_right_is_told_of() {
    let text = |policy: &str| {
        format!(
            "{SITE}access {policy}\ninject gone at=\"Mon 00:05\" {{Revoked(credential: \"ann\")}}\n{}",
            badges("01 ann lab-door, 02 bob lab-door")
        )
    };
    check(
        &text("reauthorise_every: Some((value: \"20min\", source: \"fixture\"))"),
        &["stay refused"],
        // Once: nobody repeats it while the badge is not read again.
        "1200 seen stay refused to ann in lab: Revoked",
    );
    check(&text(""), &["stay refused"], "");
}

// -------------------------------------------------------------------- cabinets

#[test]
fn a_cabinet_refuses_off_shift_and_misses_what_is_late() {
    let text = |policy: &str, hour: &str| {
        format!(
            "{SITE}set site.roles.staff.shift [\"Mon-Fri 08:00-18:00\"]
            add site.credentials.spare (technology: Key, status: Active)
            device box in lobby on lan kind=KeyCabinet
            cabinet keys device=box keys=spare roles=staff back=2h
            horizon 1d
            access {policy}
            inject draw at=\"Mon {hour}\" {{Act(KeyWithdrawal(cabinet: \"keys\", roles: [\"ann\"], \
             returns_after: (value: Fixed(\"3h\"), source: \"fixture\")))}}"
        )
        .replacen("horizon 1h\n", "", 1)
    };
    let all = ["key", "a key"];
    let drawn = "32400 seen key spare drawn by ann
        39600 seen key spare overdue from ann
        43200 seen key spare back";
    check(&text("cabinets_refuse: true", "09:00"), &all, drawn);
    check(&text("", "09:00"), &all, drawn);
    check(&text("cabinets_refuse: true", "20:00"), &all, "72000 seen key spare refused to ann: OffShift");
    check(&text("", "20:00"), &["drawn", "refused"], "72000 seen key spare drawn by ann");
}

#[test]
fn assets_leave_with_a_pass_where_one_is_asked() {
    let text = |policy: &str, passed: &str| {
        format!(
            "{SITE}asset laptop in lab 0s portable
            access {policy}
            inject carry at=\"Mon 00:05\" {{Act(ItemRemoval(assets: [\"laptop\"], portals: [\"front\"], \
             passed: (value: {passed}, source: \"fixture\")))}}"
        )
    };
    check(&text("removal_passes: true", "1.0"), &["laptop"], "300 seen laptop carried out by front with a pass");
    check(&text("removal_passes: true", "0.0"), &["laptop"], "");
    check(&text("", "0.0"), &["laptop"], "300 seen laptop carried out by front without a pass");
}

#[test]
fn an_unknown_device_is_noticed_where_somebody_looks() {
    let text = |segment: &str, jack: &str| {
        format!(
            "{SITE}segment lan {segment}
            jack hole in lobby on lan {jack}
            inject plug at=\"Mon 00:05\" {{Act(UnknownDevice(jacks: [\"hole\"]))}}"
        )
    };
    check(&text("watched", "open"), &["unknown"], "300 seen unknown device on lan");
    check(&text("", "open"), &["unknown"], "");
    // A closed port does not let it in, and tells all the same.
    check(&text("watched", ""), &["unknown"], "300 seen unknown device on lan");
}

#[test]
fn what_else_happens_is_reported() {
    let text = format!(
        "{SITE}device host in lobby on lan service desk
        account ann-office on=host/desk person=ann
        account root on=host/desk role=Administrator
        inject a at=\"Mon 00:01\" {{Act(ConfigurationChange(account: \"root\", devices: [\"host\"], \
         planned: (value: 0.0, source: \"fixture\")))}}
        inject b at=\"Mon 00:02\" {{Act(HealthFailure(devices: [\"host\"], what: Backup))}}
        inject c at=\"Mon 00:03\" {{Act(UnusualBehaviour(roles: [\"ann\"]))}}
        inject d at=\"Mon 00:04\" {{Act(SlowSegment(segments: [\"lan\"]))}}"
    );
    check(
        &text,
        &["changed", "failed", "unusual", "slow"],
        "60 seen changed host by root unplanned
        120 seen Backup of host failed
        180 seen unusual behaviour of ann-office
        240 seen slow lan",
    );
}

// ---------------------------------------------------------------------- logins

/// Ann has an account on a service that asks the identity provider.
const OFFICE: &str = "
device host in lobby on lan service desk logs siem
device siem in lobby on lan kind=Siem
device idp in lobby on lan kind=IdentityProvider
account ann-office on=host/desk person=ann
account emergency on=host/desk break-glass
account root on=host/desk person=bob role=Administrator
";

fn logs_in(minute: &str, account: &str) -> String {
    format!(
        "inject l{minute}-{account} at=\"Mon 00:{minute}\" \
         {{Act(Login(accounts: [\"{account}\"], service: \"host/desk\"))}}\n"
    )
}

#[test]
fn whoever_has_not_badged_in_does_not_log_in() {
    let text = |policy: &str| {
        format!(
            "{SITE}{OFFICE}{policy}\n{}{}{}{}",
            logs_in("01", "ann-office"),
            badges("02 ann front, 04 ann out"),
            logs_in("03", "ann-office"),
            logs_in("05", "ann-office")
        )
    };
    let in_and_out = "60 seen login refused ann-office on host/desk: Absent
        180 seen login ann-office on host/desk
        300 seen login refused ann-office on host/desk: Absent";
    check(&text("access absent_logins: Deny"), &["seen login"], in_and_out);
    let always = "60 seen login ann-office on host/desk
        180 seen login ann-office on host/desk
        300 seen login ann-office on host/desk";
    check(&text(""), &["seen login"], always);
    // Who does not know whose badge and account belong together cannot ask.
    check(&text("access absent_logins: Deny\nidentity linked: [Accounts]"), &["seen login"], always);
    let sensitive = "set site.devices.host.services.desk.sensitive true";
    check(&text("access absent_logins: DenySensitive"), &["seen login"], always);
    let sensitive = format!("access absent_logins: DenySensitive\n{sensitive}");
    check(&text(&sensitive), &["seen login"], in_and_out);
}

#[test]
fn without_the_directory_only_the_emergency_account_works() {
    let text = |policy: &str| {
        format!(
            "{SITE}{OFFICE}set site.devices.host.services.desk.directory true
            inject down at=\"Mon 00:00:30\" {{DeviceDown(device: \"idp\", lasts: \"10min\")}}
            access {policy}\n{}{}{}",
            logs_in("01", "ann-office"),
            logs_in("02", "emergency"),
            logs_in("11", "ann-office")
        )
    };
    check(
        &text("break_glass: true"),
        &["seen login"],
        "60 seen login refused ann-office on host/desk: NoDirectory
        120 seen login emergency on host/desk
        660 seen login ann-office on host/desk",
    );
    check(
        &text(""),
        &["seen login"],
        "60 seen login refused ann-office on host/desk: NoDirectory
        120 seen login refused emergency on host/desk: Disabled
        660 seen login ann-office on host/desk",
    );
}

#[test]
fn administration_comes_from_its_own_device() {
    let text = |from: &str, policy: &str| {
        format!(
            "{SITE}{OFFICE}device desk-pc in lobby on lan kind=Workstation
            device admin-pc in lobby on lan kind=Workstation admin
            add site.accounts.root.from \"{from}\"
            access {policy}\n{}",
            logs_in("01", "root")
        )
    };
    let only = "admin_workstations_only: true";
    check(&text("admin-pc", only), &["seen login"], "60 seen login root on host/desk");
    check(&text("desk-pc", only), &["seen login"], "60 seen login refused root on host/desk: WrongDevice");
    check(&text("desk-pc", ""), &["seen login"], "60 seen login root on host/desk");
}

#[test]
fn the_computer_at_the_base_is_driven_over_the_gateway() {
    let text = "
        street -[free]-> lobby
        segment internet
        device gate in lobby on edge kind=Gateway service vpn logs siem
        device host in lobby on lan service desk logs siem
        device siem in lobby on lan kind=Siem
        device pc in lobby on lan kind=Workstation
        flow in internet -> gate vpn
        flow logs gate -> siem syslog logs
        role staff 1 account=gate/vpn,host/desk shift=\"Mon-Fri 09:00-17:00\"
        day staff attends=ATTENDS remote-share=1 desktop=1 base=lobby logs-in=host/desk remote=gate/vpn
        start Mon 08:00";
    let logins = |attends: &str| {
        let run = run(&text.replace("ATTENDS", attends));
        let name = |device: DeviceId| run.plan.devices[device.index()].name.clone();
        let one = |event: &Event| match event.what {
            What::Observed(Observed { report: Report::Login { service, remote, from, .. }, .. }) => {
                Some((run.plan.services[service.index()].name.clone(), remote, from.map(name)))
            }
            What::Observed(_) | What::Truth(_) => None,
        };
        run.events.iter().filter_map(one).collect::<Vec<_>>()
    };
    let some = |service: &str, remote: bool, from: Option<&str>| (service.to_owned(), remote, from.map(str::to_owned));
    assert_eq!(logins("0"), [some("gate/vpn", true, None), some("host/desk", false, Some("gate"))]);
    assert_eq!(logins("1")[..1], [some("host/desk", false, Some("pc"))]);
}

// ---------------------------------------------------------------------- visits

/// A visitor comes at nine, for one hour, and stays for five; every passage joins the Wi-Fi anew.
fn visit(policy: &str) -> String {
    format!(
        "street -[badge name=front]-> lobby -[badge name=room-door]-> room
        role visitor 1 zones lobby,room valid=1h account=portal/web shift=\"Mon 09:00-14:00\"
        day visitor arrives=0s leaves=0s base=room wifi
        errand stroll of=visitor to=lobby per-day=20 stays=U(1min,9min)
        habits follows=0
        device portal in lobby on guests service web
        device gear in lobby on guests kind=NetworkEquipment
        wifi air on=guests zones=lobby,room guests
        access {policy}
        start Mon 08:00
        horizon 10h"
    )
}

#[test]
fn what_a_visitor_was_given_ends_with_the_visit() {
    let after = |policy: &str, word: &str| {
        let lines = log(&visit(policy), &[word]);
        let at = |line: &str| line.split(' ').next().and_then(|at| at.parse::<f64>().ok()).unwrap_or(0.0);
        lines.lines().filter(|line| at(line) > 7200.0).count()
    };
    let ends = "guests_end: true";
    assert_eq!(log(&visit(ends), &["overstay"]).lines().count(), 1);
    assert!(log(&visit(ends), &["visitor-001 joins"]).lines().count() > 0);
    assert_eq!(after(ends, "visitor-001 joins"), 0);
    assert_eq!(after(ends, "granted visitor-001"), 0);
    assert!(after(ends, "denied visitor-001") > 0);
    assert!(after("", "visitor-001 joins") > 0);
    assert!(after("", "granted visitor-001") > 0);
    assert_eq!(after("", "denied visitor-001"), 0);
}

#[test]
fn a_visitor_who_leaves_in_time_has_not_overstayed() {
    let text = visit("guests_end: true").replace("valid=1h", "valid=8h");
    assert_eq!(log(&text, &["overstay"]), "");
    assert!(log(&text, &["goes home"]).lines().count() > 0);
}
