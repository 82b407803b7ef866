//! Keyed random draws: every draw is a pure function of what it is for, never of what was drawn before.
//!
//! The generator is Philox4x32-10 (Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as 1, 2, 3", SC11).
//! Its key is the entity; its counter holds seed, run, purpose and ordinal. Two defences that are compared therefore
//! share the luck of everything that happens in both, in any order of events and on any number of threads.

use serde::Serialize;

#[cfg(debug_assertions)]
use rustc_hash::FxHashSet;

/// One block of Philox4x32-10, as specified by Random123 (checked against its known answers).
#[inline]
#[must_use]
pub const fn philox4x32_10(counter: [u32; 4], key: [u32; 2]) -> [u32; 4] {
    let ([mut c0, mut c1, mut c2, mut c3], [mut k0, mut k1]) = (counter, key);
    let mut round = 0;
    while round < 10 {
        let p0 = c0 as u64 * 0xD251_1F53;
        let p1 = c2 as u64 * 0xCD9E_8D57;
        (c0, c1, c2, c3) = ((p1 >> 32) as u32 ^ c1 ^ k0, p1 as u32, (p0 >> 32) as u32 ^ c3 ^ k1, p0 as u32);
        k0 = k0.wrapping_add(0x9E37_79B9);
        k1 = k1.wrapping_add(0xBB67_AE85);
        round += 1;
    }
    [c0, c1, c2, c3]
}

/// The identity of an entity in draws: a hash of its kind and name, so that other entities may come and go.
///
/// Two names may hash alike, though hardly ever (64 bits): the loader refuses a site in which they do.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
pub struct EntityKey(u64);

impl EntityKey {
    /// The key of the entity `kind:name`: FNV-1a of those bytes in UTF-8, then the finaliser of SplitMix64.
    ///
    /// This function is part of what makes old results reproducible: it never changes.
    #[must_use]
    pub fn new(kind: &str, name: &str) -> Self {
        let bytes = kind.bytes().chain([b':']).chain(name.bytes());
        let fnv = bytes
            .fold(0xCBF2_9CE4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3));
        // FNV alone leaves similar names with similar hashes.
        Self(splitmix64(fnv))
    }

    /// The key of a pair, for draws that concern two parties. The order matters: a door's reader and the reader's
    /// door are different pairs.
    #[inline]
    #[must_use]
    pub const fn mix(self, other: Self) -> Self {
        Self(splitmix64(self.0.rotate_left(32) ^ splitmix64(other.0)))
    }

    /// The key of an entity spawned in a run: the `ordinal`-th that `self` spawned for `purpose`.
    #[inline]
    #[must_use]
    pub const fn child(self, purpose: Purpose, ordinal: u64) -> Self {
        self.mix(Self(purpose as u64)).mix(Self(ordinal))
    }
}

/// One output of SplitMix64 (Steele, Lea, Flood 2014) from the state `x`: a one-to-one scramble of 64 bits.
#[inline]
const fn splitmix64(x: u64) -> u64 {
    let x = x.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}

