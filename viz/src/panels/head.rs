//! The head: which run this is, when, and what of it is shown.

use bevy_egui::egui;

use super::{Desk, ink};
use crate::looking::{self, Looking};
use crate::palette::{Palette, Theme};
use crate::session::clock;
use crate::sheet::{Layers, floor_name};
use crate::work::{Slot, Source};

pub(super) fn show(ui: &mut egui::Ui, desk: &mut Desk) {
    ui.add_space(2.0);
    ui.horizontal(|ui| {
        let session = desk.panes.first();
        let plan = session.plan();
        ui.heading(&plan.scenario);
        let text = format!("{}, run {}, seed {}", plan.site, session.run(), session.seed());
        ui.label(egui::RichText::new(text).color(ink(desk.palette.faint())));
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            let now = egui::RichText::new(clock(plan, session.now())).heading().monospace();
            ui.label(now).on_hover_text("The clock of the site");
            ui.label(egui::RichText::new(format!("{}", session.now())).monospace().color(ink(desk.palette.faint())))
                .on_hover_text("Since the start of the run, as in `trace`");
        });
    });
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        let mut layers = desk.panes.sheet.layers();
        for (nth, own) in Layers::ALL.into_iter().enumerate() {
            ui.selectable_value(&mut layers, own, own.title()).on_hover_text(format!("key {}", nth + 1));
        }
        ui.separator();
        let mut floor = desk.panes.sheet.floor();
        let title = floor.map_or_else(|| "all floors".to_owned(), floor_name);
        egui::ComboBox::from_id_salt("floor").selected_text(title).show_ui(ui, |ui| {
            ui.selectable_value(&mut floor, None, "all floors");
            for number in desk.panes.sheet.storeys().collect::<Vec<_>>() {
                ui.selectable_value(&mut floor, Some(number), floor_name(number));
            }
        });
        if (layers, floor) != (desk.panes.sheet.layers(), desk.panes.sheet.floor()) {
            looking::show(&mut desk.panes, &mut desk.looking, layers, floor);
        }
        ui.separator();
        defences(ui, desk);
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            let Looking { help, opening, .. } = &mut *desk.looking;
            ui.toggle_value(help, "?").on_hover_text("Keys and mouse");
            let other = match desk.palette.theme() {
                Theme::Light => ("Dark", Theme::Dark),
                Theme::Dark => ("Light", Theme::Light),
            };
            if ui.button(other.0).on_hover_text("key t").clicked() {
                *desk.palette = Palette::new(other.1);
            }
            ui.toggle_value(opening, "Open ...").on_hover_text("Another scenario, key o");
        });
    });
    ui.add_space(2.0);
}

/// The defence of each pane; the second one may be closed again.
fn defences(ui: &mut egui::Ui, desk: &mut Desk) {
    let two = desk.panes.sessions.len() > 1;
    let files = desk.work.defences().to_vec();
    let mut wanted = None;
    for pane in 0..2 {
        let title = match desk.panes.sessions.get(pane) {
            Some(session) => session.plan().defence_name.clone(),
            None => "compare with ...".to_owned(),
        };
        let width = if two { 120.0 } else { 150.0 };
        egui::ComboBox::from_id_salt(("defence", pane)).width(width).selected_text(title).show_ui(ui, |ui| {
            for defence in &files {
                if ui.selectable_label(false, defence.title()).clicked() {
                    wanted = Some((pane, defence.file.clone()));
                }
            }
        });
    }
    if two && ui.button("x").on_hover_text("Close the comparison, key c").clicked() {
        desk.panes.sessions.truncate(1);
    }
    if let Some((pane, file)) = wanted {
        let source = Source { defence: Some(file), ..desk.work.source().clone() };
        let slot = if pane == 0 { Slot::First } else { Slot::Second };
        desk.work.open(source, slot);
    }
    if desk.work.is_opening() {
        ui.spinner();
        ui.label("opening");
    }
}
