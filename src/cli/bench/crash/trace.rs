//! Lines of `strace -f -xx` → whole system calls, in the order in which they ended.

use std::collections::HashMap;

use color_eyre::eyre::{Result, bail, eyre};

/// One system call that came to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Call {
    /// Number of the line on which it began.
    pub(super) begun: usize,
    /// Number of the line on which it ended.
    pub(super) ended: usize,
    /// Its name.
    pub(super) name: String,
    /// What stands between its parentheses.
    args: String,
    /// What it returned; below zero when it failed.
    pub(super) result: i64,
}

/// Puts calls together that were interrupted by other threads' lines.
#[derive(Debug, Default)]
pub(super) struct Tracer {
    line: usize,
    /// By thread: the line and words of a call that has begun.
    begun: HashMap<u32, (usize, String)>,
}

impl Tracer {
    /// Takes the next line; the call that ends on it, if one does.
    ///
    /// # Errors
    /// A line that is neither a call, nor a part of one, nor a signal or exit.
    pub(super) fn take(&mut self, line: &str) -> Result<Option<Call>> {
        self.line += 1;
        let (thread, words) = line.trim().split_once(' ').ok_or_else(|| odd(line))?;
        let (thread, words) = (thread.parse().map_err(|_| odd(line))?, words.trim_start());
        if words.starts_with("+++") || words.starts_with("---") {
            return Ok(None);
        }
        if let Some(begun) = words.strip_suffix("<unfinished ...>") {
            self.begun.insert(thread, (self.line, begun.trim_end().to_owned()));
            return Ok(None);
        }
        let (begun, words) = match words.strip_prefix("<... ") {
            Some(rest) => {
                let (_, rest) = rest.split_once(" resumed>").ok_or_else(|| odd(line))?;
                let (begun, first) = self.begun.remove(&thread).ok_or_else(|| odd(line))?;
                (begun, first + rest)
            }
            None => (self.line, words.to_owned()),
        };
        self.whole(begun, &words)
    }

    /// A call that a kill cut off has no result: `= ?`.
    fn whole(&self, begun: usize, words: &str) -> Result<Option<Call>> {
        let (call, result) = words.rsplit_once(" = ").ok_or_else(|| odd(words))?;
        let (name, args) = call.split_once('(').ok_or_else(|| odd(words))?;
        let args = args.trim_end().strip_suffix(')').ok_or_else(|| odd(words))?;
        let Some(result) = result.split(' ').next().and_then(number) else {
            return Ok(None);
        };
        Ok(Some(Call { begun, ended: self.line, name: name.to_owned(), args: args.to_owned(), result }))
    }
}

fn odd(line: &str) -> color_eyre::Report {
    eyre!("strace says something unknown: {}", line.chars().take(120).collect::<String>())
}

/// A decimal or hexadecimal number.
fn number(text: &str) -> Option<i64> {
    match text.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16).ok().map(u64::cast_signed),
        None => text.parse().ok(),
    }
}

impl Call {
    /// Argument `n`, as it stands there.
    pub(super) fn arg(&self, n: usize) -> &str {
        split(&self.args).nth(n).unwrap_or_default()
    }

    /// Argument `n` as a number; the working folder of `…at` calls is −100.
    pub(super) fn number(&self, n: usize) -> Result<i64> {
        let arg = self.arg(n);
        if arg == "AT_FDCWD" {
            return Ok(-100);
        }
        number(arg).ok_or_else(|| eyre!("{}: no number: {arg}", self.name))
    }

    /// Argument `n` as a length or place, bytes.
    pub(super) fn size(&self, n: usize) -> Result<u64> {
        Ok(u64::try_from(self.number(n)?)?)
    }

