//! A folder as the disk has it: what is synced stays, what is not may go, in every way a power loss takes it.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use color_eyre::eyre::{Result, bail, eyre};

use super::chance::Chance;
use super::content::{Content, Survives};
use super::names::{Folders, Names, NamesLeft, NamesRule, Node, TOP};
use super::step::{Fd, How, Place, Step};
use super::tree::Tree;

/// Folders nested deeper than this are not the program's.
const MAX_DEPTH: usize = 32;

/// An open file or folder.
#[derive(Debug, Clone, Copy)]
struct Open {
    node: Node,
    /// Where the next write goes.
    place: u64,
    how: How,
}

/// A sync under way.
#[derive(Debug, Clone, Copy)]
struct Sync {
    node: Node,
    until: u64,
    newest: u64,
}

/// A folder and everything below it.
#[derive(Debug, Clone)]
pub(super) struct Disk {
    root: PathBuf,
    /// Counts changes of files and names.
    order: u64,
    names: Names,
    /// By node; folders have none.
    files: HashMap<Node, Content>,
    /// Each node's newest change of size or name.
    newest: HashMap<Node, u64>,
    nodes: Node,
    open: Vec<Open>,
    fds: HashMap<Fd, usize>,
    syncs: HashMap<usize, Sync>,
}

/// How a power loss takes what is not synced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Loss {
    /// Names.
    pub(super) names: NamesLeft,
    /// Bytes and sizes.
    pub(super) files: Survives,
}

impl Disk {
    /// A folder that holds this, and has for long.
    pub(super) fn new(root: &Path, tree: &Tree, rule: NamesRule) -> Result<Self> {
        let mut disk = Self {
            root: root.to_path_buf(),
            order: 0,
            names: Names::new(rule),
            files: HashMap::new(),
            newest: HashMap::new(),
            nodes: TOP,
            open: Vec::new(),
            fds: HashMap::new(),
            syncs: HashMap::new(),
        };
        // A folder comes before what lies in it.
        for (path, bytes) in &tree.0 {
            let node = disk.add(&Place(-100, root.join(path)), bytes.clone())?;
            node.ok_or_else(|| eyre!("{}: not below its folder", path.display()))?;
        }
        disk.names.sync_all();
        Ok(disk)
    }

    /// Does what was done. Anything outside the folder does nothing.
    pub(super) fn take(&mut self, step: &Step) -> Result<()> {
        match step {
            Step::Life => self.fds.clear(),
            Step::Open { fd, place, how } => self.open(*fd, place, *how)?,
            Step::Close { fd } => drop(self.fds.remove(fd)),
            Step::Again { fd, of } => match self.fds.get(of).copied() {
                Some(open) => drop(self.fds.insert(*fd, open)),
                None => drop(self.fds.remove(fd)),
            },
            Step::Mapped { fd } if self.at(*fd).is_some() => bail!("a file that is mapped for writing"),
            Step::SyncBegins { number, fd } => self.sync_begins(*number, *fd),
            Step::SyncEnds { number } => self.sync_ends(*number),
            Step::SyncAll => self.sync_all(),
            Step::Seek { .. } | Step::Advance { .. } | Step::Write { .. } | Step::Copy { .. } => self.bytes(step),
            Step::Size { fd, len } => self.resize(*fd, |_| *len),
            Step::Reserve { fd, len } => self.resize(*fd, |now| now.max(*len)),
            Step::MakeFolder { place } => drop(self.add(place, None)?),
            Step::Rename { .. } | Step::Link { .. } | Step::Remove { .. } => self.rename(step)?,
            Step::Mapped { .. } | Step::Acknowledged(_) => {}
        }
        Ok(())
    }

    /// The next order.
    fn next(&mut self) -> u64 {
        self.order += 1;
        self.order
    }

    fn at(&self, fd: Fd) -> Option<&Open> {
        self.open.get(*self.fds.get(&fd)?)
    }

