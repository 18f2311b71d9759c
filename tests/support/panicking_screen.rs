//! A screen whose own thread panics, and before that a worker's: what the terminal test looks at.
#![allow(clippy::panic, clippy::expect_used, reason = "panicking is what this program is for")]

use std::io::Write;

fn main() {
    trimwatch::cli::hook_panics();
    let _taken = trimwatch::tui::take().expect("a terminal");
    print!("something on the screen");
    std::io::stdout().flush().expect("written");
    let worker = std::thread::Builder::new().name("history".to_owned()).spawn(|| panic!("a worker's trouble"));
    // Its end is what is waited for; how it ended is what the test reads.
    let _ = worker.expect("a thread").join();
    panic!("the screen's trouble");
}
