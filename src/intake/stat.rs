//! What tells one state of a file from another.

use std::fs::Metadata;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A file's state as its folder shows it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FileStat {
    /// Bytes.
    pub len: u64,
    /// Modification time, nanoseconds since 1970 UTC. A copy may set it to anything.
    pub mtime_ns: i64,
    /// When content or rights last changed, nanoseconds since 1970 UTC. Nobody can set it; 0 where there is none.
    pub changed_ns: i64,
    /// Inode; 0 where there is none.
    pub inode: u64,
}

impl FileStat {
    /// The state a file's metadata shows.
    pub fn of(meta: &Metadata) -> Self {
        Self {
            len: meta.len(),
            mtime_ns: meta.modified().map_or(0, nanoseconds),
            changed_ns: changed(meta),
            inode: inode(meta).1,
        }
    }

    /// When it was last written as far as anything says, nanoseconds since 1970 UTC.
    pub fn written_ns(self) -> i64 {
        self.mtime_ns.max(self.changed_ns)
    }

    /// Whether length and modification time are the same: all that is kept of a file dealt with.
    pub(super) fn looks_like(self, other: Self) -> bool {
        (self.len, self.mtime_ns) == (other.len, other.mtime_ns)
    }

    /// Whether nothing says that the file was touched in between. The inode does not count: some network file
    /// systems number a file anew whenever they are asked.
    pub(super) fn is_untouched(self, before: Self) -> bool {
        self.looks_like(before) && self.changed_ns == before.changed_ns
    }

    /// Whether it was last written at least so long before now. A time to come is not.
    pub(super) fn is_at_rest(self, rest: Duration) -> bool {
        let rest = i64::try_from(rest.as_nanos()).unwrap_or(i64::MAX);
        nanoseconds(SystemTime::now()).saturating_sub(self.written_ns()) >= rest
    }
}

/// Nanoseconds since 1970 UTC.
pub(super) fn nanoseconds(time: SystemTime) -> i64 {
    let size = |duration: Duration| i64::try_from(duration.as_nanos()).unwrap_or(i64::MAX);
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => size(after),
        Err(before) => -size(before.duration()),
    }
}

#[cfg(unix)]
fn changed(meta: &Metadata) -> i64 {
    use std::os::unix::fs::MetadataExt;
    meta.ctime().saturating_mul(1_000_000_000).saturating_add(meta.ctime_nsec())
}

#[cfg(not(unix))]
fn changed(_meta: &Metadata) -> i64 {
    0
}

/// Device and inode, where the system has them.
#[cfg(unix)]
pub(super) fn inode(meta: &Metadata) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt;
    (meta.dev(), meta.ino())
}

/// Device and inode, where the system has them.
#[cfg(not(unix))]
pub(super) fn inode(_meta: &Metadata) -> (u64, u64) {
    (0, 0)
}
