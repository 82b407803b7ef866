//! What Doorward promises, end to end: one module a behaviour.

mod recorded;
mod support;
mod worlds;

mod attacks;
mod cli;
mod content;
mod determinism;
mod diagnostics;
mod draws;
mod easi;
mod golden;
mod naive;
mod operations;
mod properties;
mod replay;
mod tidy;
