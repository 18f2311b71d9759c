//! Rows of one side of a split.

/// Whether each of `count` rows is among these.
pub(super) fn marked(rows: &[usize], count: usize) -> Vec<bool> {
    let mut marks = vec![false; count];
    for row in rows {
        if let Some(mark) = marks.get_mut(*row) {
            *mark = true;
        }
    }
    marks
}

/// The rows that are not among these, in order.
pub(super) fn others(rows: &[usize], count: usize) -> Vec<usize> {
    let among = marked(rows, count);
    among.iter().enumerate().filter(|(_, among)| !**among).map(|(row, _)| row).collect()
}

/// The values of these rows.
pub(super) fn pick<T: Copy>(values: &[T], rows: &[usize]) -> Vec<T> {
    rows.iter().filter_map(|row| values.get(*row).copied()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_two_sides_of_a_split_are_all_rows_once() {
        let tested = [3, 0];
        assert_eq!(marked(&tested, 5), [true, false, false, true, false]);
        assert_eq!(others(&tested, 5), [1, 2, 4]);
        assert_eq!(pick(&['a', 'b', 'c', 'd', 'e'], &tested), ['d', 'a']);
    }
}
