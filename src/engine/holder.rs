//! Who holds the store, told to whoever finds it held.

use super::clock;
use crate::history::Holder;

/// This process.
pub fn holder() -> Holder {
    let since = clock::local_now().map(|now| format!("{} {}", now.date, now.clock()));
    Holder {
        host: first_of(&["HOSTNAME", "COMPUTERNAME"]).or_else(host_file).unwrap_or_else(|| "this computer".to_owned()),
        pid: std::process::id(),
        user: first_of(&["USER", "USERNAME", "LOGNAME"]).unwrap_or_else(|| "unknown".to_owned()),
        since: since.unwrap_or_default(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    }
}

fn first_of(names: &[&str]) -> Option<String> {
    names.iter().filter_map(|name| std::env::var(name).ok()).find(|value| !value.is_empty())
}

fn host_file() -> Option<String> {
    let name = std::fs::read_to_string("/etc/hostname").ok()?;
    Some(name.trim().to_owned()).filter(|name| !name.is_empty())
}
