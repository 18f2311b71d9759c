//! The time that the charts of Drift show: presets, zoom and pan, ending at the newest run.

use crate::trim::LocalTime;

const DAY: f64 = 86_400.0;
/// Days of the presets, the shortest first; all of them is the one after.
const PRESETS: [f64; 5] = [1.0, 7.0, 30.0, 90.0, 365.0];
/// The shortest time, days: an hour.
const LEAST: f64 = 1.0 / 24.0;

/// A stretch of time that ends some while before the newest run of the history.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Window {
    /// Days shown; `None` = everything.
    days: Option<f64>,
    /// Seconds between its end and the newest run.
    back: f64,
}

impl Default for Window {
    fn default() -> Self {
        Self { days: Some(365.0), back: 0.0 }
    }
}

/// Points inside a window: `first..end` of all, with how many lie before and after.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Shown {
    /// The first one.
    pub first: usize,
    /// The one after the last.
    pub end: usize,
    /// How many there are, shown or not.
    pub all: usize,
}

impl Shown {
    /// How many are shown.
    pub fn len(self) -> usize {
        self.end.saturating_sub(self.first)
    }

    /// Whether none is.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }
}

impl Window {
    /// Days shown; `None` = everything.
    pub fn days(self) -> Option<f64> {
        self.days
    }

    /// So many days up to the newest run; everything without any.
    pub fn of_days(days: Option<f64>) -> Self {
        Self { days: days.filter(|days| days.is_finite()).map(|days| days.max(LEAST)), back: 0.0 }
    }

    /// Its name: `30 d`, `1 y`, `all`, `45 d`, `2.5 d`, `24 h`; with `earlier` when it does not end at the newest run.
    pub fn title(self) -> String {
        let Some(days) = self.days else { return "all".to_owned() };
        let length = match days {
            365.0 => "1 y".to_owned(),
            10.0.. => format!("{days:.0} d"),
            7.0 => "7 d".to_owned(),
            ..=1.0 => format!("{:.0} h", days * 24.0),
            _ => format!("{days:.1} d"),
        };
        let back = self.back / DAY;
        if back < 0.5 { length } else { format!("{length}, {back:.0} d back") }
    }

    /// Its beginning and end, seconds on the plant's clock.
    fn bounds(self, newest: LocalTime) -> (f64, f64) {
        let end = seconds(newest) - self.back;
        match self.days {
            Some(days) => (end - days * DAY, end),
            None => (f64::NEG_INFINITY, f64::INFINITY),
        }
    }

    /// The points that it holds, whole or in part; each with its first and its last moment, in order.
    pub fn shown(self, spans: impl Iterator<Item = (LocalTime, LocalTime)>, newest: LocalTime) -> Shown {
        let (from, to) = self.bounds(newest);
        let mut shown = Shown::default();
        for (first, last) in spans {
            shown.first += usize::from(seconds(last) < from);
            shown.end += usize::from(seconds(first) <= to);
            shown.all += 1;
        }
        shown.end = shown.end.max(shown.first);
        shown
    }

    /// Back to the newest run.
    pub fn to_newest(&mut self) {
        self.back = 0.0;
    }

    /// The next shorter preset, or the next longer one, ending at the newest run; the shortest is as long as the shift
    /// that is on, where one is.
    pub fn step(&mut self, longer: bool, shift: Option<(LocalTime, LocalTime)>) {
        self.back = 0.0;
        let shift = shift.map(|(from, to)| (seconds(to) - seconds(from)) / DAY);
        let shift = shift.filter(|days| (LEAST..1.0).contains(days));
        let presets: Vec<f64> = shift.into_iter().chain(PRESETS).collect();
        self.days = match (self.days, longer) {
            (None, true) => None,
            (None, false) => presets.last().copied(),
            (Some(days), true) => presets.iter().copied().find(|preset| *preset > days),
            (Some(days), false) => {
                let shorter = presets.iter().copied().rev().find(|preset| *preset < days);
                shorter.or(presets.first().copied())
            }
        };
    }

