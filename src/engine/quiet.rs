//! Keeps a caught panic of a parser from reaching the terminal.
//!
//! Panic hooks run on every panic, caught or not, and the screen's hook restores the terminal. A worker says
//! with this guard that its panics are expected; the hook asks before it does anything.

use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, Location, PanicHookInfo, catch_unwind};

use super::process::panic_text;

thread_local! {
    static EXPECTED: Cell<bool> = const { Cell::new(false) };
    /// Where the last expected panic happened, as far as a hook noted it.
    static PLACE: RefCell<Option<String>> = const { RefCell::new(None) };
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

/// What every panic hook asks first: whether this panic is expected and will be caught. Then whoever catches it is told
/// where it happened.
pub fn is_expected(panicked: &PanicHookInfo<'_>) -> bool {
    if EXPECTED.get() {
        PLACE.set(panicked.location().map(place));
    }
    EXPECTED.get()
}

/// Where the panic happened that was caught last on this thread; nothing where no hook notes it.
pub(super) fn last_place() -> Option<String> {
    PLACE.take()
}

/// A place in a source without the folders of the computer it was built on: `calamine-0.38.0/src/xls.rs:12:5`.
pub fn place(location: &Location<'_>) -> String {
    format!("{}:{}:{}", in_package(location.file()), location.line(), location.column())
}

/// A source's path from its package on, whose name stands before the last `src`.
fn in_package(path: &str) -> String {
    let path = path.replace('\\', "/");
    let begin = path.rfind("/src/").and_then(|at| path.get(..at)?.rfind('/')).map_or(0, |at| at + 1);
    path.get(begin..).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_told_in_the_systems_words_and_none_is_expected_afterwards() {
        let full =
            || panic!("Couldn't write: Os {{ code: 28, kind: StorageFull, message: \"No space left on device\" }}");
        assert_eq!(caught(full).map(|(): ()| ()), Err("No space left on device".to_owned()));
        assert!(!EXPECTED.get());
        assert_eq!(caught(|| 7), Ok(7));
    }

    #[test]
    fn a_place_in_a_source_names_the_package_and_not_where_it_was_built() {
        assert_eq!(
            in_package("/home/ab/.cargo/registry/src/index-1/calamine-0.38.0/src/xls.rs"),
            "calamine-0.38.0/src/xls.rs"
        );
        assert_eq!(in_package("C:\\Users\\ab\\registry\\calamine-0.38.0\\src\\xls.rs"), "calamine-0.38.0/src/xls.rs");
        assert_eq!(in_package("/rustc/f2d3/library/core/src/option.rs"), "core/src/option.rs");
        assert_eq!(in_package("src/trim/area.rs"), "src/trim/area.rs");
    }
}
