//! Every screen's only door: requests go in, events come out, both plain values that a socket could carry.

mod protocol;

pub use protocol::{ArrivedRun, Event, FolderState, FolderView, HistoryState, Request, Snapshot};
