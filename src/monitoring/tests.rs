//! Made streams: steady ones, and ones that something happens to.

use std::convert::Infallible;

use proptest::strategy::Strategy;
use proptest::test_runner::FileFailurePersistence;

use super::*;
use crate::spc::run_length::chance::Chance;
use crate::trim::LocalTime;

const DAY: i64 = 86_400;

/// A stream that is made: a lot a week, so many units in each.
struct Made {
    model: &'static str,
    seed: u64,
    lots: i64,
    units: i64,
    /// From which lot on figures of which metric stand so many sigmas higher.
    step: Option<(i64, Metric, f64)>,
    /// From which lot on which share of units fails instead of a tenth.
    fails: Option<(i64, f64)>,
    power_from: i64,
}

impl Made {
    fn steady(model: &'static str, seed: u64) -> Self {
        Self { model, seed, lots: 40, units: 10, step: None, fails: None, power_from: i64::MAX }
    }

    fn runs(&self) -> Vec<Observation> {
        let mut chance = Chance::new(self.seed, 0);
        let places = (0..self.lots).flat_map(|lot| (0..self.units).map(move |unit| (lot, unit)));
        places.map(|(lot, unit)| self.run(lot, unit, &mut chance)).collect()
    }

    fn run(&self, lot: i64, unit: i64, chance: &mut Chance) -> Observation {
        let seconds = (20_000 + 7 * lot) * DAY + 28_800 + 600 * unit;
        let mut readings = Metric::ALL.map(|metric| {
            let stepped = self.step.filter(|(from, of, _)| lot >= *from && *of == metric).map_or(0.0, |step| step.2);
            metric.scale().reading(2.0 + 0.1 * (chance.normal() + stepped))
        });
        readings[Metric::Passes.place()] = 1.0;
        let share = self.fails.filter(|(from, _)| lot >= *from).map_or(0.1, |fails| fails.1);
        let mut settings: [Option<String>; SETTINGS] = Default::default();
        settings[0] = Some(if lot >= self.power_from { "62" } else { "60" }.to_owned());
        let number = u128::try_from(lot * self.units + unit).expect("a number") + (u128::from(self.seed) << 64);
        Observation {
            stream: StreamKey { model: self.model.to_owned(), laser: "LTS".to_owned() },
            id: RunId { time: LocalTime::from_timestamp(seconds).expect("a time"), identity: number.to_be_bytes() },
            unit: format!("{}", lot * self.units + unit),
            good: Some(chance.unit() >= share),
            readings,
            settings,
            disposition: "Trimmed Correct".to_owned(),
        }
    }
}

fn of_model(runs: &[Observation]) -> impl FnMut(&str, &mut dyn FnMut(Observation)) -> Result<(), Infallible> + '_ {
    |model, each| {
        let mut runs: Vec<&Observation> = runs.iter().filter(|run| run.stream.model == model).collect();
        runs.sort_by_key(|run| run.id);
        runs.into_iter().cloned().for_each(each);
        Ok(())
    }
}

/// A shop of one product model that may alarm falsely once in ten years: what happens in these tests is planted.
fn rarely() -> MonitorSettings {
    MonitorSettings { false_alarm_every_days: 3_650.0, ..MonitorSettings::default() }
}

/// Runs that come one by one, each settled before the next.
fn lived(runs: &[Observation]) -> (Monitor, Vec<Alarm>) {
    lived_in(rarely(), runs)
}

fn lived_in(settings: MonitorSettings, runs: &[Observation]) -> (Monitor, Vec<Alarm>) {
    let mut monitor = Monitor::new(settings, Restored::default());
    let mut raised = Vec::new();
    for (count, run) in (1..).zip(runs) {
        monitor.arrive(run, 1, 0);
        let Ok(settled) = monitor.settle(0, of_model(&runs[..count]));
        raised.extend(settled.raised);
    }
    (monitor, raised)
}

fn key(model: &str) -> StreamKey {
    StreamKey { model: model.to_owned(), laser: "LTS".to_owned() }
}

#[test]
fn a_steady_stream_gets_its_baselines_and_no_alarm() {
    let (monitor, raised) = lived(&Made::steady("8340-1", 1).runs());
    assert_eq!(raised, []);
    let baselines = monitor.baselines(&key("8340-1"));
    assert!(baselines.len() >= 6, "{}", baselines.len());
    let list = monitor.list();
    assert_eq!(list.lines[0].standing, Standing::InControl, "{}", list.lines[0].why);
    assert!(list.expected_days.is_some_and(|days| days > 1_000.0), "{:?}", list.expected_days);
}

