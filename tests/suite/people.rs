//! People make the passages: who comes when, how they get through doors, what they do that no policy asks for.

use std::sync::Arc;

use doorward_engine::{Event, Nobody, Simulation, Truth, What, Who};
use doorward_model::base::{PersonId, SimDuration, SimTime, ZoneId};
use doorward_model::fixture;
use doorward_model::plan::Plan;
use doorward_model::signal::Report;

use crate::support::{log, simulation};

/// Twenty people, a door and an office; a working day from midnight. Nothing varies unless a test says so.
const OFFICE: &str = "
start Mon 00:00
horizon 24h
street -[badge 2s dps rex held=20s close=3s name=front]-> lobby
lobby -[badge 2s dps rex held=20s close=3s name=office-door]-> office
lobby -[free 1s name=kitchen-door]-> kitchen
zone street at 0,0
zone lobby at 10,0
zone office at 20,0
zone kitchen at 10,10
role staff 20 zones lobby,office,kitchen shift Mon-Fri 09:00-17:00
day staff base=office lead=30min arrives=U(0s,60min) leaves=U(0s,60min)";

fn zone(plan: &Plan, name: &str) -> ZoneId {
    ZoneId::from_index(plan.zones.iter().position(|z| z.name == name).expect(name))
}

fn portal(plan: &Plan, name: &str) -> usize {
    plan.portals.iter().position(|p| p.name == name).expect(name)
}

fn truths<'a, T>(events: &'a [Event], pick: impl Fn(&Truth) -> Option<T> + 'a) -> Vec<(SimTime, T)> {
    let told = |event: &Event| match &event.what {
        What::Truth(truth) => pick(truth).map(|t| (event.at, t)),
        What::Observed(_) => None,
    };
    events.iter().filter_map(told).collect()
}

fn reports<'a, T>(events: &'a [Event], pick: impl Fn(&Report) -> Option<T> + 'a) -> Vec<(SimTime, T)> {
    let told = |event: &Event| match &event.what {
        What::Observed(seen) => pick(&seen.report).map(|t| (event.at, t)),
        What::Truth(_) => None,
    };
    events.iter().filter_map(told).collect()
}

/// The runs of a text: plan, and the events of each.
fn runs(text: &str, number: u32) -> (Arc<Plan>, Vec<Vec<Event>>) {
    let plan = fixture::plan(text);
    let all = (0..number).map(|run| log(&plan, 11, run)).collect();
    (plan, all)
}

fn hours(at: SimTime) -> f64 {
    at.as_millis() as f64 / 3_600_000.0
}

/// How often something was told, over all runs.
fn count<T>(all: &[Vec<Event>], of: impl Fn(&[Event]) -> Vec<T>) -> usize {
    all.iter().map(|events| of(events).len()).sum()
}

/// A share, or a mean of counts, is what it ought to be: within four standard errors of a Poisson count.
#[track_caller]
fn about(count: usize, expected: f64) {
    let (count, spread) = (count as f64, 4.0 * expected.max(1.0).sqrt());
    assert!((count - expected).abs() <= spread, "{count} instead of about {expected}, more than {spread} off");
}

fn arrived(events: &[Event]) -> Vec<(SimTime, PersonId)> {
    truths(events, |truth| match truth {
        Truth::Arrived { person } => Some(*person),
        _ => None,
    })
}

fn left(events: &[Event]) -> Vec<(SimTime, PersonId)> {
    truths(events, |truth| match truth {
        Truth::Left { person } => Some(*person),
        _ => None,
    })
}

fn granted(events: &[Event]) -> Vec<(SimTime, ())> {
    reports(events, |report| matches!(report, Report::AccessGranted { .. }).then_some(()))
}

fn followed(events: &[Event]) -> Vec<(SimTime, PersonId)> {
    truths(events, |truth| match truth {
        Truth::Followed { person, .. } => Some(*person),
        _ => None,
    })
}

