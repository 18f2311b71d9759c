//! Lots by gap: what ends one, what joins the next, what a late run changes, and that arrival does not matter.

use proptest::prelude::*;

use super::*;

/// A run so many days after 2026-01-01, of this unit.
fn run(days: i64, unit: &str) -> LotRun {
    LotRun { time: at(days), row: 0, unit: unit.to_owned() }
}

fn at(days: i64) -> LocalTime {
    LocalTime::from_timestamp((20_454 + days) * DAY).expect("a day")
}

fn told(runs: &[(i64, &str)], newest: i64) -> Vec<(usize, LotState)> {
    let runs = runs.iter().map(|(days, unit)| run(*days, unit)).collect();
    lots(runs, at(newest), LotRule::default()).1.into_iter().map(|lot| (lot.units, lot.state)).collect()
}

#[test]
fn a_gap_of_more_than_three_days_ends_a_lot_and_the_last_one_is_open() {
    let runs = [(0, "a"), (3, "b"), (6, "c"), (10, "d"), (11, "e"), (12, "f")];
    assert_eq!(told(&runs, 12), [(3, LotState::Closed), (3, LotState::Open)]);
    assert_eq!(told(&runs, 15), [(3, LotState::Closed), (3, LotState::Open)]);
    assert_eq!(told(&runs, 16), [(3, LotState::Closed), (3, LotState::Closed)]);
}

#[test]
fn a_lot_of_two_joins_the_next_within_ninety_days_or_stays_unjudged() {
    let near = [(0, "a"), (1, "b"), (91, "c"), (92, "d")];
    assert_eq!(told(&near, 200), [(4, LotState::Closed)]);
    let far = [(0, "a"), (1, "b"), (92, "c"), (93, "d"), (94, "e")];
    assert_eq!(told(&far, 200), [(2, LotState::Unjudged), (3, LotState::Closed)]);
    assert_eq!(told(&near[..2], 5), [(2, LotState::Waiting)]);
    assert_eq!(told(&near[..2], 91), [(2, LotState::Waiting)]);
    assert_eq!(told(&near[..2], 92), [(2, LotState::Unjudged)]);
}

#[test]
fn a_full_lot_is_closed_by_the_next_unit_and_still_takes_its_own_again() {
    let name = |unit: usize| format!("unit {unit}");
    let mut runs: Vec<LotRun> = (0..FULL_LOT).map(|unit| run(0, &name(unit))).collect();
    runs.push(run(1, &name(3)));
    runs.push(run(2, "one more"));
    runs.push(run(2, &name(4)));
    let lots = lots(runs, at(2), LotRule::default()).1;
    let told: Vec<(usize, usize, LotState)> = lots.iter().map(|lot| (lot.units, lot.runs.len(), lot.state)).collect();
    assert_eq!(told, [(FULL_LOT, FULL_LOT + 1, LotState::Closed), (2, 2, LotState::Open)]);
}

#[test]
fn a_unit_that_is_run_again_counts_once_and_by_its_last_run() {
    let runs = vec![run(0, "a"), run(1, "b"), run(2, "a"), run(2, "c")];
    let (runs, lots) = lots(runs, at(9), LotRule::default());
    assert_eq!((lots[0].units, lots[0].runs.clone()), (3, 0..4));
    let last: Vec<&str> = last_runs(&runs, &lots[0]).into_iter().map(|place| runs[place].unit.as_str()).collect();
    assert_eq!(last, ["b", "a", "c"]);
    assert_eq!(last_runs(&runs, &lots[0])[0], 1);
}

#[test]
fn a_late_run_that_closes_a_gap_changes_the_lots_from_there_on() {
    let early = [(0, "a"), (1, "b"), (2, "c"), (20, "d"), (21, "e"), (22, "f"), (26, "g"), (27, "h"), (28, "i")];
    let runs: Vec<LotRun> = early.iter().map(|(days, unit)| run(*days, unit)).collect();
    let before = lots(runs.clone(), at(40), LotRule::default()).1;
    let after = lots(runs.into_iter().chain([run(24, "late")]).collect(), at(40), LotRule::default()).1;
    assert_eq!((before.len(), after.len()), (3, 2));
    assert_eq!(first_changed(&before, &after), Some(1));
    assert_eq!(first_changed(&before, &before), None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_order_of_arrival_gives_the_same_lots(
        runs in prop::collection::vec((0_i64..400, 0_u64..4, 0_u8..12), 0..60),
        order in any::<u64>(),
    ) {
        let runs: Vec<LotRun> = runs.into_iter()
            .map(|(days, row, unit)| LotRun { row, ..run(days, &unit.to_string()) }).collect();
        let mut shuffled: Vec<(u64, LotRun)> = runs.iter().cloned().zip(0_u64..)
            .map(|(run, i)| ((i ^ order).wrapping_mul(0x9E37_79B9_7F4A_7C15), run)).collect();
        shuffled.sort_by_key(|(key, _)| *key);
        let other = shuffled.into_iter().map(|(_, run)| run).collect();
        let found = lots(runs, at(420), LotRule::default());
        prop_assert_eq!(&found, &lots(other, at(420), LotRule::default()));
        let (runs, lots) = found;
        let covered: Vec<usize> = lots.iter().flat_map(|lot| lot.runs.clone()).collect();
        prop_assert_eq!(covered, (0..runs.len()).collect::<Vec<_>>());
    }

    #[test]
    fn runs_pushed_one_by_one_and_told_in_between_give_the_same_lots(
        days in prop::collection::vec(0_i64..200, 1..40),
    ) {
        let mut runs: Vec<LotRun> = days.iter().zip(0_u64..)
            .map(|(days, unit)| LotRun { row: unit, ..run(*days, &unit.to_string()) }).collect();
        runs.sort();
        let mut book = LotBook::new(LotRule::default());
        for (run, count) in runs.iter().zip(1..) {
            book.push(run);
            let bytes = postcard::to_allocvec(&book).expect("a state");
            book = postcard::from_bytes(&bytes).expect("the same state");
            let newest = run.time;
            prop_assert_eq!(book.lots(newest), lots(runs[..count].to_vec(), newest, LotRule::default()).1);
        }
    }
}
