//! Names of a compiled site as ids, for the files that refer to them.

use indexmap::IndexMap;

use super::check::Check;
use super::site_part::SitePart;
use super::*;
use crate::text::Path;

/// Names of everything that may be referred to, in the order of ids.
pub(super) struct Names {
    pub(super) zones: IndexMap<String, ()>,
    pub(super) portals: IndexMap<String, ()>,
    pub(super) panels: IndexMap<String, ()>,
    pub(super) segments: IndexMap<String, ()>,
    pub(super) devices: IndexMap<String, ()>,
    pub(super) services: IndexMap<String, ()>,
    pub(super) accounts: IndexMap<String, ()>,
    pub(super) assets: IndexMap<String, ()>,
    pub(super) jacks: IndexMap<String, ()>,
    pub(super) roles: IndexMap<String, ()>,
    pub(super) people: IndexMap<String, ()>,
    pub(super) credentials: IndexMap<String, ()>,
    pub(super) cabinets: IndexMap<String, ()>,
    pub(super) feeds: IndexMap<String, ()>,
}

macro_rules! finders {
    ($($(#[$doc:meta])+ $name:ident: $what:literal in $map:ident -> $id:ident),+ $(,)?) => {$(
        $(#[$doc])+
        pub(super) fn $name(&self, path: &Path, name: &str, check: &mut Check<'_>) -> $id {
            // A dangling name is a problem already noted; the plan is thrown away.
            $id::from_index(check.find(path, $what, name, &self.$map).unwrap_or(0))
        }
    )+};
}

impl Names {
    pub(super) fn of(site: &SitePart) -> Self {
        fn names<T>(items: &[T], name: impl Fn(&T) -> &String) -> IndexMap<String, ()> {
            items.iter().map(|i| (name(i).clone(), ())).collect()
        }
        Self {
            zones: names(&site.zones, |z| &z.name),
            portals: names(&site.portals, |p| &p.name),
            panels: names(&site.panels, |p| &p.name),
            segments: names(&site.segments, |s| &s.name),
            devices: names(&site.devices, |d| &d.name),
            services: names(&site.services, |s| &s.name),
            accounts: names(&site.accounts, |a| &a.name),
            assets: names(&site.assets, |a| &a.name),
            jacks: names(&site.jacks, |j| &j.name),
            roles: names(&site.roles, |r| &r.name),
            people: names(&site.people, |p| &p.name),
            credentials: names(&site.credentials, |c| &c.name),
            cabinets: names(&site.cabinets, |c| &c.name),
            feeds: names(&site.feeds, |f| &f.name),
        }
    }

    finders! {
        /// A zone.
        zone: "zone" in zones -> ZoneId,
        /// A portal.
        portal: "portal" in portals -> PortalId,
        /// A panel.
        panel: "panel" in panels -> PanelId,
        /// A segment.
        segment: "segment" in segments -> SegmentId,
        /// A device.
        device: "device" in devices -> DeviceId,
        /// A service.
        service: "service" in services -> ServiceId,
        /// An account.
        account: "account" in accounts -> AccountId,
        /// An asset.
        asset: "asset" in assets -> AssetId,
        /// A jack.
        jack: "jack" in jacks -> JackId,
        /// A role.
        role: "role" in roles -> RoleId,
        /// A person.
        person: "person" in people -> PersonId,
        /// A credential: a name in `credentials`, or a person's badge.
        credential: "credential" in credentials -> CredentialId,
        /// A key cabinet.
        cabinet: "cabinet" in cabinets -> CabinetId,
        /// A feed.
        feed: "feed" in feeds -> FeedId,
    }

    /// Each name of a list as an id.
    pub(super) fn each<I>(
        &self,
        path: &Path,
        names: &[String],
        check: &mut Check<'_>,
        find: impl Fn(&Self, &Path, &str, &mut Check<'_>) -> I,
    ) -> Vec<I> {
        names.iter().enumerate().map(|(i, name)| find(self, &path.child(i.to_string()), name, check)).collect()
    }

    /// The same; an empty list is a problem.
    pub(super) fn some<I>(
        &self,
        path: &Path,
        names: &[String],
        check: &mut Check<'_>,
        find: impl Fn(&Self, &Path, &str, &mut Check<'_>) -> I,
    ) -> Vec<I> {
        if names.is_empty() {
            check.problem(path, "nothing is named", "name at least one");
        }
        self.each(path, names, check, find)
    }

    /// Members of roles, and people by name; nobody at all is a problem.
    pub(super) fn members(
        &self,
        path: &Path,
        names: &[String],
        site: &SitePart,
        check: &mut Check<'_>,
    ) -> Vec<PersonId> {
        let mut people = Vec::new();
        for (i, name) in names.iter().enumerate() {
            if let Some(person) = self.people.get_index_of(name) {
                people.push(PersonId::from_index(person));
            } else {
                let role = self.role(&path.child(i.to_string()), name, check);
                people.extend(site.roles.get(role.index()).into_iter().flat_map(|r| r.people.iter().copied()));
            }
        }
        if people.is_empty() {
            check.problem(path, "these roles have no members", "name a role with a head count above 0");
        }
        people
    }
}
