//! Figures that the engine and the defence go by and that no file states, since neither a site nor a policy is the place
//! for them. None was measured in public: each is an assumption, and results list it beside those of the files.

use super::Assumption;
use crate::base::SimDuration;
use crate::site::Grade;

/// A badge that was read longer ago than this says nothing of where its holder is: many doors let out without one.
pub const RECORD_STALE_AFTER: SimDuration = SimDuration::from_secs(16 * 3600);
/// Until somebody sees that a change has broken something, where nobody looks for it.
pub const BREAKAGE_SEEN_AFTER: SimDuration = SimDuration::from_secs(30 * 60);
/// A panel on a crowded line keeps its server for up to this long.
pub const CROWDED_UP_AT_MOST: SimDuration = SimDuration::from_secs(10 * 60);
/// And then loses it for up to this long.
pub const CROWDED_DOWN_AT_MOST: SimDuration = SimDuration::from_secs(4 * 60);
/// The share of sensors that give most of the nuisance in a run.
pub const NUISANCE_SENSORS: f64 = 0.1;
/// How many times the rate of the file they have; the others have what is left of it.
pub const NUISANCE_FACTOR: f64 = 7.0;
/// Guests need an escort into zones of this level and above.
pub const ESCORTED_FROM_LEVEL: u8 = 2;
/// From this level on the rights of people inside are looked at again.
pub const REAUTHORISED_FROM_LEVEL: u8 = 2;

/// Until the all-clear after a fire alarm that somebody pulled.
pub const FALSE_FIRE_LASTS: SimDuration = SimDuration::from_secs(20 * 60);

/// How long who opens a door from inside keeps it open for somebody outside. An assumption.
pub const HELD_OPEN: SimDuration = SimDuration::from_secs(10);

/// A leaf that stands open for as long as this or longer is wedged, and nobody has hold of it.
pub const WEDGED_FROM: SimDuration = SimDuration::from_secs(15);

/// Wrong passwords that an attempt to guess one leaves in the log. An assumption.
pub const WRONG_PASSWORDS: u32 = 5;

/// Until a connection to the internet that somebody cut is mended.
pub const CUT_MENDED_AFTER: SimDuration = SimDuration::from_secs(4 * 3600);
/// How many activations a flood of alarms has.
pub const FLOOD_ALARMS: u32 = 60;
/// From one of them to the next.
pub const FLOOD_EVERY: SimDuration = SimDuration::from_secs(10);

/// All of them, as results list them.
pub fn assumptions() -> impl Iterator<Item = Assumption> {
    let figures = [
        (
            "record_stale_after",
            RECORD_STALE_AFTER.to_string(),
            "A working day and the way home; many doors let out without a badge.",
        ),
        ("breakage_seen_after", BREAKAGE_SEEN_AFTER.to_string(), "What a checklist saves; nothing measured was found."),
        ("crowded_up_at_most", CROWDED_UP_AT_MOST.to_string(), "What matters is that it comes and goes in minutes."),
        (
            "crowded_down_at_most",
            CROWDED_DOWN_AT_MOST.to_string(),
            "What matters is that it comes and goes in minutes.",
        ),
        (
            "nuisance_sensors",
            NUISANCE_SENSORS.to_string(),
            "The coarsest heavy tail: a tenth of the sensors give seven tenths of all.",
        ),
        (
            "nuisance_factor",
            NUISANCE_FACTOR.to_string(),
            "The coarsest heavy tail: a tenth of the sensors give seven tenths of all.",
        ),
        (
            "escorted_from_level",
            ESCORTED_FROM_LEVEL.to_string(),
            "Where the site begins to ask who comes; lobbies and toilets are below.",
        ),
        (
            "reauthorised_from_level",
            REAUTHORISED_FROM_LEVEL.to_string(),
            "Nobody is put out of a lobby for the end of a shift.",
        ),
        (
            "false_fire_lasts",
            FALSE_FIRE_LASTS.to_string(),
            "The fire service comes, looks, and resets: a quarter to half an hour. Not measured.",
        ),
        ("cut_mended_after", CUT_MENDED_AFTER.to_string(), "A carrier's promise for a business line; not measured."),
        (
            "wedged_from",
            WEDGED_FROM.to_string(),
            "When panels of several makers begin to warn that a door is open too long; that nobody looks at it then is ours.",
        ),
        ("held_open", HELD_OPEN.to_string(), "A foot in the door until the other is through; not measured."),
        ("wrong_passwords", WRONG_PASSWORDS.to_string(), "Below the usual limits of lock-out; not measured."),
        ("flood_alarms", FLOOD_ALARMS.to_string(), "Enough to keep a desk busy for an hour; not measured."),
        ("flood_every", FLOOD_EVERY.to_string(), "As fast as a console lists them; not measured."),
    ];
    figures.into_iter().map(|(name, value, source)| Assumption {
        file: "built in".to_owned(),
        path: name.to_owned(),
        value,
        grade: Grade::Assumption,
        source: source.to_owned(),
    })
}
