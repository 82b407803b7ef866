//! Typed dense ids, and sets of them.
//!
//! Names become ids once, at load; at run time everything is a vector indexed by id. Ids count from 0 in file order,
//! so they change when a file changes: they never enter a draw's key (see [`EntityKey`](super::EntityKey)).

use serde::Serialize;

macro_rules! ids {
    ($($(#[$doc:meta])+ $name:ident),+ $(,)?) => {$(
        $(#[$doc])+
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
        pub struct $name(pub u32);

        impl $name {
            /// The place of this id in a vector by id.
            #[inline]
            #[must_use]
            pub const fn index(self) -> usize {
                self.0 as usize
            }

            /// The id of the entry at `index` of a vector by id.
            ///
            /// # Panics
            /// If `index` does not fit in 32 bits.
            #[inline]
            #[must_use]
            pub fn from_index(index: usize) -> Self {
                // INVARIANT (id width): a vector by id has fewer than 2^32 entries.
                Self(u32::try_from(index).expect("INVARIANT (id width): an index fits in 32 bits"))
            }
        }
    )+};
}

ids! {
    /// A zone: a room, corridor, yard or void.
    ZoneId,
    /// A portal: a door, gate, window or other way between two zones.
    PortalId,
    /// A door controller panel.
    PanelId,
    /// A network segment.
    SegmentId,
    /// An allowed network flow between segments.
    FlowId,
    /// A networked device.
    DeviceId,
    /// A service that a device offers.
    ServiceId,
    /// A user or machine account.
    AccountId,
    /// A sensor: door contact, motion detector, camera analytics.
    SensorId,
    /// An asset: something worth stealing, sabotaging or protecting.
    AssetId,
    /// A person: staff, visitor or guard.
    PersonId,
    /// A role that people hold.
    RoleId,
    /// A credential: badge, key, PIN, password or token.
    CredentialId,
    /// A guard post.
    PostId,
    /// A response force.
    ForceId,
    /// A queue of work for operators.
    QueueId,
    /// A rule of a defence.
    RuleId,
    /// An attack technique.
    TechniqueId,
    /// An adversary: a team with one objective.
    AdversaryId,
    /// An actor: one member of an adversary's team.
    ActorId,
    /// An alarm raised in a run.
    AlarmId,
    /// A network jack in a wall.
    JackId,
    /// An area: zones that belong together.
    AreaId,
    /// A key cabinet.
    CabinetId,
    /// A wireless network.
    WifiId,
    /// A mains feed.
    FeedId,
    /// A barrier: something that takes time to defeat.
    BarrierId,
}

/// A dense set of ids of one kind, one bit each, with room fixed when it is made.
///
/// Comparisons are by content for sets made with the same room; sets with different room are never equal.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct IdSet {
    words: Vec<u64>,
}

impl IdSet {
    /// The empty set with room for the ids `0..n`.
    #[must_use]
    pub fn with_len(n: usize) -> Self {
        Self { words: vec![0; n.div_ceil(64)] }
    }

    /// The set of all ids `0..n`.
    #[must_use]
    pub fn full(n: usize) -> Self {
        let mut set = Self { words: vec![u64::MAX; n.div_ceil(64)] };
        if let (Some(last), rest @ 1..) = (set.words.last_mut(), n % 64) {
            *last = (1 << rest) - 1;
        }
        set
    }

    /// Adds `index`; true if it was not there before.
    ///
    /// # Panics
    /// If `index` is outside the room that the set was made with (rounded up to a multiple of 64).
    #[inline]
    pub fn insert(&mut self, index: usize) -> bool {
        let (word, bit) = (&mut self.words[index / 64], 1 << (index % 64));
        let new = *word & bit == 0;
        *word |= bit;
        new
    }

    /// Takes `index` out; true if it was there. An index outside the room is never there.
    #[inline]
    pub fn remove(&mut self, index: usize) -> bool {
        let was_there = self.contains(index);
        if was_there {
            self.words[index / 64] &= !(1 << (index % 64));
        }
        was_there
    }

    /// Whether `index` is in the set. An index outside the room is not.
    #[inline]
    #[must_use]
    pub fn contains(&self, index: usize) -> bool {
        self.words.get(index / 64).is_some_and(|word| word >> (index % 64) & 1 == 1)
    }

    /// Takes everything out and keeps the room.
    pub fn clear(&mut self) {
        self.words.fill(0);
    }

    /// Whether nothing is in the set.
    #[inline]
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|&word| word == 0)
    }

    /// How many ids are in the set.
    #[must_use]
    pub fn len(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// The indices in the set, ascending.
    pub fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.words.iter().enumerate().flat_map(|(at, &word)| {
            // Each step drops the lowest bit that is set.
            std::iter::successors(Some(word), |&left| Some(left & left.wrapping_sub(1)))
                .take_while(|&left| left != 0)
                .map(move |left| at * 64 + left.trailing_zeros() as usize)
        })
    }

    /// The first index in the set at or after this one: for going through a set that changes meanwhile.
    #[inline]
    #[must_use]
    pub fn first_from(&self, index: usize) -> Option<usize> {
        let words = self.words.iter().enumerate().skip(index / 64);
        // Of the first word, only what is not before the index.
        let ahead =
            words.map(|(at, &word)| (at, if at == index / 64 { word >> (index % 64) << (index % 64) } else { word }));
        ahead.filter(|(_, word)| *word != 0).map(|(at, word)| at * 64 + word.trailing_zeros() as usize).next()
    }

    /// Adds everything that is in `other`.
    ///
    /// # Panics
    /// If the two sets were made with different room.
    pub fn union_with(&mut self, other: &Self) {
        assert_eq!(self.words.len(), other.words.len(), "INVARIANT (id set): both sets are of one kind");
        for (word, more) in self.words.iter_mut().zip(&other.words) {
            *word |= more;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_go_to_an_index_and_back() {
        assert_eq!(ZoneId::from_index(7), ZoneId(7));
        assert_eq!(ZoneId(7).index(), 7);
    }

    #[test]
    fn sets_insert_remove_and_iterate_in_order() {
        let mut set = IdSet::with_len(130);
        assert!(set.is_empty());
        for index in [129, 0, 64, 63, 0] {
            set.insert(index);
        }
        assert_eq!(set.iter().collect::<Vec<_>>(), [0, 63, 64, 129]);
        assert_eq!(
            [0, 1, 64, 65, 129, 130, 1_000].map(|from| set.first_from(from)),
            [Some(0), Some(63), Some(64), Some(129), Some(129), None, None]
        );
        assert!(set.contains(129) && !set.contains(1) && !set.contains(100_000));
        assert!(set.remove(63) && !set.remove(63) && !set.remove(100_000));
        assert_eq!(set.len(), 3);
        set.clear();
        assert!(set.is_empty());
    }

    #[test]
    fn full_holds_exactly_n() {
        for n in [0, 1, 63, 64, 65, 128] {
            assert_eq!(IdSet::full(n).iter().collect::<Vec<_>>(), (0..n).collect::<Vec<_>>());
        }
    }

    #[test]
    fn union_adds() {
        let (mut a, mut b) = (IdSet::with_len(70), IdSet::with_len(70));
        a.insert(1);
        b.insert(69);
        a.union_with(&b);
        assert_eq!(a.iter().collect::<Vec<_>>(), [1, 69]);
    }
}
