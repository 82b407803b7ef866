//! Keys.

use bevy::prelude::*;
use bevy_egui::input::EguiWantsInput;
use doorward_model::base::{SimDuration, SimTime};

use crate::looking::{self, Clock, Looking, Panes, Tab};
use crate::palette::{Palette, Theme};
use crate::sheet::Layers;
use crate::work::{Slot, Work};

/// Every key, and what the mouse does.
pub(crate) const KEYS: [(&str, &str); 16] = [
    ("space", "play, pause"),
    ("left, right", "a minute back, on; with shift ten"),
    (", .", "event before, next event"),
    ("p n", "milestone before, next milestone"),
    ("- +", "slower, faster: 0.25 to 1,000 times"),
    ("1 2 3 4", "plan, network, both, network over plan"),
    ("f", "one floor after the other, then all"),
    ("Home", "everything in view"),
    ("a", "close to the adversary"),
    ("c", "compare with another defence; close the comparison"),
    ("o", "open another scenario"),
    ("t", "light or dark"),
    ("[ ]", "smaller, larger letters"),
    ("?  Esc", "this list; close what is open"),
    ("drag, wheel", "move the plan, zoom it"),
    ("click", "inspect a door, room, person, device, alarm"),
];

/// Points for a metre when close to somebody.
const CLOSE: f32 = 14.0;

#[allow(clippy::too_many_arguments, reason = "each is a resource that a key changes")]
pub(crate) fn keys(
    keys: Res<ButtonInput<KeyCode>>,
    wants: Option<Res<EguiWantsInput>>,
    mut clock: ResMut<Clock>,
    mut panes: ResMut<Panes>,
    mut looking: ResMut<Looking>,
    mut palette: ResMut<Palette>,
    mut lens: ResMut<looking::Lens>,
    mut scale: ResMut<Scale>,
    mut work: ResMut<Work>,
) {
    if keys.get_just_pressed().next().is_none() || wants.is_some_and(|wants| wants.wants_keyboard_input()) {
        return;
    }
    let shift = keys.any_pressed([KeyCode::ShiftLeft, KeyCode::ShiftRight]);
    let jump = SimDuration::from_secs(if shift { 600 } else { 60 });
    let now = panes.now();
    let mut go_to = None;
    for key in keys.get_just_pressed() {
        match key {
            KeyCode::Space => clock.paused = !clock.paused,
            KeyCode::ArrowRight => go_to = Some(now + jump),
            KeyCode::ArrowLeft => {
                go_to = Some(SimTime::from_millis(now.as_millis().saturating_sub(jump.as_millis())));
            }
            KeyCode::Comma => go_to = panes.first().beside(false),
            KeyCode::Period => go_to = panes.first().beside(true),
            KeyCode::KeyP => go_to = panes.first().mark_beside(false),
            KeyCode::KeyN => go_to = panes.first().mark_beside(true),
            KeyCode::Minus | KeyCode::NumpadSubtract => clock.times(0.5),
            KeyCode::Equal | KeyCode::NumpadAdd => clock.times(2.0),
            KeyCode::Digit1 => layers(&mut panes, &mut looking, Layers::Plan),
            KeyCode::Digit2 => layers(&mut panes, &mut looking, Layers::Network),
            KeyCode::Digit3 => layers(&mut panes, &mut looking, Layers::Beside),
            KeyCode::Digit4 => layers(&mut panes, &mut looking, Layers::Over),
            KeyCode::KeyF => {
                let storeys: Vec<i32> = panes.sheet.storeys().collect();
                let floor = match panes.sheet.floor() {
                    None => storeys.first().copied(),
                    Some(own) => storeys.into_iter().find(|floor| *floor > own),
                };
                let layers = panes.sheet.layers();
                looking::show(&mut panes, &mut looking, layers, floor);
            }
            KeyCode::Home => looking.fit = true,
            KeyCode::KeyA => {
                if let Some(at) = panes.adversary() {
                    lens.centre = at;
                    lens.zoom = lens.zoom.max(CLOSE);
                }
            }
            KeyCode::KeyC if panes.sessions.len() > 1 => panes.sessions.truncate(1),
            KeyCode::KeyC => match work.source().other_than(&panes.first().plan().defence_name) {
                Ok(source) => work.open(source, Slot::Second),
                Err(problems) => looking.message = Some(problems.to_string()),
            },
            KeyCode::KeyO => looking.opening = !looking.opening,
            KeyCode::KeyT => {
                let other = match palette.theme() {
                    Theme::Light => Theme::Dark,
                    Theme::Dark => Theme::Light,
                };
                *palette = Palette::new(other);
            }
            KeyCode::BracketLeft => scale.times(1.0 / 1.1),
            KeyCode::BracketRight => scale.times(1.1),
            KeyCode::Slash => looking.help = !looking.help,
            KeyCode::KeyB => looking.tab = Tab::Batch,
            KeyCode::Escape => {
                if looking.help || looking.opening || looking.message.is_some() {
                    looking.help = false;
                    looking.opening = false;
                    looking.message = None;
                } else {
                    looking.picked = None;
                    work.stop_heat();
                }
            }
            _ => {}
        }
    }
    if let Some(to) = go_to {
        panes.seek(to);
    }
}

fn layers(panes: &mut Panes, looking: &mut Looking, layers: Layers) {
    let floor = panes.sheet.floor();
    looking::show(panes, looking, layers, floor);
}

/// How large letters and panels are, beside what the screen asks for.
#[derive(Resource, Clone, Copy, PartialEq, Debug)]
pub struct Scale(pub f32);

impl Default for Scale {
    fn default() -> Self {
        Self(1.0)
    }
}

impl Scale {
    fn times(&mut self, factor: f32) {
        self.0 = (self.0 * factor).clamp(0.6, 3.0);
    }
}