    /// The bytes of argument `n`; those of all parts when it is a list of buffers.
    ///
    /// # Errors
    /// When the recording cut them short.
    pub(super) fn bytes(&self, n: usize) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let mut parts = self.arg(n).split('"');
        while let (Some(_), Some(text)) = (parts.next(), parts.next()) {
            unescape(text, &mut bytes).ok_or_else(|| eyre!("{}: no bytes: {text}", self.name))?;
        }
        if self.arg(n).contains("\"...") {
            bail!("{}: the recording cut its bytes short", self.name);
        }
        Ok(bytes)
    }
}

/// Arguments: parted by commas that stand in no list, structure or text.
fn split(args: &str) -> impl Iterator<Item = &str> {
    let (mut depth, mut text) = (0, false);
    let parts = args.split(move |c: char| {
        match c {
            '"' => text = !text,
            '[' | '{' | '(' if !text => depth += 1,
            ']' | '}' | ')' if !text => depth -= 1,
            _ => {}
        }
        c == ',' && depth == 0 && !text
    });
    parts.map(str::trim)
}

/// `\x` and two digits a byte; anything else stands for itself.
fn unescape(text: &str, into: &mut Vec<u8>) -> Option<()> {
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte != b'\\' {
            into.push(byte);
            continue;
        }
        if bytes.next()? != b'x' {
            return None;
        }
        let mut digit = || char::from(bytes.next()?).to_digit(16);
        into.push(u8::try_from(digit()? << 4 | digit()?).ok()?);
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calls(log: &str) -> Vec<Call> {
        let mut tracer = Tracer::default();
        log.lines().filter_map(|line| tracer.take(line).expect("a known line")).collect()
    }

    #[test]
    fn a_call_has_its_name_arguments_and_result() {
        let log = r#"77 pwrite64(6, "\x00\xff,)\x22", 5, 96) = 5
77 openat(AT_FDCWD, "\x2f\x61", O_RDWR|O_CREAT|O_CLOEXEC, 0666) = -1 ENOENT (No such file or directory)
78 read(0x5, 0x7ffc00, 0x100)          = 0x20"#;
        let calls = calls(log);
        assert_eq!((calls[0].name.as_str(), calls[0].result), ("pwrite64", 5));
        assert_eq!(calls[0].bytes(1).expect("bytes"), b"\0\xff,)\"");
        assert_eq!((calls[0].number(0).ok(), calls[0].size(3).ok()), (Some(6), Some(96)));
        assert_eq!((calls[1].number(0).ok(), calls[1].result), (Some(-100), -1));
        assert_eq!(calls[1].arg(2), "O_RDWR|O_CREAT|O_CLOEXEC");
        assert_eq!((calls[2].number(0).ok(), calls[2].result), (Some(5), 32));
    }

    #[test]
    fn a_call_that_was_interrupted_begins_where_it_began_and_ends_where_it_ended() {
        let log = r#"77 fsync(6 <unfinished ...>
78 write(1, "\x0a", 1)                 = 1
77 <... fsync resumed>)                = 0
79 write(6, "\x01" <unfinished ...>
79 <... write resumed>, 1)             = ?
79 +++ killed by SIGKILL +++
77 --- SIGTERM {si_signo=SIGTERM, si_code=SI_USER} ---"#;
        let calls = calls(log);
        let order: Vec<_> = calls.iter().map(|call| (call.name.as_str(), call.begun, call.ended)).collect();
        assert_eq!(order, [("write", 2, 2), ("fsync", 1, 3)], "one without a result is left out");
        assert_eq!(calls[1].number(0).ok(), Some(6));
    }

    #[test]
    fn several_buffers_are_one_text_and_a_cut_one_is_refused() {
        let log = r#"1 writev(5, [{iov_base="\x61\x62", iov_len=2}, {iov_base="\x63", iov_len=1}], 2) = 3
1 write(5, "\x61"..., 4096) = 4096"#;
        let calls = calls(log);
        assert_eq!(calls[0].bytes(1).expect("bytes"), b"abc");
        assert!(calls[1].bytes(1).is_err());
        assert!(Tracer::default().take("strace: Process 5 attached").is_err());
    }
}