fn helped(events: &[Event]) -> Vec<(SimTime, (PersonId, SimDuration))> {
    truths(events, |truth| match truth {
        Truth::Helped { person, took, .. } => Some((*person, *took)),
        _ => None,
    })
}

/// People on the site now, offsite zones aside.
fn on_site(simulation: &Simulation) -> u32 {
    let plan = simulation.plan();
    let inside = (0..plan.zones.len()).filter(|&z| !plan.zones[z].offsite());
    inside.map(|z| simulation.people_in(ZoneId::from_index(z))).sum()
}

#[test]
fn everybody_comes_badges_at_each_locked_door_and_goes() {
    let (plan, all) = runs(OFFICE, 5);
    for events in &all {
        assert_eq!(arrived(events).len(), 20);
        assert_eq!(left(events).len(), 20);
        // Two locked doors inwards, handles outwards.
        assert_eq!(granted(events).len(), 40);
        let passed = truths(events, |truth| match truth {
            Truth::Passed { who: Who::Person(_), portal, .. } => Some(*portal),
            _ => None,
        });
        assert_eq!(passed.len(), 80);
        assert!(passed.iter().all(|(_, p)| p.index() != portal(&plan, "kitchen-door")));
        assert!(arrived(events).iter().all(|(at, _)| (8.5..9.51).contains(&hours(*at))));
        assert!(left(events).iter().all(|(at, _)| (16.5..17.52).contains(&hours(*at))));
    }
}

#[test]
fn who_comes_is_as_the_file_says_and_nobody_at_weekends_or_on_holidays() {
    let text = format!("{OFFICE} attends=0.4");
    about(count(&runs(&text, 60).1, arrived), 60.0 * 20.0 * 0.4);
    let (_, saturday) = runs(&OFFICE.replace("Mon 00:00", "Sat 00:00"), 2);
    assert_eq!(count(&saturday, arrived), 0);
    let (_, holiday) = runs(&format!("{OFFICE}\nholiday"), 2);
    assert_eq!(count(&holiday, arrived), 0);
    let (_, at_work) = runs(&format!("{OFFICE} holidays\nholiday"), 2);
    assert_eq!(count(&at_work, arrived), 40);
}

#[test]
fn errands_are_as_frequent_as_the_file_says() {
    let text = format!(
        "{OFFICE}\nerrand coffee of=staff to=kitchen per-day=2/day stays=5min\n\
         errand lunch of=staff to=kitchen per-day=0.7/day stays=20min hours Mon-Fri 11:30-13:30"
    );
    let (plan, all) = runs(&text, 30);
    let kitchen = portal(&plan, "kitchen-door");
    let into = |events: &[Event]| {
        truths(events, |truth| match truth {
            Truth::Passed {
                who: Who::Person(_), portal, direction: doorward_model::plan::Direction::Entry, ..
            } if portal.index() == kitchen => Some(()),
            _ => None,
        })
    };
    // An errand that is due while another lasts in the same room needs no door: a few in a hundred are swallowed.
    let seen = count(&all, into) as f64 / (30.0 * 20.0);
    assert!((2.4..2.75).contains(&seen), "{seen}");
}

#[test]
fn the_same_run_twice_and_step_by_step() {
    let text = format!(
        "{OFFICE}\nerrand coffee of=staff to=kitchen per-day=2/day stays=U(1min,9min) props=0.2\n\
         habits follows=0.5 forgets=0.1 help=2min loses=0.05 reports=2h"
    );
    let plan = fixture::plan(&text);
    let whole = log(&plan, 3, 1);
    assert_eq!(whole, log(&plan, 3, 1));
    let mut stepped = simulation(&plan);
    stepped.start(3, 1);
    while stepped.step(&mut Nobody) {}
    let mut run = simulation(&plan);
    run.start(3, 1);
    run.finish(&mut Nobody);
    assert_eq!(stepped.events(), run.events());
}

