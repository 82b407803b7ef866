//! Ordinary acts, of the site's routines and of a scenario's injects.

use super::check::Check;
use super::names::Names;
use super::site_part::SitePart;
use super::*;
use crate::site::{RoutineFile, RoutineKindFile, SiteFile};
use crate::text::Path;

/// Most often that anything may happen, per hour.
pub(super) const MOST_PER_HOUR: f64 = 600.0;

/// Compiles the routines of a site.
pub(super) fn routines(file: &SiteFile, site: &SitePart, names: &Names, check: &mut Check<'_>) -> Vec<Routine> {
    file.routines.iter().map(|(name, of)| routine(name, of, site, names, check)).collect()
}

fn routine(name: &str, file: &RoutineFile, site: &SitePart, names: &Names, check: &mut Check<'_>) -> Routine {
    let path = Path::from("routines").child(name);
    let act = act(&file.act, &path.child("act"), site, names, check);
    let per_day = check.number(&path.child("per_day"), &file.per_day);
    let hours = hours_per_week(&file.hours);
    let per_hour = if hours > 0.0 { per_day * 7.0 / hours } else { 0.0 };
    if per_hour > MOST_PER_HOUR {
        check.problem(&path.child("per_day"), "this is absurdly often", "at most 600 times per hour");
    }
    Routine {
        name: name.to_string(),
        key: EntityKey::new("routine", name),
        act,
        per_hour: per_hour.min(MOST_PER_HOUR),
        hours: file.hours.clone(),
    }
}

/// Compiles one act; `path` is where it is written.
pub(super) fn act(
    file: &RoutineKindFile,
    path: &Path,
    site: &SitePart,
    names: &Names,
    check: &mut Check<'_>,
) -> RoutineAct {
    let at = |field: &str| path.child(field);
    match file {
        RoutineKindFile::VendorSession { account, service, ticketed, lasts } => RoutineAct::VendorSession {
            account: names.account(&at("account"), account, check),
            service: names.service(&at("service"), service, check),
            ticketed: check.chance(&at("ticketed"), ticketed),
            lasts: check.time(&at("lasts"), lasts),
        },
        RoutineKindFile::RemoteUnlock { account, portals, requested } => RoutineAct::RemoteUnlock {
            account: names.account(&at("account"), account, check),
            portals: names.some(&at("portals"), portals, check, Names::portal),
            requested: check.chance(&at("requested"), requested),
        },
        RoutineKindFile::RemoteWork { roles, service, lasts } => {
            let mut people = names.members(&at("roles"), roles, site, check);
            let on = names.service(&at("service"), service, check);
            people.retain(|person| site.accounts.iter().any(|a| a.person == Some(*person) && a.services.contains(&on)));
            if people.is_empty() {
                check.problem(
                    &at("roles"),
                    format!("nobody of these roles has an account on `{service}`"),
                    "add an account with that person and service",
                );
            }
            RoutineAct::RemoteWork { people, service: on, lasts: check.time(&at("lasts"), lasts) }
        }
        RoutineKindFile::Badge { credentials, portals } => RoutineAct::Badge {
            credentials: names.some(&at("credentials"), credentials, check, Names::credential),
            portals: with_reader(&at("portals"), portals, site, names, check),
        },
        RoutineKindFile::Login { accounts, service } => RoutineAct::Login {
            accounts: names.some(&at("accounts"), accounts, check, Names::account),
            service: names.service(&at("service"), service, check),
        },
        RoutineKindFile::KeyWithdrawal { cabinet, roles, returns_after } => RoutineAct::KeyWithdrawal {
            cabinet: names.cabinet(&at("cabinet"), cabinet, check),
            people: names.members(&at("roles"), roles, site, check),
            returns_after: check.time(&at("returns_after"), returns_after),
        },
        RoutineKindFile::ItemRemoval { assets, portals, passed } => RoutineAct::ItemRemoval {
            assets: names.some(&at("assets"), assets, check, Names::asset),
            portals: names.some(&at("portals"), portals, check, Names::portal),
            passed: check.chance(&at("passed"), passed),
        },
        RoutineKindFile::ConfigurationChange { account, devices, planned } => RoutineAct::ConfigurationChange {
            account: names.account(&at("account"), account, check),
            devices: names.some(&at("devices"), devices, check, Names::device),
            planned: check.chance(&at("planned"), planned),
        },
        RoutineKindFile::HealthFailure { devices, what } => RoutineAct::HealthFailure {
            devices: names.some(&at("devices"), devices, check, Names::device),
            what: *what,
        },
        RoutineKindFile::UnusualBehaviour { roles } => {
            RoutineAct::UnusualBehaviour { people: names.members(&at("roles"), roles, site, check) }
        }
        RoutineKindFile::UnknownDevice { jacks } => {
            RoutineAct::UnknownDevice { jacks: names.some(&at("jacks"), jacks, check, Names::jack) }
        }
        RoutineKindFile::SlowSegment { segments } => {
            RoutineAct::SlowSegment { segments: names.some(&at("segments"), segments, check, Names::segment) }
        }
        RoutineKindFile::Enrolment { account, credentials, requested } => RoutineAct::Enrolment {
            account: names.account(&at("account"), account, check),
            credentials: names.some(&at("credentials"), credentials, check, Names::credential),
            requested: check.chance(&at("requested"), requested),
        },
        RoutineKindFile::MistypedPassword { accounts } => {
            RoutineAct::MistypedPassword { accounts: names.some(&at("accounts"), accounts, check, Names::account) }
        }
        RoutineKindFile::EndpointFalseAlarm { devices } => {
            RoutineAct::EndpointFalseAlarm { devices: names.some(&at("devices"), devices, check, Names::device) }
        }
        RoutineKindFile::RefusedConnection { services } => {
            RoutineAct::RefusedConnection { services: names.some(&at("services"), services, check, Names::service) }
        }
        RoutineKindFile::PanelOpened { panels } => {
            RoutineAct::PanelOpened { panels: names.some(&at("panels"), panels, check, Names::panel) }
        }
        RoutineKindFile::PanelFlaps { panels, lasts } => RoutineAct::PanelFlaps {
            panels: names.some(&at("panels"), panels, check, Names::panel),
            lasts: check.time(&at("lasts"), lasts),
        },
    }
}

fn with_reader(
    path: &Path,
    names_of: &[String],
    site: &SitePart,
    names: &Names,
    check: &mut Check<'_>,
) -> Vec<PortalId> {
    let portals = names.some(path, names_of, check, Names::portal);
    for (i, portal) in portals.iter().enumerate() {
        let known = names.portals.contains_key(&names_of[i]);
        if known && site.portals[portal.index()].readers[Direction::Entry.index()].is_none() {
            check.problem(
                &path.child(i.to_string()),
                format!("`{}` has no reader inwards", names_of[i]),
                "name a portal with an `entry` reader",
            );
        }
    }
    portals
}

/// Hours of a week that windows cover, to the minute; all of them where there are none.
pub(super) fn hours_per_week(windows: &[Window]) -> f64 {
    if windows.is_empty() {
        return 168.0;
    }
    let minutes = (0..7 * 24 * 60_u64).filter(|m| windows.iter().any(|w| w.contains(m * 60_000))).count();
    minutes as f64 / 60.0
}
