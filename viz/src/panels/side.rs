//! The side: alarms, what was clicked, the record, the adversary's mind, the score, many runs.

use bevy_egui::egui;
use doorward_engine::LockView;
use doorward_model::base::{AlarmId, CredentialId, PersonId, PortalId, QueueId, SimTime, ZoneId};
use doorward_model::plan::{Direction, Plan};
use doorward_study::heat::Measure;
use doorward_study::tale::{Names, Side, words};

use super::{Desk, ink};
use crate::looking::{Picked, Tab};
use crate::palette::Palette;
use crate::session::{Alarm, BadgeUse, Record, Session, Stage, clock};

pub(super) fn show(ui: &mut egui::Ui, desk: &mut Desk) {
    ui.add_space(4.0);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        for tab in Tab::ALL {
            ui.selectable_value(&mut desk.looking.tab, tab, tab.title());
        }
    });
    ui.separator();
    match desk.looking.tab {
        Tab::Alarms => alarms(ui, desk),
        Tab::Inspect => inspect(ui, desk),
        Tab::Events => events(ui, desk),
        Tab::Adversary => adversary(ui, desk),
        Tab::Score => score(ui, desk),
        Tab::Batch => batch(ui, desk),
    }
}

fn faint(palette: &Palette, text: impl Into<String>) -> egui::RichText {
    egui::RichText::new(text).color(ink(palette.faint()))
}

/// A name at the left and what it is at the right.
fn row(ui: &mut egui::Ui, palette: &Palette, name: &str, value: impl Into<String>) {
    ui.horizontal(|ui| {
        ui.label(faint(palette, name));
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            ui.add(egui::Label::new(value.into()).truncate());
        });
    });
}

fn scroll(ui: &mut egui::Ui, id: &str, content: impl FnOnce(&mut egui::Ui)) {
    egui::ScrollArea::vertical().id_salt(id).auto_shrink([false, false]).show(ui, content);
}

fn milestones(ui: &mut egui::Ui, session: &Session, palette: &Palette) {
    for (name, at) in session.score().reached() {
        let value = at.map_or_else(|| "not yet".to_owned(), |at| clock(session.plan(), at));
        row(ui, palette, name, value);
    }
}

fn alarms(ui: &mut egui::Ui, desk: &mut Desk) {
    if !desk.panes.first().plan().adversaries.is_empty() {
        milestones(ui, desk.panes.first(), &desk.palette);
        ui.separator();
    }
    let session = desk.panes.first();
    let (plan, palette, now) = (session.plan(), &*desk.palette, session.now());
    let raised = Record::until(&session.record().alarms, now, |alarm| alarm.at);
    let mut picked = None;
    scroll(ui, "alarms", |ui| {
        let teams = (0..plan.policy.queues.len()).map(|queue| Some(QueueId::from_index(queue)));
        for team in teams.chain([None]) {
            let own: Vec<&Alarm> = raised.iter().filter(|alarm| alarm.queue == team).collect();
            let name = team.map_or("nobody", |queue| &plan.policy.queues[queue.index()].name);
            if team.is_none() && own.is_empty() {
                continue;
            }
            ui.horizontal(|ui| {
                ui.strong(name);
                if let Some(queue) = team {
                    let queue = session.simulation().queue_view(queue);
                    let text = format!("{} waiting, {} of {} busy", queue.waiting, queue.busy, queue.operators);
                    ui.label(faint(palette, text));
                }
            });
            for alarm in own.iter().rev().take(40) {
                if alarm_line(ui, session, alarm, palette).clicked() {
                    picked = Some(Picked::Alarm(alarm.id));
                }
            }
            if own.len() > 40 {
                ui.label(faint(palette, format!("and {} before these", own.len() - 40)));
            }
            ui.add_space(6.0);
        }
    });
    if let Some(picked) = picked {
        desk.looking.picked = Some(picked);
        desk.looking.tab = Tab::Inspect;
    }
}

/// One alarm: a sign and a colour say whether an adversary caused it, a word how far it is.
fn alarm_line(ui: &mut egui::Ui, session: &Session, alarm: &Alarm, palette: &Palette) -> egui::Response {
    let plan = session.plan();
    let stage = alarm.stage(session.now());
    let (sign, color) = if alarm.hostile { ("!", palette.adversary()) } else { ("·", palette.text()) };
    let rule = &plan.policy.rules[alarm.rule.index()].name;
    let text = format!("{sign} {} {rule}", &clock(plan, alarm.at)[4..]);
    let response = ui
        .horizontal(|ui| {
            let label =
                egui::Label::new(egui::RichText::new(text).color(ink(color))).sense(egui::Sense::click()).truncate();
            let stage_color = match stage {
                Stage::Hostile => palette.adversary(),
                Stage::Waiting | Stage::Assessed => palette.alarm(),
                Stage::Harmless | Stage::Lost => palette.faint(),
            };
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                ui.label(egui::RichText::new(stage.title()).color(ink(stage_color)));
                ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| ui.add(label)).inner
            })
            .inner
        })
        .inner;
    response.on_hover_text(Names(plan).subject(alarm.subject))
}