#[test]
fn a_line_forms_where_one_passes_at_a_time() {
    // 400 people in forty minutes, each of them three seconds at the turnstile.
    let text = "
start Mon 08:00
horizon 90min
street -[turnstile 2s read=1s single name=gate]-> hall
role staff 400 zones hall shift Mon-Fri 08:20-17:00
day staff base=hall arrives=U(0s,40min) leaves=1h";
    let (_, all) = runs(text, 12);
    let line = |events: &[Event]| {
        truths(events, |truth| match truth {
            Truth::LineJoined { person, .. } => Some((*person, true)),
            Truth::LineLeft { person, .. } => Some((*person, false)),
            _ => None,
        })
    };
    let (mut waited_s, mut area_s, mut waits) = (0.0, 0.0, 0);
    for events in &all {
        assert_eq!(arrived(events).len(), 400);
        let line = line(events);
        let (mut length, mut since, mut joined) = (0_i64, SimTime::ZERO, std::collections::BTreeMap::new());
        for (at, (person, joins)) in &line {
            area_s += length as f64 * (*at - since).as_secs_f64();
            since = *at;
            if *joins {
                length += 1;
                joined.insert(*person, *at);
            } else {
                length -= 1;
                waits += 1;
                waited_s += (*at - joined.remove(person).expect("who leaves has joined")).as_secs_f64();
            }
            assert!(length >= 0);
        }
        assert_eq!(length, 0, "nobody is left in line");
        // First come, first served.
        let order = |joins: bool| {
            line.iter().filter(|(_, (_, j))| *j == joins).map(|(_, (person, _))| *person).collect::<Vec<_>>()
        };
        assert_eq!(order(true), order(false));
    }
    // Little: people in line, summed over time, are the waits of all.
    assert!((area_s - waited_s).abs() < 1e-6 * waited_s);
    // Pollaczek and Khinchine for a service of 3 s and a load of one half: everybody waits 1.5 s in the mean.
    let mean = waited_s / (12.0 * 400.0);
    assert!((1.2..1.8).contains(&mean), "{mean} s, {waits} waits");
}

#[test]
fn who_follows_leaves_no_badge_event() {
    let text = OFFICE.replace("arrives=U(0s,60min)", "arrives=U(0s,40s)").replace("close=3s", "close=8s follow=1");
    let (_, nobody) = runs(&text, 4);
    assert_eq!((count(&nobody, followed), count(&nobody, granted)), (0, 4 * 40));
    let (_, all) = runs(&format!("{text}\nhabits follows=1"), 4);
    let (behind, by_badge) = (count(&all, followed), count(&all, granted));
    assert!(behind > 40, "{behind}");
    assert_eq!(behind + by_badge, 4 * 40);
    let (_, half) = runs(&format!("{text}\nhabits follows=0.5"), 4);
    assert!(count(&half, followed) < behind);
    // A portal that no second body fits through is never followed through.
    let (_, narrow) = runs(&format!("{}\nhabits follows=1", text.replace("follow=1", "follow=0")), 4);
    assert_eq!(count(&narrow, followed), 0);
}

#[test]
fn analytics_see_some_of_those_who_follow_and_take_others_for_two() {
    let text = OFFICE.replace("arrives=U(0s,60min)", "arrives=U(0s,40s)").replace("close=3s", "close=8s follow=1");
    let text = format!(
        "{text}\nhabits follows=1\ndevice cam in lobby on security kind Camera views=lobby logs siem\n\
         device siem in office on security kind Siem\nreads Video"
    );
    let seen = |with: &str| {
        let (_, all) = runs(&format!("{text}\n{with}"), 6);
        let tailgates =
            |events: &[Event]| reports(events, |report| matches!(report, Report::Tailgate { .. }).then_some(()));
        (count(&all, tailgates), count(&all, followed))
    };
    assert_eq!(seen("").0, 0);
    let (sure, behind) = seen("analytics detects=1 takes=2s");
    assert_eq!(sure, behind);
    about(seen("analytics detects=0.5").0, behind as f64 / 2.0);
    // 80 passages a run, in and out, but for those behind others.
    about(seen("analytics mistakes=0.1").0, 0.1 * (6.0 * 80.0 - behind as f64));
}

