//! `bench crash`: whatever was shown is there after kills and power losses, once, and equal.

mod chance;
mod content;
mod disk;
#[cfg(test)]
mod disk_stories;
mod kills;
mod life;
mod look;
mod names;
mod power;
mod record;
mod score;
mod shop;
mod step;
mod trace;
mod tree;
mod watcher;

use color_eyre::eyre::Result;

use crate::cli::demo::Temporary;
use crate::cli::{CrashArgs, Exit};
use crate::config::Config;

use chance::Chance;
use shop::Shop;
use tree::Kept;

/// Runs both parts of the campaign.
pub(super) fn run(args: &CrashArgs, config: &Config) -> Result<Exit> {
    if let Some(store) = &args.look {
        look::print(store)?;
        return Ok(Exit::Fine);
    }
    if args.power > 0 {
        record::check()?;
    }
    let folder = Temporary::new("bench-crash")?;
    let root = folder.0.canonicalize()?;
    let shop = Shop::new(&root, args.files.max(1), config)?;
    let chance = Chance::new(args.seed);
    let mut kept = Kept::new();
    println!("crash campaign on {} files, seed {}   (bar: nothing lost, doubled, unlike)", args.files, args.seed);
    let mut clean = true;
    if args.kills > 0 {
        clean &= kills::run(&shop, &root, args.kills, chance.of(1), &mut kept)?;
    }
    if args.power > 0 {
        clean &= power::run(&shop, &root, args.power, &chance.of(2), &mut kept)?;
    }
    Ok(if clean { Exit::Fine } else { Exit::Loss })
}
