//! What every learner checks of a matrix before it looks at it.

use ndarray::ArrayView2;

use super::LearningError;

/// Nothing, when the matrix has this many columns and only finite values.
pub(super) fn check(x: ArrayView2<'_, f64>, width: usize) -> Result<(), LearningError> {
    if x.ncols() != width {
        return Err(LearningError::Width { expected: width, found: x.ncols() });
    }
    let odd = x.indexed_iter().find(|(_, value)| !value.is_finite());
    odd.map_or(Ok(()), |((row, column), _)| Err(LearningError::NotFinite { row, column }))
}

/// The same for one row.
pub(super) fn check_row(row: &[f64], width: usize) -> Result<(), LearningError> {
    if row.len() != width {
        return Err(LearningError::Width { expected: width, found: row.len() });
    }
    let odd = row.iter().position(|value| !value.is_finite());
    odd.map_or(Ok(()), |column| Err(LearningError::NotFinite { row: 0, column }))
}

/// Nothing, when there is a finite answer to each row.
pub(super) fn check_answers(x: ArrayView2<'_, f64>, answers: &[f64]) -> Result<(), LearningError> {
    if answers.len() != x.nrows() {
        return Err(LearningError::Length { rows: x.nrows(), answers: answers.len() });
    }
    let odd = answers.iter().position(|answer| !answer.is_finite());
    // The answers are the column after the last.
    odd.map_or(Ok(()), |row| Err(LearningError::NotFinite { row, column: x.ncols() }))
}
