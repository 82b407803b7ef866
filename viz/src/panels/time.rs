//! Time: play and pause, how fast, and the whole run as a line with its alarms and milestones.

use bevy_egui::egui;
use doorward_model::base::{SimDuration, SimTime};

use super::{Desk, ink};
use crate::looking::SPEEDS;
use crate::palette::Palette;
use crate::session::{Session, clock};

pub(super) fn show(ui: &mut egui::Ui, desk: &mut Desk) {
    let mut go_to = None;
    ui.add_space(4.0);
    ui.horizontal(|ui| {
        let play = if desk.clock.paused { "Play" } else { "Pause" };
        let play = egui::Button::new(egui::RichText::new(play).strong()).min_size(egui::vec2(56.0, 0.0));
        if ui.add(play).on_hover_text("space").clicked() {
            desk.clock.paused = !desk.clock.paused;
        }
        let session = desk.panes.first();
        for (text, hint, to) in [
            ("|<", "milestone before, p", session.mark_beside(false)),
            ("<", "event before, comma", session.beside(false)),
            (">", "next event, full stop", session.beside(true)),
            (">|", "next milestone, n", session.mark_beside(true)),
        ] {
            if ui.add_enabled(to.is_some(), egui::Button::new(text)).on_hover_text(hint).clicked() {
                go_to = to;
            }
        }
        ui.separator();
        let slider = egui::Slider::new(&mut desk.clock.speed, SPEEDS).logarithmic(true).custom_formatter(speed);
        ui.add(slider).on_hover_text("Simulated seconds in a second; + and -");
        ui.separator();
        ui.spacing_mut().item_spacing.x = 3.0;
        for mark in &desk.panes.first().record().marks {
            let name = egui::RichText::new(mark.name).small();
            let past = mark.at <= desk.panes.now();
            let when = clock(desk.panes.first().plan(), mark.at);
            if ui.selectable_label(past, name).on_hover_text(when).clicked() {
                go_to = Some(mark.at);
            }
        }
    });
    for pane in 0..desk.panes.sessions.len() {
        go_to = line(ui, &desk.panes.sessions[pane], &desk.palette, pane).or(go_to);
    }
    ui.add_space(2.0);
    if let Some(to) = go_to {
        desk.seek(to);
    }
}

fn speed(value: f64, _: std::ops::RangeInclusive<usize>) -> String {
    if value < 10.0 { format!("{value:.2} x") } else { format!("{value:.0} x") }
}

/// The whole run as a line: false alarms below it, true ones above, milestones on it. A click goes there.
fn line(ui: &mut egui::Ui, session: &Session, palette: &Palette, pane: usize) -> Option<SimTime> {
    let size = egui::vec2(ui.available_width(), 46.0);
    let (rect, response) = ui.allocate_exact_size(size, egui::Sense::click_and_drag());
    let painter = ui.painter_at(rect);
    let whole = session.horizon().as_millis().max(1) as f32;
    let x = |at: SimTime| rect.left() + rect.width() * at.as_millis() as f32 / whole;
    let middle = rect.top() + 18.0;
    let stroke = |width: f32, color| egui::Stroke::new(width, ink(color));
    painter.hline(rect.x_range(), middle, stroke(2.0, palette.faint()));
    let warm = egui::Rangef::new(rect.left(), x(session.plan().warm_up_end));
    painter.hline(warm, middle, stroke(4.0, palette.flow()));
    hours(&painter, session, palette, rect, &x);
    for alarm in &session.record().alarms {
        let (range, width, color) = if alarm.hostile {
            (middle - 15.0..=middle, 2.0, palette.adversary())
        } else {
            (middle..=middle + 6.0, 1.0, palette.alarm())
        };
        painter.vline(x(alarm.at), range, stroke(width, color));
    }
    for mark in &session.record().marks {
        painter.circle(egui::pos2(x(mark.at), middle), 4.0, ink(palette.adversary()), stroke(1.5, palette.ground()));
    }
    painter.vline(x(session.now()), rect.top()..=middle + 9.0, stroke(2.5, palette.text()));
    if pane == 1 {
        let name = egui::FontId::proportional(11.0);
        let at = rect.right_top();
        painter.text(at, egui::Align2::RIGHT_TOP, &session.plan().defence_name, name, ink(palette.faint()));
    }
    let at = |pointer: egui::Pos2| {
        let share = ((pointer.x - rect.left()) / rect.width()).clamp(0.0, 1.0);
        SimTime::ZERO + SimDuration::from_secs_f64(f64::from(share * whole) / 1e3)
    };
    let hovered = response.hover_pos();
    let response = response.on_hover_text_at_pointer(hovered.map_or_else(String::new, |pointer| {
        let near = session.record().marks.iter().find(|mark| (x(mark.at) - pointer.x).abs() < 5.0);
        let name = near.map_or_else(String::new, |mark| format!("{}\n", mark.name));
        format!("{name}{}", clock(session.plan(), near.map_or_else(|| at(pointer), |mark| mark.at)))
    }));
    response.interact_pointer_pos().filter(|_| response.clicked() || response.dragged()).map(at)
}

/// Hours below the line, as many as there is room for.
fn hours(painter: &egui::Painter, session: &Session, palette: &Palette, rect: egui::Rect, x: &impl Fn(SimTime) -> f32) {
    const STEPS_MIN: [u64; 9] = [5, 15, 30, 60, 120, 180, 360, 720, 1_440];
    let whole_min = session.horizon().as_millis() / 60_000;
    let room = (rect.width() / 70.0).max(1.0) as u64;
    let step = STEPS_MIN.into_iter().find(|step| whole_min / step <= room).unwrap_or(1_440) * 60_000;
    let start = session.plan().calendar.week_ms(SimTime::ZERO);
    let mut at = SimTime::from_millis(step - start % step);
    while at < session.horizon() {
        let color = ink(palette.faint());
        painter.vline(x(at), rect.bottom() - 17.0..=rect.bottom() - 13.0, egui::Stroke::new(1.0, color));
        let text = &clock(session.plan(), at)[4..9];
        let place = egui::pos2(x(at), rect.bottom() - 12.0);
        painter.text(place, egui::Align2::CENTER_TOP, text, egui::FontId::proportional(11.0), color);
        at += SimDuration::from_millis(step);
    }
}
