//! Where a history's socket is, and who may open it.

use std::io;
use std::path::{Path, PathBuf};

use interprocess::local_socket::{Listener, ListenerOptions, Name, Stream, prelude::*};

/// Most bytes of a socket's path that every Unix takes.
#[cfg(unix)]
const MOST_PATH: usize = 100;

/// Its name in the history's folder.
#[cfg(unix)]
const NAME: &str = "attach.sock";

/// The socket of the history in a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place(PathBuf);

impl Place {
    /// In the history's own folder, which is its owner's alone; where that path is too long for a socket, among the
    /// user's running things; nothing where there is no such place.
    #[cfg(unix)]
    pub(super) fn of(store: &Path) -> Option<Self> {
        let store = std::path::absolute(store).ok()?;
        let own = store.join(NAME);
        if own.as_os_str().len() <= MOST_PATH {
            return Some(Self(own));
        }
        let running = PathBuf::from(std::env::var_os("XDG_RUNTIME_DIR").filter(|value| !value.is_empty())?);
        let there = running.join(format!("trimwatch-{}.sock", short(&store)));
        (there.as_os_str().len() <= MOST_PATH).then_some(Self(there))
    }

    /// A named pipe, named after the folder.
    #[cfg(windows)]
    pub(super) fn of(store: &Path) -> Option<Self> {
        let store = std::path::absolute(store).ok()?;
        Some(Self(PathBuf::from(format!(r"\\.\pipe\trimwatch-{}", short(&store)))))
    }

    fn name(&self) -> io::Result<Name<'_>> {
        self.0.as_path().to_fs_name::<interprocess::local_socket::GenericFilePath>()
    }

    /// Connects to whoever listens.
    pub(super) fn connect(&self) -> io::Result<Stream> {
        Stream::connect(self.name()?)
    }

    /// Listens, in place of whoever did before: only who holds the history asks. A group may come in too where the
    /// configuration names one; why it may not is the second answer.
    pub(super) fn listen(&self, group: Option<&str>) -> io::Result<(Listener, Option<String>)> {
        let options = ListenerOptions::new().name(self.name()?).try_overwrite(true).reclaim_name(false);
        let listener = options.create_sync()?;
        self.shut()?;
        let Some(group) = group.filter(|group| !group.is_empty()) else { return Ok((listener, None)) };
        let refused = self.let_in(group).err().map(|trouble| {
            format!("attach.group = {group}: {trouble}; is this account a member of it, and the history its own?")
        });
        Ok((listener, refused))
    }

    /// The owner's account alone.
    #[cfg(unix)]
    fn shut(&self) -> io::Result<()> {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(&self.0, std::fs::Permissions::from_mode(0o600))
    }

    #[cfg(not(unix))]
    fn shut(&self) -> io::Result<()> {
        Ok(())
    }

    #[cfg(unix)]
    fn let_in(&self, group: &str) -> io::Result<()> {
        use std::fs::{Permissions, set_permissions};
        use std::os::unix::fs::{PermissionsExt, chown};
        if self.0.file_name().is_none_or(|name| name != NAME) {
            return Err(io::Error::other("the history's path is too long for a socket that others may reach"));
        }
        let words = std::fs::read_to_string("/etc/group").unwrap_or_default();
        let unknown = || io::Error::other("no such group in /etc/group");
        let number = group.parse().ok().or_else(|| group_number(&words, group)).ok_or_else(unknown)?;
        chown(&self.0, None, Some(number))?;
        set_permissions(&self.0, Permissions::from_mode(0o660))?;
        // The way to the socket leads through the folder; what lies in it beside the socket is its owner's alone.
        if let Some(folder) = self.0.parent() {
            for entry in std::fs::read_dir(folder)? {
                let (path, kind) = entry.and_then(|entry| Ok((entry.path(), entry.file_type()?)))?;
                if kind.is_dir() || kind.is_file() {
                    set_permissions(path, Permissions::from_mode(if kind.is_dir() { 0o700 } else { 0o600 }))?;
                }
            }
            chown(folder, None, Some(number))?;
            set_permissions(folder, Permissions::from_mode(0o710))?;
        }
        Ok(())
    }

    #[cfg(not(unix))]
    fn let_in(&self, _group: &str) -> io::Result<()> {
        Ok(())
    }
}

/// The number of a group in the words of `/etc/group`.
#[cfg(unix)]
fn group_number(words: &str, group: &str) -> Option<u32> {
    let mut lines = words.lines().map(|line| line.split(':'));
    lines.find_map(|mut parts| if parts.next() == Some(group) { parts.nth(1)?.parse().ok() } else { None })
}

/// A folder's path in 16 hexadecimal digits.
fn short(store: &Path) -> String {
    blake3::hash(store.as_os_str().as_encoded_bytes()).to_hex().chars().take(16).collect()
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_socket_lies_in_the_historys_folder_unless_its_path_is_too_long() {
        assert_eq!(Place::of(Path::new("/var/lib/trimwatch")), Some(Place("/var/lib/trimwatch/attach.sock".into())));
        let deep = PathBuf::from(format!("/{}", "x".repeat(200)));
        assert!(Place::of(&deep).is_none_or(|place| place.0.as_os_str().len() <= MOST_PATH));
    }

    #[test]
    fn a_group_may_open_the_socket_and_nothing_else() {
        use std::os::unix::fs::MetadataExt;
        let folder = tempfile::tempdir().expect("a folder");
        let store = folder.path().join("store");
        std::fs::create_dir_all(store.join("db")).expect("a folder");
        std::fs::write(store.join("waiting.log"), "runs").expect("written");
        let own = std::fs::metadata(&store).expect("there").gid().to_string();
        let place = Place::of(&store).expect("a place");
        let mode = |name: &str| std::fs::metadata(store.join(name)).expect("there").mode() & 0o777;
        assert_eq!(place.listen(None).expect("a socket").1, None);
        assert_eq!(mode("attach.sock"), 0o600);
        assert_eq!(place.listen(Some(&own)).expect("a socket").1, None);
        assert_eq!(["attach.sock", "", "db", "waiting.log"].map(mode), [0o660, 0o710, 0o700, 0o600]);
        let refused = place.listen(Some("nobody-is-called-this")).expect("a socket all the same").1;
        assert!(refused.is_some_and(|why| why.contains("no such group")) && mode("attach.sock") == 0o600);
    }

    #[test]
    fn groups_are_found_by_name() {
        let words = "root:x:0:\ntrim:x:1004:ann,bob\n";
        assert_eq!(group_number(words, "trim"), Some(1004));
        assert_eq!(group_number(words, "tri"), None);
    }
}