    fn at_mut(&mut self, fd: Fd) -> Option<&mut Open> {
        self.open.get_mut(*self.fds.get(&fd)?)
    }

    /// The folder a place begins in and its path from there; none when it lies outside.
    fn resolve<'p>(&self, place: &'p Place) -> Option<(Node, &'p Path)> {
        match place.1.strip_prefix(&self.root) {
            Ok(below) => Some((TOP, below)),
            Err(_) if place.1.is_absolute() => None,
            Err(_) => Some((self.at(place.0)?.node, &place.1)),
        }
    }

    fn parent<'p>(&self, place: &'p Place) -> Option<(Node, &'p str)> {
        let (folder, path) = self.resolve(place)?;
        self.names.parent(folder, path)
    }

    fn find(&self, place: &Place) -> Option<Node> {
        let (folder, path) = self.resolve(place)?;
        self.names.find(folder, path)
    }

    /// A new file with its bytes, or a new folder.
    fn add(&mut self, place: &Place, bytes: Option<Vec<u8>>) -> Result<Option<Node>> {
        let Some((folder, name)) = self.parent(place) else {
            if self.resolve(place).is_some() {
                bail!("{}: its folder is not known", place.1.display());
            }
            return Ok(None);
        };
        self.nodes += 1;
        let node = self.nodes;
        match bytes {
            Some(bytes) => drop(self.files.insert(node, Content::settled(bytes))),
            None => self.names.add_folder(node),
        }
        let order = self.next();
        self.names.change(order, None, Some((folder, name, node)));
        self.newest.extend([(node, order), (folder, order)]);
        Ok(Some(node))
    }

    fn open(&mut self, fd: Fd, place: &Place, how: How) -> Result<()> {
        self.fds.remove(&fd);
        let node = match self.find(place) {
            Some(node) => Some(node),
            None if how.create => self.add(place, Some(Vec::new()))?,
            None if self.resolve(place).is_some() => bail!("{}: opened, and not known", place.1.display()),
            None => None,
        };
        if let Some(node) = node {
            self.fds.insert(fd, self.open.len());
            self.open.push(Open { node, place: 0, how });
            if how.truncate && self.files.get(&node).is_some_and(|file| !file.now().is_empty()) {
                self.resize(fd, |_| 0);
            }
        }
        Ok(())
    }

    fn bytes(&mut self, step: &Step) {
        match step {
            Step::Seek { fd, to } => drop(self.at_mut(*fd).map(|open| open.place = *to)),
            Step::Advance { fd, by } => drop(self.at_mut(*fd).map(|open| open.place += by)),
            Step::Write { fd, at, bytes } => self.write(*fd, *at, bytes),
            Step::Copy { from, to, len } => self.copy(*from, *to, *len),
            _ => {}
        }
    }

    fn write(&mut self, fd: Fd, at: Option<u64>, bytes: &Rc<[u8]>) {
        let Some(Open { node, place, how }) = self.at(fd).copied() else { return };
        let order = self.next();
        let Some(file) = self.files.get_mut(&node) else { return };
        let start = if how.append { file.now().len() as u64 } else { at.unwrap_or(place) };
        if file.write(order, start, Rc::clone(bytes)) {
            self.newest.insert(node, order);
        }
        if how.synced {
            file.sync(order);
        }
        if let Some(open) = self.at_mut(fd).filter(|_| at.is_none()) {
            open.place = start + bytes.len() as u64;
        }
    }

    /// What comes from outside the folder is not known, which the comparison with the real folder shows.
    fn copy(&mut self, from: Fd, to: Fd, len: u64) {
        let (Some(source), Ok(len)) = (self.at(from).copied(), usize::try_from(len)) else { return };
        let start = usize::try_from(source.place).unwrap_or(usize::MAX);
        let bytes: Rc<[u8]> = self
            .files
            .get(&source.node)
            .map(|file| file.now().iter().skip(start).take(len).copied().collect())
            .unwrap_or_default();
        self.write(to, None, &bytes);
        if let Some(open) = self.at_mut(from) {
            open.place += len as u64;
        }
    }

    fn resize(&mut self, fd: Fd, len: impl Fn(u64) -> u64) {
        let Some(node) = self.at(fd).map(|open| open.node) else { return };
        let order = self.next();
        if let Some(file) = self.files.get_mut(&node) {
            file.resize(order, len(file.now().len() as u64));
            self.newest.insert(node, order);
        }
    }

    fn rename(&mut self, step: &Step) -> Result<()> {
        let (node, gone, named) = match step {
            Step::Rename { from, to } => (self.find(from), self.parent(from), self.parent(to)),
            Step::Link { of, place } => (self.find(of), None, self.parent(place)),
            Step::Remove { place } => (None, self.parent(place), None),
            _ => return Ok(()),
        };
        if matches!(step, Step::Rename { .. }) && gone.is_some() != named.is_some() {
            bail!("a name that moves over the folder's border");
        }
        let order = self.next();
        let named = named.zip(node).map(|((folder, name), node)| (folder, name, node));
        self.names.change(order, gone, named);
        let changed = [gone.map(|gone| gone.0), named.map(|named| named.0), named.map(|named| named.2)];
        self.newest.extend(changed.into_iter().flatten().map(|node| (node, order)));
        Ok(())
    }

    fn sync_begins(&mut self, number: usize, fd: Fd) {
        if let Some(node) = self.at(fd).map(|open| open.node) {
            let newest = self.newest.get(&node).copied().unwrap_or(0);
            self.syncs.insert(number, Sync { node, until: self.order, newest });
        }
    }

    fn sync_ends(&mut self, number: usize) {
        let Some(Sync { node, until, newest }) = self.syncs.remove(&number) else { return };
        if let Some(file) = self.files.get_mut(&node) {
            file.sync(until);
        }
        self.names.sync(node, until, newest);
    }

    fn sync_all(&mut self) {
        let order = self.order;
        self.files.values_mut().for_each(|file| file.sync(order));
        self.names.sync_all();
    }

    /// What a reader sees.
    pub(super) fn now(&self) -> Tree {
        self.tree(self.names.now(), |file| file.now().to_vec())
    }

    /// Orders of all changes that are not on disk for sure, oldest first.
    pub(super) fn pending(&self) -> Vec<u64> {
        let files = self.files.values().flat_map(Content::pending);
        let mut orders: Vec<u64> = files.chain(self.names.pending()).collect();
        orders.sort_unstable();
        orders
    }

    /// What is left after a power loss.
    pub(super) fn after(&self, loss: Loss, chance: &mut Chance) -> Tree {
        let folders = self.names.after(loss.names, chance);
        let mut left: HashMap<Node, Vec<u8>> = HashMap::new();
        let mut nodes: Vec<&Node> = self.files.keys().collect();
        nodes.sort_unstable();
        for node in nodes {
            left.extend(self.files.get(node).map(|file| (*node, file.after(loss.files, chance))));
        }
        self.tree_of(&folders, |node| left.get(&node).cloned())
    }

    fn tree(&self, folders: &Folders, bytes: impl Fn(&Content) -> Vec<u8>) -> Tree {
        self.tree_of(folders, |node| self.files.get(&node).map(&bytes))
    }

    fn tree_of(&self, folders: &Folders, bytes: impl Fn(Node) -> Option<Vec<u8>>) -> Tree {
        let mut tree = Tree::default();
        let mut folders_left = vec![(TOP, PathBuf::new(), 0)];
        while let Some((folder, path, depth)) = folders_left.pop() {
            for (name, node) in folders.get(&folder).into_iter().flatten() {
                let path = path.join(name);
                if self.names.is_folder(*node) && depth < MAX_DEPTH {
                    folders_left.push((*node, path.clone(), depth + 1));
                }
                tree.0.insert(path, bytes(*node));
            }
        }
        tree
    }
}
