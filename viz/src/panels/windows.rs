//! Windows over everything: keys, another scenario, what went wrong.

use bevy_egui::egui;

use super::{Desk, ink};
use crate::input::KEYS;
use crate::work::{Slot, Source};

pub(super) fn show(context: &egui::Context, desk: &mut Desk) {
    help(context, desk);
    open(context, desk);
    message(context, desk);
}

fn window(title: &str) -> egui::Window<'_> {
    egui::Window::new(title).collapsible(false).resizable(false).anchor(egui::Align2::CENTER_CENTER, egui::Vec2::ZERO)
}

fn help(context: &egui::Context, desk: &mut Desk) {
    let mut shown = desk.looking.help;
    window("Keys and mouse").open(&mut shown).show(context, |ui| {
        egui::Grid::new("keys").num_columns(2).spacing([24.0, 4.0]).striped(true).show(ui, |ui| {
            for (key, what) in KEYS {
                ui.monospace(key);
                ui.label(what);
                ui.end_row();
            }
        });
        ui.separator();
        ui.label("On the plan");
        egui::Grid::new("signs").num_columns(2).spacing([24.0, 4.0]).striped(true).show(ui, |ui| {
            let palette = *desk.palette;
            for (color, sign, what) in [
                (palette.adversary(), "star", "one of an adversary, with a trail"),
                (palette.guard(), "square", "a guard; with a ring: on a call"),
                (palette.person(), "dot", "somebody who works here; a triangle: a guest"),
                (palette.wall(), "small square", "a locked door; hollow: a fence, wall, window or void"),
                (palette.open(), "round, or a ring", "an unlocked door; a ring: the leaf stands open"),
                (palette.alarm(), "ring that grows", "a sensor that fired; a steady ring: a door held too long"),
                (palette.released(), "triangle", "a door that was released by command"),
                (palette.adversary(), "cross", "a door locked down or dead"),
                (palette.asset(), "diamond", "what is worth taking"),
                (palette.faint(), "circled dot", "a camera; click it for what it sees"),
                (palette.faint(), "upright frame", "a panel; small dots beside a door are its readers"),
            ] {
                ui.colored_label(ink(color), sign);
                ui.label(what);
                ui.end_row();
            }
        });
    });
    desk.looking.help = shown;
}

fn open(context: &egui::Context, desk: &mut Desk) {
    let mut shown = desk.looking.opening;
    let mut wanted = None;
    window("Open a scenario").open(&mut shown).show(context, |ui| {
        egui::ScrollArea::vertical().max_height(460.0).min_scrolled_height(200.0).show(ui, |ui| {
            ui.set_min_width(360.0);
            for file in desk.work.scenarios() {
                let name = file.rsplit('/').next().unwrap_or(file);
                let own = *file == desk.work.source().scenario;
                if ui.selectable_label(own, name.trim_end_matches(".scenario.ron")).clicked() {
                    wanted = Some(file.clone());
                }
            }
        });
    });
    if let Some(scenario) = wanted {
        // Another scenario has defences of its own.
        let old = desk.work.source();
        let source = Source { scenario, defence: None, edits: Vec::new(), seed: old.seed, run: 0 };
        desk.work.open(source, Slot::New);
        shown = false;
    }
    desk.looking.opening = shown;
}

fn message(context: &egui::Context, desk: &mut Desk) {
    let Some(message) = desk.looking.message.clone() else { return };
    let mut shown = true;
    window("This cannot be shown").open(&mut shown).show(context, |ui| {
        egui::ScrollArea::vertical().max_height(360.0).show(ui, |ui| {
            ui.label(egui::RichText::new(message).monospace());
        });
    });
    if !shown {
        desk.looking.message = None;
    }
}
