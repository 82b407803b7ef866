//! What the window remembers from one time to the next: colours, size of letters, what was shown.

use std::path::PathBuf;

use bevy::prelude::*;
use serde::{Deserialize, Serialize};

use crate::input::Scale;
use crate::looking::{Looking, Panes, Tab};
use crate::palette::{Palette, Theme};
use crate::sheet::Layers;

/// What is remembered.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Memory {
    /// Light colours.
    pub light: bool,
    /// Size of letters.
    pub scale: Option<f32>,
    /// The half that was shown, by its place.
    pub layers: Option<usize>,
    /// The tab at the side, by its place.
    pub tab: Option<usize>,
}

/// The file, in the folder for settings of the user's system; none where there is no such folder.
fn file() -> Option<PathBuf> {
    let named = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let folder = named("XDG_CONFIG_HOME")
        .or_else(|| named("APPDATA"))
        .or_else(|| named("HOME").map(|home| home.join(".config")))?;
    Some(folder.join("doorward").join("viewer.ron"))
}

impl Memory {
    /// From the last time. What cannot be read is forgotten: it is only a habit.
    pub fn recall() -> Self {
        let text = file().and_then(|file| std::fs::read_to_string(file).ok());
        text.and_then(|text| ron::from_str(&text).ok()).unwrap_or_default()
    }

    /// The colours.
    pub fn theme(&self) -> Theme {
        if self.light { Theme::Light } else { Theme::Dark }
    }

    /// The size of letters.
    pub fn letters(&self) -> Scale {
        self.scale.filter(|scale| (0.6..=3.0).contains(scale)).map_or_else(Scale::default, Scale)
    }

    /// The half.
    pub fn half(&self) -> Layers {
        self.layers.and_then(|place| Layers::ALL.get(place).copied()).unwrap_or_default()
    }

    /// The tab.
    pub fn side(&self) -> Tab {
        self.tab.and_then(|place| Tab::ALL.get(place).copied()).unwrap_or_default()
    }
}

/// Writes it down when the window closes.
pub(crate) fn keep(
    mut exits: MessageReader<AppExit>,
    panes: Res<Panes>,
    looking: Res<Looking>,
    palette: Res<Palette>,
    scale: Res<Scale>,
) {
    if exits.read().next().is_none() {
        return;
    }
    let memory = Memory {
        light: palette.theme() == Theme::Light,
        scale: Some(scale.0),
        layers: Layers::ALL.iter().position(|layers| *layers == panes.sheet.layers()),
        tab: Tab::ALL.iter().position(|tab| *tab == looking.tab),
    };
    let (Some(file), Ok(text)) = (file(), ron::to_string(&memory)) else { return };
    // Nothing is lost where it cannot be written: the next window begins as if for the first time.
    if let Some(folder) = file.parent()
        && std::fs::create_dir_all(folder).is_ok()
    {
        let _ = std::fs::write(file, text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_recalled_and_what_cannot_be_used_is_forgotten() {
        let memory = Memory { light: true, scale: Some(1.5), layers: Some(1), tab: Some(2) };
        let text = ron::to_string(&memory).expect("it can be written");
        let again: Memory = ron::from_str(&text).expect("it can be read");
        assert_eq!(again, memory);
        assert_eq!((again.theme(), again.half(), again.side()), (Theme::Light, Layers::Network, Tab::Events));
        let odd = Memory { scale: Some(99.0), layers: Some(17), tab: Some(17), ..memory };
        assert_eq!((odd.letters(), odd.half(), odd.side()), (Scale::default(), Layers::default(), Tab::default()));
    }
}
