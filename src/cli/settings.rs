//! `config path|show|check`.

use std::path::Path;

use color_eyre::eyre::Result;

use super::Exit;
use crate::config::{ConfigError, Loaded, default_paths, load_checked};
use crate::tui;

/// Reads the configuration; what only the screen can see wrong in it is wrong for every command.
pub(super) fn load(named: Option<&Path>) -> Result<Loaded, ConfigError> {
    load_checked(named, tui::key_problems)
}

/// Lists the files that are looked at, weakest first, and says which are there.
pub(super) fn path(named: Option<&Path>) -> Exit {
    let paths = default_paths().into_iter().chain(named.map(Path::to_path_buf));
    for path in paths {
        let state = if path.is_file() { "" } else { "  (not there)" };
        println!("{}{state}", path.display());
    }
    Exit::Fine
}

/// Prints what is in force.
pub(super) fn show(named: Option<&Path>) -> Result<Exit> {
    let loaded = load(named)?;
    for file in &loaded.files {
        println!("# from {}", file.display());
    }
    let mut config = loaded.config;
    config.store = Some(loaded.store);
    print!("{}", toml::to_string_pretty(&config)?);
    Ok(Exit::Fine)
}

/// Prints every problem, or that there is none.
pub(super) fn check(named: Option<&Path>) -> Exit {
    match load(named) {
        Ok(loaded) if loaded.files.is_empty() => println!("no configuration file; the defaults are sound"),
        Ok(loaded) => {
            let files: Vec<String> = loaded.files.iter().map(|file| file.display().to_string()).collect();
            println!("sound: {}", files.join(", "));
        }
        Err(problems) => {
            eprintln!("{problems}");
            return Exit::Usage;
        }
    }
    Exit::Fine
}