#[test]
fn a_forgotten_badge_costs_time_once_a_day() {
    let (plan, all) = runs(&format!("{OFFICE}\nhabits forgets=1 help=2min"), 3);
    let front = portal(&plan, "front");
    for events in &all {
        let helped = helped(events);
        assert_eq!(helped.len(), 20);
        assert!(helped.iter().all(|(_, (_, took))| took.as_millis() >= 120_000));
        // At the first door; the badge of the day opens the second.
        assert_eq!(granted(events).len(), 20);
        let at_front = reports(events, |report| match report {
            Report::AccessGranted { portal, .. } if portal.index() == front => Some(()),
            _ => None,
        });
        assert_eq!(at_front.len(), 0);
    }
}

#[test]
fn reads_fail_and_people_try_again() {
    let text = OFFICE.replace("badge 2s", "badge 2s reject=0.3");
    let (_, all) = runs(&format!("{text}\nhabits help=1min"), 10);
    let refused = |events: &[Event]| reports(events, |r| matches!(r, Report::AccessDenied { .. }).then_some(()));
    let doors = 10.0 * 40.0;
    // Three tries: 0.3 + 0.09 + 0.027 refusals a door, and help after the third.
    about(count(&all, refused), doors * (0.3 + 0.09 + 0.027));
    about(count(&all, helped), doors * 0.027);
    assert_eq!(count(&all, granted) + count(&all, helped), 400);
}

#[test]
fn a_superseded_badge_is_presented_once_a_day() {
    let text = format!("{OFFICE}\nperson ann staff\ncredential old-ann of ann superseded\nhabits old=1");
    let (plan, all) = runs(&text, 2);
    for events in &all {
        let refused = reports(events, |report| match report {
            Report::AccessDenied { credential, .. } => Some(plan.credentials[credential.index()].name.clone()),
            _ => None,
        });
        assert_eq!(refused.iter().map(|(_, name)| name.as_str()).collect::<Vec<_>>(), ["old-ann"]);
        assert_eq!(granted(events).len(), 2 * arrived(events).len());
    }
}

#[test]
fn a_lost_badge_is_reported_late() {
    let (_, all) = runs(&format!("{OFFICE}\nhabits loses=1 reports=3h help=1min"), 3);
    for events in &all {
        let lost = reports(events, |report| match report {
            Report::BadgeLost { credential } => Some(*credential),
            _ => None,
        });
        assert!((18..=20).contains(&lost.len()), "{}", lost.len());
        assert!(lost.iter().all(|(at, _)| hours(*at) >= 11.5));
    }
}

#[test]
fn a_lost_badge_does_not_come_back_by_itself() {
    let text = format!(
        "{OFFICE}\nhabits loses=1 reports=10min\nrule lost when BadgeLost respond RevokeCredential\nrecovery 20min"
    );
    let (_, all) = runs(&text, 1);
    let reported = reports(&all[0], |r| matches!(r, Report::BadgeLost { .. }).then_some(())).len();
    let restored = truths(&all[0], |t| matches!(t, Truth::Restored { .. }).then_some(())).len();
    assert_eq!((reported, restored), (20, 0));
}

#[test]
fn a_propped_door_is_held() {
    let text = format!(
        "{OFFICE}\nlobby -[badge 2s dps rex held=30s close=3s name=yard-door]-> yard\n\
         errand smoke of=staff to=yard per-day=1/day stays=4min"
    )
    .replace("zones lobby,office,kitchen", "zones lobby,office,kitchen,yard");
    let held = |events: &[Event]| reports(events, |r| matches!(r, Report::PortalHeld { .. }).then_some(()));
    assert_eq!(count(&runs(&text, 2).1, held), 0);
    let (_, all) = runs(&format!("{text} props=1"), 5);
    let number = count(&all, held);
    // Twenty smokes a day; some stand there together.
    assert!((60..=110).contains(&number), "{number}");
}