#[test]
fn a_step_alarms_once_with_its_reason_and_what_changed() {
    let made = Made { step: Some((20, Metric::UntrimmedResistance, 3.0)), power_from: 20, ..Made::steady("6607", 2) };
    let (monitor, raised) = lived(&made.runs());
    assert_eq!(raised.len(), 1, "{raised:?}");
    let alarm = &raised[0];
    assert_eq!(alarm.subject, Metric::UntrimmedResistance.into());
    assert!(alarm.sentence.starts_with("6607 on LTS: untrimmed resistance"), "{}", alarm.sentence);
    let list = monitor.list();
    assert!(matches!(list.lines[0].standing, Standing::Alarm { .. }));
    assert_eq!(list.open.len(), 1);
    assert!(list.open[0].signals > 5, "{}", list.open[0].signals);
}

#[test]
fn a_lot_that_fails_alarms_when_it_closes_and_ranks_by_excess() {
    let made = Made { fails: Some((25, 0.9)), ..Made::steady("8706", 3) };
    let (monitor, raised) = lived(&made.runs());
    let first = raised.iter().find(|alarm| alarm.subject == Subject::FailShare).expect("an alarm");
    assert!(first.sentence.contains("units failed linearity in the last lot; expected at most"), "{}", first.sentence);
    let lot = first.context.lot.expect("a lot");
    assert_eq!((lot.units, first.time), (10, lot.last));
    assert!(monitor.list().lines[0].excess_a_week > 3.0);
}

#[test]
fn runs_that_come_one_by_one_or_all_at_once_leave_the_same_states() {
    let mut runs = Made { step: Some((20, Metric::LinearityError, 2.0)), ..Made::steady("a", 4) }.runs();
    runs.extend(Made::steady("b", 5).runs());
    runs.sort_by_key(|run| run.id);
    let (lived, raised) = lived(&runs);
    let restored = Restored { baselines: lived.baselines(&key("a")).to_vec(), ..Restored::default() };
    let mut monitor = Monitor::new(rarely(), restored);
    runs.reverse();
    for run in &runs {
        monitor.arrive(run, 1, 0);
    }
    let Ok(settled) = monitor.settle(0, of_model(&runs));
    assert_eq!(monitor.state(&key("a")), lived.state(&key("a")));
    assert_eq!(settled.raised.len(), raised.len());
}

#[test]
fn an_acknowledged_alarm_rearms_after_a_clean_lot() {
    let mut runs = Made { step: Some((20, Metric::UntrimmedError, 4.0)), lots: 22, ..Made::steady("c", 6) }.runs();
    let (mut monitor, raised) = lived(&runs);
    assert_eq!(raised.len(), 1);
    let seen =
        Acknowledgement { cause: "material".into(), by: "AB".into(), note: String::new(), at_ms: 1, newest: None };
    monitor.acknowledge(raised[0].id, seen).expect("the alarm");
    assert_eq!(monitor.list().lines[0].standing, Standing::Watch);
    let later = Made { lots: 44, step: Some((36, Metric::UntrimmedError, 4.0)), ..Made::steady("c", 7) }.runs();
    let mut again = Vec::new();
    let last = runs.last().expect("runs").id.time;
    for run in later.into_iter().filter(|run| run.id.time > last) {
        runs.push(run.clone());
        monitor.arrive(&run, 1, 0);
        let Ok(settled) = monitor.settle(0, of_model(&runs));
        again.extend(settled.raised);
    }
    assert_eq!(again.iter().map(|alarm| alarm.subject).collect::<Vec<_>>(), [Metric::UntrimmedError.into()]);
}

#[test]
fn an_alarm_tells_of_a_change_that_is_believed_only_after_it() {
    let made = Made { step: Some((20, Metric::LinearityError, 9.0)), power_from: 20, ..Made::steady("d", 8) };
    let (monitor, raised) = lived_in(rarely(), &made.runs());
    let first = raised.first().expect("an alarm");
    assert_eq!(first.context.changed, [""; 0], "raised by the first unit, when nobody could believe it");
    let alarm = monitor.alarm(first.id).expect("the alarm");
    assert_eq!(alarm.context.changed.len(), 1, "{alarm:?}");
    assert!(alarm.context.changed[0].starts_with("laser power 60 → 62 on "), "{alarm:?}");
}

