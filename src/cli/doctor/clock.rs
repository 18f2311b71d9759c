//! The clock: whether the PC knows its zone and a believable date.

use super::Check;
use crate::engine::clock;

/// No PC that runs this program lives before.
const FIRST_YEAR: i32 = 2026;

pub(super) fn checks() -> Vec<Check> {
    let now = clock::local_now().map(|now| now.to_string().replace('T', " ")).unwrap_or_default();
    let year = clock::today().map_or(0, |date| date.year);
    vec![match clock::zone() {
        _ if year < FIRST_YEAR => {
            Check::bad("clock", format!("it is {now}"), "set the PC's clock: `today`, shifts and alarms follow it")
        }
        Some(zone) => Check::ok("clock", format!("{now}, zone {zone}")),
        None => Check::look(
            "clock",
            format!("{now}, no zone known"),
            "set TZ or /etc/localtime: `today` and shifts are local",
        ),
    }]
}
