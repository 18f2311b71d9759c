//! Texts for files that leave the plant, a log or a crash report: without what they quote and without paths.

use super::printable;

/// Words of Rust's own that a message may quote.
const PLAIN: [&str; 4] = ["Err", "None", "Ok", "Some"];
/// Words of systems that hold a slash and are no paths.
const NO_PATHS: [&str; 3] = ["Input/output", "I/O", "read/write"];
/// What this program says behind a path, where it is not a colon.
const BEHIND: [&str; 2] = [" is held by ", " has schema "];

/// A message without what it quotes and without paths: those may name customers, units and files. Nothing of it is obeyed by a
/// terminal.
pub fn nameless(message: &str) -> String {
    let mut kept = String::new();
    let mut rest = message;
    while let Some((before, quote, inside, after)) = next_quoted(rest) {
        let plain = PLAIN.contains(&inside) || (inside.contains("::") && !inside.contains(char::is_whitespace));
        kept.push_str(before);
        kept.push(quote);
        kept.push_str(if plain { inside } else { "…" });
        kept.push(quote);
        // A name may hold the quote itself: it ends at the last one.
        rest = if plain { after } else { after.rsplit_once(quote).map_or(after, |(_, behind)| behind) };
    }
    kept.push_str(rest);
    without_paths(&kept).split('\n').map(printable).collect::<Vec<_>>().join("\n")
}

/// The next quoted stretch; one that never ends goes to the end.
fn next_quoted(text: &str) -> Option<(&str, char, &str, &str)> {
    let (at, quote) = text.char_indices().find(|(_, c)| matches!(c, '"' | '`'))?;
    let (before, quoted) = text.split_at(at);
    let quoted = quoted.strip_prefix(quote)?;
    let (inside, after) = quoted.split_once(quote).unwrap_or((quoted, ""));
    Some((before, quote, inside, after))
}

fn without_paths(text: &str) -> String {
    let mut kept = String::new();
    let mut rest = text;
    while let Some(start) = next_path(rest) {
        let (before, path) = rest.split_at(start);
        kept.push_str(before);
        kept.push_str("<path>");
        rest = behind_path(path);
    }
    kept.push_str(rest);
    kept
}

/// Where the next word begins that holds a separator of folders.
fn next_path(text: &str) -> Option<usize> {
    let mut at = 0;
    text.split_inclusive(char::is_whitespace).find_map(|word| {
        let start = at;
        at += word.len();
        let known = NO_PATHS.contains(&word.trim_matches(|c: char| !c.is_alphanumeric()));
        (word.contains(['/', '\\']) && !known).then_some(start)
    })
}

/// What follows a path. Folders and files may have blanks in their names: a path goes on to the colon behind it, else
/// to the end. Better a word too few than a name.
fn behind_path(text: &str) -> &str {
    let line = text.find('\n').unwrap_or(text.len());
    let colon = text.find(": ").map(|at| at + 1);
    let said = BEHIND.iter().filter_map(|words| text.find(words));
    let end = said.chain(colon).min().unwrap_or(line).min(line);
    text.get(end..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_names_no_file_and_nothing_it_quotes() {
        let of = nameless;
        assert_eq!(of("the len is 3 but the index is 5"), "the len is 3 but the index is 5");
        assert_eq!(of("no such file /plant/ACME/x.xls: gone"), "no such file <path> gone");
        assert_eq!(
            of("called `Result::unwrap()` on an `Err` value: \"9203 SN34\""),
            "called `Result::unwrap()` on an `Err` value: \"…\""
        );
        assert_eq!(of("it is inside 'é' of `9203_34_TA"), "it is inside 'é' of `…`");
    }

    #[test]
    fn a_name_with_a_quote_in_it_shows_nothing_behind_the_quote() {
        let of = nameless;
        assert_eq!(of("on an `Err` value: \"9203\\\"SN34\", so"), "on an `Err` value: \"…\", so");
        assert_eq!(of("is inside 'é' of `9203`SN34`"), "is inside 'é' of `…`");
        assert_eq!(of("it says \u{1b}[2J\u{202e}"), "it says �[2J�");
    }

    #[test]
    fn a_path_with_blanks_goes_whole_and_what_the_system_says_of_it_stays() {
        let of = nameless;
        assert_eq!(of("/plant/ACME Corp/Line 3/x y.xls: no space left"), "<path> no space left");
        assert_eq!(of(r"C:\plant\ACME Corp\db: Access is denied."), "<path> Access is denied.");
        assert_eq!(of(r"\\server\ACME Corp: gone"), "<path> gone");
        assert_eq!(
            of("/plant/ACME Corp/db: Input/output error (os error 5)"),
            "<path> Input/output error (os error 5)"
        );
        assert_eq!(of("copied from /a b/c: to d/ACME Corp: denied"), "copied from <path> to <path> denied");
        assert_eq!(of("it lies in /plant/ACME Corp"), "it lies in <path>");
        assert_eq!(of("at /plant/ACME Corp\nthe next line"), "at <path>\nthe next line");
        assert_eq!(of("I/O error: /ACME of Detroit"), "I/O error: <path>");
    }

    #[test]
    fn what_is_said_behind_a_held_or_newer_history_stays() {
        let held = "the history in /plant/ACME Corp/history is held by process 7 of op on pc";
        assert_eq!(nameless(held), "the history in <path> is held by process 7 of op on pc");
        let newer = "the history in /plant/ACME Corp has schema 9; this program knows schema 3: update trimwatch";
        assert_eq!(
            nameless(newer),
            "the history in <path> has schema 9; this program knows schema 3: update trimwatch"
        );
    }
}
