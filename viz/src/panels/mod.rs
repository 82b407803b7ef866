//! What stands around the plan: head, time, the side with its tabs, windows; and the names on the plan itself.

mod canvas;
mod head;
mod names;
mod side;
mod time;
mod windows;

use bevy::color::ColorToPacked;
use bevy::ecs::system::SystemParam;
use bevy::prelude::*;
use bevy_egui::{EguiContexts, EguiPrimaryContextPass, egui};
use doorward_model::base::SimTime;

use crate::looking::{Clock, Lens, Looking, Panes};
use crate::palette::{Palette, Theme};
use crate::work::Work;

/// Panels and names.
pub(crate) struct PanelsPlugin;

impl Plugin for PanelsPlugin {
    fn build(&self, app: &mut App) {
        app.add_systems(EguiPrimaryContextPass, frame);
    }
}

/// All that a panel may read, and change.
#[derive(SystemParam)]
pub(crate) struct Desk<'w> {
    pub(crate) panes: ResMut<'w, Panes>,
    pub(crate) clock: ResMut<'w, Clock>,
    pub(crate) looking: ResMut<'w, Looking>,
    pub(crate) palette: ResMut<'w, Palette>,
    pub(crate) lens: ResMut<'w, Lens>,
    pub(crate) work: ResMut<'w, Work>,
}

impl Desk<'_> {
    pub(crate) fn seek(&mut self, to: SimTime) {
        self.panes.seek(to);
    }
}

pub(crate) fn ink(color: Color) -> egui::Color32 {
    let [r, g, b, a] = color.to_srgba().to_u8_array();
    egui::Color32::from_rgba_unmultiplied(r, g, b, a)
}

/// Width of the side, as a share of the whole, and at least so many points.
const SIDE_SHARE: f32 = 0.25;
const SIDE_POINTS: f32 = 300.0;

fn frame(mut contexts: EguiContexts, mut desk: Desk) -> Result {
    let context = contexts.ctx_mut()?.clone();
    dress(&context, *desk.palette);
    let screen = context.viewport_rect();
    let layer = egui::UiBuilder::new().layer_id(egui::LayerId::background()).max_rect(screen);
    let mut all = egui::Ui::new(context.clone(), "frame".into(), layer);
    egui::Panel::top("head").show(&mut all, |ui| head::show(ui, &mut desk));
    egui::Panel::bottom("time").show(&mut all, |ui| time::show(ui, &mut desk));
    let width = (screen.width() * SIDE_SHARE).max(SIDE_POINTS);
    egui::Panel::right("side").exact_size(width).show(&mut all, |ui| side::show(ui, &mut desk));
    let room = all.available_rect_before_wrap();
    lay_panes(&mut desk, room);
    names::show(&all, &desk);
    canvas::show(&mut all, &mut desk, room);
    windows::show(&context, &mut desk);
    Ok(())
}

/// One pane has all the room; two stand beside each other.
fn lay_panes(desk: &mut Desk, room: egui::Rect) {
    let vec = |at: egui::Pos2| Vec2::new(at.x, at.y);
    let whole = Rect { min: vec(room.min), max: vec(room.max) };
    let panes = if desk.panes.sessions.len() > 1 {
        let middle = whole.center().x;
        let left = Rect { max: Vec2::new(middle - 1.0, whole.max.y), ..whole };
        let right = Rect { min: Vec2::new(middle + 1.0, whole.min.y), ..whole };
        [left, right]
    } else {
        [whole, Rect { min: whole.max, max: whole.max }]
    };
    if desk.lens.panes != panes {
        desk.lens.panes = panes;
        desk.looking.fit = true;
    }
    if desk.looking.fit {
        let room = desk.lens.panes[0].size();
        desk.panes.sheet.arrange(room.x / room.y.max(1.0));
        let area = desk.panes.sheet.area();
        desk.lens.fit(area);
        desk.looking.fit = false;
    }
}

fn dress(context: &egui::Context, palette: Palette) {
    let mut visuals = match palette.theme() {
        Theme::Light => egui::Visuals::light(),
        Theme::Dark => egui::Visuals::dark(),
    };
    visuals.override_text_color = Some(ink(palette.text()));
    visuals.panel_fill = ink(palette.panel());
    visuals.window_fill = ink(palette.panel());
    visuals.selection.bg_fill = ink(palette.guard()).gamma_multiply(0.55);
    context.set_visuals(visuals);
}
