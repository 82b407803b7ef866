//! The people half of a site: days, guests, habits, areas, wireless networks, cabinets, feeds.

use super::check::Check;
use super::names::Names;
use super::site_part::SitePart;
use super::*;
use crate::site::people::*;
use crate::site::{CredentialStatus, DeviceKind, SiteFile, Technology, ZoneKind};
use crate::text::Path;

/// Most errands of one kind that a member may run in a day.
const MOST_PER_DAY: f64 = 200.0;

/// Adds what people do to a compiled site; members' own accounts come after those of the file.
pub(super) fn fill(site: &mut SitePart, file: &SiteFile, check: &mut Check<'_>) {
    accounts(site, file, check);
    let names = Names::of(site);
    cabinets(site, file, &names, check);
    for (index, (name, role)) in file.roles.iter().enumerate() {
        let path = Path::from("roles").child(name);
        let day = role.day.as_ref().map(|day| one_day(day, &path.child("day"), file, &names, check));
        let guest = role.guest.as_ref().map(|guest| one_guest(guest, &path.child("guest"), &names, check));
        if day.is_some() && role.shift.is_empty() {
            check.problem_at_key(&path, format!("`{name}` has a day but no shift"), "state the shift that it fills");
        }
        if let Some(role) = site.roles.get_mut(index) {
            (role.day, role.guest) = (day, guest);
        }
    }
    for role in &site.roles {
        let Some(day) = role.day.as_ref().filter(|day| !day.base.is_empty()) else { continue };
        for (k, person) in role.people.iter().enumerate() {
            site.people[person.index()].base = Some(day.base[k % day.base.len()]);
        }
    }
    for (index, credential) in site.credentials.iter().enumerate() {
        if let (Some(person), Some(CredentialStatus::Superseded)) = (credential.person, credential.status)
            && let Some(person) = site.people.get_mut(person.index())
        {
            person.old_badges.push(CredentialId::from_index(index));
        }
    }
    places(site, file, &names, check);
    site.habits = file.habits.as_ref().map(|habits| one_habits(habits, check));
}

fn accounts(site: &mut SitePart, file: &SiteFile, check: &mut Check<'_>) {
    let names = Names::of(site);
    for (index, (name, role)) in file.roles.iter().enumerate() {
        let Some(account) = &role.account else { continue };
        let path = Path::from("roles").child(name).child("account").child("services");
        let services = names.some(&path, &account.services, check, Names::service);
        let Some(members) = site.roles.get(index).map(|r| r.people.clone()) else { continue };
        for person in members {
            let owner = &site.people[person.index()].name;
            if names.accounts.contains_key(owner) {
                let path = Path::from("accounts").child(owner);
                check.problem_at_key(
                    &path,
                    format!("`{owner}` gets an account of that name by the role `{name}` as well"),
                    "rename this one",
                );
                continue;
            }
            site.accounts.push(Account {
                name: owner.clone(),
                key: EntityKey::new("account", owner),
                person: Some(person),
                services: services.clone(),
                role: account.role,
                second_factor: account.second_factor,
                vendor: None,
                break_glass: false,
                workplace: None,
            });
        }
    }
}

fn one_day(file: &DayFile, path: &Path, site: &SiteFile, names: &Names, check: &mut Check<'_>) -> Day {
    let offsite = |zone: &str| site.zones.get(zone).is_none_or(|z| z.kind == ZoneKind::Offsite);
    let home = match &file.home {
        Some(home) => {
            if !offsite(home) {
                check.problem(
                    &path.child("home"),
                    format!("`{home}` lies on the site"),
                    "name a zone of kind `Offsite`",
                );
            }
            names.zone(&path.child("home"), home, check)
        }
        None => ZoneId::from_index(site.zones.values().position(|z| z.kind == ZoneKind::Offsite).unwrap_or(0)),
    };
    let lead = file.lead.as_ref().map_or(SimDuration::ZERO, |lead| check.duration(&path.child("lead"), lead));
    let service = |field: &str, name: &Option<String>, check: &mut Check<'_>| {
        name.as_ref().map(|name| names.service(&path.child(field), name, check))
    };
    Day {
        home,
        attends: check.chance(&path.child("attends"), &file.attends),
        remote_share: check.chance_or_zero(&path.child("remote_share"), file.remote_share.as_ref()),
        lead,
        arrives: check.time(&path.child("arrives"), &file.arrives),
        leaves: check.time(&path.child("leaves"), &file.leaves),
        base: names.each(&path.child("base"), &file.base, check, Names::zone),
        errands: file
            .errands
            .iter()
            .map(|(name, errand)| one_errand(name, errand, &path.child("errands").child(name), names, check))
            .collect(),
        logs_in: service("logs_in", &file.logs_in, check),
        remote: service("remote", &file.remote, check),
        remote_desktop: check.chance_or_zero(&path.child("remote_desktop"), file.remote_desktop.as_ref()),
        wifi: file.wifi,
        works_holidays: file.works_holidays,
    }
}

