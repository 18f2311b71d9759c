//! Keeps a caught panic of a parser from reaching the terminal.
//!
//! Panic hooks run on every panic, caught or not, and the screen's hook restores the terminal. A worker says
//! with this guard that its panics are expected; the hook asks before it does anything.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::process::panic_text;

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

/// Runs work in which a library may panic where it should return an error: what it said, in words. Whatever the work had in
/// hand is to be given up then.
///
/// # Errors
/// The panic's words; the system's own where it holds them.
pub fn caught<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    during(|| catch_unwind(AssertUnwindSafe(work))).map_err(|panic| {
        let words = panic_text(panic.as_ref());
        let system = words.split("message: \"").nth(1).and_then(|rest| rest.split('"').next()).map(str::to_owned);
        system.unwrap_or(words)
    })
}

/// Whether a panic of this thread is expected and will be caught.
pub fn panic_is_expected() -> bool {
    EXPECTED.get()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_told_in_the_systems_words_and_none_is_expected_afterwards() {
        let full =
            || panic!("Couldn't write: Os {{ code: 28, kind: StorageFull, message: \"No space left on device\" }}");
        assert_eq!(caught(full).map(|(): ()| ()), Err("No space left on device".to_owned()));
        assert!(!panic_is_expected());
        assert_eq!(caught(|| 7), Ok(7));
    }
}
