//! Colours. Whatever has a colour has a second cue beside it: a shape, a sign, a word.

use bevy::color::{Alpha, Color};
use bevy::prelude::Resource;
use doorward_model::site::ZoneKind;

/// Light or dark.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Theme {
    /// For a bright room and a projector.
    Light,
    /// For a dim one.
    #[default]
    Dark,
}

/// The colours of a theme: those of Okabe and Ito for what matters, which most colour-blind people can tell apart.
#[derive(Resource, Clone, Copy, PartialEq, Debug)]
pub struct Palette {
    theme: Theme,
}

impl Palette {
    /// Of a theme.
    pub fn new(theme: Theme) -> Self {
        Self { theme }
    }

    /// The theme.
    pub fn theme(self) -> Theme {
        self.theme
    }

    fn pick(self, light: u32, dark: u32) -> Color {
        let rgb = match self.theme {
            Theme::Light => light,
            Theme::Dark => dark,
        };
        Color::srgb_u8((rgb >> 16) as u8, (rgb >> 8) as u8, rgb as u8)
    }

    /// Behind everything.
    pub fn ground(self) -> Color {
        self.pick(0xf4f4f0, 0x14171c)
    }

    /// Behind words at the side.
    pub fn panel(self) -> Color {
        self.pick(0xffffff, 0x1b1f26)
    }

    /// The name of a zone, on it.
    pub fn zone_name(self) -> Color {
        self.pick(0x2c3038, 0xc9ced8)
    }

    /// Walls.
    pub fn wall(self) -> Color {
        self.pick(0x3c4048, 0x8f97a3)
    }

    /// Words.
    pub fn text(self) -> Color {
        self.pick(0x1c1e22, 0xe4e6ea)
    }

    /// Words that matter less.
    pub fn faint(self) -> Color {
        self.pick(0x6b6f78, 0x8a909b)
    }

    /// A zone: its hue says what it is for, its depth how well it is kept.
    pub fn zone(self, kind: ZoneKind, level: u8) -> Color {
        let base = match kind {
            ZoneKind::Offsite => self.pick(0xeceae4, 0x1a1d22),
            ZoneKind::Grounds => self.pick(0xe2e8d8, 0x1e2621),
            ZoneKind::Lobby | ZoneKind::Corridor | ZoneKind::Stairwell | ZoneKind::Lift => {
                self.pick(0xe6e6e6, 0x262a31)
            }
            ZoneKind::Office | ZoneKind::Meeting | ZoneKind::Welfare => self.pick(0xdde6ee, 0x222c37),
            _ => self.pick(0xe8dcea, 0x30273a),
        };
        if matches!(kind, ZoneKind::Offsite) {
            return base;
        }
        let (towards, share) = match self.theme {
            Theme::Light => (Color::srgb_u8(0x70, 0x58, 0x98), 0.07),
            Theme::Dark => (Color::srgb_u8(0xa0, 0x88, 0xd8), 0.055),
        };
        mixed(base, towards, share * f32::from(level.min(5)))
    }

    /// A band of the network.
    pub fn band(self, internet: bool) -> Color {
        if internet { self.pick(0xdfe6ee, 0x1c2530) } else { self.pick(0xe9e9e4, 0x1d2026) }
    }

    /// A device in the network.
    pub fn device(self) -> Color {
        self.pick(0xffffff, 0x2a2f38)
    }

    /// What the network lets through.
    pub fn flow(self) -> Color {
        self.pick(0x7f8a99, 0x5d6878).with_alpha(0.45)
    }

    /// What is worth taking.
    pub fn asset(self) -> Color {
        self.pick(0x8a6d00, 0xe8c547)
    }

    /// A share of many runs, from 0 to 1, on a zone.
    pub fn heat(self, zone: Color, share: f32) -> Color {
        let hot = self.pick(0xb2182b, 0xff6a4d);
        // By its root, so that what is seldom is seen as well.
        mixed(zone, hot, 0.9 * share.sqrt())
    }

    /// Somebody who works here.
    pub fn person(self) -> Color {
        self.pick(0x5b7388, 0x9fb4c7)
    }

    /// A guard.
    pub fn guard(self) -> Color {
        self.pick(0x0072b2, 0x56b4e9)
    }

    /// An adversary.
    pub fn adversary(self) -> Color {
        self.pick(0xd55e00, 0xff7a1a)
    }

    /// What is open to everybody.
    pub fn open(self) -> Color {
        self.pick(0x009e73, 0x2fd0a0)
    }

    /// What somebody released.
    pub fn released(self) -> Color {
        self.pick(0xcc79a7, 0xf09cc8)
    }

    /// What nobody can open.
    pub fn dead(self) -> Color {
        self.pick(0x000000, 0xffffff)
    }

    /// An alarm.
    pub fn alarm(self) -> Color {
        self.pick(0xb8860b, 0xf0e442)
    }
}

fn mixed(a: Color, b: Color, share: f32) -> Color {
    let (a, b) = (a.to_srgba(), b.to_srgba());
    let mix = |a: f32, b: f32| a + (b - a) * share;
    Color::srgb(mix(a.red, b.red), mix(a.green, b.green), mix(a.blue, b.blue))
}
