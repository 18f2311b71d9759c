//! trimwatch.
