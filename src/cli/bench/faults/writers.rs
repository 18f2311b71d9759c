//! Writers that are slow, that stop half-way, that write again, that hold a file.

use std::fs::{self, File};
use std::io::{Seek, SeekFrom, Write};

use color_eyre::eyre::{Result, ensure, eyre};

use super::plant::{Due, Plant, allow, date, halves, pause};
use super::{Case, Played};
use crate::cli::bench::rig::workbook;

pub(super) const CASES: &[Case] = &[
    Case {
        name: "given-up-and-healed",
        story: "half a file ends in an error row; completed later it is a run",
        play: given_up,
    },
    Case {
        name: "unreadable-file",
        story: "a file nobody may read ends in an error row; given the right it is a run",
        play: unreadable,
    },
    Case { name: "slow-writer", story: "a file is written in pieces over seconds and held open", play: slow },
    Case { name: "slow-appender", story: "a file is opened, lengthened and closed piece by piece", play: appender },
    Case { name: "temporary-name", story: "a file is copied under .tmp and renamed", play: temporary },
    Case { name: "rewritten", story: "a file is rewritten in place after it was read", play: rewritten },
    Case {
        name: "rewritten-set-back",
        story: "a file of the same length is rewritten in place and its time set back",
        play: set_back,
    },
    Case { name: "set-back-unseen", story: "the same without events", play: set_back_unseen },
    Case {
        name: "saved-again",
        story: "a run is saved again under another disposition, changed and unchanged",
        play: saved_again,
    },
    Case { name: "completed-later", story: "half a file is completed after the first retry", play: completed },
    Case { name: "zero-tail", story: "a file of full length is filled in later", play: zero_tail },
    Case { name: "replaced", story: "another file is renamed over one that was read", play: replaced },
    Case { name: "linked-in", story: "a file is linked under its name and the temporary name removed", play: linked },
    Case { name: "deleted-at-once", story: "files are deleted before they can be read; one comes back", play: deleted },
    Case {
        name: "touched",
        story: "rights, links and dates of read files change, their content does not",
        play: touched,
    },
    Case {
        name: "dated-after",
        story: "a copying program sets the date of a file that is whole and closed",
        play: dated_after,
    },
    Case { name: "rewritten-fast", story: "a file is rewritten twenty times as fast as it goes", play: rewritten_fast },
    Case { name: "dates", story: "files dated 2040, 1970, 1960 and backwards, at the start and later", play: dates },
];

fn given_up(plant: &mut Plant) -> Result<Played> {
    plant.start()?;
    let (name, bytes) = plant.workbook(0);
    let path = plant.drop.join(&name);
    fs::write(&path, halves(&bytes).0)?;
    plant.until_failed(&name)?;
    File::options().append(true).open(&path)?.write_all(halves(&bytes).1)?;
    plant.until_came(0)?;
    Ok(Played::Through)
}

fn unreadable(plant: &mut Plant) -> Result<Played> {
    let (name, bytes) = plant.workbook(0);
    let path = plant.drop.join(&name);
    fs::write(&path, bytes)?;
    allow(&path, 0)?;
    if File::open(&path).is_ok() {
        return Ok(Played::Not("this user may read everything"));
    }
    plant.start()?;
    plant.until_failed(&name)?;
    allow(&path, 0o644)?;
    plant.until_came(0)?;
    Ok(Played::Through)
}

fn slow(plant: &mut Plant) -> Result<Played> {
    plant.start()?;
    let (name, bytes) = plant.workbook(0);
    let mut file = File::create(plant.drop.join(name))?;
    for (index, piece) in bytes.chunks(bytes.len() / 5 + 1).enumerate() {
        file.write_all(piece)?;
        pause(if index == 2 { 2_800 } else { 700 });
    }
    drop(file);
    plant.until_came(0)?;
    Ok(Played::Through)
}

