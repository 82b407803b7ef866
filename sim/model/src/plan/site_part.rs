//! The site half of a plan, and what follows from its parts together: ways, sensors by place, who reaches whom.

use super::*;
use crate::defence::NetworkFile;
use crate::site::SiteFile;

/// The site half of a plan.
#[derive(Clone, Debug)]
pub(super) struct SitePart {
    pub pace: Pace,
    pub zones: Vec<Zone>,
    pub portals: Vec<Portal>,
    pub panels: Vec<Panel>,
    pub sensors: Vec<Sensor>,
    pub sensor_types: Vec<String>,
    pub assets: Vec<Asset>,
    pub segments: Vec<Segment>,
    pub flows: Vec<Flow>,
    pub devices: Vec<Device>,
    pub services: Vec<Service>,
    pub accounts: Vec<Account>,
    pub jacks: Vec<Jack>,
    pub roles: Vec<Role>,
    pub people: Vec<Person>,
    pub credentials: Vec<Credential>,
    pub posts: Vec<Post>,
    pub forces: Vec<Force>,
    pub areas: Vec<Area>,
    pub muster: Option<ZoneId>,
    pub wifi: Vec<Wifi>,
    pub cabinets: Vec<Cabinet>,
    pub feeds: Vec<Feed>,
    pub habits: Option<Habits>,
    pub routines: Vec<Routine>,
}

/// Fills in what follows from the rest: ways, cameras, sensors by place, reach, logs.
pub(super) fn join(part: &mut SitePart, file: &SiteFile, network: &NetworkFile) {
    apart(part, file, network);
    for (index, portal) in part.portals.iter().enumerate() {
        let id = PortalId::from_index(index);
        part.zones[portal.outer.index()].ways.push((id, Direction::Entry));
        part.zones[portal.inner.index()].ways.push((id, Direction::Exit));
    }
    for (index, sensor) in part.sensors.iter().enumerate() {
        let id = SensorId::from_index(index);
        match sensor.watches {
            Watch::Portal(p) => part.portals[p.index()].sensors.push(id),
            Watch::Zone(z) => part.zones[z.index()].sensors.push(id),
            Watch::Asset(a) => part.assets[a.index()].sensors.push(id),
        }
    }
    for (index, device) in file.devices.values().enumerate() {
        for view in &device.views {
            if let Some(zone) = file.zones.get_index_of(view) {
                part.zones[zone].cameras.push(DeviceId::from_index(index));
            }
        }
    }
    for (index, account) in part.accounts.iter().enumerate() {
        if let Some(person) = account.person {
            part.people[person.index()].accounts.push(AccountId::from_index(index));
        }
    }
    for index in 0..part.segments.len() {
        let from = Origin::Segment(SegmentId::from_index(index));
        part.segments[index].reach = reach(part, file, from);
        part.segments[index].panels = reached_panels(part, file, from);
    }
    for index in 0..part.devices.len() {
        let from = Origin::Device(DeviceId::from_index(index));
        part.devices[index].reach = reach(part, file, from);
        part.devices[index].panels = reached_panels(part, file, from);
        part.devices[index].browses = browses(part, DeviceId::from_index(index));
        part.devices[index].logs_arrive = part.devices[index].logs_to.is_some_and(|collector| {
            let (segment, to) = (part.devices[index].segment, part.devices[collector.index()].segment);
            part.segments[segment.index()].line == part.segments[to.index()].line
                || part.flows.iter().any(|f| {
                    f.allowed
                        && f.carries_logs
                        && covers(f.from, segment, Some(DeviceId::from_index(index)))
                        && covers(f.to, to, Some(collector))
                })
        });
    }
}

fn covers(end: Origin, segment: SegmentId, device: Option<DeviceId>) -> bool {
    match end {
        Origin::Segment(s) => s == segment,
        Origin::Device(d) => Some(d) == device,
    }
}

/// What the defence makes of the network: rows out of force, jacks closed, segments joined to one.
fn apart(part: &mut SitePart, file: &SiteFile, network: &NetworkFile) {
    for flow in &mut part.flows {
        flow.allowed &= !network.closes.contains(&flow.purpose);
    }
    if network.jacks_closed {
        part.jacks.iter_mut().for_each(|jack| jack.open = false);
    }
    let of_guests = |segment: SegmentId| part.wifi.iter().any(|w| w.guests && w.segment == segment);
    let joined: Vec<bool> = (0..part.segments.len())
        .map(|i| {
            let kept_apart =
                file.segments.get_index(i).is_some_and(|(_, s)| s.internet || s.beyond_wan || s.hosts_isolated);
            network.flat && !kept_apart && !of_guests(SegmentId::from_index(i))
        })
        .collect();
    for (index, joined) in joined.into_iter().enumerate() {
        part.segments[index].line = if joined { 0 } else { index as u32 + 1 };
    }
}

/// Whether a device may open connections to the internet.
fn browses(part: &SitePart, device: DeviceId) -> bool {
    let segment = part.devices[device.index()].segment;
    let internet = |to: Origin| matches!(to, Origin::Segment(s) if part.segments[s.index()].internet);
    part.flows.iter().any(|f| f.allowed && internet(f.to) && covers(f.from, segment, Some(device)))
}

/// Panels that can be reached from somewhere under the allow-list.
fn reached_panels(part: &SitePart, file: &SiteFile, from: Origin) -> IdSet {
    let mut reach = IdSet::with_len(part.panels.len());
    for (index, panel) in part.panels.iter().enumerate() {
        let permitted = |f: &Flow| covers(f.to, panel.segment, None);
        if connects(part, file, from, panel.segment, permitted) {
            reach.insert(index);
        }
    }
    reach
}

/// Whether a connection to a segment can be opened: on one line, or by a row of the allow-list that permits it.
fn connects(part: &SitePart, file: &SiteFile, from: Origin, to: SegmentId, permitted: impl Fn(&Flow) -> bool) -> bool {
    let (segment, device) = match from {
        Origin::Segment(s) => (s, None),
        Origin::Device(d) => (part.devices[d.index()].segment, Some(d)),
    };
    let isolated = file.segments.get_index(segment.index()).is_some_and(|(_, s)| s.hosts_isolated);
    let one_line = part.segments[to.index()].line == part.segments[segment.index()].line;
    one_line && !(isolated && to == segment)
        || part.flows.iter().any(|f| f.allowed && covers(f.from, segment, device) && permitted(f))
}

/// Services that can be reached from somewhere under the allow-list.
fn reach(part: &SitePart, file: &SiteFile, from: Origin) -> IdSet {
    let mut reach = IdSet::with_len(part.services.len());
    for (index, service) in part.services.iter().enumerate() {
        let host = &part.devices[service.device.index()];
        let permitted =
            |f: &Flow| covers(f.to, host.segment, Some(service.device)) && f.protocols.contains(&service.protocol);
        if from == Origin::Device(service.device) || connects(part, file, from, host.segment, permitted) {
            reach.insert(index);
        }
    }
    reach
}