/// What a draw decides. The numbers are part of every draw's counter: never renumber, only add (up to 4095).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[repr(u16)]
pub enum Purpose {
    /// When one of them comes.
    TrafficTime = 2,
    /// When the one after that comes.
    TrafficNextTime = 3,
    /// When one of them comes.
    NuisanceTime = 4,
    /// When the one after that comes.
    NuisanceNextTime = 5,
    /// When one of them comes.
    RoutineTime = 6,
    /// When the one after that comes.
    RoutineNextTime = 7,
    /// Which way they go.
    TrafficDirection = 8,
    /// Who that is.
    TrafficPerson = 9,
    /// How long a reader takes.
    ReadTime = 10,
    /// Whether a reader rejects a good credential.
    ReadFailure = 11,
    /// How long it takes to go through.
    PassTime = 12,
    /// Whether somebody who was granted does not open.
    NotTaken = 13,
    /// How long a leaf takes to close behind somebody.
    CloseTime = 14,
    /// Whether somebody holds the leaf open.
    DoorHeld = 15,
    /// How many people pass a portal in an hour.
    TrafficCount = 16,
    /// For how long.
    HeldTime = 17,
    /// How long a panel takes to decide.
    DecisionTime = 18,
    /// When a change at the server reaches a panel.
    DownloadTime = 19,
    /// How many nuisance activations a sensor gives in an hour.
    NuisanceCount = 20,
    /// How many ordinary acts of a kind there are in an hour.
    RoutineCount = 21,
    /// Whom it concerns, and where.
    RoutineDetail = 22,
    /// Whether it follows the rules: a ticket, a request.
    RoutineForm = 23,
    /// How long it lasts.
    RoutineLength = 24,
    /// Whether an inject happens.
    InjectChance = 25,
    /// Whether a sensor senses what is there to be sensed.
    Sensing = 26,
    /// When an adversary begins.
    AdversaryStart = 27,
    /// How long it waits at a door.
    Patience = 28,
    /// How long it tries in all.
    GivesUp = 29,
    /// How long an attempt takes.
    TechniqueDuration = 30,
    /// Whether it works.
    TechniqueSuccess = 31,
    /// Whether endpoint detection sees it.
    EndpointDetection = 32,
    /// Whether somebody lets a stranger follow.
    FollowAllowed = 33,
    /// Whether a second body gets through on one opening.
    FollowFits = 34,
    /// Whether somebody who refused reports it.
    FollowReported = 35,
    /// Whether somebody challenges a stranger at work.
    Challenge = 36,
    /// How long until somebody reports what they saw, or what they lost.
    ReportDelay = 37,
    /// How long an alarm takes to reach its queue.
    Annunciate = 38,
    /// How long an operator takes to acknowledge.
    Acknowledge = 39,
    /// How long an operator takes to assess.
    Assess = 40,
    /// What the assessment concludes.
    Verdict = 41,
    /// Whether a hand-over loses the alarm.
    Handover = 42,
    /// How long an order takes to have its effect.
    OrderLatency = 43,
    /// Whether a message gets through to the response force.
    Communication = 44,
    /// How long the force takes to arrive.
    ForceArrival = 45,
    /// How long a guard searches.
    SearchTime = 46,
    /// Whether a search finds who is there.
    SearchResult = 47,
    /// How a meeting of guard and intruder ends.
    ContactOutcome = 48,
    /// When somebody sets out for the site.
    ArrivalTime = 50,
    /// Whether they come for a shift at all.
    Attendance = 51,
    /// When they leave.
    DepartureTime = 52,
    /// Whether somebody who does not come works from afar.
    RemoteDay = 53,
    /// Whether they drive the computer at their base from there.
    RemoteDesktop = 54,
    /// When they open the gateway.
    RemoteTime = 55,
    /// Whether the badge lies at home.
    BadgeForgotten = 56,
    /// Whether the badge is lost that day.
    BadgeLost = 57,
    /// When it is lost.
    LossTime = 58,
    /// How long until they report it.
    LossReported = 59,
    /// Whether they present a superseded badge first.
    OldBadge = 60,
    /// Whether their device is behind with its patches.
    StaleDevice = 61,
    /// Whether they leave the company that day.
    LeavesCompany = 62,
    /// Whether a session stays open while they are away from it.
    SessionLeft = 63,
    /// How many errands of a kind somebody runs in a day.
    ErrandCount = 64,
    /// Whether they prop the last door open.
    ErrandProps = 65,
    /// When an errand begins.
    ErrandTime = 66,
    /// Where it leads.
    ErrandPlace = 67,
    /// How long they stay there.
    ErrandStay = 68,
    /// Whether a booking is on file.
    Booking = 70,
    /// Whether a work order is on file.
    WorkOrder = 71,
    /// Whether somebody goes through an open door behind another.
    Following = 72,
    /// How long it takes to be helped at a door.
    HelpTime = 73,
    /// Whether a device joins the Wi-Fi anew.
    JoinsWifi = 74,
    /// For how much longer a guest stays than agreed.
    OverstayTime = 76,
    /// Whether one stays on.
    Overstays = 77,
    /// How long analytics take.
    AnalyticsTime = 78,
    /// Whether they see two people, rightly or not.
    AnalyticsSee = 79,
    /// How much of the nuisance a sensor gives.
    NuisanceShare = 80,
    /// How long it takes to hand an alarm to another team.
    HandoverTime = 81,
    /// How long an operator takes to write up and close.
    WriteUp = 82,
    /// How long until what a response took is given back.
    RecoveryTime = 83,
    /// How long until the next round of a guard.
    PatrolPause = 84,
    /// How long a guard on patrol looks round.
    PatrolStay = 85,
    /// How long a change in the personnel records takes to reach another system.
    TransferTime = 86,
    /// Whether it gets lost on the way.
    TransferFails = 87,
    /// How long until somebody does it by hand.
    ByHandTime = 88,
    /// How long until records are put right.
    RecordsRepaired = 89,
    /// Whether a change breaks what it is put on.
    ChangeBreaks = 90,
    /// How long until the next system is changed.
    ChangeTime = 91,
    /// How long a change takes to be taken back.
    RollbackTime = 92,
    /// How long repair by hand takes.
    RepairTime = 93,
    /// How long a panel on a crowded line keeps its server.
    CrowdedUpTime = 94,
    /// For how long it then loses it.
    CrowdedDownTime = 95,
    /// Whether somebody types the duress code by mistake.
    Duress = 96,
}

