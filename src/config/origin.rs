//! Where each value of the configuration came from.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use toml::{Table, Value};

/// Who told a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The program itself.
    Default,
    /// A configuration file.
    File(PathBuf),
    /// An environment variable.
    Variable(&'static str),
    /// An option of the command line.
    Flag(&'static str),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Variable(name) => write!(f, "environment, {name}"),
            Self::Flag(name) => write!(f, "option {name}"),
        }
    }
}

/// Keys as they are written with dots (`sigma.order`), each with who told it last. A list is one key.
#[derive(Debug, Clone, Default)]
pub struct Origins(BTreeMap<String, Origin>);

impl Origins {
    /// Who told a key; the program itself when nobody else did.
    pub fn of(&self, key: &str) -> &Origin {
        self.0.get(key).unwrap_or(&Origin::Default)
    }

    /// From here on this one told it.
    pub fn set(&mut self, key: &str, origin: Origin) {
        self.0.insert(key.to_owned(), origin);
    }

    /// All that a table tells.
    pub(super) fn told(&mut self, table: &Table, origin: &Origin) {
        self.walk("", table, origin);
    }

    /// What was told says nothing: the default holds.
    pub(super) fn forget(&mut self, key: &str) {
        self.0.remove(key);
    }

    fn walk(&mut self, above: &str, table: &Table, origin: &Origin) {
        for (key, value) in table {
            let key = format!("{above}{key}");
            match value {
                Value::Table(below) => self.walk(&format!("{key}."), below, origin),
                _ => self.set(&key, origin.clone()),
            }
        }
    }
}
