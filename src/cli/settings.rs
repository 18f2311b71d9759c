//! `config path|show|check`.

use std::fmt::Write;
use std::path::Path;

use color_eyre::eyre::Result;

use super::{Exit, StoreArgs};
use crate::config::{Config, ConfigError, Loaded, Origin, Origins, default_paths, load_checked};
use crate::export::printable;
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

/// Prints what is in force, as TOML, with where each value came from behind it.
pub(super) fn show(args: &StoreArgs, named: Option<&Path>) -> Result<Exit> {
    let mut loaded = load(named)?;
    if let Some(store) = &args.store {
        loaded.origins.set("store", Origin::Flag("--store"));
        loaded.store.clone_from(store);
    }
    print!("{}", explained(&loaded)?);
    Ok(Exit::Fine)
}

/// Every key with its comment; where a text makes that another configuration, without any.
fn explained(loaded: &Loaded) -> Result<String> {
    let config = Config { store: Some(loaded.store.clone()), ..loaded.config.clone() };
    // Not the pretty form: here a list is one line.
    let plain = toml::to_string(&config)?;
    let text = with_comments(&plain, &loaded.origins);
    let same = toml::from_str::<Config>(&text).is_ok_and(|read| read == config);
    Ok(if same { text } else { plain })
}

fn with_comments(plain: &str, origins: &Origins) -> String {
    let (mut table, mut listed, mut inside, mut text) = (String::new(), false, false, String::new());
    for line in plain.lines() {
        // A text of several lines: nothing of it is a key, and what stands behind its first line is its own.
        let breaks = line.matches("\"\"\"").count() + line.matches("\'\'\'").count();
        let (begun, opens) = (inside, breaks % 2 == 1);
        inside ^= opens;
        let list = line.strip_prefix("[[").and_then(|line| line.strip_suffix("]]"));
        let header = line.strip_prefix('[').and_then(|line| line.strip_suffix(']'));
        let key = line.split_once(" = ").filter(|_| !begun && !listed).map(|(key, _)| format!("{table}{key}"));
        let _ = match (list, header, key) {
            (Some(name), _, _) if !begun => {
                listed = true;
                writeln!(text, "{}", commented(line, origins.of(name)))
            }
            (_, Some(name), _) if !begun => {
                (listed, table) = (false, format!("{name}."));
                writeln!(text, "{line}")
            }
            (_, _, Some(key)) if opens => writeln!(text, "{}\n{line}", commented("", origins.of(&key)).trim_start()),
            (_, _, Some(key)) => writeln!(text, "{}", commented(line, origins.of(&key))),
            _ => writeln!(text, "{line}"),
        };
    }
    text
}

fn commented(line: &str, origin: &Origin) -> String {
    format!("{line:<40}  # {}", printable(&origin.to_string()))
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
            problems.lines().iter().for_each(|line| eprintln!("{}", printable(line)));
            return Exit::Usage;
        }
    }
    Exit::Fine
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_reads_back_as_the_same_configuration_whatever_its_texts_hold() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("site.toml");
        let text = "store = \"/a # b\"\n[[watch]]\npath = \"/x\\ny = 1\"\nline = \"[three]\"\n[[shifts.shift]]\nname = \"a\"\n\
                    from = \"06:00\"\nto = \"14:00\"\n[drift]\ncauses = [\"laser\", \"a\\n[b]\"]\n";
        std::fs::write(&path, text).expect("written");
        let loaded = load(Some(&path)).expect("a configuration");
        let shown = explained(&loaded).expect("TOML");
        assert_eq!(toml::from_str::<Config>(&shown).expect("TOML"), loaded.config, "{shown}");
        let named = |start: &str, end: &str| {
            let line = shown.lines().find(|line| line.starts_with(start)).unwrap_or_default();
            assert!(line.ends_with(end), "{start}: {shown}");
        };
        named("store", "site.toml");
        named("[[watch]]", "site.toml");
        named("[[shifts.shift]]", "site.toml");
        assert!(shown.contains("site.toml\ncauses = "), "{shown}");
        named("cutoff", "# default");
    }
}