fn events(ui: &mut egui::Ui, desk: &mut Desk) {
    ui.horizontal(|ui| {
        ui.label("with");
        ui.add(egui::TextEdit::singleline(&mut desk.looking.filter).hint_text("words").desired_width(f32::INFINITY));
    });
    let session = desk.panes.first();
    let (palette, now) = (&*desk.palette, session.now());
    let wanted: Vec<String> = desk.looking.filter.split_whitespace().map(str::to_lowercase).collect();
    let fits = |text: &str| {
        let text = text.to_lowercase();
        wanted.iter().all(|word| text.contains(word))
    };
    let lines = Record::until(&session.record().lines, now, |line| line.at);
    let mut go_to: Option<SimTime> = None;
    scroll(ui, "events", |ui| {
        for line in lines.iter().rev().filter(|line| fits(&line.text)).take(200) {
            let color = match line.kind {
                Side::Truth => palette.text(),
                Side::Observed => palette.guard(),
            };
            let sign = match line.kind {
                Side::Truth => "",
                Side::Observed => "seen: ",
            };
            let text = egui::RichText::new(format!("{sign}{}", line.text)).color(ink(color));
            ui.horizontal_wrapped(|ui| {
                let at = ui.link(egui::RichText::new(&clock(session.plan(), line.at)[4..]).monospace());
                if at.clicked() {
                    go_to = Some(line.at);
                }
                ui.label(text);
            });
        }
        if session.record().left_out > 0 {
            ui.label(format!("{} later lines are left out", session.record().left_out));
        }
    });
    if let Some(to) = go_to {
        desk.seek(to);
    }
}

fn adversary(ui: &mut egui::Ui, desk: &mut Desk) {
    let session = desk.panes.first();
    let (plan, palette) = (session.plan(), &*desk.palette);
    if plan.adversaries.is_empty() {
        ui.label("Nobody attacks here.");
        return;
    }
    scroll(ui, "adversary", |ui| {
        for (index, adversary) in plan.adversaries.iter().enumerate() {
            let id = doorward_model::base::AdversaryId::from_index(index);
            ui.strong(&adversary.name);
            row(ui, palette, "skill", words(&adversary.skill));
            row(ui, palette, "knowledge", words(&adversary.knowledge));
            for doing in session.view().doings.iter().filter(|doing| doing.who.0 == id) {
                let name = &adversary.actors[doing.who.1.index()].name;
                let text = format!("{name}: {}", Names(plan).intent(id, &doing.intent));
                ui.label(egui::RichText::new(text).color(ink(palette.adversary())));
            }
            ui.add_space(4.0);
            ui.label(faint(palette, "What it holds"));
            let held: Vec<&str> = (plan.devices.iter().zip(&session.view().held))
                .filter(|(_, held)| **held)
                .map(|(device, _)| device.name.as_str())
                .collect();
            ui.label(if held.is_empty() { "no device".to_owned() } else { held.join(", ") });
            ui.add_space(4.0);
            ui.label(faint(palette, "What it believes is best from here on"));
            let agent = session.simulation().agent(id);
            let mut steps = agent.steps_left().peekable();
            if steps.peek().is_none() {
                ui.label("nothing");
            }
            for (nth, step) in steps.enumerate() {
                ui.label(format!("{}. {}", nth + 1, step.describe(plan)));
            }
        }
    });
}