/// How many bits of a counter hold the ordinal; the other 12 of that word hold half the number of the purpose,
/// since a block of the generator serves two.
const ORDINAL_BITS: u32 = 20;

/// The source of all randomness of one run.
///
/// In debug builds it keeps a record of the keys used and panics if one is used twice: two decisions that share a
/// draw are not independent.
#[derive(Clone, Debug)]
pub struct Draws {
    seed: u64,
    run: u32,
    #[cfg(debug_assertions)]
    used: FxHashSet<(EntityKey, Purpose, u32)>,
}

impl Draws {
    /// The draws of run number `run` under `seed`.
    #[must_use]
    pub const fn new(seed: u64, run: u32) -> Self {
        Self {
            seed,
            run,
            #[cfg(debug_assertions)]
            used: FxHashSet::with_hasher(rustc_hash::FxBuildHasher),
        }
    }

    /// Goes on to another run. Keeps its memory.
    pub fn restart(&mut self, seed: u64, run: u32) {
        (self.seed, self.run) = (seed, run);
        #[cfg(debug_assertions)]
        self.used.clear();
    }

    /// The seed of the draws to come: the study's seed until the first fork.
    #[must_use]
    pub const fn seed(&self) -> u64 {
        self.seed
    }

    /// The number of the run.
    #[must_use]
    pub const fn run(&self) -> u32 {
        self.run
    }

    /// The draw number `n` of an entity for a purpose: 64 uniform bits, the same whenever it is asked for.
    ///
    /// `n` is causal (which attempt, which hour), never "the next one".
    ///
    /// # Panics
    /// If `n` is 2²⁰ or more; in debug builds also if the same draw is made twice.
    #[inline]
    pub fn draw(&mut self, key: EntityKey, purpose: Purpose, n: u32) -> u64 {
        assert!(n < 1 << ORDINAL_BITS, "INVARIANT (draw ordinal): {purpose:?} number {n} does not fit in 20 bits");
        #[cfg(debug_assertions)]
        self.record(key, purpose, n);
        self.block(key, purpose as u32 >> 1, n)[(purpose as usize) & 1]
    }

    /// Two draws of one entity for the price of one: those of a purpose with an even number and of the one after it.
    ///
    /// # Panics
    /// As [`Draws::draw`] does; in debug builds also if the first purpose is not even.
    #[inline]
    pub fn draw_both(&mut self, key: EntityKey, even: Purpose, odd: Purpose, n: u32) -> [u64; 2] {
        assert!(n < 1 << ORDINAL_BITS, "INVARIANT (draw ordinal): {even:?} number {n} does not fit in 20 bits");
        debug_assert!(
            even as u16 & 1 == 0 && odd as u16 == even as u16 + 1,
            "INVARIANT (draw pair): {even:?}, {odd:?}"
        );
        #[cfg(debug_assertions)]
        for purpose in [even, odd] {
            self.record(key, purpose, n);
        }
        self.block(key, even as u32 >> 1, n)
    }

    #[cfg(debug_assertions)]
    #[inline]
    fn record(&mut self, key: EntityKey, purpose: Purpose, n: u32) {
        assert!(
            self.used.insert((key, purpose, n)),
            "INVARIANT (draw key): each key is used once, but {key:?} {purpose:?} number {n} came again"
        );
    }

