//! The part of a curve that is shown: zoomed and panned along its length, both ends in shares of the whole.

/// The shortest part, a share of the whole.
const LEAST: f64 = 1.0 / 64.0;

/// From one share of the whole to another, 0 … 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stretch {
    /// Where it begins.
    pub from: f64,
    /// Where it ends.
    pub to: f64,
}

impl Default for Stretch {
    fn default() -> Self {
        Self { from: 0.0, to: 1.0 }
    }
}

impl Stretch {
    /// Whether everything is shown.
    pub fn is_whole(self) -> bool {
        self == Self::default()
    }

    /// Its ends in a range.
    pub fn of(self, range: (f64, f64)) -> (f64, f64) {
        let at = |share: f64| range.0 + share * (range.1 - range.0);
        (at(self.from), at(self.to))
    }

    /// Half of it, or double; a place stays where it is, without one the middle does.
    pub fn zoom(&mut self, inward: bool, stays: Option<f64>) {
        let length = self.to - self.from;
        let next = (if inward { length / 2.0 } else { length * 2.0 }).clamp(LEAST, 1.0);
        let stays = stays.unwrap_or(f64::midpoint(self.from, self.to)).clamp(self.from, self.to);
        let before = (stays - self.from) / length * next;
        self.begin_at(stays - before, next);
    }

    /// A quarter of it to the left or to the right.
    pub fn pan(&mut self, left: bool) {
        let length = self.to - self.from;
        self.begin_at(self.from + if left { -length / 4.0 } else { length / 4.0 }, length);
    }

    /// Moves as little as it takes to show a place.
    pub fn include(&mut self, place: f64) {
        let length = self.to - self.from;
        if place < self.from {
            self.begin_at(place, length);
        } else if place > self.to {
            self.begin_at(place - length, length);
        }
    }

    fn begin_at(&mut self, from: f64, length: f64) {
        let from = from.clamp(0.0, 1.0 - length);
        (self.from, self.to) = (from, from + length);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(stretch: Stretch) -> String {
        format!("{:.3} {:.3}", stretch.from, stretch.to)
    }

    #[test]
    fn zooming_keeps_the_place_under_the_cursor_and_ends_in_the_whole() {
        let mut stretch = Stretch::default();
        stretch.zoom(true, Some(0.8));
        assert_eq!(shown(stretch), "0.400 0.900");
        stretch.zoom(false, None);
        assert!(stretch.is_whole());
        (0..20).for_each(|_| stretch.zoom(true, Some(1.0)));
        assert_eq!(shown(stretch), "0.984 1.000", "never less than that");
    }

    #[test]
    fn panning_stops_at_both_ends_and_a_place_outside_is_brought_in() {
        let mut stretch = Stretch::default();
        stretch.pan(true);
        assert!(stretch.is_whole(), "the whole cannot be panned");
        stretch.zoom(true, None);
        stretch.pan(false);
        assert_eq!(shown(stretch), "0.375 0.875");
        (0..5).for_each(|_| stretch.pan(false));
        assert_eq!(shown(stretch), "0.500 1.000");
        stretch.include(0.25);
        assert_eq!(shown(stretch), "0.250 0.750");
        stretch.include(1.0);
        assert_eq!(shown(stretch), "0.500 1.000");
    }
}
