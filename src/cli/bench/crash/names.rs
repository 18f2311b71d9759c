//! The names in folders: those on disk, those a reader sees, and the changes no sync has covered.

use std::collections::{BTreeMap, HashMap};
use std::path::{Component, Path};

use super::chance::Chance;

/// A file or folder, whatever it is called.
pub(super) type Node = usize;

/// The folder everything lies in.
pub(super) const TOP: Node = 0;

/// What each folder holds.
pub(super) type Folders = HashMap<Node, BTreeMap<String, Node>>;

/// What a sync says about names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NamesRule {
    /// As ext4 and XFS do it: names are kept in one journal that is written in order, so a sync of a file or folder
    /// brings everything to disk that was named before that file's newest change of size or name.
    Journal,
    /// As POSIX has it: a name is on disk when its folder was synced, and until then it is or is not.
    Posix,
}

/// A change of names; a rename is one.
#[derive(Debug, Clone)]
struct Change {
    order: u64,
    /// The folder whose sync brings it to disk.
    folder: Node,
    /// A name that goes, if it still means the node it meant then.
    gone: Option<(Node, String, Node)>,
    named: Option<(String, Node)>,
}

/// Which unsynced names a power loss leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NamesLeft {
    /// None.
    Nothing,
    /// All.
    Everything,
    /// Some: the first ones in a journal, any of them elsewhere.
    Some,
}

/// The names of all folders.
#[derive(Debug, Clone)]
pub(super) struct Names {
    rule: NamesRule,
    now: Folders,
    durable: Folders,
    pending: Vec<Change>,
}

impl Names {
    pub(super) fn new(rule: NamesRule) -> Self {
        let empty = Folders::from([(TOP, BTreeMap::new())]);
        Self { rule, now: empty.clone(), durable: empty, pending: Vec::new() }
    }

    /// What a reader sees.
    pub(super) fn now(&self) -> &Folders {
        &self.now
    }

    /// The folder and last name of a path that begins in `folder`.
    pub(super) fn parent<'p>(&self, folder: Node, path: &'p Path) -> Option<(Node, &'p str)> {
        let name = path.file_name()?.to_str()?;
        Some((self.find(folder, path.parent()?)?, name))
    }

    /// What a path that begins in `folder` leads to.
    pub(super) fn find(&self, folder: Node, path: &Path) -> Option<Node> {
        path.components().try_fold(folder, |folder, part| match part {
            Component::CurDir => Some(folder),
            Component::Normal(name) => self.now.get(&folder)?.get(name.to_str()?).copied(),
            _ => None,
        })
    }

    /// Whether it is a folder.
    pub(super) fn is_folder(&self, node: Node) -> bool {
        self.now.contains_key(&node)
    }

    /// A new folder is empty, on disk as soon as its name is.
    pub(super) fn add_folder(&mut self, node: Node) {
        self.now.insert(node, BTreeMap::new());
        self.durable.insert(node, BTreeMap::new());
    }

    /// Gives a name, takes one, or both at once.
    pub(super) fn change(&mut self, order: u64, gone: Option<(Node, &str)>, named: Option<(Node, &str, Node)>) {
        let Some(folder) = named.map(|named| named.0).or(gone.map(|gone| gone.0)) else { return };
        let gone = gone.and_then(|(folder, name)| {
            let node = *self.now.get(&folder)?.get(name)?;
            Some((folder, name.to_owned(), node))
        });
        let named = named.map(|(_, name, node)| (name.to_owned(), node));
        let change = Change { order, folder, gone, named };
        change.apply(&mut self.now);
        self.pending.push(change);
    }

    /// A sync of `node` that began at `until`, when the node's newest change of size or name was `newest`.
    pub(super) fn sync(&mut self, node: Node, until: u64, newest: u64) {
        let rule = self.rule;
        self.settle(|change| match rule {
            NamesRule::Journal => change.order <= until.min(newest),
            NamesRule::Posix => change.folder == node && change.order <= until,
        });
    }

    /// Everything is on disk.
    pub(super) fn sync_all(&mut self) {
        self.settle(|_| true);
    }

    fn settle(&mut self, which: impl Fn(&Change) -> bool) {
        let (synced, rest): (Vec<_>, Vec<_>) = std::mem::take(&mut self.pending).into_iter().partition(which);
        self.pending = rest;
        for change in &synced {
            change.apply(&mut self.durable);
        }
    }

    /// Orders of the changes that are not on disk for sure.
    pub(super) fn pending(&self) -> impl Iterator<Item = u64> {
        self.pending.iter().map(|change| change.order)
    }

    /// The names that a power loss leaves.
    pub(super) fn after(&self, left: NamesLeft, chance: &mut Chance) -> Folders {
        let mut folders = self.durable.clone();
        let first = chance.below(self.pending.len() + 1);
        for (at, change) in self.pending.iter().enumerate() {
            let survives = match (left, self.rule) {
                (NamesLeft::Nothing, _) => false,
                (NamesLeft::Everything, _) => true,
                (NamesLeft::Some, NamesRule::Journal) => at < first,
                (NamesLeft::Some, NamesRule::Posix) => chance.one_in(2),
            };
            if survives {
                change.apply(&mut folders);
            }
        }
        folders
    }
}

impl Change {
    fn apply(&self, folders: &mut Folders) {
        if let Some((folder, name, node)) = &self.gone
            && let Some(names) = folders.get_mut(folder)
            && names.get(name) == Some(node)
        {
            names.remove(name);
        }
        if let Some((name, node)) = &self.named
            && let Some(names) = folders.get_mut(&self.folder)
        {
            names.insert(name.clone(), *node);
        }
    }
}