fn score(ui: &mut egui::Ui, desk: &mut Desk) {
    let palette = *desk.palette;
    scroll(ui, "score", |ui| {
        for session in &desk.panes.sessions {
            let score = session.score();
            ui.strong(&session.plan().defence_name);
            if !session.plan().adversaries.is_empty() {
                row(ui, &palette, "outcome, if it ended now", score.outcome().title());
                milestones(ui, session, &palette);
                let blast = &score.blast;
                for (name, count) in [
                    ("zones", blast.zones),
                    ("devices", blast.devices),
                    ("credentials", blast.credentials),
                    ("accounts", blast.accounts),
                    ("assets", blast.assets),
                ] {
                    row(ui, &palette, &format!("gained: {name}"), count.to_string());
                }
            }
            let alarms: u32 = score.price.false_alarms.iter().sum();
            row(ui, &palette, "false alarms", alarms.to_string());
            for item in doorward_study::Item::ALL.into_iter().filter(|item| score.price.get(*item) > 0) {
                let value = match item.unit() {
                    doorward_study::Unit::Count => score.price.get(item).to_string(),
                    doorward_study::Unit::Time => format!("{:.1} min", score.price.get(item) as f64 / 60_000.0),
                };
                row(ui, &palette, item.title(), value);
            }
            ui.separator();
        }
    });
}

/// Runs for the figures on the plan.
const RUNS: u32 = 200;

fn batch(ui: &mut egui::Ui, desk: &mut Desk) {
    ui.label("Where adversaries are, are detected and are contained, over many runs of the first pane.");
    ui.add_space(4.0);
    let shown = desk.looking.heat.as_ref().map(|heated| heated.measure);
    let mut wanted = None;
    ui.horizontal(|ui| {
        for measure in Measure::ALL {
            if ui.selectable_label(shown == Some(measure), measure.title()).clicked() {
                wanted = Some(measure);
            }
        }
        if ui.add_enabled(shown.is_some(), egui::Button::new("off")).clicked() {
            desk.looking.heat = None;
        }
    });
    if let Some(measure) = wanted {
        match &mut desk.looking.heat {
            Some(heated) => heated.measure = measure,
            None => desk.work.heat(desk.panes.sessions[0].simulation(), measure, RUNS),
        }
    }
    if let Some((done, runs)) = desk.work.heat_progress() {
        let share = done as f32 / runs.max(1) as f32;
        ui.add(egui::ProgressBar::new(share).text(format!("{done} of {runs} runs")));
        if ui.button("stop").clicked() {
            desk.work.stop_heat();
        }
    }
    let Some(heated) = desk.looking.heat.clone() else { return };
    let (plan, heat) = (desk.panes.first().plan().clone(), heated.heat);
    ui.label(faint(&desk.palette, format!("{} runs, seed {}", heat.runs, desk.panes.first().seed())));
    if heat.detected_nowhere > 0 {
        let text = format!("{} runs: detected while nobody was on foot", heat.detected_nowhere);
        ui.label(faint(&desk.palette, text));
    }
    ui.separator();
    let mut open = None;
    scroll(ui, "batch", |ui| match desk.looking.picked {
        Some(Picked::Zone(zone)) => {
            ui.strong(&plan.zones[zone.index()].title);
            let own = &heat.zones[zone.index()];
            row(ui, &desk.palette, "present, mean", format!("{:.0} s a run", heat.figure(zone, Measure::Presence)));
            for measure in Measure::ALL {
                let runs = own.runs(measure);
                ui.label(format!("{}: {} runs", measure.title(), runs.len()));
                ui.horizontal_wrapped(|ui| {
                    for run in runs.iter().take(60) {
                        if ui.link(run.to_string()).on_hover_text("Watch this run").clicked() {
                            open = Some(*run);
                        }
                    }
                });
            }
        }
        Some(Picked::Portal(portal)) => {
            let own = heat.portals[portal.index()];
            ui.strong(&plan.portals[portal.index()].name);
            let per_run = |count: u64| format!("{:.2} a run", count as f64 / f64::from(heat.runs.max(1)));
            row(ui, &desk.palette, "adversaries through it", per_run(own.adversaries));
            row(ui, &desk.palette, "others through it", per_run(own.others));
        }
        _ => {
            ui.label("Click a room or a door for the runs behind it.");
            let mut zones: Vec<ZoneId> = (0..plan.zones.len()).map(ZoneId::from_index).collect();
            zones.retain(|zone| !plan.zones[zone.index()].offsite() && heat.figure(*zone, heated.measure) > 0.0);
            zones.sort_by(|a, b| heat.figure(*b, heated.measure).total_cmp(&heat.figure(*a, heated.measure)));
            for zone in zones.into_iter().take(25) {
                let figure = heat.figure(zone, heated.measure);
                let value = match heated.measure {
                    Measure::Presence => format!("{figure:.0} s"),
                    Measure::Detection | Measure::Containment => format!("{:.1} %", 100.0 * figure),
                };
                row(ui, &desk.palette, &plan.zones[zone.index()].title, value);
            }
        }
    });
    if let Some(run) = open {
        let source = crate::work::Source { run, ..desk.work.source().clone() };
        desk.work.open(source, crate::work::Slot::First);
    }
}

