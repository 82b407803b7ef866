//! The plan of the building: zones, walls, doors in their states, sensors, and whoever is there.

use std::sync::Arc;

use bevy::ecs::system::SystemParam;
use bevy::prelude::*;
use doorward_engine::{GuardDuty, LockView};
use doorward_model::base::{PortalId, SimDuration, ZoneId};
use doorward_model::plan::{Asset, Direction, Plan, Watch};
use doorward_model::signal::Intent;
use doorward_model::site::PortalKind;
use doorward_study::heat::Measure;

use crate::canvas::{Layer, Pane};
use crate::looking::{Heated, Lens, Looking, Panes, Picked, Tab};
use crate::network;
use crate::paint::Paint;
use crate::palette::Palette;
use crate::room::reach;
use crate::session::{Record, Session};
use crate::sheet::{Layers, Sheet};
use crate::view::Body;

/// Draws the plan.
pub(crate) struct PlanPlugin;

impl Plugin for PlanPlugin {
    fn build(&self, app: &mut App) {
        app.add_systems(Update, draw);
    }
}

/// What drawing needs to know.
pub(crate) struct Pen<'a> {
    pub(crate) session: &'a Session,
    pub(crate) sheet: &'a Sheet,
    pub(crate) palette: Palette,
    pub(crate) looking: &'a Looking,
    /// The run in the other pane.
    pub(crate) other: Option<&'a Session>,
    /// Metres for a point of the screen.
    pub(crate) point: f32,
}

impl Pen<'_> {
    /// So many metres, but no smaller on the screen than so many points.
    pub(crate) fn size(&self, metres: f32, points: f32) -> f32 {
        metres.max(points * self.point)
    }
}

/// How long a sensor that fired is seen.
pub(crate) const PULSE: SimDuration = SimDuration::from_secs(20);

/// What is drawn, and through which lens.
#[derive(SystemParam)]
struct Seen<'w> {
    panes: Res<'w, Panes>,
    lens: Res<'w, Lens>,
    looking: Res<'w, Looking>,
    palette: Res<'w, Palette>,
}

/// All that the ground depends on: while it is the same, the ground is not drawn anew.
#[derive(Clone, PartialEq)]
struct Still {
    palette: Palette,
    lens: Lens,
    shown: (Layers, Option<i32>),
    /// Where the plans lie in memory: which they are.
    plans: [Option<usize>; 2],
    picked: Option<Picked>,
    heat: Option<(Measure, usize)>,
}

fn draw(
    seen: Seen,
    layers: Query<(&Pane, &Layer, &Mesh2d)>,
    mut meshes: ResMut<Assets<Mesh>>,
    mut paint: Local<Paint>,
    mut before: Local<Option<Still>>,
) {
    let Seen { panes, lens, looking, palette } = seen;
    let still = Some(Still {
        palette: *palette,
        lens: *lens,
        shown: (panes.sheet.layers(), panes.sheet.floor()),
        plans: [0, 1].map(|pane| panes.sessions.get(pane).map(|session| Arc::as_ptr(session.plan()).addr())),
        picked: looking.picked,
        heat: looking.heat.as_ref().map(|heated| (heated.measure, Arc::as_ptr(&heated.heat).addr())),
    });
    let moved = *before != still;
    *before = still;
    for (pane, layer, mesh) in &layers {
        let Some(session) = panes.sessions.get(pane.0) else { continue };
        if *layer == Layer::Ground && !moved {
            continue;
        }
        let sheet = &panes.sheet;
        let other = panes.sessions.get(1 - pane.0);
        let pen = Pen { session, sheet, palette: *palette, looking: &looking, other, point: 1.0 / lens.zoom };
        paint.clear();
        match layer {
            Layer::Ground => {
                zones(&mut paint, &pen);
                network::ground(&mut paint, &pen);
            }
            Layer::Things => {
                doors(&mut paint, &pen);
                panels(&mut paint, &pen);
                readers(&mut paint, &pen);
                sensors(&mut paint, &pen);
                network::devices(&mut paint, &pen);
            }
            Layer::Actors => {
                trails(&mut paint, &pen);
                intended(&mut paint, &pen);
                network::steps(&mut paint, &pen);
                figures(&mut paint, &pen);
                picked(&mut paint, &pen);
            }
        }
        if let Some(mut mesh) = meshes.get_mut(&mesh.0) {
            paint.fill(&mut mesh);
        }
    }
}

