//! Folders that vanish, come back, are others than before, lie deep, loop, or may not be looked into.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::time::Duration;

use color_eyre::eyre::{Result, ensure};

use super::plant::{Due, Plant, allow, halves, pause};
use super::{Case, Played};

pub(super) const CASES: &[Case] = &[
    Case {
        name: "renamed-away",
        story: "the folder is renamed away and back, with new files in it",
        play: renamed_away,
    },
    Case { name: "made-anew", story: "the folder is deleted and made anew with new files", play: made_anew },
    Case { name: "missing-at-start", story: "the folder is made after the start", play: missing },
    Case { name: "one-of-two-vanishes", story: "one of two folders vanishes, the other goes on", play: one_of_two },
    Case { name: "moved-between", story: "a file is moved from one watched folder to another", play: moved_between },
    Case { name: "nested-roots", story: "a folder is watched within a watched folder", play: nested },
    Case {
        name: "linked-root",
        story: "the watched folder is a link that is turned to another folder",
        play: linked_root,
    },
    Case { name: "moved-in", story: "a folder full of files is moved in, and one moved within", play: moved_in },
    Case {
        name: "away-while-read",
        story: "a sub-folder is away while its files are due, and comes back as it was",
        play: away_while_read,
    },
    Case {
        name: "deep-tree",
        story: "forty folders one in another: read to the thirty-second, the rest reported",
        play: deep,
    },
    Case {
        name: "unreadable-folder",
        story: "a sub-folder may not be looked into; its neighbours are heard at once",
        play: unreadable,
    },
    Case {
        name: "unreadable-root",
        story: "the watched folder may not be looked into for a while",
        play: unreadable_root,
    },
    Case { name: "link-loop", story: "links lead back into the folder", play: link_loop },
    Case {
        name: "half-in-hidden",
        story: "a copying program keeps half a file in a hidden folder",
        play: half_in_hidden,
    },
    Case { name: "poll", story: "no events at all", play: poll },
];

fn renamed_away(plant: &mut Plant) -> Result<Played> {
    plant.start()?;
    plant.drop_workbook(0)?;
    plant.until_came(0)?;
    let away = plant.folder.0.join("away");
    fs::rename(&plant.drop, &away)?;
    plant.until_said("OFFLINE", 1)?;
    plant.drop_into(&away, 1)?;
    fs::rename(&away, &plant.drop)?;
    plant.until_came(1)?;
    plant.drop_workbook(2)?;
    plant.within("events again", Duration::from_secs(20), |plant| plant.came(2) == 1)?;
    Ok(Played::Through)
}

fn made_anew(plant: &mut Plant) -> Result<Played> {
    plant.start()?;
    plant.drop_workbook(0)?;
    plant.until_came(0)?;
    // Twice: once so fast that no look falls in between, once slowly.
    for (n, slowly) in [(1, false), (3, true)] {
        fs::remove_dir_all(&plant.drop)?;
        if slowly {
            plant.until_said("OFFLINE", 1)?;
        }
        fs::create_dir(&plant.drop)?;
        plant.drop_workbook(n)?;
        plant.until_came(n)?;
        pause(1_500);
        plant.drop_workbook(n + 1)?;
        plant.within("a file by its event", Duration::from_secs(2), |plant| plant.came(n + 1) == 1)?;
    }
    Ok(Played::Through)
}

fn missing(plant: &mut Plant) -> Result<Played> {
    fs::remove_dir(&plant.drop)?;
    plant.start()?;
    ensure!(plant.said.iter().any(|line| line.contains("OFFLINE")), "nothing was said");
    fs::create_dir(&plant.drop)?;
    plant.drop_workbook(0)?;
    plant.until_all_came()?;
    plant.drop_workbook(1)?;
    plant.until_all_came()?;
    Ok(Played::Through)
}

/// A second watched folder.
fn second(plant: &mut Plant, name: &str) -> Result<std::path::PathBuf> {
    let path = plant.folder.0.join(name);
    fs::create_dir_all(&path)?;
    plant.watched.push(path.clone());
    Ok(path)
}

