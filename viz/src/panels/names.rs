//! Names on the sheet. What matters more comes first; nothing covers another, whatever the zoom.

use bevy::math::Vec2;
use bevy_egui::egui;
use doorward_model::base::{DeviceId, PortalId, SegmentId, ZoneId};
use doorward_model::plan::{Device, Plan};
use doorward_model::site::DeviceKind;
use doorward_study::heat::Measure;
use doorward_study::tale::Names;

use super::{Desk, ink};
use crate::looking::Picked;
use crate::room::NAME_SHARE;
use crate::sheet::{Layers, floor_name};
use crate::view::Body;

/// From this many points for a metre on, doors have names.
const PORTALS_FROM: f32 = 14.0;

/// A trail is kept free at points so far apart.
const TRAIL_BEAD: f32 = 8.0;

struct Writer<'a> {
    painter: egui::Painter,
    clip: egui::Rect,
    taken: Vec<egui::Rect>,
    halo: egui::Color32,
    to_screen: &'a dyn Fn(Vec2) -> egui::Pos2,
}

/// How a name is set.
#[derive(Clone, Copy)]
struct Type {
    size: f32,
    color: egui::Color32,
    /// Behind it lies a box, as it stands on whatever is below.
    boxed: bool,
}

impl Writer<'_> {
    /// Puts a name where there is room, in a place of at most this size, its words unbroken.
    fn put(&mut self, at: egui::Pos2, text: &str, kind: Type, room: egui::Vec2) -> bool {
        let font = egui::FontId::proportional(kind.size);
        let longest = text.split_whitespace().max_by_key(|word| word.len()).unwrap_or_default();
        let line = |text: &str| self.painter.layout_no_wrap(text.to_owned(), font.clone(), kind.color);
        if longest.is_empty() || line(longest).size().x > room.x {
            return false;
        }
        let mut job = egui::text::LayoutJob::simple(text.to_owned(), font.clone(), kind.color, room.x);
        job.halign = egui::Align::Center;
        let galley = self.painter.layout_job(job);
        let size = galley.size();
        let rect = egui::Align2::CENTER_CENTER.anchor_size(at, size);
        let over = rect.expand(if kind.boxed { 3.0 } else { 1.0 });
        let taken = self.taken.iter().any(|other| other.intersects(over));
        if size.y > room.y || taken || !self.clip.contains_rect(over) {
            return false;
        }
        self.taken.push(over);
        if kind.boxed {
            self.painter.rect_filled(over, 3.0, self.halo);
        }
        // Lines are centred about where the galley is put.
        self.painter.galley(rect.center_top(), galley, kind.color);
        true
    }

    /// The first of these places around a point that has room. What is out of sight has no name.
    fn put_near(&mut self, at: egui::Pos2, text: &str, kind: Type, away: f32) {
        if !self.clip.contains(at) {
            return;
        }
        let galley = self.painter.layout_no_wrap(text.to_owned(), egui::FontId::proportional(kind.size), kind.color);
        let half = galley.size() / 2.0 + egui::Vec2::splat(3.0);
        let places = [
            egui::vec2(0.0, -away - half.y),
            egui::vec2(0.0, away + half.y),
            egui::vec2(away + half.x, 0.0),
            egui::vec2(-away - half.x, 0.0),
        ];
        // At the edge it moves along, rather than being left out.
        let inner = self.clip.shrink2(half.min(self.clip.size() / 2.0));
        let _ = places.into_iter().any(|offset| {
            let x = if offset.x == 0.0 { at.x.clamp(inner.left(), inner.right()) } else { at.x + offset.x };
            self.put(egui::pos2(x, at.y + offset.y), text, kind, egui::Vec2::INFINITY)
        });
    }

    /// Something that is drawn here: no name covers it.
    fn keep_free(&mut self, at: egui::Pos2, radius: f32) {
        self.taken.push(egui::Rect::from_center_size(at, egui::Vec2::splat(2.0 * radius)));
    }

    fn at(&self, point: Vec2) -> egui::Pos2 {
        (self.to_screen)(point)
    }
}

