//! The event queue: wheels within wheels, first in first out at one instant.
//!
//! Nothing is ever scheduled before what was taken last, so entries need no order until they are near. A wheel has 256
//! slots; a slot of the first is a millisecond, and of each further one a whole turn of the wheel before. An entry waits
//! in the wheel of the highest digit, to the base of 256, in which its time differs from the clock, in that digit's slot.
//! When the slot's turn comes, its entries move to the wheels before it, which are empty then, unless there is only one:
//! so an entry moves once or twice in its life, whatever else is pending, and equal times keep the order of scheduling.
//!
//! After G. Varghese and T. Lauck, "Hashed and hierarchical timing wheels", ACM Operating Systems Review 21 (1987) 25-38.

use doorward_model::base::SimTime;

/// Bits of a digit.
const DIGIT: u32 = 8;
/// Slots of a wheel.
const SLOTS: usize = 1 << DIGIT;
/// Wheels.
const WHEELS: usize = 7;
/// The latest time that there is: what is due later is due then, in two million years.
const LATEST: u64 = (1 << (DIGIT * WHEELS as u32)) - 1;
/// The place of no entry.
const NONE: u32 = u32::MAX;

/// Something due at a time.
#[derive(Clone, Copy, Debug)]
struct Entry<T> {
    at: u64,
    item: T,
    mark: bool,
    /// The entry behind it in its slot, or behind it in the list of free places.
    next: u32,
}

/// The entries of a slot, in the order of scheduling.
#[derive(Clone, Copy, Debug)]
struct Slot {
    first: u32,
    /// Means nothing while the slot is empty.
    last: u32,
}

/// A ring of slots.
#[derive(Clone, Debug)]
struct Wheel {
    slots: [Slot; SLOTS],
    /// Which of them hold something, a bit each.
    filled: [u64; SLOTS / 64],
    /// Which of these words are not zero, a bit each.
    words: u32,
}

impl Wheel {
    const EMPTY: Self = Self { slots: [Slot { first: NONE, last: NONE }; SLOTS], filled: [0; SLOTS / 64], words: 0 };

    /// The first slot that holds something. There is one.
    #[inline]
    fn nearest(&self) -> usize {
        let word = self.words.trailing_zeros() as usize % (SLOTS / 64);
        word * 64 + self.filled[word].trailing_zeros() as usize % 64
    }

    /// Whether a slot held something before; it does now.
    #[inline]
    fn fill(&mut self, slot: usize) -> bool {
        let (word, bit) = (&mut self.filled[slot / 64], 1 << (slot % 64));
        let held = *word & bit != 0;
        *word |= bit;
        self.words |= 1 << (slot / 64);
        held
    }

    /// A slot holds nothing any more; whether the whole wheel does not.
    #[inline]
    fn clear(&mut self, slot: usize) -> bool {
        let word = &mut self.filled[slot / 64];
        *word &= !(1 << (slot % 64));
        self.words &= !(u32::from(*word == 0) << (slot / 64));
        self.words == 0
    }
}

/// A queue of things due, in order of time, then of scheduling.
#[derive(Clone, Debug)]
pub struct Queue<T> {
    entries: Vec<Entry<T>>,
    /// First of the free places among them.
    free: u32,
    wheels: [Wheel; WHEELS],
    /// Which of them hold something, a bit each.
    filled: u32,
    /// Time of the last one taken.
    clock: u64,
    len: usize,
}

impl<T: Copy> Queue<T> {
    /// Empty, with room.
    pub fn with_capacity(capacity: usize) -> Self {
        let entries = Vec::with_capacity(capacity);
        Self { entries, free: NONE, wheels: [Wheel::EMPTY; WHEELS], filled: 0, clock: 0, len: 0 }
    }

    /// Schedules. `mark` comes back with it.
    ///
    /// # Panics
    /// If it is due before what was taken last.
    #[inline(always)]
    pub fn push(&mut self, at: SimTime, item: T, mark: bool) {
        if self.free == NONE {
            self.grow(item);
        }
        // Written where it stays: by way of the stack it would be read before it is wholly written, which stalls.
        self.take_place(at, mark).item = item;
    }