/// What is outside comes first, so that what is inside lies on it.
fn zones(paint: &mut Paint, pen: &Pen<'_>) {
    let plan = pen.session.plan();
    let mut order: Vec<usize> = (0..plan.zones.len()).collect();
    order.sort_by_key(|&zone| (!plan.zones[zone].offsite(), plan.zones[zone].level));
    let dim = pen.sheet.layers() == Layers::Over;
    for index in order {
        let (id, zone) = (ZoneId::from_index(index), &plan.zones[index]);
        let outline: Vec<Vec2> = zone.outline.iter().filter_map(|&at| pen.sheet.place(id, at)).collect();
        if outline.len() < 3 {
            continue;
        }
        let own = pen.palette.zone(zone.kind, zone.level);
        let fill = match &pen.looking.heat {
            Some(heated) if !zone.offsite() => pen.palette.heat(own, warmth(heated, pen, id)),
            _ => own,
        };
        paint.polygon(&outline, fill);
        if !zone.offsite() {
            let wall = if dim { pen.palette.wall().with_alpha(0.5) } else { pen.palette.wall() };
            let width = pen.size(0.2, 1.2);
            for i in 0..outline.len() {
                paint.line(outline[i], outline[(i + 1) % outline.len()], width, wall);
            }
        }
    }
}

/// From 0 to 1: a figure of many runs, beside the largest of all.
fn warmth(heated: &Heated, pen: &Pen<'_>, zone: ZoneId) -> f32 {
    let most = heated.heat.largest(pen.session.plan(), heated.measure);
    if most > 0.0 { (heated.heat.figure(zone, heated.measure) / most).clamp(0.0, 1.0) as f32 } else { 0.0 }
}

/// Doors: their shape says in what state they are, their colour says it again.
fn doors(paint: &mut Paint, pen: &Pen<'_>) {
    let (plan, palette) = (pen.session.plan(), pen.palette);
    for (index, (portal, state)) in plan.portals.iter().zip(&pen.session.view().portals).enumerate() {
        for at in pen.sheet.portal(plan, PortalId::from_index(index)) {
            let radius = pen.size(0.8, 3.2);
            let (color, corners) = match state.lock {
                LockView::Overcome => (palette.adversary(), 3),
                LockView::Released => (palette.released(), 3),
                LockView::Unlocked | LockView::FailSafe => (palette.open(), 12),
                LockView::LockedDown | LockView::Dead => (palette.dead(), 4),
                LockView::Locked => (palette.wall(), 4),
                LockView::Free => match portal.kind {
                    PortalKind::Opening | PortalKind::Stairs => continue,
                    _ => (palette.faint(), 12),
                },
            };
            if state.open {
                let rim = if state.held { palette.alarm() } else { palette.open() };
                paint.ring(at, radius + pen.size(0.5, 2.0), pen.size(0.25, 1.5), rim);
            }
            let turn = if corners == 3 { std::f32::consts::FRAC_PI_2 } else { std::f32::consts::FRAC_PI_4 };
            let size = match corners {
                4 => radius,
                3 => radius * 1.7,
                _ => radius * 0.8,
            };
            paint.shape(at, size, corners, turn, color);
            // A wall has no leaf: what looks like one is hollow.
            if matches!(portal.kind, PortalKind::Wall | PortalKind::Void | PortalKind::Fence | PortalKind::Window) {
                paint.shape(at, size * 0.5, corners, turn, palette.ground());
            }
            if state.lock == LockView::LockedDown || state.lock == LockView::Dead {
                cross(paint, at, radius * 1.5, pen.size(0.25, 1.5), palette.adversary());
            }
            // Of two runs beside each other: here they are not the same now.
            let theirs = pen.other.and_then(|other| other.view().portals.get(index));
            if theirs.is_some_and(|theirs| theirs != state) {
                paint.ring(at, radius + pen.size(1.1, 6.0), pen.size(0.2, 1.4), palette.text());
            }
            if state.offline {
                let reach = Vec2::new(radius * 1.6, 0.0);
                paint.line(at - reach, at + reach, pen.size(0.3, 1.5), palette.alarm());
            }
        }
    }
}