#[test]
fn an_alarm_tells_of_a_change_in_the_lot_before_however_long_ago_that_was() {
    let made = Made { step: Some((21, Metric::LinearityError, 9.0)), power_from: 20, ..Made::steady("e", 9) };
    let mut runs = made.runs();
    let later = |run: &mut Observation| {
        let time = run.id.time.timestamp() + 20 * DAY;
        run.id.time = LocalTime::from_timestamp(time).expect("a time");
    };
    runs.iter_mut().skip(21 * 10).for_each(later);
    let (_, raised) = lived_in(rarely(), &runs);
    let first = raised.iter().find(|alarm| alarm.is_about(Metric::LinearityError.into())).expect("an alarm");
    assert!(first.context.changed[0].starts_with("laser power 60 → 62 on "), "{first:?}");
}

#[test]
fn runs_are_in_what_was_kept_only_once_every_state_was_asked_for() {
    let mut runs = Made::steady("f", 12).runs();
    runs.extend(Made::steady("g", 13).runs());
    let (mut monitor, _) = lived(&runs);
    assert_eq!(monitor.unkept(1).len(), 1);
    assert!(!monitor.is_kept(), "one of two");
    assert_eq!(monitor.unkept(usize::MAX).len(), 1);
    assert!(monitor.is_kept());
    monitor.keep_again();
    assert_eq!(monitor.unkept(usize::MAX).len(), 2, "they could not be kept");
}

#[test]
fn a_stream_whose_state_is_not_kept_is_read_again() {
    let states = vec![StreamState::to_be_read(key("h"))];
    assert!(Monitor::new(rarely(), Restored { states, ..Restored::default() }).is_outdated());
}

/// A state without its latches: which alarm they are in is history.
fn unlatched(monitor: &Monitor) -> StreamState {
    let mut state = monitor.state(&key("p")).expect("a state").clone();
    state.open_latches();
    state
}

/// Runs in some order, settled after some of them.
fn in_order(runs: &[Observation], order: &[usize], baselines: Vec<FrozenBaseline>, every: usize) -> Monitor {
    let mut monitor = Monitor::new(rarely(), Restored { baselines, ..Restored::default() });
    let mut known: Vec<Observation> = Vec::new();
    for (count, place) in (1..).zip(order) {
        known.push(runs[*place].clone());
        monitor.arrive(&runs[*place], u64::try_from(count).expect("a count"), 0);
        if count % every == 0 || count == order.len() {
            let Ok(_) = monitor.settle(0, of_model(&known));
        }
    }
    monitor
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig {
        cases: 24,
        // Orders that once failed are tried first.
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct("tests/fixtures/orders-of-arrival.txt"))),
        ..proptest::prelude::ProptestConfig::default()
    })]

    /// Any order of arrival gives the same lots and counters and, on the baselines that were frozen on the way, the same
    /// states and signals as the runs in order of time.
    #[test]
    fn any_order_of_arrival_gives_the_same_states(
        order in proptest::prelude::Just((0..160).collect::<Vec<usize>>()).prop_shuffle(),
        every in 1_usize..60,
        step in 8_i64..16,
    ) {
        let made = Made { lots: 20, units: 8, step: Some((step, Metric::UntrimmedError, 3.0)), ..Made::steady("p", 11) };
        let runs = made.runs();
        let sorted: Vec<usize> = (0..runs.len()).collect();
        let other = in_order(&runs, &order, Vec::new(), every);
        let frozen = other.baselines(&key("p")).to_vec();
        let again = in_order(&runs, &sorted, frozen.clone(), runs.len());
        proptest::prop_assert_eq!(again.baselines(&key("p")), frozen.as_slice());
        proptest::prop_assert_eq!(unlatched(&other), unlatched(&again));
        let counted = |monitor: &Monitor| monitor.list().lines.iter().map(|line| (line.months, line.ninety, line.last)).collect::<Vec<_>>();
        proptest::prop_assert_eq!(counted(&other), counted(&again));
        let charts = |monitor: &Monitor| {
            let charts = monitor.charts(&key("p"), Metric::UntrimmedError, runs.clone()).expect("charts");
            (charts.lots, charts.chart.points, charts.markers)
        };
        proptest::prop_assert_eq!(charts(&other), charts(&again));
    }
}
