//! Folds that never split a group.

use std::collections::BTreeMap;

use crate::learning::random::Random;

/// Test rows of `k` folds, no group in two of them, failures spread as evenly as groups allow.
///
/// `groups` and `failed` have one entry a row. Every row is in exactly one fold and rows of a fold rise. Folds may be
/// empty when there are fewer groups than folds.
pub fn grouped_folds(groups: &[u32], failed: &[bool], k: usize, seed: u64) -> Vec<Vec<usize>> {
    let mut rows: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (row, &group) in groups.iter().enumerate() {
        rows.entry(group).or_default().push(row);
    }
    let failures = |rows: &[usize]| rows.iter().filter(|&&row| failed.get(row) == Some(&true)).count();
    let mut units: Vec<(usize, Vec<usize>)> = rows.into_values().map(|rows| (failures(&rows), rows)).collect();
    Random::new(seed).shuffle(&mut units);
    units.sort_by_key(|(failures, rows)| std::cmp::Reverse((*failures, rows.len())));
    let mut folds: Vec<(usize, Vec<usize>)> = vec![(0, Vec::new()); k.max(1)];
    for (failures, rows) in units {
        let least = folds
            .iter_mut()
            .min_by_key(|(sum, rows)| if failures > 0 { (*sum, rows.len()) } else { (rows.len(), *sum) });
        if let Some((sum, fold)) = least {
            *sum += failures;
            fold.extend(rows);
        }
    }
    let mut folds: Vec<Vec<usize>> = folds.into_iter().map(|(_, rows)| rows).collect();
    for rows in &mut folds {
        rows.sort_unstable();
    }
    folds
}