pub(super) fn show(ui: &egui::Ui, desk: &Desk) {
    for pane in 0..desk.panes.sessions.len() {
        let area = desk.lens.panes[pane];
        let clip = egui::Rect { min: egui::pos2(area.min.x, area.min.y), max: egui::pos2(area.max.x, area.max.y) };
        let to_screen = |at: Vec2| {
            let at = desk.lens.on_screen(pane, at);
            egui::pos2(at.x, at.y)
        };
        let halo = ink(desk.palette.ground()).gamma_multiply(0.85);
        let painter = ui.painter().with_clip_rect(clip);
        let mut writer = Writer { painter, clip, taken: Vec::new(), halo, to_screen: &to_screen };
        if desk.panes.sessions.len() > 1 {
            title(&mut writer, desk, pane);
        }
        assets(&mut writer, desk, pane);
        actors(&mut writer, desk, pane);
        signs(&mut writer, desk, pane);
        floors(&mut writer, desk);
        let plan = desk.panes.sessions[pane].plan();
        picked(&mut writer, desk, plan);
        network(&mut writer, desk, plan);
        zones(&mut writer, desk, pane);
        portals(&mut writer, desk, plan);
    }
}

/// Of two panes each says which it is, and how it stands.
fn title(writer: &mut Writer<'_>, desk: &Desk, pane: usize) {
    let session = &desk.panes.sessions[pane];
    let reached = session.score().reached();
    let last = reached.iter().filter_map(|(name, at)| Some((at.as_ref()?, name))).max_by_key(|(at, _)| **at);
    let state = last.map_or("nothing yet", |(_, name)| *name);
    let differs = {
        let other = &desk.panes.sessions[1 - pane];
        let mine = session.score().reached();
        mine.iter().zip(other.score().reached()).any(|(a, b)| a.1 != b.1)
    };
    let sign = if differs { "≠ " } else { "" };
    let text = format!("{sign}{}: {state}", session.plan().defence_name);
    let color = if differs { desk.palette.adversary() } else { desk.palette.text() };
    let at = egui::pos2(writer.clip.center().x, writer.clip.top() + 16.0);
    writer.put(at, &text, Type { size: 16.0, color: ink(color), boxed: true }, egui::Vec2::INFINITY);
}

/// Who attacks, and what they are at.
fn actors(writer: &mut Writer<'_>, desk: &Desk, pane: usize) {
    let session = &desk.panes.sessions[pane];
    let plan = session.plan();
    let kind = Type { size: 14.0, color: ink(desk.palette.adversary()), boxed: true };
    for figure in &session.view().figures {
        let Body::Actor(adversary, actor) = figure.body else { continue };
        let Some(at) = desk.panes.sheet.place(figure.zone, figure.at) else { continue };
        let name = &plan.adversaries[adversary.index()].actors[actor.index()].name;
        let doing = session.view().doings.iter().find(|doing| doing.who == (adversary, actor));
        let what = doing.map(|doing| Names(plan).intent(adversary, &doing.intent));
        let text = what.map_or_else(|| name.clone(), |what| format!("{name}: {}", short(&what)));
        writer.put_near(writer.at(at), &text, kind, (2.3 * desk.lens.zoom).max(16.0));
    }
    // Who works over the network sits nowhere: the name stands where the connection ends.
    for doing in &session.view().doings {
        let (adversary, actor) = doing.who;
        let on_foot = |body: Body| body == Body::Actor(adversary, actor);
        if session.view().figures.iter().any(|figure| on_foot(figure.body)) {
            continue;
        }
        let Some(device) = crate::network::target(plan, doing.intent) else { continue };
        let Some(at) = desk.panes.sheet.device(device) else { continue };
        let name = &plan.adversaries[adversary.index()].actors[actor.index()].name;
        let text = format!("{name}: {}", short(&Names(plan).intent(adversary, &doing.intent)));
        writer.put_near(writer.at(at), &text, kind, 22.0);
    }
}