fn appender(plant: &mut Plant) -> Result<Played> {
    plant.start()?;
    let (name, bytes) = plant.workbook(0);
    let path = plant.drop.join(name);
    for piece in bytes.chunks(bytes.len() / 6 + 1) {
        File::options().create(true).append(true).open(&path)?.write_all(piece)?;
        pause(900);
    }
    plant.until_came(0)?;
    Ok(Played::Through)
}

fn temporary(plant: &mut Plant) -> Result<Played> {
    plant.start()?;
    for n in 0..20 {
        let (name, bytes) = plant.workbook(n);
        let (temporary, path) = (plant.drop.join(format!("{name}.tmp")), plant.drop.join(name));
        fs::write(&temporary, halves(&bytes).0)?;
        pause(30);
        File::options().append(true).open(&temporary)?.write_all(halves(&bytes).1)?;
        fs::rename(temporary, path)?;
    }
    plant.until_all_came()?;
    Ok(Played::Through)
}

fn rewritten(plant: &mut Plant) -> Result<Played> {
    plant.start()?;
    let path = plant.drop_workbook(0)?;
    plant.until_came(0)?;
    let (_, other) = plant.workbook(1);
    fs::write(path, other)?;
    plant.until_came(1)?;
    Ok(Played::Through)
}

/// Two workbooks of one length, one after the other in one file, at one time.
fn one_after_the_other(plant: &mut Plant) -> Result<()> {
    let (name, bytes) = plant.workbook_due(0, Due::Kept);
    let same = (1..100).find(|n| workbook(*n).1.len() == bytes.len());
    let n = same.ok_or_else(|| eyre!("no two made workbooks have one length"))?;
    let path = plant.drop.join(name);
    fs::write(&path, &bytes)?;
    let time = fs::metadata(&path)?.modified()?;
    plant.until("the first content", |plant| plant.came(0) == 1)?;
    pause(20);
    let (_, other) = plant.workbook_due(n, Due::Kept);
    let mut file = File::options().write(true).open(&path)?;
    file.write_all(&other)?;
    file.set_modified(time)?;
    Ok(())
}

fn set_back(plant: &mut Plant) -> Result<Played> {
    plant.start()?;
    one_after_the_other(plant)?;
    Ok(Played::Through)
}

fn set_back_unseen(plant: &mut Plant) -> Result<Played> {
    plant.flags.push("--poll".into());
    plant.start()?;
    one_after_the_other(plant)?;
    Ok(Played::Through)
}

fn saved_again(plant: &mut Plant) -> Result<Played> {
    plant.start()?;
    let path = plant.drop_workbook(0)?;
    plant.until_came(0)?;
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let (_, other) = plant.workbook(1);
    fs::write(plant.drop.join(name.replace("Trimmed Correct", "Scrap_Cut in wiper path")), &other)?;
    plant.until_came(1)?;
    plant.duplicates = 1;
    fs::write(plant.drop.join(name.replace("Trimmed Correct", "Touch-up_Lin Out")), other)?;
    Ok(Played::Through)
}

fn completed(plant: &mut Plant) -> Result<Played> {
    plant.start()?;
    let (name, bytes) = plant.workbook(0);
    let path = plant.drop.join(name);
    fs::write(&path, halves(&bytes).0)?;
    pause(2_500);
    File::options().append(true).open(&path)?.write_all(halves(&bytes).1)?;
    plant.until_came(0)?;
    Ok(Played::Through)
}

fn zero_tail(plant: &mut Plant) -> Result<Played> {
    plant.start()?;
    let (name, bytes) = plant.workbook(0);
    let path = plant.drop.join(name);
    let (head, tail) = halves(&bytes);
    let mut file = File::create(&path)?;
    file.set_len(bytes.len() as u64)?;
    file.write_all(head)?;
    drop(file);
    date(&path, 1_700_000_000)?;
    pause(2_500);
    let mut file = File::options().write(true).open(&path)?;
    file.seek(SeekFrom::Start(head.len() as u64))?;
    file.write_all(tail)?;
    drop(file);
    date(&path, 1_700_000_000)?;
    plant.until_came(0)?;
    Ok(Played::Through)
}

