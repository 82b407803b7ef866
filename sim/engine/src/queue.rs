//! The event queue: wheels within wheels, first in first out at one instant.
//!
//! Nothing is ever scheduled before what was taken last, so entries need no order until they are near. Time is cut into
//! blocks of a minute or so. What is due in the block of now lies in the slots of that block, by 64 ms, each a list in
//! order. What is due later lies, in no order but that of scheduling, in wheels of 256 slots: a slot of the first is a
//! block, and of each further one a whole turn of the wheel before. An entry waits in the wheel of the highest digit, to
//! the base of 256, in which its block differs from that of now, in that digit's slot. When the slot's turn comes, its
//! entries move to the wheels before it and to the slots of the block: so most are put once, where they stay, whatever
//! else is pending, and equal times keep the order of scheduling.
//!
//! After G. Varghese and T. Lauck, "Hashed and hierarchical timing wheels", ACM Operating Systems Review 21 (1987) 25-38,
//! and R. Brown, "Calendar queues", Communications of the ACM 31 (1988) 1220-1227.

use doorward_model::base::SimTime;

/// Bits of a time that say where in its slot of the block it lies.
const FINE: u32 = 6;
/// Bits that say where in its block: the rest is the number of the block.
const BLOCK: u32 = 16;
/// Slots of a block.
const NEAR: usize = 1 << (BLOCK - FINE);
/// Bits of a digit of a block's number.
const DIGIT: u32 = 8;
/// Slots of a wheel.
const FAR: usize = 1 << DIGIT;
/// Wheels.
const WHEELS: usize = 5;
/// The latest time that there is: what is due later is due then, in two million years.
const LATEST: u64 = (1 << (BLOCK + DIGIT * WHEELS as u32)) - 1;
/// The place of no entry: one is kept there that is never due, so that whoever is put into an empty slot has one to come
/// after, as elsewhere.
const NOBODY: u32 = 0;

/// Something due at a time.
#[derive(Clone, Copy, Debug)]
struct Entry<T> {
    at: u64,
    item: T,
    mark: bool,
    /// The entry behind it in its slot, or behind it in the list of free places.
    next: u32,
}

/// The entries of a slot, first to last.
#[derive(Clone, Copy, Debug)]
struct Slot {
    /// Means nothing while the slot is empty.
    first: u32,
    last: u32,
}

/// A row of slots, with what of them holds something: a bit for each, in words, and a bit for each word that is not zero.
#[derive(Clone, Debug)]
struct Slots<const N: usize, const WORDS: usize> {
    slots: [Slot; N],
    filled: [u64; WORDS],
    words: u32,
}

impl<const N: usize, const WORDS: usize> Slots<N, WORDS> {
    const EMPTY: Self = Self { slots: [Slot { first: NOBODY, last: NOBODY }; N], filled: [0; WORDS], words: 0 };

    /// The first slot that holds something. There is one.
    #[inline]
    fn nearest(&self) -> usize {
        let word = self.words.trailing_zeros() as usize % WORDS;
        word * 64 + self.filled[word].trailing_zeros() as usize % 64
    }

    /// Puts an entry last in a slot.
    // Without a branch: whether others are there is as good as chance.
    #[inline]
    fn append<T>(&mut self, slot: usize, place: u32, entries: &mut [Entry<T>]) {
        self.filled[slot / 64] |= 1 << (slot % 64);
        self.words |= 1 << (slot / 64);
        let Slot { first, last } = &mut self.slots[slot];
        let before = std::mem::replace(last, place);
        *first = if before == NOBODY { place } else { *first };
        entries[before as usize].next = place;
    }

    /// A slot now begins with this entry; with nobody: it is empty.
    #[inline]
    fn begin_with(&mut self, slot: usize, first: u32) {
        let empty = first == NOBODY;
        let Slot { last, .. } = self.slots[slot];
        self.slots[slot] = Slot { first, last: if empty { NOBODY } else { last } };
        let word = &mut self.filled[slot / 64];
        *word &= !(u64::from(empty) << (slot % 64));
        self.words &= !(u32::from(*word == 0) << (slot / 64));
    }

    /// Empties all.
    fn clear(&mut self) {
        while self.words != 0 {
            self.begin_with(self.nearest(), NOBODY);
        }
    }
}