#[test]
fn guests_stay_longer_than_agreed() {
    let text = |overstays: &str| {
        format!(
            "{OFFICE}\nrole visitor 10 zones lobby,kitchen shift Mon-Fri 10:00-11:00 valid=2h {overstays}\n\
             day visitor base=kitchen"
        )
    };
    let last = |text: &str| {
        let (plan, all) = runs(text, 3);
        let guest = |person: &PersonId| plan.roles[plan.people[person.index()].role.index()].name == "visitor";
        let gone = all.iter().flat_map(|events| left(events)).filter(|(_, person)| guest(person));
        gone.map(|(at, _)| hours(at)).collect::<Vec<_>>()
    };
    assert!(last(&text("")).iter().all(|at| (11.0..11.1).contains(at)));
    let late = last(&text("overstays=1/4h"));
    assert_eq!(late.len(), 30);
    // Four hours beyond the two for which the badge was issued.
    assert!(late.iter().all(|at| (16.0..16.1).contains(at)), "{late:?}");
}

#[test]
fn a_night_shift_crosses_midnight() {
    let text = OFFICE.replace("09:00-17:00", "22:00-06:00").replace("horizon 24h", "horizon 48h");
    let (_, all) = runs(&text, 2);
    for events in &all {
        // Monday's and Tuesday's come; Monday's are home on Tuesday morning.
        assert_eq!((arrived(events).len(), left(events).len()), (40, 20));
        assert!(left(events).iter().all(|(at, _)| (29.5..30.52).contains(&hours(*at))));
    }
}

#[test]
fn a_run_that_begins_at_noon_finds_them_where_a_whole_day_would_have_them() {
    let day = format!(
        "{OFFICE} attends=0.7\nerrand lunch of=staff to=kitchen per-day=0.8/day stays=U(10min,40min) \
         hours Mon-Fri 11:30-13:30"
    );
    let noon = day.replace("Mon 00:00", "Mon 12:00");
    let at = |text: &str, hours: u64| {
        let plan = fixture::plan(text);
        let kitchen = zone(&plan, "kitchen");
        let mut run = simulation(&plan);
        let (mut inside, mut at_lunch) = (0, 0);
        for seed in 0..200 {
            run.start(5, seed);
            run.run_until(SimTime::from_millis(hours * 3_600_000), &mut Nobody);
            inside += on_site(&run);
            at_lunch += run.people_in(kitchen);
        }
        (f64::from(inside) / 200.0, f64::from(at_lunch) / 200.0)
    };
    let (whole, placed) = (at(&day, 12), at(&noon, 0));
    assert!((whole.0 - 14.0).abs() < 0.5 && (whole.0 - placed.0).abs() < 0.7, "{whole:?} {placed:?}");
    assert!(whole.1 > 0.8 && (whole.1 - placed.1).abs() < 0.5, "{whole:?} {placed:?}");
    // And they go home, and come again on the next day.
    let (_, all) = runs(&noon.replace("horizon 24h", "horizon 30h"), 20);
    let (gone, come) = (count(&all, left), count(&all, arrived));
    about(gone, 20.0 * 20.0 * 0.7 * 2.0);
    about(come, 20.0 * 20.0 * 0.7);
}

#[test]
fn the_first_to_come_unlocks_the_door_of_the_day() {
    let with = |words: &str| OFFICE.replace("name=front", &format!("{words} name=front"));
    let at_front = |text: &str| {
        let (plan, all) = runs(text, 1);
        let front = portal(&plan, "front");
        reports(&all[0], |report| match report {
            Report::AccessGranted { portal, .. } if portal.index() == front => Some(()),
            _ => None,
        })
        .len()
    };
    assert_eq!(at_front(OFFICE), 20);
    assert_eq!(at_front(&with("unlocked=\"daily 08:00-18:00\"")), 0);
    let badges = at_front(&with("unlocked=\"daily 08:00-18:00\" first-in"));
    assert!((1..=2).contains(&badges), "{badges}");
}

