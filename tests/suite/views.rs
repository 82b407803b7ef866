//! What viewers may see of a run at an instant.

use doorward_engine::{GuardDuty, LockView, PortalView, Simulation, Truth, What};
use doorward_model::base::{ActorId, AdversaryId, PersonId, PortalId, SimTime};
use doorward_model::fixture;

use crate::support::{Log, simulation};
use crate::worlds::{TAILGATER, VENDOR};

const CREW: AdversaryId = AdversaryId(0);

fn started(text: &str) -> Simulation {
    let mut run = simulation(&fixture::plan(text));
    run.start(1, 0);
    run
}

fn at(run: &mut Simulation, seconds: f64) {
    run.run_until(SimTime::from_millis((seconds * 1e3) as u64), &mut Log::default());
}

fn portal(run: &mut Simulation, name: &str) -> PortalView {
    let index = run.plan().portals.iter().position(|portal| portal.name == name);
    run.portal_view(PortalId::from_index(index.unwrap_or_else(|| panic!("no portal {name}"))))
}

#[test]
fn a_walk_is_drawn_between_its_ends() {
    // 36 m at 1.2 m/s.
    let text = "street -[free 2s name=gate]-> yard\nzone street at 0,0\nzone yard at 72,0\n\
                adversary thief at street wants reach yard 60s only=walk";
    let mut run = started(text);
    let view = |run: &Simulation| run.actor_view(CREW, ActorId(0));
    assert_eq!(view(&run), None, "the attack has not begun");
    at(&mut run, 1.0);
    let thief = view(&run).expect("begun");
    let (x0, _) = thief.whereabouts.from.expect("drawn");
    let (x1, _) = thief.whereabouts.to.expect("drawn");
    let middle = SimTime::from_millis((thief.whereabouts.since.as_millis() + thief.whereabouts.until.as_millis()) / 2);
    let (x, _) = thief.whereabouts.at(middle).expect("drawn");
    assert!(x1 > x0 && (x - (x0 + x1) / 2.0).abs() < 0.01, "{x0} {x} {x1}");
    assert_eq!(thief.whereabouts.at(thief.whereabouts.until), thief.whereabouts.to);
    assert!(thief.doing.is_some() && !thief.away);
}

#[test]
fn who_gets_away_or_is_taken_is_away() {
    let mut run = started(TAILGATER);
    let mut log = Log::default();
    run.finish(&mut log);
    let over = log.0.iter().any(|event| matches!(event.what, What::Truth(Truth::Stopped { .. })));
    assert_eq!(run.actor_view(CREW, ActorId(0)).map(|actor| actor.away), Some(over));
}

#[test]
fn a_portal_shows_its_lock_and_its_leaf() {
    let text = "horizon 4h\nstart Mon 08:00\n\
                street -[badge 2s dps held=30s close=90s name=front unlocked=Mon-Fri 09:00-09:30]-> lobby\n\
                lobby -[lock dps force=60s name=vault-door]-> vault\nlobby -[free name=arch]-> hall\n\
                street -[badge name=gate]-> yard\n\
                adversary thief at lobby begins=1h wants reach vault 60s only=walk,force-barrier";
    let mut run = started(text);
    assert_eq!(portal(&mut run, "arch").lock, LockView::Free);
    assert_eq!(portal(&mut run, "front").lock, LockView::Locked);
    at(&mut run, 65.0 * 60.0);
    assert_eq!(portal(&mut run, "front").lock, LockView::Unlocked);
    let vault = portal(&mut run, "vault-door");
    assert!(vault.lock == LockView::Overcome, "{vault:?}");
    at(&mut run, 2.0 * 3600.0);
    assert_eq!(portal(&mut run, "front").lock, LockView::Locked);
}

#[test]
fn a_released_door_shows_that_and_a_held_device_too() {
    let mut run = started(VENDOR);
    let (mut released, mut held) = (false, false);
    while run.step(&mut Log::default()) {
        released |= (0..run.plan().portals.len())
            .any(|portal| run.portal_view(PortalId::from_index(portal)).lock == LockView::Released);
        held |= (0..run.plan().devices.len())
            .any(|device| run.is_held(CREW, doorward_model::base::DeviceId::from_index(device)));
    }
    assert!(released && held);
}

#[test]
fn guards_are_where_they_are_called_to() {
    let mut run = started(TAILGATER);
    let (mut called, mut walked) = (false, false);
    while run.step(&mut Log::default()) {
        let now = run.now();
        for guard in run.guards() {
            assert!(guard.whereabouts.since <= guard.whereabouts.until);
            assert!(guard.whereabouts.at(now).is_some() && guard.person != PersonId(u32::MAX));
            called |= matches!(guard.duty, GuardDuty::Called(_));
            walked |= guard.whereabouts.from != guard.whereabouts.to && guard.whereabouts.until > now;
        }
    }
    assert!(called && walked);
}
