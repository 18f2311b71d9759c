//! Who looks on, and what can wait, takes the processor after who judges.

/// How much later such threads are served than those that judge, on the scale of `nice`.
#[cfg(target_os = "linux")]
const LATER: i32 = 10;

/// This thread, and what it starts, takes the processor after all others from here on: with many screens on one
/// computer, or while a large history is backed up, files are still judged as fast as they come. Never taken back: that
/// needs rights of its own. Other systems mean the whole process by it, which may have to judge one day.
#[cfg(target_os = "linux")]
pub fn yield_to_who_judges() {
    // Where it is refused, they cost what they cost.
    let _ = rustix::process::setpriority_process(None, LATER);
}

/// Nothing that is known of.
#[cfg(not(target_os = "linux"))]
pub fn yield_to_who_judges() {}
