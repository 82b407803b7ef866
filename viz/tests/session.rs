//! A run that is looked at shows what `trace` tells, wherever the clock goes.

use doorward_defence::RuleDefence;
use doorward_engine::{Event, Observer, Simulation};
use doorward_model::base::{SimDuration, SimTime};
use doorward_study::Milestones;
use doorward_viz::{Figure, Record, Session, Source};
use std::sync::Arc;

fn session(scenario: &str, defence: &str) -> Session {
    let scenario = format!("{}/../scenarios/{scenario}.scenario.ron", env!("CARGO_MANIFEST_DIR"));
    let source = Source { scenario, defence: Some(defence.to_owned()), seed: 1, run: 3, ..Source::default() };
    source.session().unwrap_or_else(|problems| panic!("{problems}"))
}

/// The milestones of the same run, heard from its beginning to its end.
fn reached(session: &Session) -> Vec<(&'static str, Option<SimTime>)> {
    let plan = session.plan();
    let mut run = Simulation::new(Arc::clone(plan), Box::new(RuleDefence::new(Arc::clone(plan))));
    run.start(session.seed(), session.run());
    let mut milestones = Milestones::new(Arc::clone(plan));
    milestones.start();
    run.finish(&mut milestones);
    milestones.score().reached().to_vec()
}

#[test]
fn milestones_are_those_of_the_run() {
    for defence in ["perimeter", "converged"] {
        let mut session = session("vendor-backdoor", defence);
        let expected = reached(&session);
        assert!(expected.iter().filter(|(_, at)| at.is_some()).count() > 3, "a run in which little happens");
        session.seek(session.horizon());
        assert_eq!(session.score().reached().to_vec(), expected);
        let mut marks: Vec<_> = expected.into_iter().filter_map(|(name, at)| Some((name, at?))).collect();
        marks.sort_by_key(|(_, at)| *at);
        assert_eq!(session.record().marks.iter().map(|mark| (mark.name, mark.at)).collect::<Vec<_>>(), marks);
    }
}

#[test]
fn going_back_shows_what_was_shown() {
    let mut session = session("vendor-backdoor", "converged");
    let minute = SimDuration::from_secs(60);
    let times: Vec<SimTime> =
        (0..120).map(|n| SimTime::ZERO + SimDuration::from_millis(minute.as_millis() * n)).collect();
    let forth: Vec<_> = times
        .iter()
        .map(|at| {
            session.seek(*at);
            (session.view().clone(), session.score().clone())
        })
        .collect();
    for (at, (view, score)) in times.iter().zip(&forth).rev() {
        session.seek(*at);
        assert_eq!((session.view(), session.score()), (view, score), "at {at}");
    }
}

#[test]
fn an_alarm_has_its_evidence_and_its_stages() {
    let session = session("vendor-backdoor", "converged");
    let record = session.record();
    let hostile = record.alarms.iter().find(|alarm| alarm.hostile && alarm.verdict.is_some()).expect("a true alarm");
    assert!(!hostile.evidence.is_empty());
    let (_, judged) = hostile.verdict.expect("a verdict");
    let stages =
        [hostile.at, hostile.acknowledged.expect("somebody looked"), judged].map(|at| hostile.stage(at).title());
    assert_eq!(stages[0], "waiting");
    assert_eq!(stages[1], "assessed");
    assert!(["hostile", "harmless"].contains(&stages[2]));
    let until = Record::until(&record.alarms, hostile.at, |alarm| alarm.at);
    assert!(until.contains(hostile));
}

#[test]
fn people_who_stand_in_a_room_have_places_of_their_own() {
    let mut session = session("quiet-weekday", "perimeter");
    let at = |minutes: u64| SimTime::ZERO + SimDuration::from_secs(60 * minutes);
    session.seek(at(11 * 60));
    let figures = session.view().figures.clone();
    assert!(figures.len() > 100, "a weekday at eleven: {}", figures.len());
    let apart = |i: usize, j: usize| {
        let ((ax, ay), (bx, by)) = (figures[i].at, figures[j].at);
        figures[i].zone != figures[j].zone || (ax - bx).hypot(ay - by) > 0.3
    };
    let on_another = (0..figures.len()).filter(|&i| !(0..i).all(|j| apart(i, j))).count();
    assert!(on_another * 20 < figures.len(), "{on_another} of {}", figures.len());
    // Whoever comes or goes, nobody else moves.
    session.seek(at(11 * 60 + 1));
    let later = &session.view().figures;
    assert_ne!(later.len(), 0);
    let stays = |figure: &&Figure| later.iter().any(|other| other == *figure);
    let stayed = figures.iter().filter(stays).count();
    assert!(stayed * 10 > figures.len() * 8, "{stayed} of {}", figures.len());
}

/// Counts what is told, to see that a fixture tells something.
struct Counter(usize);

impl Observer for Counter {
    fn event(&mut self, _: &Event) {
        self.0 += 1;
    }
}

#[test]
fn the_record_leaves_ordinary_traffic_out() {
    let session = session("vendor-backdoor", "converged");
    let plan = session.plan();
    let mut run = Simulation::new(Arc::clone(plan), Box::new(RuleDefence::new(Arc::clone(plan))));
    run.start(1, 3);
    let mut counter = Counter(0);
    run.finish(&mut counter);
    assert!(session.record().lines.len() * 2 < counter.0, "{} of {}", session.record().lines.len(), counter.0);
    assert_eq!(session.record().left_out, 0);
}
