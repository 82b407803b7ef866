//! The table of controls, as docs/controls.md has it: one owner for what a control is, where it is written and what shows
//! it.

use crate::text::wrap;
use serde::Serialize;

const TABLE: &str = include_str!("../docs/controls.md");

/// A control.
#[derive(Clone, Serialize)]
pub(crate) struct Control {
    /// Area: access, identity, network.
    pub(crate) area: String,
    pub(crate) name: String,
    /// Fields of files.
    pub(crate) written_as: String,
    /// Patterns of rules, with the rule that ships.
    pub(crate) spoken_of_by: String,
    /// Scenarios, defences and sites.
    pub(crate) shown_by: String,
    /// Tests.
    pub(crate) switched_by: String,
}

impl Control {
    pub(crate) fn text(&self) -> String {
        let mut text = wrap(&format!("control: {} ({})", self.name, self.area), 2);
        for (label, value) in [
            ("written as", &self.written_as),
            ("spoken of by", &self.spoken_of_by),
            ("shown by", &self.shown_by),
            ("switched by", &self.switched_by),
        ] {
            text += &wrap(&format!("  {label}: {}", value.replace('`', "")), 6);
        }
        text
    }
}

/// All of them, in the order of the table.
pub(crate) fn all() -> Vec<Control> {
    let (mut area, mut controls) = (String::new(), Vec::new());
    for line in TABLE.lines() {
        if let Some(title) = line.strip_prefix("## ") {
            area = title.to_lowercase();
        }
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let [name, written_as, spoken_of_by, shown_by, switched_by] = cells[..] else { continue };
        if !line.starts_with('|') || name == "control" {
            continue;
        }
        controls.push(Control {
            area: area.clone(),
            name: name.to_owned(),
            written_as: written_as.to_owned(),
            spoken_of_by: spoken_of_by.to_owned(),
            shown_by: shown_by.to_owned(),
            switched_by: switched_by.to_owned(),
        });
    }
    controls
}

/// The control of this name, or those that are written as a field of this name.
pub(crate) fn about(name: &str) -> Vec<Control> {
    let field = |control: &Control| {
        let words = control.written_as.split(|c: char| !(c.is_alphanumeric() || c == '_'));
        name.len() > 3 && words.into_iter().any(|word| word == name)
    };
    all().into_iter().filter(|control| control.name.eq_ignore_ascii_case(name) || field(control)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_read_whole() {
        let controls = all();
        let rows = TABLE.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| control")).count();
        assert!(controls.len() > 60 && controls.len() == rows, "{} of {rows}", controls.len());
        assert!(controls.iter().all(|control| !control.area.is_empty() && !control.name.is_empty()));
        assert!(about("mantraps").len() == 1 && !about("anti_passback").is_empty());
    }
}