    /// One block of the generator: 128 bits, half for each of two purposes.
    #[inline]
    fn block(&self, key: EntityKey, pair: u32, n: u32) -> [u64; 2] {
        let what = pair << ORDINAL_BITS | n;
        let counter = [self.seed as u32, (self.seed >> 32) as u32, self.run, what];
        let [a, b, c, d] = philox4x32_10(counter, [key.0 as u32, (key.0 >> 32) as u32]);
        [u64::from(b) << 32 | u64::from(a), u64::from(d) << 32 | u64::from(c)]
    }

    /// Gives the draws not yet made the luck of another `branch`; branch 0 changes nothing.
    ///
    /// Alternatives from one instant are compared by forking each of them to the same branches.
    pub fn fork(&mut self, branch: u64) {
        if branch != 0 {
            self.seed = splitmix64(self.seed ^ splitmix64(branch));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `kat_vectors` of Random123, lines `philox4x32 10`.
    #[test]
    fn philox_gives_the_published_answers() {
        assert_eq!(philox4x32_10([0; 4], [0; 2]), [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]);
        assert_eq!(philox4x32_10([!0; 4], [!0; 2]), [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]);
        let pi = [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344];
        let answer = [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1];
        assert_eq!(philox4x32_10(pi, [0xa409_3822, 0x299f_31d0]), answer);
    }

    /// Frozen: if this changes, every stored result changes.
    #[test]
    fn keys_and_draws_are_stable() {
        assert_eq!(EntityKey::new("door", "lobby"), EntityKey(KEY));
        assert_eq!(Draws::new(7, 3).draw(EntityKey(KEY), Purpose::Sensing, 2), DRAW);
        assert_eq!(splitmix64(0), 0xe220_a839_7b1d_cdaf, "first output of the reference implementation from state 0");
    }
    const KEY: u64 = 0x6fda_54f3_840b_c2e9;
    const DRAW: u64 = 0xdc68_fba6_4eed_f329;

    #[test]
    fn order_of_mixing_matters() {
        let (a, b) = (EntityKey::new("door", "a"), EntityKey::new("door", "b"));
        assert_ne!(a.mix(b), b.mix(a));
        assert_ne!(a.mix(a), b.mix(b));
        assert_ne!(a.child(Purpose::TrafficTime, 1), a.child(Purpose::TrafficCount, 1));
        assert_ne!(a.child(Purpose::TrafficTime, 1), a.child(Purpose::TrafficTime, 2));
        assert_ne!(EntityKey::new("a", "b:c"), EntityKey::new("b", "a:c"));
    }

    #[test]
    fn every_part_of_the_identity_counts() {
        let key = EntityKey::new("door", "a");
        let base = Draws::new(1, 1).draw(key, Purpose::Sensing, 1);
        assert_ne!(base, Draws::new(1 << 32 | 1, 1).draw(key, Purpose::Sensing, 1));
        assert_ne!(base, Draws::new(1, 2).draw(key, Purpose::Sensing, 1));
        assert_ne!(base, Draws::new(1, 1).draw(key, Purpose::Verdict, 1));
        assert_ne!(base, Draws::new(1, 1).draw(key, Purpose::Sensing, 2));
        assert_ne!(base, Draws::new(1, 1).draw(EntityKey::new("door", "b"), Purpose::Sensing, 1));
    }

    #[test]
    fn forks_change_what_is_to_come() {
        let key = EntityKey::new("door", "a");
        let draw_after = |branches: &[u64]| {
            let mut draws = Draws::new(1, 1);
            branches.iter().for_each(|&branch| draws.fork(branch));
            draws.draw(key, Purpose::Sensing, 0)
        };
        assert_eq!(draw_after(&[]), draw_after(&[0]));
        assert_eq!(draw_after(&[1, 2]), draw_after(&[1, 2]));
        assert_ne!(draw_after(&[]), draw_after(&[1]));
        assert_ne!(draw_after(&[1, 2]), draw_after(&[2, 1]));
    }

    #[test]
    #[cfg(debug_assertions)]
    #[should_panic(expected = "each key is used once")]
    fn a_key_is_used_once_even_across_a_fork() {
        let mut draws = Draws::new(1, 1);
        draws.draw(EntityKey(5), Purpose::Sensing, 0);
        draws.fork(1);
        draws.draw(EntityKey(5), Purpose::Sensing, 0);
    }

    #[test]
    #[should_panic(expected = "draw ordinal")]
    fn the_ordinal_is_checked() {
        Draws::new(1, 1).draw(EntityKey(5), Purpose::Sensing, 1 << 20);
    }
}
