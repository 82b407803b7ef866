//! "Did you mean": the closest of the words that would have been right.

/// The candidate that `word` is most likely a misspelling of: the fewest letters inserted, left out, changed or swapped,
/// at most about a third of the longer word; the first of equals. `None` if nothing is that close.
pub fn nearest<'a>(word: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let letters: Vec<char> = word.chars().collect();
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        let other: Vec<char> = candidate.chars().collect();
        let distance_max = (letters.len().max(other.len()) + 1) / 3;
        // The lengths alone often settle it, and sites have thousands of names.
        if letters.len().abs_diff(other.len()) > distance_max {
            continue;
        }
        let distance = distance(&letters, &other);
        if distance <= distance_max && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// Damerau-Levenshtein distance in its "optimal string alignment" form, over three rolling rows.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut row_before_last = vec![0; b.len() + 1];
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 0..a.len() {
        let mut row = vec![i + 1; b.len() + 1];
        for j in 0..b.len() {
            let changed = last[j] + usize::from(a[i] != b[j]);
            row[j + 1] = changed.min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j] {
                row[j + 1] = row[j + 1].min(row_before_last[j - 1] + 1);
            }
        }
        row_before_last = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_slips_of_the_finger_only() {
        let names = ["lobby", "dock", "server-room", "yard"];
        let near = |word| nearest(word, names.into_iter());
        assert_eq!(near("loby"), Some("lobby"));
        assert_eq!(near("dokc"), Some("dock"));
        assert_eq!(near("servr-rom"), Some("server-room"));
        assert_eq!(near("garage"), None);
        assert_eq!(near(""), None);
    }

    #[test]
    fn equals_go_to_the_first() {
        assert_eq!(nearest("cat", ["car", "can"].into_iter()), Some("car"));
    }
}
