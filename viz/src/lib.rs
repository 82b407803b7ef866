//! The viewer: runs, seen.
//!
//! ```text
//!   work (files, many runs) ──> Session (one run: its record, its clock) ──> View (one instant)
//!                                                  │                            │
//!              panels (egui: time, alarms, ...) <──┴──> plan, network (meshes) <┘
//! ```
//!
//! It reads the simulator and is never read by it. All that moves comes from [`View`], which [`Session`] makes anew for the
//! instant that the clock shows; all that is listed comes from its [`Record`]. What somebody looks at is
//! [`Looking`], and nothing else is state.

mod app;
mod canvas;
mod input;
mod looking;
mod memory;
mod network;
mod paint;
mod palette;
mod panels;
mod plan;
mod replay;
mod room;
mod session;
mod sheet;
mod shot;
mod view;
mod work;

pub use app::{Show, furnish, show};
pub use input::Scale;
pub use looking::{Clock, Heated, Lens, Looking, Panes, Picked, Tab};
pub use memory::Memory;
pub use palette::{Palette, Theme};
pub use replay::replay;
pub use session::{Alarm, Mark, Record, Session, Stage, clock};
pub use sheet::{Layers, Sheet};
pub use shot::{Camera, NoAdapter};
pub use view::{Body, Doing, Figure, View};
pub use work::{Slot, Source, Work};