/// Panels stand in their rooms.
fn panels(paint: &mut Paint, pen: &Pen<'_>) {
    for at in panel_places(pen.sheet, pen.session.plan()) {
        let half = Vec2::new(pen.size(0.35, 1.6), pen.size(0.5, 2.2));
        paint.frame(Rect::from_center_half_size(at, half), pen.size(0.15, 1.0), pen.palette.faint());
    }
}

/// Those of one room stand below each other, beside its middle.
pub(crate) fn panel_places(sheet: &Sheet, plan: &Plan) -> impl Iterator<Item = Vec2> {
    let mut standing = vec![0_u32; plan.zones.len()];
    plan.panels.iter().filter_map(move |panel| {
        let zone = &plan.zones[panel.zone.index()];
        let here = &mut standing[panel.zone.index()];
        let nth = std::mem::replace(here, *here + 1);
        let (x, y) = zone.centre?;
        let aside = f64::from(reach(zone, (x, y))).min(2.4);
        sheet.place(panel.zone, (x + aside, y - 1.3 * f64::from(nth.min(3))))
    })
}

/// Readers hang beside their doors.
fn readers(paint: &mut Paint, pen: &Pen<'_>) {
    for at in reader_places(pen.sheet, pen.session.plan(), pen.point) {
        paint.shape(at, READER_M, 8, 0.0, pen.palette.text());
    }
}

/// Half the size of a reader, in metres.
pub(crate) const READER_M: f32 = 0.28;

/// Each on the side that it is read on, while one is close enough to see it.
pub(crate) fn reader_places(sheet: &Sheet, plan: &Plan, point: f32) -> impl Iterator<Item = Vec2> {
    const FROM: f32 = 8.0;
    let portals = if point > 1.0 / FROM { &[] } else { &plan.portals[..] };
    portals.iter().flat_map(move |portal| {
        [Direction::Entry, Direction::Exit].into_iter().filter_map(move |direction| {
            portal.readers[direction.index()].as_ref()?;
            let side = portal.beyond(direction.back());
            let ((x, y), (cx, cy)) = (portal.at?, plan.zones[side.index()].centre?);
            let away = (cx - x).hypot(cy - y).max(0.1);
            sheet.place(side, (x + 1.3 * (cx - x) / away, y + 1.3 * (cy - y) / away))
        })
    })
}

fn cross(paint: &mut Paint, at: Vec2, reach: f32, width: f32, color: Color) {
    let (a, b) = (Vec2::splat(reach), Vec2::new(reach, -reach));
    paint.line(at - a, at + a, width, color);
    paint.line(at - b, at + b, width, color);
}

/// Sensors that have just fired: rings that grow and fade. Assets lie where they are kept.
fn sensors(paint: &mut Paint, pen: &Pen<'_>) {
    let (plan, now) = (pen.session.plan(), pen.session.now());
    for asset in &plan.assets {
        if let Some(at) = asset_place(pen.sheet, plan, asset, pen.point) {
            let radius = pen.size(1.0, 4.0);
            paint.shape(at, radius * 1.3, 4, 0.0, pen.palette.ground());
            paint.shape(at, radius, 4, 0.0, pen.palette.asset());
        }
    }
    let fired = Record::until(&pen.session.record().pulses, now, |(at, _)| *at);
    for &(at, sensor) in fired.iter().rev().take_while(|(at, _)| now - *at < PULSE) {
        let sensor = &plan.sensors[sensor.index()];
        let zone = &plan.zones[sensor.zone.index()];
        let age = (now - at).as_millis() as f32 / PULSE.as_millis() as f32;
        let places: Vec<Vec2> = match sensor.watches {
            Watch::Portal(portal) => pen.sheet.portal(plan, portal).collect(),
            Watch::Zone(_) | Watch::Asset(_) => {
                zone.centre.and_then(|centre| pen.sheet.place(sensor.zone, centre)).into_iter().collect()
            }
        };
        for place in places {
            let color = pen.palette.alarm().with_alpha(1.0 - 0.8 * age);
            paint.ring(place, pen.size(1.5 + 5.0 * age, 6.0 + 18.0 * age), pen.size(0.4, 2.0), color);
        }
    }
}

