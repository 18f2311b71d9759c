//! Names that are no text, that move cursors, and things that only look like files.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::process::Command;

use color_eyre::eyre::Result;

use super::plant::Plant;
use super::{Case, Played};

pub(super) const CASES: &[Case] = &[
    Case { name: "no-utf8", story: "two names that are no text and look alike", play: no_utf8 },
    Case { name: "control-characters", story: "names with line feeds, tabs and escape sequences", play: control },
    Case { name: "no-files", story: "a pipe, a socket, a folder and a device named as workbooks", play: no_files },
    Case { name: "dangling-link", story: "a link leads nowhere until its file is there", play: dangling },
    Case {
        name: "foreign-names",
        story: "lock files, temporary names and foreign files hold whole workbooks",
        play: foreign,
    },
];

fn no_utf8(plant: &mut Plant) -> Result<Played> {
    let named = |plant: &mut Plant, n: usize, byte: u8| -> Result<()> {
        let (name, bytes) = plant.workbook(n);
        let odd: Vec<u8> =
            name.replace("Correct", "Corr\u{1}ct").bytes().map(|b| if b == 1 { byte } else { b }).collect();
        Ok(fs::write(plant.drop.join(OsStr::from_bytes(&odd)), bytes)?)
    };
    named(plant, 0, 0xE9)?;
    plant.start()?;
    named(plant, 1, 0xE8)?;
    named(plant, 2, 0xFF)?;
    plant.until_all_came()?;
    Ok(Played::Through)
}

fn control(plant: &mut Plant) -> Result<Played> {
    plant.start()?;
    for (n, odd) in ["a\nb", "a\tb", "a\u{1b}[2Jb", "a\rb", "\u{202e}b"].iter().enumerate() {
        let (name, bytes) = plant.workbook(n);
        fs::write(plant.drop.join(name.replace("Correct", odd)), bytes)?;
    }
    plant.until_all_came()?;
    Ok(Played::Through)
}

fn no_files(plant: &mut Plant) -> Result<Played> {
    let made = Command::new("mkfifo").arg(plant.drop.join("pipe.xls")).status()?;
    if !made.success() {
        return Ok(Played::Not("no mkfifo here"));
    }
    let _socket = UnixListener::bind(plant.drop.join("socket.xls"))?;
    symlink("/dev/zero", plant.drop.join("device.xls"))?;
    let folder = plant.drop.join("folder.xls");
    fs::create_dir(&folder)?;
    plant.drop_into(&folder, 0)?;
    plant.start()?;
    Command::new("mkfifo").arg(plant.drop.join("second pipe.xls")).status()?;
    plant.drop_into(&folder, 1)?;
    plant.drop_workbook(2)?;
    plant.until_all_came()?;
    Ok(Played::Through)
}

fn dangling(plant: &mut Plant) -> Result<Played> {
    let outside = plant.folder.0.join("outside.xls");
    let (name, bytes) = plant.workbook(0);
    symlink(&outside, plant.drop.join(name))?;
    plant.start()?;
    plant.drop_workbook(1)?;
    plant.until_came(1)?;
    fs::write(outside, bytes)?;
    plant.until_came(0)?;
    Ok(Played::Through)
}

fn foreign(plant: &mut Plant) -> Result<Played> {
    let whole = crate::cli::bench::rig::workbook(0).1;
    let names =
        ["~$9101.xls", ".9101.xls", "9101.xls.tmp", "9101.xls.part", "9101.xls.crdownload", "9101.xlsm", "9101"];
    for name in names {
        fs::write(plant.drop.join(name), &whole)?;
    }
    plant.start()?;
    for name in names {
        fs::write(plant.drop.join(format!("{name}.txt")), &whole)?;
        fs::write(plant.drop.join(name), &whole)?;
    }
    plant.drop_workbook(1)?;
    plant.until_came(1)?;
    Ok(Played::Through)
}
