//! The plan under the pointer: drag it, zoom into it, click what is on it.

use bevy::math::Vec2;
use bevy_egui::egui;
use doorward_model::base::{DeviceId, PortalId, ZoneId};
use doorward_model::site::DeviceKind;

use super::Desk;
use crate::looking::{Picked, Tab};
use crate::room::within;
use crate::sheet::Layers;
use crate::view::Body;

/// What is no further than this from the pointer was meant, in points.
const NEAR: f32 = 9.0;

pub(super) fn show(ui: &mut egui::Ui, desk: &mut Desk, room: egui::Rect) {
    let response = ui.interact(room, egui::Id::new("canvas"), egui::Sense::click_and_drag());
    let pane_of = |desk: &Desk, at: egui::Pos2| {
        let second = desk.panes.sessions.len() > 1 && at.x >= desk.lens.panes[1].min.x;
        usize::from(second)
    };
    if response.dragged() {
        let by = response.drag_delta();
        let zoom = desk.lens.zoom;
        desk.lens.centre -= Vec2::new(by.x, -by.y) / zoom;
    }
    let Some(pointer) = response.hover_pos() else { return };
    let (pane, at) = (pane_of(desk, pointer), Vec2::new(pointer.x, pointer.y));
    let scroll = ui.input(|input| input.smooth_scroll_delta.y);
    if scroll != 0.0 {
        desk.lens.zoom_at(pane, at, (scroll * 0.004).exp());
    }
    let pinch = ui.input(egui::InputState::zoom_delta);
    if (pinch - 1.0).abs() > 1e-3 {
        desk.lens.zoom_at(pane, at, pinch);
    }
    if response.clicked() {
        let picked = at_point(desk, pane, at);
        desk.looking.picked = picked;
        // Over many runs the tab shows what is behind the figure of what was clicked.
        if picked.is_some() && desk.looking.tab != Tab::Batch {
            desk.looking.tab = Tab::Inspect;
        }
    }
}

/// What lies at a point of the screen: people before doors before devices before rooms.
pub(super) fn at_point(desk: &Desk, pane: usize, pointer: Vec2) -> Option<Picked> {
    let (sheet, session) = (&desk.panes.sheet, &desk.panes.sessions[pane]);
    let plan = session.plan();
    let distance = |at: Vec2| desk.lens.on_screen(pane, at).distance(pointer);
    let people = session.view().figures.iter().filter_map(|figure| {
        let picked = match figure.body {
            Body::Person(person) | Body::Guard(person, _) => Picked::Person(person),
            Body::Actor(adversary, actor) => Picked::Actor(adversary, actor),
        };
        // Of two the adversary was meant.
        let rank = usize::from(!matches!(figure.body, Body::Actor(..)));
        Some((rank, distance(sheet.place(figure.zone, figure.at)?), picked))
    });
    let doors = (0..plan.portals.len()).map(PortalId::from_index);
    let doors = doors.flat_map(|portal| {
        let places: Vec<Vec2> = sheet.portal(plan, portal).collect();
        places.into_iter().map(move |at| (2, distance(at), Picked::Portal(portal)))
    });
    let devices = (0..plan.devices.len()).map(DeviceId::from_index).filter_map(|device| {
        // In the building alone only cameras are drawn.
        let drawn = sheet.layers() != Layers::Plan || plan.devices[device.index()].kind == DeviceKind::Camera;
        let at = sheet.device(device).filter(|_| drawn)?;
        let half = sheet.cell() / 2.0 * desk.lens.zoom;
        let offset = (desk.lens.on_screen(pane, at) - pointer).abs();
        let within = sheet.layers().bands() && offset.x < half.x && offset.y < half.y;
        Some((3, if within { 0.0 } else { distance(at) }, Picked::Device(device)))
    });
    let near = people.chain(doors).chain(devices).filter(|(_, distance, _)| *distance < NEAR);
    let nearest = near.min_by(|a, b| (a.0, a.1).partial_cmp(&(b.0, b.1)).unwrap_or(std::cmp::Ordering::Equal));
    nearest.map(|(_, _, picked)| picked).or_else(|| zone_at(desk, pane, pointer).map(Picked::Zone))
}

/// The room at a point: of several the one that is kept best.
fn zone_at(desk: &Desk, pane: usize, pointer: Vec2) -> Option<ZoneId> {
    let at = desk.lens.on_sheet(pane, pointer);
    let plan = desk.panes.sessions[pane].plan();
    let within = |id: ZoneId| {
        let outline: Vec<Vec2> =
            plan.zones[id.index()].outline.iter().filter_map(|&at| desk.panes.sheet.place(id, at)).collect();
        within(&outline, at)
    };
    let zones = (0..plan.zones.len()).map(ZoneId::from_index).filter(|id| within(*id));
    zones.max_by_key(|id| (!plan.zones[id.index()].offsite(), plan.zones[id.index()].level))
}