/// What is worth taking lies above the name of its room.
pub(crate) fn asset_place(sheet: &Sheet, plan: &Plan, asset: &Asset, point: f32) -> Option<Vec2> {
    let zone = &plan.zones[asset.zone.index()];
    let (x, y) = zone.centre?;
    let up = 3.0_f32.max(14.0 * point).min(reach(zone, (x, y)));
    sheet.place(asset.zone, (x, y + f64::from(up)))
}

/// Where the adversaries went, one line for each.
fn trails(paint: &mut Paint, pen: &Pen<'_>) {
    let color = pen.palette.adversary().with_alpha(0.75);
    for (from, to) in trail_lines(pen.sheet, pen.session) {
        paint.line(from, to, pen.size(0.35, 2.0), color);
    }
}

/// The lines of all trails.
pub(crate) fn trail_lines(sheet: &Sheet, session: &Session) -> Vec<(Vec2, Vec2)> {
    let plan = session.plan();
    let steps = Record::until(&session.record().footprints, session.now(), |step| step.at);
    let point = |zone: ZoneId, portal: PortalId| sheet.place(zone, plan.portals[portal.index()].at?);
    let walked = steps.iter().enumerate().filter_map(|(i, step)| {
        let before = steps[..i].iter().rev().find(|before| before.who == step.who);
        let from = match before {
            Some(before) => point(step.from, before.portal),
            None => plan.zones[step.from.index()].centre.and_then(|centre| sheet.place(step.from, centre)),
        };
        from.zip(point(step.from, step.portal))
    });
    let walks = session.view().figures.iter().filter_map(|figure| {
        let Body::Actor(adversary, actor) = figure.body else { return None };
        let last = steps.iter().rev().find(|step| step.who == (adversary, actor))?;
        let from = point(figure.zone, last.portal).filter(|_| last.to == figure.zone);
        from.zip(sheet.place(figure.zone, figure.at))
    });
    walked.chain(walks).collect()
}

/// People are dots, guards squares with a rim, adversaries stars.
fn figures(paint: &mut Paint, pen: &Pen<'_>) {
    let palette = pen.palette;
    let plan = pen.session.plan();
    for figure in &pen.session.view().figures {
        let Some(at) = pen.sheet.place(figure.zone, figure.at) else { continue };
        // Of who is off the site only the adversary matters.
        let offsite = plan.zones[figure.zone.index()].offsite();
        match figure.body {
            Body::Person(person) if !offsite => {
                let role = plan.people[person.index()].role;
                let guest = plan.roles[role.index()].guest.is_some();
                let corners = if guest { 3 } else { 8 };
                paint.shape(at, pen.size(0.45, 2.2), corners, 0.5, palette.person());
            }
            Body::Person(_) => {}
            Body::Guard(_, duty) => {
                let size = pen.size(0.9, 4.2);
                if let GuardDuty::Called(_) = duty {
                    paint.ring(at, size * 1.6, pen.size(0.25, 1.5), palette.guard());
                }
                paint.shape(at, size, 4, std::f32::consts::FRAC_PI_4, palette.ground());
                paint.shape(at, size * 0.78, 4, std::f32::consts::FRAC_PI_4, palette.guard());
            }
            Body::Actor(..) => star(paint, at, pen.size(1.6, 8.0), palette),
        }
        if let Body::Guard(_, GuardDuty::Called(zone)) = figure.body
            && let Some(to) = plan.zones[zone.index()].centre.and_then(|centre| pen.sheet.place(zone, centre))
        {
            paint.dashes(at, to, pen.size(0.2, 1.2), pen.size(0.8, 4.0), palette.guard());
        }
    }
}

