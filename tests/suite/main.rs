//! What Doorward promises, end to end: one module a behaviour.

mod recorded;
mod support;
mod techniques;
mod worlds;

mod attacks;
mod brackets;
mod capability;
mod cli;
mod content;
mod continuity;
mod controls;
mod determinism;
mod diagnostics;
mod draws;
mod easi;
mod golden;
mod guards;
mod heat;
mod identity;
mod lessons;
mod naive;
mod operations;
mod paths;
mod people;
mod properties;
mod queues;
mod records;
mod replay;
mod tidy;
mod views;