#[test]
fn the_site_is_empty_when_the_alarm_has_sounded_and_full_again_after_it() {
    let text = format!("{OFFICE}\nmuster street\ninject fire at=\"Mon 12:00\" {{FireAlarm(lasts: \"30min\")}}");
    let plan = fixture::plan(&text);
    let mut run = simulation(&plan);
    run.start(1, 0);
    let mut at = |minutes: u64| {
        run.run_until(SimTime::from_millis(12 * 3_600_000 + minutes * 60_000), &mut Nobody);
        (on_site(&run), run.people_in(zone(&plan, "street")))
    };
    assert_eq!(at(0).0 + at(0).1, 20);
    assert_eq!(at(5), (0, 20));
    assert_eq!(at(29), (0, 20));
    // Back through readers.
    assert_eq!(at(40), (20, 0));
}

#[test]
fn an_all_clear_breaks_up_the_lines_too() {
    // The only way out of where they work lets one through at a time, by breaking the glass: when the alarm stops after
    // twenty seconds most still stand in line.
    let one_way = OFFICE.replace(
        "lobby -[badge 2s dps rex held=20s close=3s name=office-door]-> office",
        "lobby -[badge both 4s dps no-egress single break-glass close=3s name=office-door]-> office",
    );
    let text = format!("{one_way}\nmuster street\ninject fire at=\"Mon 12:00\" {{FireAlarm(lasts: \"20s\")}}");
    let (_, all) = runs(&text, 4);
    for events in &all {
        let joined = truths(events, |t| matches!(t, Truth::LineJoined { .. }).then_some(()));
        let gone = truths(events, |t| matches!(t, Truth::LineLeft { .. }).then_some(()));
        let at_noon = joined.iter().filter(|(at, ())| (12.0..12.1).contains(&hours(*at))).count();
        assert!(at_noon >= 5, "{at_noon} stood in line");
        assert_eq!(joined.len(), gone.len());
        assert_eq!(arrived(events).len(), left(events).len(), "nobody waits behind somebody who is not there");
    }
}

#[test]
fn a_door_that_lets_nobody_out_holds_up_egress() {
    // No handle, no request to exit, and a fail-secure lock: only a reader.
    let shut = OFFICE.replace("badge 2s dps rex held=20s close=3s name=office-door", "badge 2s both name=office-door");
    let fire = "inject fire at=\"Mon 12:00\" {FireAlarm(lasts: \"10min\")}\nmuster street";
    let held = |events: &[Event]| {
        truths(events, |truth| match truth {
            Truth::EgressHeld { person, .. } => Some(*person),
            _ => None,
        })
    };
    let (_, badge) = runs(&format!("{shut}\n{fire}"), 1);
    assert_eq!(count(&badge, held), 0);
    // Half of those who lose the badge that day have lost it by noon, and nobody is at the door to help.
    let (_, without) = runs(&format!("{shut}\n{fire}\nhabits loses=1 help=1min"), 1);
    assert!(count(&without, held) >= 20, "{}", count(&without, held));
    let glass = shut.replace("both name=office-door", "both break-glass name=office-door");
    let (_, broken) = runs(&format!("{glass}\n{fire}"), 1);
    let forced = |events: &[Event]| reports(events, |r| matches!(r, Report::PortalForced { .. }).then_some(()));
    assert_eq!((count(&badge, forced), count(&broken, held)), (0, 0));
}

#[test]
fn a_portal_more_elsewhere_changes_nothing_for_those_who_do_not_use_it() {
    let text = format!("{OFFICE}\nerrand coffee of=staff to=kitchen per-day=2/day stays=U(1min,9min)");
    let more = text.replace("lobby -[free", "lobby -[badge 3s name=cellar-door]-> cellar\nlobby -[free");
    let (one, other) = (runs(&text, 2).1, runs(&more, 2).1);
    for (one, other) in one.iter().zip(&other) {
        assert_eq!(arrived(one), arrived(other));
        assert_eq!(left(one), left(other));
    }
}

