//! Tests of the defence: a small site, and one `check` that plays a story to it.

mod access;
mod fixture;
mod identity;
mod plays;
mod risk;
mod rules;