/// A queue of things due, in order of time, then of scheduling.
#[derive(Clone, Debug)]
pub struct Queue<T> {
    entries: Vec<Entry<T>>,
    /// First of the free places among them.
    free: u32,
    /// What is due in the block of now, each slot in order.
    near: Slots<NEAR, { NEAR / 64 }>,
    /// What is due later.
    far: [Slots<FAR, { FAR / 64 }>; WHEELS],
    /// Which wheels of that hold something, a bit each.
    filled: u32,
    /// Time of the last one taken.
    clock: u64,
    /// The block of now: that of the clock, or of the next one due.
    block: u64,
    len: usize,
}

impl<T: Copy> Queue<T> {
    /// Empty, with room.
    pub fn with_capacity(capacity: usize) -> Self {
        let entries = Vec::with_capacity(capacity);
        let (near, far) = (Slots::EMPTY, [Slots::EMPTY; WHEELS]);
        Self { entries, free: NOBODY, near, far, filled: 0, clock: 0, block: 0, len: 0 }
    }

    /// Schedules. `mark` comes back with it.
    ///
    /// # Panics
    /// If it is due before what was taken last.
    #[inline(always)]
    pub fn push(&mut self, at: SimTime, item: T, mark: bool) {
        if self.free == NOBODY {
            self.grow(item);
        }
        // Written where it stays: by way of the stack it would be read before it is wholly written, which stalls.
        self.take_place(at, mark).item = item;
    }

    /// Adds a free place; what it holds meanwhile does not matter.
    #[cold]
    fn grow(&mut self, item: T) {
        let entry = Entry { at: 0, item, mark: false, next: NOBODY };
        if self.entries.is_empty() {
            self.entries.push(entry);
        }
        self.free = self.entries.len() as u32;
        self.entries.push(entry);
    }

    /// The first free place, put where its time belongs.
    fn take_place(&mut self, at: SimTime, mark: bool) -> &mut Entry<T> {
        let at = at.as_millis().min(LATEST);
        assert!(at >= self.clock, "INVARIANT (queue): {at} ms is not before {} ms", self.clock);
        let place = self.free;
        self.len += 1;
        let entry = &mut self.entries[place as usize];
        self.free = std::mem::replace(&mut entry.next, NOBODY);
        (entry.at, entry.mark) = (at, mark);
        self.put(place, at);
        &mut self.entries[place as usize]
    }

    /// Puts an entry where its time belongs.
    #[inline]
    fn put(&mut self, place: u32, at: u64) {
        let block = at >> BLOCK;
        if block != self.block {
            let digit = (block ^ self.block).ilog2() / DIGIT;
            let slot = (block >> (digit * DIGIT)) as usize % FAR;
            self.filled |= 1 << digit;
            return self.far[digit as usize].append(slot, place, &mut self.entries);
        }
        let slot = (at >> FINE) as usize % NEAR;
        if at >= self.entries[self.near.slots[slot].last as usize].at {
            return self.near.append(slot, place, &mut self.entries);
        }
        self.insert(slot, place, at);
    }

    /// Puts an entry into a slot of the block before the first that is later; there is one.
    #[inline(never)]
    fn insert(&mut self, slot: usize, place: u32, at: u64) {
        let mut after = self.near.slots[slot].first;
        if self.entries[after as usize].at > at {
            self.near.slots[slot].first = place;
            self.entries[place as usize].next = after;
            return;
        }
        loop {
            let next = self.entries[after as usize].next;
            if self.entries[next as usize].at > at {
                self.entries[after as usize].next = place;
                self.entries[place as usize].next = next;
                return;
            }
            after = next;
        }
    }

    /// The next one due: when, what, and its mark.
    #[inline(always)]
    pub fn pop(&mut self) -> Option<(SimTime, T, bool)> {
        if self.near.words == 0 && !self.next_block() {
            return None;
        }
        let slot = self.near.nearest();
        let place = self.near.slots[slot].first;
        let entry = &mut self.entries[place as usize];
        // Its place is free now, but not yet used again.
        let next = std::mem::replace(&mut entry.next, std::mem::replace(&mut self.free, place));
        self.clock = entry.at;
        self.len -= 1;
        self.near.begin_with(slot, next);
        Some((SimTime::from_millis(entry.at), entry.item, entry.mark))
    }