    /// Adds a free place; what it holds meanwhile does not matter.
    #[cold]
    fn grow(&mut self, item: T) {
        self.free = self.entries.len() as u32;
        self.entries.push(Entry { at: 0, item, mark: false, next: NONE });
    }

    /// The first free place, put where its time belongs.
    fn take_place(&mut self, at: SimTime, mark: bool) -> &mut Entry<T> {
        let at = at.as_millis().min(LATEST);
        assert!(at >= self.clock, "INVARIANT (queue): {at} ms is not before {} ms", self.clock);
        let place = self.free;
        self.len += 1;
        let last = self.link(place, at);
        if let Some(last) = last {
            self.entries[last as usize].next = place;
        }
        let entry = &mut self.entries[place as usize];
        self.free = std::mem::replace(&mut entry.next, NONE);
        (entry.at, entry.mark) = (at, mark);
        entry
    }

    /// Puts an entry behind the others of its slot; gives the last of these, to be told what follows it.
    #[inline]
    fn link(&mut self, place: u32, at: u64) -> Option<u32> {
        // One more bit, for the highest that differs of equal times.
        let digit = (u64::BITS - 1 - ((at ^ self.clock) | 1).leading_zeros()) / DIGIT;
        let slot = (at >> (digit * DIGIT)) as usize % SLOTS;
        self.filled |= 1 << digit;
        let wheel = &mut self.wheels[digit as usize];
        let held = wheel.fill(slot);
        let Slot { first, last } = &mut wheel.slots[slot];
        let before = std::mem::replace(last, place);
        if held {
            return Some(before);
        }
        *first = place;
        None
    }

    /// The next one due: when, what, and its mark.
    #[inline(always)]
    pub fn pop(&mut self) -> Option<(SimTime, T, bool)> {
        let place = self.take_next();
        let entry = self.entries.get(place as usize)?;
        Some((SimTime::from_millis(entry.at), entry.item, entry.mark))
    }

    /// Takes the next one due out of its slot: its place, which is free now but not yet used again; or no place.
    fn take_next(&mut self) -> u32 {
        loop {
            let digit = self.filled.trailing_zeros();
            let Some(wheel) = self.wheels.get_mut(digit as usize) else { return NONE };
            let slot = wheel.nearest();
            let Slot { first: place, last } = wheel.slots[slot];
            if place == last {
                // The only one of its slot.
                if wheel.clear(slot) {
                    self.filled &= self.filled - 1;
                }
            } else if digit == 0 {
                // The first of one instant.
                wheel.slots[slot].first = self.entries[place as usize].next;
            } else {
                self.deal(digit, slot);
                continue;
            }
            let entry = &mut self.entries[place as usize];
            entry.next = std::mem::replace(&mut self.free, place);
            self.clock = entry.at;
            self.len -= 1;
            return place;
        }
    }

    /// Moves the entries of the nearest slot to the wheels before it.
    fn deal(&mut self, digit: u32, slot: usize) {
        let wheel = &mut self.wheels[digit as usize];
        if wheel.clear(slot) {
            self.filled &= self.filled - 1;
        }
        let mut place = wheel.slots[slot].first;
        // The clock goes to the beginning of the slot.
        let at = self.entries[place as usize].at;
        self.clock = at >> (digit * DIGIT) << (digit * DIGIT);
        while place != NONE {
            let entry = &mut self.entries[place as usize];
            let (at, next) = (entry.at, std::mem::replace(&mut entry.next, NONE));
            if let Some(last) = self.link(place, at) {
                self.entries[last as usize].next = place;
            }
            place = next;
        }
    }

    /// When the next one is due.
    pub fn next_at(&self) -> Option<SimTime> {
        let wheel = self.wheels.get(self.filled.trailing_zeros() as usize)?;
        let Slot { first, .. } = wheel.slots[wheel.nearest()];
        let after = |entry: &&Entry<T>| self.entries.get(entry.next as usize);
        let entries = std::iter::successors(self.entries.get(first as usize), after);
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
        for wheel in &mut self.wheels {
            (wheel.filled, wheel.words) = ([0; SLOTS / 64], 0);
        }
        (self.free, self.filled, self.clock, self.len) = (NONE, 0, 0, 0);
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