#[test]
fn few_sensors_give_most_of_the_nuisance() {
    let text = "
start Mon 00:00
horizon 24h
street -[free]-> hut
sensor pir on hut walk=0 nuisance=20/day
reads Intrusion";
    let (_, all) = runs(text, 600);
    let mut each: Vec<usize> = all
        .iter()
        .map(|events| reports(events, |r| matches!(r, Report::SensorActive { .. }).then_some(())).len())
        .collect();
    let sum: usize = each.iter().sum();
    // The mean is that of the file; its spread is that of the share, which is drawn once a run.
    let mean = sum as f64 / 600.0;
    assert!((mean - 20.0).abs() < 4.0 * 20.0 * 2.0 / 600_f64.sqrt(), "{mean}");
    each.sort_unstable();
    let most: usize = each[540..].iter().sum();
    assert!(most as f64 > 0.55 * sum as f64, "{most} of {sum}");
}

#[test]
fn who_works_from_afar_opens_the_gateway_and_badges_nowhere() {
    let text = format!(
        "{OFFICE} attends=0 remote-share=0.5 remote=gw/vpn\n\
         device gw in office on dmz kind Gateway service vpn:interactive logs siem\n\
         device siem in office on security kind Siem\nflow log gw -> siem syslog logs\nsegment internet internet\nflow dial-in internet -> gw vpn"
    )
    .replace("role staff 20", "role staff 20 account=gw/vpn");
    let (_, all) = runs(&text, 20);
    let logins = |events: &[Event]| reports(events, |r| matches!(r, Report::Login { .. }).then_some(()));
    assert_eq!((count(&all, arrived), count(&all, granted)), (0, 0));
    about(count(&all, logins), 20.0 * 20.0 * 0.5);
}

#[test]
fn a_view_of_a_person_is_where_they_are() {
    let plan = fixture::plan(OFFICE);
    let mut run = simulation(&plan);
    run.start(2, 0);
    let person = PersonId(0);
    assert_eq!(run.person_view(person).zone, None);
    let mut walked = 0;
    while run.step(&mut Nobody) {
        let view = run.person_view(person);
        assert!(view.since <= view.until);
        assert!(view.zone.is_none() || view.from.is_some() && view.to.is_some());
        if view.until > run.now() && view.from != view.to {
            let ([from, to], metres) =
                ([view.from, view.to].map(|p| p.expect("drawn")), |a: (f64, f64), b: (f64, f64)| {
                    ((a.0 - b.0).powi(2) + (a.1 - b.1).powi(2)).sqrt()
                });
            let seconds = (view.until - view.since).as_secs_f64();
            assert!((metres(from, to) / plan.pace.metres_per_second() - seconds).abs() < 0.01);
            walked += 1;
        }
    }
    assert!(walked > 0);
    assert_eq!(run.person_view(person).zone, None, "home at midnight");
}

