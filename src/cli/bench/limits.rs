//! `bench limits`: makes the shipped table of limits, or holds it against what is solved.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::cli::Exit;
use crate::spc::limit_table::{CHARTS, KINDS, LENGTHS, Line, PHIS, SPAN, UNITS, run_length_at, solved};
use crate::spc::run_length::chance::Chance;
use crate::spc::{Ask, Family, Knowledge, Side, SigmaBy};

/// How far a tabled limit may be from the solved one, sigmas.
const OFF: f64 = 0.01;
/// How far tabled expected alarms may be from the solved ones, as a share.
const RATE_OFF: f64 = 0.03;

/// Prints the table as source text, in some minutes.
pub(super) fn print() -> Exit {
    let questions: Vec<_> = CHARTS
        .into_iter()
        .flat_map(|chart| KINDS.map(|kind| (chart, kind)))
        .flat_map(|(chart, sigma_by)| UNITS.map(|units| (chart, Knowledge { units, sigma_by })))
        .collect();
    let known = on_all_cores(&CHARTS, |(family, side)| line(|length| family.limit(*side, length)));
    let wide = on_all_cores(&questions, |((family, side), knowledge)| {
        let cells = columns().map(|length| solved(*family, *side, *knowledge, length));
        (
            cells.map(|cell| cell.map_or(f64::NAN, |cell| cell.0)),
            cells.map(|cell| cell.map_or(f64::NAN, |cell| cell.1.ln())),
        )
    });
    let (limits, rates): (Vec<Line>, Vec<Line>) = wide.into_iter().unzip();
    let series: Vec<_> = CHARTS.into_iter().flat_map(|chart| PHIS.map(|phi| (chart, phi))).collect();
    let series = on_all_cores(&series, |((family, side), phi)| {
        line(|length| {
            let alike = family.limit_autocorrelated(*side, length, f64::from(*phi) / 100.0)?;
            Some(alike / family.limit(*side, length)?)
        })
    });
    println!(
        "//! The table of limits, made by `bench limits`: one line a chart and baseline, one column a run length."
    );
    println!();
    println!("#![allow(clippy::approx_constant, reason = \"figures of a table may look like constants of nature\")]");
    println!();
    println!("use super::Line;");
    table("Limits when mean and sigma are known, sigmas.", "KNOWN", &known);
    table("Limits on a baseline, sigmas.", "LIMITS", &limits);
    table("Logarithms of their expected false alarms in one run length.", "RATES", &rates);
    table("Limits of a series over those of independent values.", "SERIES", &series);
    Exit::Fine
}

/// Asks so many questions of the table and of the solver, and prints how far apart they are.
pub(super) fn check(count: u64, seed: u64) -> Exit {
    let asks: Vec<Ask> = (0..count).map(|number| question(&mut Chance::new(seed, number))).collect();
    let answers = on_all_cores(&asks, |ask| (ask.tabled(), ask.solve_with_rate()));
    let mut worst = (0.0_f64, 0.0_f64);
    let (mut off, mut refused) = (0, 0);
    println!("{count} questions; a tabled limit may be off by {OFF} sigma, expected alarms by {RATE_OFF}");
    for (ask, answer) in asks.iter().zip(answers) {
        let (limit, rate, fine) = match answer {
            (Ok(tabled), Ok(solved)) => {
                let limit = tabled.limits.limit - solved.limits.limit;
                let rate = tabled.per_value / solved.per_value - 1.0;
                (limit, rate, limit.abs() <= OFF && rate.abs() <= RATE_OFF)
            }
            (tabled, solved) => {
                refused += 1;
                (0.0, 0.0, tabled == solved)
            }
        };
        worst = (worst.0.max(limit.abs()), worst.1.max(rate.abs()));
        if !fine {
            off += 1;
            println!("OFF {limit:+.4} {rate:+.4} {ask:?}");
        }
    }
    println!("worst limit {:.4} sigma, worst expected alarms {:.4}; {off} off; {refused} refused", worst.0, worst.1);
    if off == 0 { Exit::Fine } else { Exit::Loss }
}

/// Any question that the table answers: 5 to 5,000 units, half of them on independent values.
fn question(chance: &mut Chance) -> Ask {
    let between = |chance: &mut Chance, low: f64, high: f64| {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between the two bounds")]
        let whole = (low * (high / low).powf(chance.unit())).round() as u32;
        whole
    };
    let family = if chance.unit() < 0.5 { Family::Pair } else { Family::Smooth };
    let side = if chance.unit() < 0.5 { Side::Both } else { Side::Upper };
    let sigma_by = if chance.unit() < 0.5 { SigmaBy::MovingRange } else { SigmaBy::Deviation };
    let run_length = between(chance, SPAN.0, SPAN.1);
    let phi = if chance.unit() < 0.5 { 0.0 } else { 81.0 * chance.unit() };
    let units = between(chance, 5.0, 5_000.0);
    let knowledge = Some(Knowledge { units, sigma_by });
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 80")]
    Ask { family, side, run_length, knowledge, phi_percent: phi as u8 }
}

fn columns() -> [f64; LENGTHS] {
    std::array::from_fn(|column| run_length_at(column as f64))
}

fn line(cell: impl Fn(f64) -> Option<f64>) -> Line {
    columns().map(|length| cell(length).unwrap_or(f64::NAN))
}

fn table(what: &str, name: &str, lines: &[Line]) {
    println!("\n/// {what}\npub(super) static {name}: [Line; {}] = [", lines.len());
    for line in lines {
        let cells: Vec<String> = line.iter().map(|cell| format!("{cell:.4}")).collect();
        println!("    [{}],", cells.join(", "));
    }
    println!("];");
}

/// Answers to all questions in their order.
fn on_all_cores<Q: Sync, A: Send>(questions: &[Q], answer: impl Fn(&Q) -> A + Sync) -> Vec<A> {
    let next = AtomicUsize::new(0);
    let work = || {
        std::iter::from_fn(|| {
            let place = next.fetch_add(1, Ordering::Relaxed);
            questions.get(place).map(|question| (place, answer(question)))
        })
        .collect::<Vec<_>>()
    };
    let cores = thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let mut answers: Vec<(usize, A)> = thread::scope(|scope| {
        let running: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
        let done = running.into_iter();
        done.flat_map(|part| part.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
    });
    answers.sort_by_key(|(place, _)| *place);
    answers.into_iter().map(|(_, answer)| answer).collect()
}
