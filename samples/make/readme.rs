//! The README of the samples.

/// What lies where and why.
pub fn text() -> String {
    "# Samples

Everything here is invented and made by `samples/make`: `cargo run --example make-samples` writes the same bytes again.

`incoming/` is a drop folder: `LTS/` holds System B workbooks, `DLTS/` System A.

| model | laser | what it shows |
|---|---|---|
| 9101-1 | LTS | a drifting model: untrimmed error grows, the laser is turned up half-way; unit 216 was trimmed again twice; unit 203 was saved twice (a revision) |
| 9203 | LTS | clean, marginal, three passes, failing, rough |
| 9204 | LTS | a template without a cut, a double-resolution `test`, an operator's scrap |
| 9407-12 | LTS | bowtie limits |
| 9510-2 | LTS | `.xlsx`, one clean, one failing |
| 9102A | DLTS | two tracks; one failing; one only half trimmed, with text `NaN` |
| 9305-B | DLTS | one, two, three and six passes |
| 9306 | DLTS | bowtie limits; limits upside down on three points; no limits at all |
| 9408 | DLTS | `.xlsx` |
| 9509 LOW TAPS | DLTS | the second track alone, an unfilled pass sheet, an untrimmed unit, a set-up workbook |

`hostile/` holds files that must be refused with a reason or passed over, and must not hurt: each one's name says what is
wrong with it.

A made year of history, with a steady line, a step at a laser-power change, a slow ramp in untrimmed resistance, a bad incoming
lot, a limit-table change, an idle model and one that is still learning, would be thousands of workbooks: `trimwatch demo`
makes it as judged runs with their curves, up to today, and `trimwatch demo --keep DIR` leaves it in a folder for `trimwatch
drift --store DIR` and every other command. Its models 9101-1, 9102A and 9203 are those of `incoming/`.
"
    .to_owned()
}