/// Everything at once, for a fortnight: shifts split and through the night, rounds, call-outs, guests, lines, a mantrap,
/// a panel that fails, alarms, and every habit. In this build no draw may be made twice.
const BUSY: &str = r#"
start Mon 10:00
horizon 14d
street -[turnstile 2s read=1s both single fire-release reject=0.05 follow=0.1 not-taken=0.1 close=2s name=gate]-> lobby
lobby -[badge 2s dps rex held=20s close=6s follow=0.8 held-chance=0.05 held-time=1min name=office-door]-> office
lobby -[mantrap 3s both break-glass interlock=inner name=outer-door]-> trap
trap -[mantrap 3s both break-glass name=inner]-> vault
office -[badge 2s rex close=5s follow=1 held=30s name=yard-door]-> yard
office -[exit 2s name=fire-exit]-> street
zone street at 0,0
zone lobby at 10,0
zone office at 20,0
zone yard at 40,0
zone vault level 4 at 20,10
device cam in lobby on security kind Camera views=lobby logs siem
device siem in office on security kind Siem
reads Video,AccessControl
analytics detects=0.8 mistakes=0.01 takes=U(1s,5s)
habits follows=0.3 forgets=0.05 loses=0.05 reports=L(9h,9h) old=0.5 help=U(1min,6min) session=0.2 wifi=0.5 stale=0.1 leaves=0.01
muster street
role staff 40 zones street,lobby,office,yard shift "Mon-Fri 09:00-12:00;Mon-Fri 13:00-17:30"
day staff base=office attends=0.8 lead=30min arrives=N(30min,15min) leaves=N(35min,20min)
errand coffee of=staff to=lobby per-day=2/day stays=U(1min,9min)
errand smoke of=staff to=yard per-day=2/day stays=U(2min,9min) props=0.3
errand forgot of=staff to=office per-day=0.1/day stays=5min off-shift hours daily 18:00-23:00
role watch 6 zones street,lobby,office,yard,vault,trap shift daily 22:00-06:00
day watch base=lobby arrives=5min leaves=5min
errand round of=watch to=office,yard,lobby,vault per-day=4/day stays=2min round work-order=0.5
role visitor 10 zones street,lobby,office shift Mon-Fri 10:00-11:00 valid=2h overstays=0.3/E(3h)
day visitor attends=0.5 arrives=U(0s,30min) leaves=U(0s,30min)
errand meeting of=visitor to=office per-day=1.5/day stays=E(40min) booked=0.7
person ann staff
credential old-ann of ann superseded
inject outage at="Tue 10:30" panel-offline=panel 3h
inject fire at="Wed 11:15" {FireAlarm(lasts: "25min")}
inject again at="Wed 11:50" {FireAlarm(lasts: "25min")}
inject drill at="Thu 17:25" {FireAlarm(lasts: "2h")}
inject night at="Fri 23:59" {FireAlarm(lasts: "5min")}"#;

#[test]
fn a_fortnight_of_everything_adds_up() {
    let plan = fixture::plan(BUSY);
    for run in 0..3 {
        let events = log(&plan, 4, run);
        let mut inside = std::collections::BTreeMap::<PersonId, bool>::new();
        for (at, (person, comes)) in truths(&events, |truth| match truth {
            Truth::Arrived { person } => Some((*person, true)),
            Truth::Left { person } => Some((*person, false)),
            _ => None,
        }) {
            // Nobody comes in twice without having gone out, nor the other way round.
            let before = inside.insert(person, comes);
            assert!(before.is_none_or(|b| b != comes), "{person:?} at {at}");
        }
        let line = truths(&events, |truth| match truth {
            Truth::LineJoined { .. } => Some(1),
            Truth::LineLeft { .. } => Some(-1),
            _ => None,
        });
        let sum: i32 = line.iter().map(|(_, step)| step).sum();
        assert!(line.len() > 100 && (0..3).contains(&sum), "{} {sum}", line.len());
        for (number, at_least) in [(followed(&events).len(), 30), (helped(&events).len(), 20)] {
            assert!(number > at_least, "{number}");
        }
    }
}

#[test]
fn whoever_is_on_the_site_is_there_by_the_count_of_zones() {
    let plan = fixture::plan(BUSY);
    let mut run = simulation(&plan);
    run.start(9, 0);
    for hour in 0..(14 * 24) {
        run.run_until(SimTime::from_millis(hour * 3_600_000), &mut Nobody);
        let mut by_zone = vec![0; plan.zones.len()];
        for person in 0..plan.people.len() {
            if let Some(zone) = run.person_view(PersonId::from_index(person)).zone {
                by_zone[zone.index()] += 1;
            }
        }
        let counted: Vec<u32> = (0..plan.zones.len()).map(|z| run.people_in(ZoneId::from_index(z))).collect();
        assert_eq!(by_zone, counted, "hour {hour}");
        // On Sunday afternoon nobody is left behind.
        if hour == 6 * 24 + 6 {
            assert_eq!(on_site(&run), 0);
        }
    }
}