/// A star with a rim, so that it stands out on whatever lies below.
pub(crate) fn star(paint: &mut Paint, at: Vec2, size: f32, palette: Palette) {
    for (size, color) in [(size * 1.35, palette.ground()), (size, palette.adversary())] {
        paint.shape(at, size, 3, std::f32::consts::FRAC_PI_2, color);
        paint.shape(at, size, 3, -std::f32::consts::FRAC_PI_2, color);
    }
}

/// A ring around what was clicked.
fn picked(paint: &mut Paint, pen: &Pen<'_>) {
    let Some(picked) = pen.looking.picked else { return };
    let plan = pen.session.plan();
    let figure = |wanted: &dyn Fn(Body) -> bool| {
        let found = pen.session.view().figures.iter().find(|figure| wanted(figure.body));
        found.and_then(|figure| pen.sheet.place(figure.zone, figure.at))
    };
    let places: Vec<Vec2> = match picked {
        Picked::Portal(portal) => pen.sheet.portal(plan, portal).collect(),
        Picked::Person(person) => figure(&|body| match body {
            Body::Person(own) | Body::Guard(own, _) => own == person,
            Body::Actor(..) => false,
        })
        .into_iter()
        .collect(),
        Picked::Actor(adversary, actor) => figure(&|body| body == Body::Actor(adversary, actor)).into_iter().collect(),
        Picked::Device(device) => {
            // What a camera sees is framed.
            for (index, zone) in plan.zones.iter().enumerate().filter(|(_, zone)| zone.cameras.contains(&device)) {
                outline(paint, pen, ZoneId::from_index(index), &zone.outline, pen.palette.guard());
            }
            pen.sheet.device(device).into_iter().collect()
        }
        Picked::Zone(zone) => {
            outline(paint, pen, zone, &plan.zones[zone.index()].outline, pen.palette.text());
            Vec::new()
        }
        Picked::Alarm(_) => Vec::new(),
    };
    for at in places {
        paint.ring(at, pen.size(2.2, 12.0), pen.size(0.3, 2.0), pen.palette.text());
    }
}

/// The rim of a zone.
fn outline(paint: &mut Paint, pen: &Pen<'_>, zone: ZoneId, points: &[(f64, f64)], color: Color) {
    let points: Vec<Vec2> = points.iter().filter_map(|&at| pen.sheet.place(zone, at)).collect();
    for i in 0..points.len() {
        paint.line(points[i], points[(i + 1) % points.len()], pen.size(0.4, 3.0), color);
    }
}

/// The way that adversaries still mean to go, while one looks into their minds.
fn intended(paint: &mut Paint, pen: &Pen<'_>) {
    if pen.looking.tab != Tab::Adversary {
        return;
    }
    let plan = pen.session.plan();
    for figure in &pen.session.view().figures {
        let Body::Actor(adversary, actor) = figure.body else { continue };
        let mut last = pen.sheet.place(figure.zone, figure.at);
        let agent = pen.session.simulation().agent(adversary);
        let own = agent.steps_left().flat_map(|step| &step.intents).filter(|(who, _)| *who == actor);
        for (_, intent) in own {
            let Intent::Pass { portal, direction, .. } = intent else { continue };
            let door = &plan.portals[portal.index()];
            let place = |zone: ZoneId| pen.sheet.place(zone, door.at?);
            // Stairs end on another floor: the line goes on from there.
            let (from, to) = (place(door.beyond(direction.back())), place(door.beyond(*direction)));
            if let (Some(last), Some(from)) = (last, from) {
                paint.dashes(last, from, pen.size(0.25, 1.6), pen.size(0.9, 5.0), pen.palette.adversary());
            }
            last = to;
        }
    }
}