fn one_of_two(plant: &mut Plant) -> Result<Played> {
    let other = second(plant, "DLTS")?;
    plant.start()?;
    plant.drop_workbook(0)?;
    plant.drop_into(&other, 1)?;
    plant.until_all_came()?;
    let away = plant.folder.0.join("away");
    fs::rename(&other, &away)?;
    plant.until_said("OFFLINE", 1)?;
    plant.drop_workbook(2)?;
    plant.drop_into(&away, 3)?;
    plant.until_came(2)?;
    pause(1_500);
    fs::rename(&away, &other)?;
    plant.until_all_came()?;
    Ok(Played::Through)
}

fn moved_between(plant: &mut Plant) -> Result<Played> {
    let other = second(plant, "DLTS")?;
    plant.start()?;
    let path = plant.drop_workbook(0)?;
    plant.until_came(0)?;
    plant.duplicates = 1;
    fs::rename(&path, other.join(path.file_name().unwrap_or_default()))?;
    plant.drop_into(&other, 1)?;
    plant.until_came(1)?;
    Ok(Played::Through)
}

fn nested(plant: &mut Plant) -> Result<Played> {
    let inner = second(plant, "LTS/inner")?;
    plant.drop_workbook(0)?;
    plant.drop_into(&inner, 1)?;
    plant.start()?;
    plant.drop_workbook(2)?;
    plant.drop_into(&inner, 3)?;
    plant.until_all_came()?;
    Ok(Played::Through)
}

fn linked_root(plant: &mut Plant) -> Result<Played> {
    let (first, then) = (plant.folder.0.join("LTS-a"), plant.folder.0.join("LTS-b"));
    fs::remove_dir(&plant.drop)?;
    fs::create_dir(&first)?;
    fs::create_dir(&then)?;
    symlink(&first, &plant.drop)?;
    plant.start()?;
    plant.drop_workbook(0)?;
    plant.until_came(0)?;
    plant.drop_into(&then, 1)?;
    let turned = plant.folder.0.join("turned");
    symlink(&then, &turned)?;
    fs::rename(turned, &plant.drop)?;
    plant.until_came(1)?;
    plant.drop_workbook(2)?;
    plant.until_came(2)?;
    Ok(Played::Through)
}

fn moved_in(plant: &mut Plant) -> Result<Played> {
    plant.start()?;
    let outside = plant.folder.0.join("outside");
    fs::create_dir_all(outside.join("deeper"))?;
    for n in 0..30 {
        let folder = if n % 2 == 0 { outside.clone() } else { outside.join("deeper") };
        plant.drop_into(&folder, n)?;
    }
    fs::rename(&outside, plant.drop.join("inside"))?;
    plant.until_all_came()?;
    // Under other names the contents are there already.
    plant.duplicates = 30;
    fs::rename(plant.drop.join("inside"), plant.drop.join("renamed"))?;
    let renamed = plant.drop.join("renamed/deeper");
    pause(1_500);
    plant.drop_into(&renamed, 30)?;
    plant.until_came(30)?;
    Ok(Played::Through)
}

fn away_while_read(plant: &mut Plant) -> Result<Played> {
    let (sub, away) = (plant.drop.join("2026"), plant.folder.0.join("away"));
    fs::create_dir(&sub)?;
    for n in 0..300 {
        plant.drop_into(&sub, n)?;
    }
    plant.start()?;
    plant.until("the first dozen", |plant| plant.lines.len() >= 12)?;
    for _ in 0..3 {
        fs::rename(&sub, &away)?;
        pause(120);
        fs::rename(&away, &sub)?;
        pause(300);
    }
    plant.until_all_came()?;
    Ok(Played::Through)
}

/// A folder so many levels below another.
fn below(folder: &Path, levels: usize) -> std::path::PathBuf {
    (0..levels).fold(folder.to_path_buf(), |path, level| path.join(format!("level {level}")))
}

