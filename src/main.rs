//! trimwatch.
fn main() {}
