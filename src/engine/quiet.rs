//! Keeps a caught panic of a parser from reaching the terminal.
//!
//! Panic hooks run on every panic, caught or not, and the screen's hook restores the terminal. A worker says
//! with this guard that its panics are expected; the hook asks before it does anything.

use std::cell::Cell;

thread_local! {
    static EXPECTED: Cell<bool> = const { Cell::new(false) };
}

/// Runs `work` with this thread's panics marked as expected.
pub(super) fn during<T>(work: impl FnOnce() -> T) -> T {
    let before = EXPECTED.replace(true);
    let result = work();
    EXPECTED.set(before);
    result
}

/// Whether a panic of this thread is expected and will be caught.
pub fn panic_is_expected() -> bool {
    EXPECTED.get()
}