fn deep(plant: &mut Plant) -> Result<Played> {
    let (within, beyond) = (below(&plant.drop, 30), below(&plant.drop, 40));
    fs::create_dir_all(&beyond)?;
    plant.drop_into(&within, 0)?;
    plant.workbook_due(1, Due::Perhaps);
    fs::write(beyond.join("deep.xls"), crate::cli::bench::rig::workbook(1).1)?;
    plant.start()?;
    plant.until_came(0)?;
    plant.until_said("nested deeper than 32 folders", 1)?;
    plant.drop_into(&within, 2)?;
    plant.until_came(2)?;
    Ok(Played::Through)
}

fn unreadable(plant: &mut Plant) -> Result<Played> {
    let folders: Vec<_> = ["1", "2 lost+found", "3"].iter().map(|name| plant.drop.join(name)).collect();
    folders.iter().try_for_each(fs::create_dir)?;
    let [first, locked, last] = folders.as_slice() else { return Ok(Played::Not("three folders are not three")) };
    plant.drop_into(locked, 0)?;
    allow(locked, 0)?;
    if fs::read_dir(locked).is_ok() {
        return Ok(Played::Not("this user may look into everything"));
    }
    plant.start()?;
    plant.until_said("Permission denied", 1)?;
    for (n, folder) in [(1, first), (2, last)] {
        plant.drop_into(folder, n)?;
        plant.within("a neighbour's file by its event", Duration::from_millis(1_500), |plant| plant.came(n) == 1)?;
    }
    allow(locked, 0o755)?;
    plant.until_came(0)?;
    plant.drop_into(locked, 3)?;
    plant.until_all_came()?;
    Ok(Played::Through)
}

fn unreadable_root(plant: &mut Plant) -> Result<Played> {
    plant.start()?;
    plant.drop_workbook(0)?;
    plant.until_came(0)?;
    allow(&plant.drop, 0)?;
    if fs::read_dir(&plant.drop).is_ok() {
        return Ok(Played::Not("this user may look into everything"));
    }
    plant.until_said("OFFLINE", 1)?;
    allow(&plant.drop, 0o755)?;
    plant.drop_workbook(1)?;
    plant.until_came(1)?;
    Ok(Played::Through)
}

fn link_loop(plant: &mut Plant) -> Result<Played> {
    let year = plant.drop.join("2026");
    fs::create_dir(&year)?;
    symlink(&plant.drop, plant.drop.join("again"))?;
    symlink(&plant.drop, year.join("up"))?;
    // By its name it may come before or after what it leads to.
    symlink(&year, plant.drop.join("1 current"))?;
    symlink(&year, plant.drop.join("z current"))?;
    plant.drop_into(&year, 0)?;
    plant.start()?;
    plant.drop_workbook(1)?;
    plant.drop_into(&year, 2)?;
    let current = plant.drop.join("z current");
    plant.drop_into(&current, 3)?;
    plant.until_all_came()?;
    Ok(Played::Through)
}

fn half_in_hidden(plant: &mut Plant) -> Result<Played> {
    let partial = plant.drop.join(".rsync-partial");
    fs::create_dir(&partial)?;
    plant.start()?;
    let (name, bytes) = plant.workbook(0);
    fs::write(partial.join(&name), halves(&bytes).0)?;
    pause(3_000);
    fs::write(partial.join(&name), &bytes)?;
    pause(3_000);
    ensure!(plant.lines.is_empty(), "a hidden file was read");
    fs::rename(partial.join(&name), plant.drop.join(&name))?;
    plant.until_came(0)?;
    Ok(Played::Through)
}

fn poll(plant: &mut Plant) -> Result<Played> {
    plant.flags.push("--poll".into());
    plant.drop_workbook(0)?;
    plant.start()?;
    let path = plant.drop_workbook(1)?;
    let (name, bytes) = plant.workbook(2);
    fs::write(plant.drop.join("2.tmp"), bytes)?;
    fs::rename(plant.drop.join("2.tmp"), plant.drop.join(name))?;
    plant.within("found by looking", Duration::from_secs(15), |plant| (0..3).all(|n| plant.came(n) == 1))?;
    let (_, other) = plant.workbook(3);
    fs::write(path, other)?;
    plant.within("rewritten, found by looking", Duration::from_secs(15), |plant| plant.came(3) == 1)?;
    Ok(Played::Through)
}
