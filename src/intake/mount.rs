//! Which file system a folder lies on: some never send an event.

use std::path::Path;

/// File systems whose files other computers write, or whose events are not to be relied on.
const SILENT: &[&str] = &[
    "nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "fuse", "fuseblk", "ncpfs", "prl_fs", "vboxsf",
    "virtiofs",
];

/// The kind of file system that holds this canonical path, when it is one that sends no events; `None` else and
/// where the system does not say.
pub fn silent_kind(path: &Path) -> Option<String> {
    if !cfg!(target_os = "linux") {
        return None;
    }
    let mounts = std::fs::read("/proc/self/mountinfo").ok()?;
    silent(&kind_of(&mounts, path)?)
}

/// The kind itself when it is a silent one.
fn silent(kind: &str) -> Option<String> {
    (SILENT.contains(&kind) || kind.starts_with("fuse.")).then(|| kind.to_owned())
}

/// The kind of the mount with the longest mount point above the path; of two on one point the later covers the
/// earlier. See `proc_pid_mountinfo(5)`.
fn kind_of(mounts: &[u8], path: &Path) -> Option<String> {
    let lines = mounts.split(|&byte| byte == b'\n').filter_map(mount);
    let above = lines.filter(|(point, _)| path.starts_with(path_of(point)));
    above.max_by_key(|(point, _)| point.len()).map(|(_, kind)| kind)
}

/// Mount point and kind of one line: `36 35 98:0 /root /point rw,noatime shared:1 - ext4 /dev/sda rw`.
fn mount(line: &[u8]) -> Option<(Vec<u8>, String)> {
    let mut words = line.split(|&byte| byte == b' ');
    let point = words.nth(4)?;
    let kind = words.skip_while(|word| *word != b"-").nth(1)?;
    Some((unescaped(point), String::from_utf8_lossy(kind).into_owned()))
}

/// Blanks, tabs, line feeds and backslashes are written as three octal digits.
fn unescaped(word: &[u8]) -> Vec<u8> {
    let (mut plain, mut rest) = (Vec::with_capacity(word.len()), word);
    while let [byte, after @ ..] = rest {
        if let (b'\\', [a @ b'0'..=b'3', b @ b'0'..=b'7', c @ b'0'..=b'7', then @ ..]) = (byte, after) {
            plain.push((a - b'0') * 64 + (b - b'0') * 8 + (c - b'0'));
            rest = then;
        } else {
            plain.push(*byte);
            rest = after;
        }
    }
    plain
}

#[cfg(unix)]
fn path_of(bytes: &[u8]) -> &Path {
    use std::os::unix::ffi::OsStrExt;
    Path::new(std::ffi::OsStr::from_bytes(bytes))
}

#[cfg(not(unix))]
fn path_of(bytes: &[u8]) -> &Path {
    Path::new(std::str::from_utf8(bytes).unwrap_or_default())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    const MOUNTS: &str = "\
22 1 254:0 / / rw,relatime - ext4 /dev/vda rw
23 22 0:21 / /proc rw,relatime shared:5 - proc proc rw
40 22 0:40 / /plant rw,relatime shared:7 master:2 - nfs4 server:/plant rw,vers=4.2
41 40 0:41 / /plant/laser\\0401 rw - cifs //pc/drop rw
42 22 0:42 / /plantation rw - ext4 /dev/vdb rw
43 22 0:43 / /home/op/box rw - fuse.sshfs op@pc: rw
44 22 0:44 / /over rw - 9p share rw
45 22 0:45 / /over rw - tmpfs tmpfs rw
garbage
";

    fn kind(path: &str) -> Option<String> {
        kind_of(MOUNTS.as_bytes(), Path::new(path)).as_deref().and_then(silent)
    }

    #[test]
    fn the_longest_mount_point_above_a_path_says_its_kind() {
        assert_eq!(kind("/plant/LTS").as_deref(), Some("nfs4"));
        assert_eq!(kind("/plant/laser 1/LTS").as_deref(), Some("cifs"), "a blank in the mount point");
        assert_eq!(kind("/plantation/LTS"), None, "a name that only begins alike");
        assert_eq!(kind("/home/op/box").as_deref(), Some("fuse.sshfs"));
        assert_eq!(kind("/home/op"), None);
    }

    #[test]
    fn the_later_of_two_mounts_on_one_point_counts() {
        assert_eq!(kind("/over/LTS"), None);
    }

    #[test]
    fn without_mounts_nothing_is_said() {
        assert_eq!(kind_of(b"", Path::new("/plant")), None);
    }
}
