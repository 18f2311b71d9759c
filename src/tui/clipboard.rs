//! The terminal's clipboard: OSC 52, which goes through SSH to wherever the terminal is.

/// The longest text that is copied, bytes: terminals drop longer sequences.
pub const MOST: usize = 32 * 1024;

const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// What the terminal is sent so that it copies a text. Whatever the text holds, only letters of base 64 are sent.
///
/// tmux takes the sequence itself under `set-clipboard on`, and hands it on in an envelope under `allow-passthrough on`:
/// it is sent both ways, and the one that is not wanted is dropped.
pub fn sequence(text: &str, in_tmux: bool) -> String {
    let plain = format!("\x1b]52;c;{}\x07", base64(text.as_bytes()));
    if in_tmux { format!("{plain}\x1bPtmux;\x1b{plain}\x1b\\") } else { plain }
}

fn base64(bytes: &[u8]) -> String {
    let mut letters = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let at = |index: usize| three.get(index).map_or(0, |byte| u32::from(*byte));
        let bits = at(0) << 16 | at(1) << 8 | at(2);
        for place in 0..4 {
            let letter = LETTERS.get((bits >> (18 - 6 * place) & 63) as usize).copied().unwrap_or(b'A');
            letters.push(if place <= three.len() { char::from(letter) } else { '=' });
        }
    }
    letters
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_length_is_filled_up_to_four_letters() {
        let of = |text: &str| base64(text.as_bytes());
        assert_eq!([of(""), of("f"), of("fo"), of("foo"), of("foobar")].join(" "), " Zg== Zm8= Zm9v Zm9vYmFy");
        assert_eq!(base64(&[0xfb, 0xff, 0xfe]), "+//+");
    }

    #[test]
    fn no_control_sign_of_the_text_is_sent_and_tmux_gets_an_envelope_too() {
        let sent = sequence("246\x07\x1b[2J\u{9c}", false);
        let inside = sent.strip_prefix("\x1b]52;c;").and_then(|rest| rest.strip_suffix('\x07')).expect("one sequence");
        assert!(inside.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte)), "{inside}");
        let twice = sequence("246", true);
        assert_eq!(twice, "\x1b]52;c;MjQ2\x07\x1bPtmux;\x1b\x1b]52;c;MjQ2\x07\x1b\\");
    }
}