fn replaced(plant: &mut Plant) -> Result<Played> {
    plant.start()?;
    let path = plant.drop_workbook(0)?;
    plant.until_came(0)?;
    let (_, other) = plant.workbook(1);
    let beside = plant.folder.0.join("beside.xls");
    fs::write(&beside, other)?;
    fs::rename(beside, path)?;
    plant.until_came(1)?;
    Ok(Played::Through)
}

fn linked(plant: &mut Plant) -> Result<Played> {
    plant.start()?;
    let (name, bytes) = plant.workbook(0);
    let temporary = plant.drop.join("copy.tmp");
    fs::write(&temporary, bytes)?;
    fs::hard_link(&temporary, plant.drop.join(name))?;
    fs::remove_file(temporary)?;
    plant.until_came(0)?;
    Ok(Played::Through)
}

fn deleted(plant: &mut Plant) -> Result<Played> {
    plant.start()?;
    plant.program()?.signal("STOP")?;
    let (name, bytes) = plant.workbook(0);
    let path = plant.drop.join(name);
    for n in 1..40 {
        fs::write(plant.drop.join(format!("{n}.xls")), halves(&bytes).0)?;
    }
    fs::write(&path, &bytes)?;
    for n in 1..40 {
        fs::remove_file(plant.drop.join(format!("{n}.xls")))?;
    }
    fs::remove_file(&path)?;
    plant.program()?.signal("CONT")?;
    pause(3_000);
    fs::write(path, bytes)?;
    plant.until_came(0)?;
    Ok(Played::Through)
}

fn touched(plant: &mut Plant) -> Result<Played> {
    plant.start()?;
    let paths: Vec<_> = (0..6).map(|n| plant.drop_workbook(n)).collect::<Result<_>>()?;
    plant.until_all_came()?;
    for path in &paths {
        allow(path, 0o600)?;
        fs::hard_link(path, plant.folder.0.join(path.file_name().unwrap_or_default()))?;
        // Opened for writing and closed without a byte.
        drop(File::options().write(true).open(path)?);
    }
    pause(3_500);
    ensure!(plant.lines.len() == paths.len(), "{} lines for {} files", plant.lines.len(), paths.len());
    Ok(Played::Through)
}

fn dated_after(plant: &mut Plant) -> Result<Played> {
    plant.start()?;
    for (n, seconds) in (0..10).zip(1_600_000_000..) {
        let path = plant.drop_workbook(n)?;
        pause(if n % 2 == 0 { 0 } else { 100 });
        date(&path, seconds)?;
    }
    plant.until_all_came()?;
    pause(3_000);
    // Marked in their last state, they are not read again at the next start.
    plant.stop_at_once(false)?;
    plant.start()?;
    Ok(Played::Through)
}

fn rewritten_fast(plant: &mut Plant) -> Result<Played> {
    plant.start()?;
    let path = plant.drop.join(workbook(0).0);
    for n in 0..20 {
        // Which of the first nineteen is read is chance; the last one must be.
        let (_, bytes) = plant.workbook_due(n, if n == 19 { Due::Kept } else { Due::Perhaps });
        fs::write(&path, bytes)?;
    }
    Ok(Played::Through)
}

fn dates(plant: &mut Plant) -> Result<Played> {
    const DATES: [i64; 5] = [2_208_988_800, 0, -315_619_200, 1_500_000_000, 1_400_000_000];
    let dated = |plant: &mut Plant, first: usize| -> Result<()> {
        for (n, seconds) in (first..).zip(DATES) {
            let path = plant.drop_workbook(n)?;
            date(&path, seconds)?;
        }
        Ok(())
    };
    dated(plant, 0)?;
    plant.start()?;
    plant.until_all_came()?;
    dated(plant, 10)?;
    plant.until_all_came()?;
    let into = plant.drop.join("copied");
    let outside = plant.folder.0.join("outside");
    fs::create_dir(&outside)?;
    let path = plant.drop_into(&outside, 20)?;
    date(&path, 2_208_988_800)?;
    fs::rename(&outside, &into)?;
    plant.until_all_came()?;
    Ok(Played::Through)
}
