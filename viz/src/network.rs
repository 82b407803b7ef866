//! The network: segments as bands, devices in them, flows as lines, and the steps of an attack that travel along.

use bevy::prelude::*;
use doorward_model::base::{DeviceId, SegmentId};
use doorward_model::plan::{Bench, Job, Origin, Plan, Releaser};
use doorward_model::signal::Intent;
use doorward_model::site::DeviceKind;

use crate::looking::Picked;
use crate::paint::Paint;
use crate::plan::Pen;
use crate::sheet::Layers;

/// Bands and flows.
pub(crate) fn ground(paint: &mut Paint, pen: &Pen<'_>) {
    let (plan, sheet, palette) = (pen.session.plan(), pen.sheet, pen.palette);
    if sheet.layers().bands() {
        for segment in (0..plan.segments.len()).map(SegmentId::from_index) {
            paint.rect(sheet.band(segment), palette.band(plan.segments[segment.index()].internet));
        }
    }
    if sheet.layers() == Layers::Plan {
        return;
    }
    let of_picked = |end: Origin| match (pen.looking.picked, end) {
        (Some(Picked::Device(device)), Origin::Device(own)) => device == own,
        (Some(Picked::Device(device)), Origin::Segment(own)) => plan.devices[device.index()].segment == own,
        _ => false,
    };
    for flow in plan.flows.iter().filter(|flow| flow.allowed) {
        let (Some(from), Some(to)) = (sheet.origin(flow.from), sheet.origin(flow.to)) else { continue };
        let chosen = of_picked(flow.from) || of_picked(flow.to);
        let color = if chosen { palette.text() } else { palette.flow() };
        paint.line(from, to, if chosen { pen.size(0.25, 1.8) } else { pen.size(0.1, 1.0) }, color);
    }
}

/// Devices: those that an adversary holds are marked.
pub(crate) fn devices(paint: &mut Paint, pen: &Pen<'_>) {
    let (plan, sheet, palette) = (pen.session.plan(), pen.sheet, pen.palette);
    for id in (0..plan.devices.len()).map(DeviceId::from_index) {
        let device = &plan.devices[id.index()];
        let held = pen.session.view().held.get(id.index()).copied().unwrap_or_default();
        if sheet.layers() == Layers::Plan {
            if let Some(at) = sheet.in_room(id).filter(|_| held || device.kind == DeviceKind::Camera) {
                let color = if held { palette.adversary() } else { palette.faint() };
                eye(paint, at, pen.size(if held { 0.8 } else { 0.5 }, if held { 5.0 } else { 2.5 }), color);
            }
            continue;
        }
        let Some(at) = sheet.device(id) else { continue };
        if sheet.layers().bands() {
            let cell = sheet.cell() - Vec2::new(1.2, 1.2);
            let area = Rect::from_center_size(at, cell);
            paint.rect(area, palette.device());
            let (rim, width) =
                if held { (palette.adversary(), pen.size(0.5, 3.0)) } else { (palette.faint(), pen.size(0.12, 1.0)) };
            paint.frame(area, width, rim);
            if held {
                // A second cue beside the colour: a corner that is turned over.
                let corner = Vec2::new(area.max.x, area.max.y);
                let side = cell.y * 0.4;
                let ear = [corner, corner - Vec2::new(side, 0.0), corner - Vec2::new(0.0, side)];
                paint.polygon(&ear, palette.adversary());
            }
        } else {
            let color = if held { palette.adversary() } else { palette.text() };
            paint.shape(at, pen.size(0.7, 3.5), 4, std::f32::consts::FRAC_PI_4, palette.ground());
            paint.shape(at, pen.size(0.5, 2.6), 4, std::f32::consts::FRAC_PI_4, color);
            if held {
                paint.ring(at, pen.size(1.2, 6.0), pen.size(0.3, 2.0), palette.adversary());
            }
        }
    }
}

/// A camera, or a device that is held, in its room.
fn eye(paint: &mut Paint, at: Vec2, size: f32, color: Color) {
    paint.ring(at, size, size * 0.35, color);
    paint.shape(at, size * 0.4, 8, 0.0, color);
}

/// What the adversary does over the network now travels from where it sits; devices that it holds hang on their rooms.
pub(crate) fn steps(paint: &mut Paint, pen: &Pen<'_>) {
    let (plan, sheet, palette) = (pen.session.plan(), pen.sheet, pen.palette);
    if sheet.layers() == Layers::Beside {
        for id in (0..plan.devices.len()).map(DeviceId::from_index) {
            let held = pen.session.view().held.get(id.index()).copied().unwrap_or_default();
            let shown = held || pen.looking.picked == Some(Picked::Device(id));
            if let (true, Some(cell), Some(room)) = (shown, sheet.device(id), sheet.in_room(id)) {
                paint.dashes(cell, room, pen.size(0.2, 1.4), pen.size(1.2, 5.0), palette.adversary());
                eye(paint, room, pen.size(0.8, 5.0), palette.adversary());
            }
        }
    }
    for doing in &pen.session.view().doings {
        let to = match (doing.intent, target(plan, doing.intent)) {
            (_, Some(device)) => sheet.device(device),
            (Intent::Work { job: Job::Unlock { by: Releaser::Panel(panel), .. }, .. }, None) => {
                let panel = &plan.panels[panel.index()];
                let centre = plan.zones[panel.zone.index()].centre;
                centre.and_then(|centre| sheet.place(panel.zone, centre))
            }
            _ => None,
        };
        let internet = || {
            let own = plan.segments.iter().position(|segment| segment.internet)?;
            sheet.origin(Origin::Segment(SegmentId::from_index(own)))
        };
        let from = doing.from.map_or_else(internet, |origin| sheet.origin(origin));
        let Some(to) = to else { continue };
        if let Some(from) = from.filter(|from| from.distance(to) > 0.1) {
            paint.line(from, to, pen.size(0.3, 2.5), palette.adversary());
            let along = (pen.session.now().as_millis() % 4_000) as f32 / 4_000.0;
            paint.shape(from.lerp(to, along), pen.size(0.9, 5.0), 12, 0.0, palette.adversary());
        }
        paint.ring(to, pen.size(2.6, 12.0), pen.size(0.35, 2.5), palette.adversary());
    }
}

/// The device that somebody works on over the network.
pub(crate) fn target(plan: &Plan, intent: Intent) -> Option<DeviceId> {
    let Intent::Work { job, .. } = intent else { return None };
    match job.bench(plan) {
        Bench::Service(service) => Some(plan.services[service.index()].device),
        Bench::Device(device) | Bench::Mail(device) => Some(device),
        Bench::Panel(_) | Bench::Zone(_) | Bench::Portal(..) | Bench::Telephone(_) => None,
    }
}