fn inspect(ui: &mut egui::Ui, desk: &mut Desk) {
    let session = desk.panes.first();
    let palette = &*desk.palette;
    let plan = session.plan();
    scroll(ui, "inspect", |ui| match desk.looking.picked {
        None => {
            ui.label("Click a door, a room, a person, a device or an alarm.");
        }
        Some(Picked::Zone(zone)) => {
            let own = &plan.zones[zone.index()];
            ui.heading(&own.title);
            row(ui, palette, "zone", &own.name);
            row(ui, palette, "kind", words(&own.kind));
            row(ui, palette, "level", own.level.to_string());
            row(ui, palette, "people in it", session.simulation().people_in(zone).to_string());
            list(ui, palette, "cameras", own.cameras.iter().map(|id| plan.devices[id.index()].name.clone()));
            list(ui, palette, "sensors", own.sensors.iter().map(|id| plan.sensors[id.index()].name.clone()));
            let devices = plan.devices.iter().filter(|device| device.zone == zone).map(|device| device.name.clone());
            list(ui, palette, "devices", devices);
            let assets = plan.assets.iter().filter(|asset| asset.zone == zone).map(|asset| asset.name.clone());
            list(ui, palette, "assets", assets);
            let doors = own.ways.iter().map(|(portal, _)| plan.portals[portal.index()].name.clone());
            list(ui, palette, "doors", doors);
        }
        Some(Picked::Portal(portal)) => door(ui, session, palette, portal),
        Some(Picked::Person(person)) => human(ui, session, palette, person),
        Some(Picked::Actor(id, actor)) => {
            let adversary = &plan.adversaries[id.index()];
            ui.heading(&adversary.actors[actor.index()].name);
            row(ui, palette, "of", &adversary.name);
            let doing = session.view().doings.iter().find(|doing| doing.who == (id, actor));
            let text = doing.map_or_else(|| "nothing".to_owned(), |doing| Names(plan).intent(id, &doing.intent));
            ui.label(faint(palette, "does"));
            ui.label(text);
            let badges = adversary.credentials.iter().map(|own| plan.credentials[own.credential.index()].name.clone());
            list(ui, palette, "badges from the start", badges);
            let accounts = adversary.accounts.iter().map(|own| plan.accounts[own.index()].name.clone());
            list(ui, palette, "accounts from the start", accounts);
        }
        Some(Picked::Device(device)) => {
            let own = &plan.devices[device.index()];
            ui.heading(&own.name);
            row(ui, palette, "kind", words(&own.kind));
            row(ui, palette, "in", &plan.zones[own.zone.index()].title);
            row(ui, palette, "segment", &plan.segments[own.segment.index()].name);
            row(ui, palette, "criticality", own.criticality.to_string());
            let held = session.view().held[device.index()];
            row(ui, palette, "an adversary holds it", if held { "yes" } else { "no" });
            let logs = own.logs_to.map_or("nowhere", |to| &plan.devices[to.index()].name);
            row(ui, palette, "logs go to", logs);
            list(ui, palette, "services", own.services.iter().map(|id| plan.services[id.index()].name.clone()));
            let seen = plan.zones.iter().filter(|zone| zone.cameras.contains(&device)).map(|zone| zone.title.clone());
            list(ui, palette, "sees", seen);
        }
        Some(Picked::Alarm(alarm)) => evidence(ui, session, palette, alarm),
    });
}

fn list(ui: &mut egui::Ui, palette: &Palette, name: &str, items: impl Iterator<Item = String>) {
    let items: Vec<String> = items.collect();
    if !items.is_empty() {
        ui.add_space(3.0);
        ui.label(faint(palette, name));
        ui.label(items.join(", "));
    }
}