fn one_errand(name: &str, file: &ErrandFile, path: &Path, names: &Names, check: &mut Check<'_>) -> Errand {
    let per_day = check.number(&path.child("per_day"), &file.per_day);
    if per_day > MOST_PER_DAY {
        check.problem(&path.child("per_day"), format!("{per_day} times a day is absurdly often"), "at most 200");
    }
    if file.off_shift && file.hours.is_empty() {
        check.problem_at_key(path, "an errand off shift needs its hours", "add `hours: [..]`");
    }
    Errand {
        name: name.to_string(),
        key: EntityKey::new("errand", name),
        to: names.some(&path.child("to"), &file.to, check, Names::zone),
        per_day: per_day.min(MOST_PER_DAY),
        stays: check.time(&path.child("stays"), &file.stays),
        hours: file.hours.clone(),
        round: file.round,
        off_shift: file.off_shift,
        booked: check.chance_or_zero(&path.child("booked"), file.booked.as_ref()),
        work_order: check.chance_or_zero(&path.child("work_order"), file.work_order.as_ref()),
        props: check.chance_or_zero(&path.child("props"), file.props.as_ref()),
    }
}

fn one_guest(file: &GuestFile, path: &Path, names: &Names, check: &mut Check<'_>) -> Guest {
    if file.overstays.is_some() != file.overstays_by.is_some() {
        check.problem_at_key(
            path,
            "only one of `overstays` and `overstays_by` is stated",
            "state how many stay on and for how long",
        );
    }
    Guest {
        valid_for: check.duration(&path.child("valid_for"), &file.valid_for),
        escorts: names.each(&path.child("escorts"), &file.escorts, check, Names::role),
        overstays: check.chance_or_zero(&path.child("overstays"), file.overstays.as_ref()),
        overstays_by: check.time_or_zero(&path.child("overstays_by"), file.overstays_by.as_ref()),
    }
}

fn one_habits(file: &HabitsFile, check: &mut Check<'_>) -> Habits {
    let path = Path::from("habits");
    Habits {
        follows: check.chance(&path.child("follows"), &file.follows),
        forgets_badge: check.chance(&path.child("forgets_badge"), &file.forgets_badge),
        loses_badge: check.chance(&path.child("loses_badge"), &file.loses_badge),
        reports_loss_after: check.time(&path.child("reports_loss_after"), &file.reports_loss_after),
        old_badge: check.chance(&path.child("old_badge"), &file.old_badge),
        help_time: check.time(&path.child("help_time"), &file.help_time),
        leaves_session: check.chance(&path.child("leaves_session"), &file.leaves_session),
        joins_wifi: check.chance(&path.child("joins_wifi"), &file.joins_wifi),
        stale_device: check.chance(&path.child("stale_device"), &file.stale_device),
        leaves_company: check.chance(&path.child("leaves_company"), &file.leaves_company),
    }
}

fn cabinets(site: &mut SitePart, file: &SiteFile, names: &Names, check: &mut Check<'_>) {
    for (name, cabinet) in &file.cabinets {
        let path = Path::from("cabinets").child(name);
        let keys = names.some(&path.child("keys"), &cabinet.keys, check, Names::credential);
        for (i, key) in keys.iter().enumerate() {
            if site.credentials.get(key.index()).is_some_and(|c| c.technology != Technology::Key) {
                let path = path.child("keys").child(i.to_string());
                check.problem(&path, format!("`{}` is no key", cabinet.keys[i]), "a credential of technology `Key`");
            }
        }
        site.cabinets.push(Cabinet {
            name: name.clone(),
            key: EntityKey::new("cabinet", name),
            device: names.device(&path.child("device"), &cabinet.device, check),
            keys,
            roles: names.some(&path.child("roles"), &cabinet.roles, check, Names::role),
            hours: cabinet.hours.clone(),
            return_within: check.duration(&path.child("return_within"), &cabinet.return_within),
        });
    }
}

