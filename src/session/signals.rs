//! Signals from outside that end a session: the terminal hung up, or somebody asked politely.

/// What came from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// SIGHUP, SIGTERM or SIGINT: keep everything and end.
    End,
    /// SIGTSTP: give the terminal back to the shell for a while.
    Suspend,
    /// SIGCONT: the shell let us go on, and may have written over the screen.
    Resume,
}

/// Calls `told` for every signal, on a thread of its own.
///
/// # Errors
/// When the thread or the handlers cannot be set up.
#[cfg(unix)]
pub fn listen(told: impl Fn(Signal) + Send + 'static) -> std::io::Result<()> {
    use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGTERM, SIGTSTP};
    let mut signals = signal_hook::iterator::Signals::new([SIGHUP, SIGINT, SIGTERM, SIGTSTP, SIGCONT])?;
    let forward = move || {
        for signal in signals.forever() {
            told(match signal {
                SIGTSTP => Signal::Suspend,
                SIGCONT => Signal::Resume,
                _ => Signal::End,
            });
        }
    };
    std::thread::Builder::new().name("signals".to_owned()).spawn(forward)?;
    Ok(())
}

/// Windows ends console programs by itself; Ctrl-C reaches the screen as a key.
///
/// # Errors
/// None.
#[cfg(not(unix))]
pub fn listen(_told: impl Fn(Signal) + Send + 'static) -> std::io::Result<()> {
    Ok(())
}

/// Stops this process until the shell continues it.
pub fn suspend() {
    #[cfg(unix)]
    // A shell that cannot stop us just gets the screen again.
    let _ = signal_hook::low_level::raise(signal_hook::consts::SIGSTOP);
}