/// A label has room for so many letters.
fn short(text: &str) -> String {
    const LETTERS: usize = 48;
    match text.char_indices().nth(LETTERS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// What is worth taking is not even covered by the name of who takes it.
fn assets(writer: &mut Writer<'_>, desk: &Desk, pane: usize) {
    let (zoom, plan) = (desk.lens.zoom, desk.panes.sessions[pane].plan());
    for asset in &plan.assets {
        if let Some(at) = crate::plan::asset_place(&desk.panes.sheet, plan, asset, 1.0 / zoom) {
            writer.keep_free(writer.at(at), (1.3 * zoom).max(5.0));
        }
    }
}

/// Doors, people who attack and their trails, panels, readers and cameras are not covered.
fn signs(writer: &mut Writer<'_>, desk: &Desk, pane: usize) {
    let (sheet, session, zoom) = (&desk.panes.sheet, &desk.panes.sessions[pane], desk.lens.zoom);
    let plan = session.plan();
    for portal in (0..plan.portals.len()).map(PortalId::from_index) {
        for at in sheet.portal(plan, portal) {
            writer.keep_free(writer.at(at), (0.8 * zoom).max(3.2));
        }
    }
    for at in crate::plan::panel_places(sheet, plan) {
        writer.keep_free(writer.at(at), (0.5 * zoom).max(2.2));
    }
    for at in crate::plan::reader_places(sheet, plan, 1.0 / zoom) {
        writer.keep_free(writer.at(at), crate::plan::READER_M * zoom);
    }
    let shows = match sheet.layers() {
        Layers::Over => |_: &Device, _: bool| true,
        Layers::Plan => |device: &Device, held: bool| held || device.kind == DeviceKind::Camera,
        Layers::Beside => |_: &Device, held: bool| held,
        Layers::Network => |_: &Device, _: bool| false,
    };
    for (index, device) in plan.devices.iter().enumerate() {
        let held = session.view().held.get(index).copied().unwrap_or_default();
        if let Some(at) = sheet.in_room(DeviceId::from_index(index)).filter(|_| shows(device, held)) {
            writer.keep_free(writer.at(at), if held { (0.8 * zoom).max(6.0) } else { (0.5 * zoom).max(2.5) });
        }
    }
    if sheet.layers() != Layers::Network {
        for (from, to) in crate::plan::trail_lines(sheet, session) {
            let (from, to) = (writer.at(from), writer.at(to));
            let beads = ((to - from).length() / TRAIL_BEAD).ceil().clamp(1.0, 400.0);
            for bead in 0..=beads as u32 {
                let at = from.lerp(to, bead as f32 / beads);
                if writer.clip.contains(at) {
                    writer.keep_free(at, 2.0);
                }
            }
        }
    }
    for figure in &session.view().figures {
        let radius = match figure.body {
            Body::Actor(..) => (1.6 * zoom).max(8.0),
            Body::Guard(..) => (0.9 * zoom).max(4.2),
            Body::Person(_) => continue,
        };
        if let Some(at) = sheet.place(figure.zone, figure.at) {
            writer.keep_free(writer.at(at), radius);
        }
    }
}

fn floors(writer: &mut Writer<'_>, desk: &Desk) {
    let kind = Type { size: 13.0, color: ink(desk.palette.faint()), boxed: false };
    for (number, area) in desk.panes.sheet.floors() {
        let at = writer.at(Vec2::new(area.center().x, area.min.y)) + egui::vec2(0.0, 11.0);
        writer.put(at, &floor_name(number), kind, egui::Vec2::INFINITY);
    }
}

/// What was clicked has its name, at any zoom.
fn picked(writer: &mut Writer<'_>, desk: &Desk, plan: &Plan) {
    let kind = Type { size: 13.0, color: ink(desk.palette.text()), boxed: true };
    match desk.looking.picked {
        Some(Picked::Portal(portal)) => {
            for at in desk.panes.sheet.portal(plan, portal) {
                writer.put_near(writer.at(at), &plan.portals[portal.index()].name, kind, 16.0);
            }
        }
        Some(Picked::Device(device)) if desk.panes.sheet.layers() == Layers::Over => {
            if let Some(at) = desk.panes.sheet.device(device) {
                writer.put_near(writer.at(at), &plan.devices[device.index()].name, kind, 16.0);
            }
        }
        Some(Picked::Person(person)) => {
            let figures = &desk.panes.first().view().figures;
            let own = figures.iter().find(|figure| match figure.body {
                Body::Person(id) | Body::Guard(id, _) => id == person,
                Body::Actor(..) => false,
            });
            if let Some(at) = own.and_then(|figure| desk.panes.sheet.place(figure.zone, figure.at)) {
                writer.put_near(writer.at(at), &plan.people[person.index()].name, kind, 16.0);
            }
        }
        Some(Picked::Zone(_) | Picked::Actor(..) | Picked::Alarm(_) | Picked::Device(_)) | None => {}
    }
}

fn network(writer: &mut Writer<'_>, desk: &Desk, plan: &Plan) {
    let (sheet, zoom) = (&desk.panes.sheet, desk.lens.zoom);
    if sheet.layers() == Layers::Plan {
        return;
    }
    let kind = |size: f32, color| Type { size, color: ink(color), boxed: false };
    if sheet.layers().bands() {
        for segment in (0..plan.segments.len()).map(SegmentId::from_index) {
            let band = sheet.band(segment);
            let at = writer.at(Vec2::new(band.min.x + sheet.name_width() / 2.0, band.center().y));
            let room = egui::vec2(sheet.name_width() * zoom - 4.0, band.height() * zoom);
            let name = plan.segments[segment.index()].name.replace('-', " ");
            let sizes = [13.0, 11.0, 9.5, 8.0];
            let _ = sizes.into_iter().any(|size| writer.put(at, &name, kind(size, desk.palette.faint()), room));
        }
    }
    let room = egui::vec2(sheet.cell().x, sheet.cell().y) * zoom * 0.9;
    for device in (0..plan.devices.len()).map(DeviceId::from_index) {
        let Some(at) = sheet.device(device).map(|at| writer.at(at)) else { continue };
        let name = plan.devices[device.index()].name.replace('-', " ");
        if sheet.layers().bands() {
            let most = (sheet.cell().y * zoom * 0.4).min(13.0);
            let sizes = [most, most * 0.85, 9.0, 8.0].into_iter().filter(|size| *size >= 7.5);
            let sizes = sizes.chain((most < 7.5).then_some(7.5)).chain([6.5]);
            // What the edge cuts off is not set smaller for it.
            let whole = writer.clip.contains_rect(egui::Rect::from_center_size(at, room));
            let mut sizes = sizes.take(if whole { usize::MAX } else { 1 });
            let _ = sizes.any(|size| writer.put(at, &name, kind(size, desk.palette.text()), room));
        } else if zoom > PORTALS_FROM / 2.0 {
            writer.put_near(at, &name, kind(10.5, desk.palette.text()), 6.0);
        }
    }
}

fn zones(writer: &mut Writer<'_>, desk: &Desk, pane: usize) {
    let session = &desk.panes.sessions[pane];
    let plan = session.plan();
    let mut peopled = vec![false; plan.zones.len()];
    session.view().figures.iter().for_each(|figure| peopled[figure.zone.index()] = true);
    let mut order: Vec<usize> = (0..plan.zones.len()).collect();
    order.sort_by_key(|&zone| std::cmp::Reverse(plan.zones[zone].level));
    for index in order {
        let (id, zone) = (ZoneId::from_index(index), &plan.zones[index]);
        let Some(clearing) = desk.panes.sheet.clearing(id) else { continue };
        let (centre, room) = (clearing.center(), clearing.size() * desk.lens.zoom);
        let room = egui::vec2(room.x - 4.0, room.y - 2.0);
        let figure = match &desk.looking.heat {
            Some(heated) if !zone.offsite() => {
                let figure = heated.heat.figure(id, heated.measure);
                match heated.measure {
                    _ if figure == 0.0 => String::new(),
                    Measure::Presence => format!("\n{figure:.0} s"),
                    Measure::Detection | Measure::Containment => format!("\n{:.0} %", 100.0 * figure),
                }
            }
            _ => String::new(),
        };
        // On the colours of heat a name needs a ground of its own.
        let kind = Type { size: 12.0, color: ink(desk.palette.zone_name()), boxed: !figure.is_empty() };
        let text = format!("{}{figure}", zone.title);
        // The lower part of a room is its name's; where nobody stands, the middle and the upper part are as good.
        let strip = egui::vec2(room.x, room.y * NAME_SHARE);
        let (middle, aside) = (writer.at(centre), egui::vec2(0.0, (room.y - strip.y) / 2.0));
        let whole = [(middle + aside, strip), (middle, room), (middle - aside, strip)];
        let whole = &whole[..if peopled[index] { 1 } else { 3 }];
        // Where something is in the way, beside it.
        let halves = whole.iter().flat_map(|&(at, room)| {
            let half = egui::vec2(room.x / 2.0, room.y);
            [-0.5, 0.5].map(|side| (at + egui::vec2(side * half.x, 0.0), half))
        });
        let places: Vec<_> = whole.iter().copied().chain(halves).collect();
        let texts = [text.as_str(), figure.trim()];
        let _ = texts.into_iter().any(|text| {
            [12.5, 11.0, 9.5]
                .into_iter()
                .any(|size| places.iter().any(|&(at, room)| writer.put(at, text, Type { size, ..kind }, room)))
        });
    }
}

fn portals(writer: &mut Writer<'_>, desk: &Desk, plan: &Plan) {
    if desk.lens.zoom < PORTALS_FROM {
        return;
    }
    let kind = Type { size: 10.5, color: ink(desk.palette.faint()), boxed: true };
    for portal in (0..plan.portals.len()).map(PortalId::from_index) {
        for at in desk.panes.sheet.portal(plan, portal) {
            writer.put_near(writer.at(at), &plan.portals[portal.index()].name, kind, 0.8 * desk.lens.zoom + 4.0);
        }
    }
}
