//! Every screen's only door: requests go in, events come out, both plain values that a socket could carry.

mod door;
mod protocol;
pub mod signals;
mod view;

pub use crate::engine::{
    ExportOf, LearnerView, ModelsView, Setup, Standing, TrainingView, clock, quiet::panic_is_expected,
};
pub use door::{Asker, Session};
pub use protocol::{ArrivedRun, Event, FolderState, FolderView, HistoryPage, HistoryState, Request, Snapshot};
