//! The matrix that trees are grown on: it tells how far growing is, and leaves it when nobody wants it any more.

use std::cell::Cell;
use std::fmt;
use std::ops::Range;
use std::panic::resume_unwind;

use serde::{Serialize, Serializer};
use smartcore::linalg::basic::arrays::{Array, Array2, ArrayView1, ArrayView2, MutArray, MutArrayView2};

/// How often the shape is asked for between two looks at whether to go on. It is asked for at each split; the first
/// sixteen of a tree go through a few times the rows, milliseconds at 100,000.
pub(super) const PATIENCE: u32 = 16;

/// Unwinds through the growing: it was cancelled.
pub(super) struct GivenUp;

/// Values column by column, and whom to ask whether to go on.
#[derive(Clone)]
pub(super) struct Watched<'a> {
    pub(super) columns: &'a [f64],
    pub(super) rows: usize,
    pub(super) width: usize,
    pub(super) go_on: &'a dyn Fn() -> bool,
    pub(super) asked: Cell<u32>,
}

impl Watched<'_> {
    /// Growing has no door to leave by; unwinding is one, and needs no panic message.
    fn look(&self) {
        if !(self.go_on)() {
            resume_unwind(Box::new(GivenUp));
        }
    }
}

impl fmt::Debug for Watched<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Watched({} × {})", self.rows, self.width)
    }
}

/// A grown forest names its matrix among its types and never writes it.
impl Serialize for Watched<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_unit()
    }
}

impl Array<f64, (usize, usize)> for Watched<'_> {
    fn get(&self, (row, column): (usize, usize)) -> &f64 {
        self.columns.get(column * self.rows + row).unwrap_or(&0.0)
    }

    fn shape(&self) -> (usize, usize) {
        let asked = self.asked.get().wrapping_add(1);
        self.asked.set(asked);
        if asked.is_multiple_of(PATIENCE) {
            self.look();
        }
        (self.rows, self.width)
    }

    fn is_empty(&self) -> bool {
        self.columns.is_empty()
    }

    fn iterator<'b>(&'b self, _axis: u8) -> Box<dyn Iterator<Item = &'b f64> + 'b> {
        Box::new(self.columns.iter())
    }
}

// Growing trees reads cells, columns and the shape. The rest of what a matrix of smartcore can do is not used: it
// changes nothing and gives nothing.

impl MutArray<f64, (usize, usize)> for Watched<'_> {
    fn set(&mut self, _place: (usize, usize), _value: f64) {}

    fn iterator_mut<'b>(&'b mut self, _axis: u8) -> Box<dyn Iterator<Item = &'b mut f64> + 'b> {
        Box::new(std::iter::empty())
    }
}

impl ArrayView2<f64> for Watched<'_> {}
impl MutArrayView2<f64> for Watched<'_> {}

impl Array2<f64> for Watched<'_> {
    fn fill(_rows: usize, _columns: usize, _value: f64) -> Self {
        nothing()
    }

    fn slice<'b>(&'b self, _rows: Range<usize>, _columns: Range<usize>) -> Box<dyn ArrayView2<f64> + 'b> {
        Box::new(nothing())
    }

    fn slice_mut<'b>(&'b mut self, _rows: Range<usize>, _columns: Range<usize>) -> Box<dyn MutArrayView2<f64> + 'b> {
        Box::new(nothing())
    }

    fn from_iterator<I: Iterator<Item = f64>>(_values: I, _rows: usize, _columns: usize, _axis: u8) -> Self {
        nothing()
    }

    fn get_row<'b>(&'b self, _row: usize) -> Box<dyn ArrayView1<f64> + 'b> {
        Box::new(Vec::new())
    }

    fn get_col<'b>(&'b self, column: usize) -> Box<dyn ArrayView1<f64> + 'b> {
        // The column is sorted next.
        self.look();
        let first = column * self.rows;
        Box::new(self.columns.get(first..first + self.rows).unwrap_or_default())
    }

    fn transpose(&self) -> Self {
        nothing()
    }
}

fn nothing<'a>() -> Watched<'a> {
    Watched { columns: &[], rows: 0, width: 0, go_on: &|| true, asked: Cell::new(0) }
}