    /// Half the time or double of it, of a history of so many seconds up to `newest`; a moment stays where it is,
    /// without one the end does.
    pub fn zoom(&mut self, inward: bool, oldest: LocalTime, newest: LocalTime, stays: Option<LocalTime>) {
        let whole = whole(oldest, newest);
        let days = self.days.unwrap_or(whole).min(whole);
        let next = (if inward { days / 2.0 } else { days * 2.0 }).max(LEAST);
        if next >= whole {
            (self.days, self.back) = (None, 0.0);
            return;
        }
        if let Some(stays) = stays {
            let after = (seconds(newest) - self.back - seconds(stays)).max(0.0);
            self.back += after - after * next / days;
        }
        self.days = Some(next);
        self.keep_inside(whole);
    }

    /// A quarter of the time earlier or later.
    pub fn pan(&mut self, earlier: bool, oldest: LocalTime, newest: LocalTime) {
        let Some(days) = self.days else { return };
        let step = days * DAY / 4.0;
        self.back += if earlier { step } else { -step };
        self.keep_inside(whole(oldest, newest));
    }

    /// Moves as little as it takes to show a moment.
    pub fn include(&mut self, time: LocalTime, newest: LocalTime) {
        let (from, to) = self.bounds(newest);
        let at = seconds(time);
        if at < from {
            self.back += from - at + (to - from) / 10.0;
        } else if at > to {
            self.back = (self.back - (at - to)).max(0.0);
        }
    }

    fn keep_inside(&mut self, whole: f64) {
        let most = self.days.map_or(0.0, |days| (whole - days).max(0.0) * DAY);
        self.back = self.back.clamp(0.0, most);
    }
}

/// Days from the oldest point to the newest run.
fn whole(oldest: LocalTime, newest: LocalTime) -> f64 {
    ((seconds(newest) - seconds(oldest)) / DAY + 1.0).max(LEAST)
}

fn seconds(time: LocalTime) -> f64 {
    time.timestamp() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(day: i64) -> LocalTime {
        LocalTime::from_timestamp(day * 86_400).expect("a day")
    }

    fn shown(window: Window) -> (usize, usize) {
        // A lot of two days every ten days, for 800 days.
        let lots = (0..80).map(|lot| (day(lot * 10), day(lot * 10 + 1)));
        let shown = window.shown(lots, day(800));
        (shown.first, shown.end)
    }

    #[test]
    fn presets_are_walked_from_a_shift_to_everything_and_back() {
        let mut window = Window::default();
        let mut met = Vec::new();
        let shift = Some((day(0), LocalTime::from_timestamp(8 * 3_600).expect("a time")));
        for longer in [true, true, false, false, false, false, false, false, false] {
            window.step(longer, shift);
            met.push(window.title());
        }
        assert_eq!(met.join(", "), "all, all, 1 y, 90 d, 30 d, 7 d, 24 h, 8 h, 8 h");
        window.step(true, None);
        window.step(false, None);
        assert_eq!(window.title(), "24 h", "no shift is known");
        window = Window::of_days(Some(30.0));
        assert_eq!(shown(window), (77, 80), "what ends inside is shown whole");
    }

    #[test]
    fn zooming_keeps_the_moment_under_the_cursor_and_ends_in_everything() {
        let mut window = Window::default();
        window.zoom(true, day(0), day(800), Some(day(620)));
        assert_eq!(window.title(), "182 d, 90 d back");
        let (first, end) = shown(window);
        assert!(first < 62 && 62 < end, "{first} {end}");
        for _ in 0..3 {
            window.zoom(false, day(0), day(800), None);
        }
        assert_eq!((window.title().as_str(), shown(window)), ("all", (0, 80)));
        for _ in 0..20 {
            window.zoom(true, day(0), day(800), None);
        }
        assert_eq!(window.title(), "1 h");
    }

    #[test]
    fn panning_stops_at_both_ends() {
        let mut window = Window::default();
        window.pan(false, day(0), day(800));
        assert_eq!(window, Window::default());
        for _ in 0..9 {
            window.pan(true, day(0), day(800));
        }
        assert_eq!(shown(window).0, 0);
        assert!(shown(window).1 < 40);
        window.to_newest();
        assert_eq!(shown(window).1, 80);
    }

    #[test]
    fn a_moment_outside_is_brought_in() {
        let mut window = Window::default();
        window.include(day(100), day(800));
        let (first, end) = shown(window);
        assert!((first..end).contains(&10), "{first} {end}");
        window.include(day(790), day(800));
        assert_eq!(shown(window).1, 80);
    }
}
