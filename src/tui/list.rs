//! A cursor in a list that is longer than the screen.

/// Which row is selected and which one stands on top.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Position {
    /// The selected row.
    pub selected: usize,
    /// The first row shown.
    pub top: usize,
}

impl Position {
    /// Moves by so many rows, inside a list of `len`.
    pub fn move_by(&mut self, rows: isize, len: usize) {
        self.selected = self.selected.saturating_add_signed(rows).min(len.saturating_sub(1));
    }

    /// Brings the selected row into a window of `height` rows, moving as little as possible.
    pub fn show(&mut self, height: usize, len: usize) {
        self.selected = self.selected.min(len.saturating_sub(1));
        let height = height.max(1);
        self.top = self.top.min(self.selected).max((self.selected + 1).saturating_sub(height));
        self.top = self.top.min(len.saturating_sub(height));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_selected_row_is_always_in_the_window() {
        let mut position = Position::default();
        for (step, len, height) in [(5, 100, 10), (20, 100, 10), (-3, 100, 10), (500, 100, 10), (0, 3, 10), (0, 0, 1)] {
            position.move_by(step, len);
            position.show(height, len);
            assert!(position.top <= position.selected && position.selected < position.top + height, "{position:?}");
            assert!(position.selected < len.max(1));
        }
    }
}