fn door(ui: &mut egui::Ui, session: &Session, palette: &Palette, portal: PortalId) {
    let (plan, now) = (session.plan(), session.now());
    let own = &plan.portals[portal.index()];
    let state = &session.view().portals[portal.index()];
    ui.heading(&own.name);
    row(ui, palette, "kind", words(&own.kind));
    row(ui, palette, "from", &plan.zones[own.outer.index()].title);
    row(ui, palette, "into", &plan.zones[own.inner.index()].title);
    let lock = match state.lock {
        LockView::Free => "no lock",
        LockView::Locked => "locked",
        LockView::Unlocked => "unlocked by schedule",
        LockView::Released => "released",
        LockView::FailSafe => "open: fire, or no power",
        LockView::Dead => "dead: no badge opens it",
        LockView::LockedDown => "locked down",
        LockView::Overcome => "overcome",
    };
    row(ui, palette, "lock", lock);
    let leaf = match (state.open, state.held) {
        (false, _) => "shut",
        (true, false) => "open",
        (true, true) => "held open for too long",
    };
    row(ui, palette, "leaf", leaf);
    if let Some(panel) = own.panel {
        let link = if state.offline { " (out of reach)" } else { "" };
        row(ui, palette, "panel", format!("{}{link}", plan.panels[panel.index()].name));
    }
    let uses = Record::until(&session.record().badges, now, |badge| badge.at);
    let uses = uses.iter().rev().filter(|badge| badge.portal == portal);
    let said = |used: &BadgeUse| {
        let verdict = if used.granted { "granted" } else { "denied" };
        let name = &plan.credentials[used.credential.index()].name;
        format!("{}  {name}, {verdict}", &clock(plan, used.at)[4..])
    };
    list_lines(ui, palette, "last badges", uses.take(8).map(said));
    let week_ms = plan.calendar.week_ms(now);
    for (direction, zone) in [(Direction::Entry, own.inner), (Direction::Exit, own.outer)] {
        if own.readers[direction.index()].is_some() {
            let may = plan.roles.iter().filter(|role| role.may_enter(zone, week_ms)).map(|role| role.name.clone());
            let title = format!("may go into {} now", plan.zones[zone.index()].title);
            list(ui, palette, &title, may);
        }
    }
    list(ui, palette, "sensors", own.sensors.iter().map(|id| plan.sensors[id.index()].name.clone()));
}

fn list_lines(ui: &mut egui::Ui, palette: &Palette, name: &str, lines: impl Iterator<Item = String>) {
    ui.add_space(3.0);
    ui.label(faint(palette, name));
    let mut any = false;
    for line in lines {
        any = true;
        ui.label(line);
    }
    if !any {
        ui.label("none");
    }
}

fn human(ui: &mut egui::Ui, session: &Session, palette: &Palette, person: PersonId) {
    let (plan, now) = (session.plan(), session.now());
    let own = &plan.people[person.index()];
    ui.heading(&own.name);
    row(ui, palette, "role", &plan.roles[own.role.index()].name);
    let badge = |id: CredentialId| plan.credentials[id.index()].name.clone();
    list(ui, palette, "badges", std::iter::once(own.badge).chain(own.old_badges.iter().copied()).map(badge));
    list(ui, palette, "accounts", own.accounts.iter().map(|id| plan.accounts[id.index()].name.clone()));
    let risk = session.simulation().risk(person);
    row(ui, palette, "risk score", risk.map_or_else(|| "not kept".to_owned(), |risk| risk.to_string()));
    let uses = Record::until(&session.record().badges, now, |badge| badge.at);
    let own_badge = |used: &&BadgeUse| used.credential == own.badge || own.old_badges.contains(&used.credential);
    let said = |used: &BadgeUse| {
        let verdict = if used.granted { "granted" } else { "denied" };
        format!("{}  {}, {verdict}", &clock(plan, used.at)[4..], plan.portals[used.portal.index()].name)
    };
    list_lines(ui, palette, "last badge uses", uses.iter().rev().filter(own_badge).take(8).map(said));
}

fn evidence(ui: &mut egui::Ui, session: &Session, palette: &Palette, id: AlarmId) {
    let plan: &Plan = session.plan();
    let Some(alarm) = session.record().alarms.iter().find(|alarm| alarm.id == id) else { return };
    ui.heading(&plan.policy.rules[alarm.rule.index()].name);
    row(ui, palette, "about", Names(plan).subject(alarm.subject));
    row(ui, palette, "raised", clock(plan, alarm.at));
    row(ui, palette, "team", alarm.queue.map_or("nobody", |queue| &plan.policy.queues[queue.index()].name));
    let stage = alarm.stage(session.now());
    row(ui, palette, "state", stage.title());
    let seen = |at: Option<SimTime>| {
        at.filter(|at| *at <= session.now()).map_or_else(|| "not yet".to_owned(), |at| clock(plan, at))
    };
    row(ui, palette, "acknowledged", seen(alarm.acknowledged));
    row(ui, palette, "assessed", seen(alarm.verdict.map(|(_, at)| at)));
    row(ui, palette, "in truth", if alarm.hostile { "an adversary" } else { "nothing hostile" });
    list_lines(ui, palette, "evidence", alarm.evidence.iter().cloned());
}