    /// Goes on to the block of the next one due; there may be none.
    #[inline(never)]
    fn next_block(&mut self) -> bool {
        while self.near.words == 0 {
            let digit = self.filled.trailing_zeros();
            let Some(wheel) = self.far.get_mut(digit as usize) else { return false };
            let slot = wheel.nearest();
            let mut place = wheel.slots[slot].first;
            wheel.begin_with(slot, NOBODY);
            if wheel.words == 0 {
                self.filled &= self.filled - 1;
            }
            // Now is the beginning of the slot.
            let block = self.entries[place as usize].at >> BLOCK;
            self.block = block >> (digit * DIGIT) << (digit * DIGIT);
            while place != NOBODY {
                let entry = &mut self.entries[place as usize];
                let (at, next) = (entry.at, std::mem::replace(&mut entry.next, NOBODY));
                self.put(place, at);
                place = next;
            }
        }
        true
    }

    /// When the next one is due.
    pub fn next_at(&self) -> Option<SimTime> {
        if self.near.words != 0 {
            let first = self.near.slots[self.near.nearest()].first;
            return Some(SimTime::from_millis(self.entries[first as usize].at));
        }
        let wheel = self.far.get(self.filled.trailing_zeros() as usize)?;
        let entry = |place: u32| (place != NOBODY).then(|| &self.entries[place as usize]);
        let entries = std::iter::successors(entry(wheel.slots[wheel.nearest()].first), |before| entry(before.next));
        entries.map(|entry| entry.at).min().map(SimTime::from_millis)
    }

    /// How many are pending.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether nothing is pending.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Forgets all, keeping the memory.
    pub fn clear(&mut self) {
        self.entries.clear();
        self.near.clear();
        self.far.iter_mut().for_each(Slots::clear);
        (self.free, self.filled, self.clock, self.block, self.len) = (NOBODY, 0, 0, 0, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(ms: u64) -> SimTime {
        SimTime::from_millis(ms)
    }

    #[test]
    fn equal_times_keep_the_order_of_scheduling() {
        let mut queue = Queue::with_capacity(8);
        for (at, item) in [(5, 'a'), (3, 'b'), (5, 'c'), (3, 'd'), (5, 'e')] {
            queue.push(ms(at), item, at == 3);
        }
        assert_eq!((queue.next_at(), queue.len()), (Some(ms(3)), 5));
        assert_eq!(queue.pop(), Some((ms(3), 'b', true)));
        queue.push(ms(3), 'x', false);
        queue.push(ms(5), 'f', false);
        let popped: String = std::iter::from_fn(|| queue.pop()).map(|(_, item, _)| item).collect();
        assert_eq!(popped, "dxacef");
        assert!(queue.is_empty() && queue.next_at().is_none());
    }

    /// Against a stable sort of all that is pending.
    #[test]
    fn it_gives_what_a_sorted_list_gives() {
        let mut state = 1_u64;
        let mut random = |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        let (mut queue, mut list, mut now) = (Queue::with_capacity(8), Vec::new(), 0);
        for n in 0..20_000_u64 {
            if random(100) < 52 {
                let at = match random(40) {
                    0 => u64::MAX,
                    1 => now,
                    bits => now + random(1 << bits.min(20)),
                };
                queue.push(ms(at), n, n % 3 == 0);
                list.push((at.min(LATEST), n));
            } else {
                list.sort_by_key(|(at, _)| *at);
                let expected = (!list.is_empty()).then(|| list.remove(0)).map(|(at, n)| (ms(at), n, n % 3 == 0));
                assert_eq!(queue.next_at(), expected.map(|(at, ..)| at));
                assert_eq!(queue.pop(), expected);
                now = expected.map_or(now, |(at, ..)| at.as_millis());
                if now >> 40 != 0 {
                    queue.clear();
                    list.clear();
                    now = 0;
                }
            }
            assert_eq!(queue.len(), list.len());
        }
    }

    #[test]
    #[should_panic(expected = "is not before 9 ms")]
    fn nothing_is_scheduled_in_the_past() {
        let mut queue = Queue::with_capacity(8);
        queue.push(ms(9), 'a', false);
        queue.pop();
        queue.push(ms(8), 'b', false);
    }
}