/// Areas, wireless networks, feeds, muster point.
fn places(site: &mut SitePart, file: &SiteFile, names: &Names, check: &mut Check<'_>) {
    fn set_of(path: &Path, list: &[String], names: &Names, check: &mut Check<'_>) -> IdSet {
        let mut set = IdSet::with_len(names.zones.len());
        for zone in names.some(path, list, check, Names::zone) {
            set.insert(zone.index());
        }
        set
    }
    for (index, (name, area)) in file.areas.iter().enumerate() {
        let path = Path::from("areas").child(name).child("zones");
        let zones = set_of(&path, &area.zones, names, check);
        for (i, zone) in area.zones.iter().enumerate() {
            let Some(zone) = names.zones.get_index_of(zone).and_then(|z| site.zones.get_mut(z)) else { continue };
            if zone.area.replace(AreaId::from_index(index)).is_some() {
                let message = format!("`{}` lies in another area already", zone.name);
                check.problem(&path.child(i.to_string()), message, "a zone belongs to one area at most");
            }
        }
        site.areas.push(Area { name: name.clone(), zones });
    }
    for (name, wifi) in &file.wifi {
        let path = Path::from("wifi").child(name);
        let segment = names.segment(&path.child("segment"), &wifi.segment, check);
        site.wifi.push(Wifi {
            name: name.clone(),
            key: EntityKey::new("wifi", name),
            segment,
            admitted_by: admits(&site.devices, segment),
            zones: set_of(&path.child("zones"), &wifi.zones, names, check),
            guests: wifi.guests,
        });
    }
    for (name, feed) in &file.feeds {
        let path = Path::from("feeds").child(name);
        let zones = set_of(&path.child("zones"), &feed.zones, names, check);
        let portals = (0..site.portals.len()).filter(|&p| zones.contains(site.portals[p].inner.index()));
        let panels = (0..site.panels.len()).filter(|&p| zones.contains(site.panels[p].zone.index()));
        let devices = (0..site.devices.len()).filter(|&d| zones.contains(site.devices[d].zone.index()));
        site.feeds.push(Feed {
            name: name.clone(),
            portals: portals.map(PortalId::from_index).collect(),
            panels: panels.map(PanelId::from_index).collect(),
            devices: devices.map(DeviceId::from_index).collect(),
            backup: check.duration(&path.child("backup"), &feed.backup),
            zones,
        });
    }
    site.muster = file.muster.as_ref().map(|zone| names.zone(&Path::from("muster"), zone, check));
}

/// Errands that lead home: whoever goes home has left.
fn errands_home(role: &Role, site: &SitePart, check: &mut Check<'_>) {
    let Some(day) = &role.day else { return };
    for errand in &day.errands {
        for (i, zone) in errand.to.iter().enumerate().filter(|(_, zone)| **zone == day.home) {
            let path = Path::from("roles").child(&role.name).child("day").child("errands").child(&errand.name);
            let name = &site.zones[zone.index()].name;
            check.problem(
                &path.child("to").child(i.to_string()),
                format!("an errand of `{}` leads home, to `{name}`", role.name),
                "name another zone: a second one of kind `Offsite` stands for shops and streets",
            );
        }
    }
}

/// Places to which people of a role are said to go, and to which no badge of theirs leads.
pub(super) fn unreachable_places(site: &SitePart, check: &mut Check<'_>) {
    for role in &site.roles {
        let Some(day) = &role.day else { continue };
        errands_home(role, site, check);
        let path = Path::from("roles").child(&role.name).child("day");
        let (out, back) = (reach(site, role, day.home, false), reach(site, role, day.home, true));
        let base = day.base.iter().enumerate().map(|(i, zone)| (path.child("base").child(i.to_string()), *zone));
        let errands = day.errands.iter().flat_map(|errand| {
            let path = path.child("errands").child(&errand.name).child("to");
            errand.to.iter().enumerate().map(move |(i, zone)| (path.child(i.to_string()), *zone))
        });
        for (at, zone) in base.chain(errands) {
            let name = &site.zones[zone.index()].name;
            if !out.contains(zone.index()) {
                check.problem(
                    &at,
                    format!("no badge of `{}` leads to `{name}`", role.name),
                    "give the role an access level with that zone and those on the way, or send it elsewhere",
                );
            } else if !back.contains(zone.index()) {
                check.problem(
                    &at,
                    format!("`{}` could not get out of `{name}` again", role.name),
                    "give the role an access level with the zones on the way out",
                );
            }
        }
    }
}

/// Zones that a role gets to from one, or (`back`) from which it gets there.
fn reach(site: &SitePart, role: &Role, from: ZoneId, back: bool) -> IdSet {
    let mut seen = IdSet::with_len(site.zones.len());
    seen.insert(from.index());
    let mut open = vec![from];
    while let Some(zone) = open.pop() {
        for &(portal, leaving) in &site.zones[zone.index()].ways {
            let door = &site.portals[portal.index()];
            let (there, direction) = match (leaving, back) {
                (Direction::Entry, false) => (door.inner, Direction::Entry),
                (Direction::Exit, false) => (door.outer, Direction::Exit),
                (Direction::Entry, true) => (door.inner, Direction::Exit),
                (Direction::Exit, true) => (door.outer, Direction::Entry),
            };
            if passes(door, direction, role) && seen.insert(there.index()) {
                open.push(there);
            }
        }
    }
    seen
}

/// The device that lets others join a wireless network.
fn admits(devices: &[Device], segment: SegmentId) -> Option<DeviceId> {
    let of = |wanted: &dyn Fn(&Device) -> bool| devices.iter().position(wanted).map(DeviceId::from_index);
    of(&|d| d.kind == DeviceKind::NetworkEquipment && d.segment == segment)
        .or_else(|| of(&|d| d.kind == DeviceKind::NetworkEquipment))
        .or_else(|| of(&|d| d.kind == DeviceKind::IdentityProvider))
}
