//! Between one engine and every screen that looks at it: each answer goes to who asked, all else to everybody.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crossbeam_channel::Sender;
use tracing::info;

use super::commands::{acts, command, numbered, signed_by};
use super::log;
use super::outbox::{Batch, Outbox, Slot};
use super::press::{Press, Unsealed, whole};
use super::protocol::{Event, Request, Role};
use super::recent::Recent;
use super::snapshot::Snapshot;
use super::view::View;
use crate::engine::{Asked, Command, Output, ScreenId, Setup, Told};
use crate::monitoring::{Metric, StreamKey};

/// Most questions of one screen whose answers are waited for: an older one's answer would be dropped anyway.
const MOST_QUESTIONS: usize = 32;

/// Where events of a screen in this process go.
pub(super) type Listen = Arc<dyn Fn(Event) + Send + Sync>;

/// All screens of one engine.
#[derive(Debug)]
pub(super) struct Switchboard {
    desk: Mutex<Desk>,
    /// To the engine, which takes what was asked before it was there too.
    commands: Sender<Asked>,
}

#[derive(Debug)]
struct Desk {
    view: View,
    recent: Recent,
    screens: BTreeMap<ScreenId, Screen>,
    /// What viewers are told next.
    press: Press,
    last: u64,
    /// Questions under way by the number the engine knows: who asked, and the screen's own number.
    questions: BTreeMap<u64, (ScreenId, u64)>,
    last_question: u64,
    /// Whose command is being answered.
    answering: Option<ScreenId>,
    ended: bool,
}

struct Screen {
    outlet: Outlet,
    read_only: bool,
    /// Who sits at it, when that is another process than this.
    person: Option<String>,
    wants_models: bool,
    wants_drift: bool,
    charts: Option<(StreamKey, Metric)>,
}

enum Outlet {
    Here(Listen),
    Away(Arc<Outbox>),
}

impl std::fmt::Debug for Screen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Screen").field("read_only", &self.read_only).finish_non_exhaustive()
    }
}

impl Switchboard {
    pub(super) fn new(setup: &Setup, commands: Sender<Asked>) -> Self {
        let desk = Desk {
            view: View::new(setup),
            recent: Recent::of(setup.past),
            screens: BTreeMap::new(),
            press: Press::default(),
            last: 0,
            questions: BTreeMap::new(),
            last_question: 0,
            answering: None,
            ended: false,
        };
        Self { desk: Mutex::new(desk), commands }
    }

    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The header's figures.
    pub(super) fn header(&self) -> Snapshot {
        self.desk().view.header_now()
    }

    /// Says something on every screen.
    pub(super) fn say(&self, event: &Event) {
        self.desk().spread(event.clone());
    }

    /// Whether the engine has ended.
    pub(super) fn has_ended(&self) -> bool {
        self.desk().ended
    }

    /// How many screens look on from other processes.
    pub(super) fn away(&self) -> usize {
        self.desk().screens.values().filter(|screen| matches!(screen.outlet, Outlet::Away(_))).count()
    }

    /// The screen of this process; it is told nothing yet.
    pub(super) fn join_here(&self, listen: Listen) -> ScreenId {
        self.desk().add(Outlet::Here(listen), false, None)
    }

    /// Tells the screen of this process how everything stands.
    pub(super) fn greet(&self, id: ScreenId) {
        let mut desk = self.desk();
        // The header first: what the owner before it said is not to pass for news.
        for event in [desk.view.snapshot(), Event::Role(Role::Owner), Event::Anew] {
            desk.tell(id, event);
        }
    }

    /// A screen of another process; what it is told waits in its outbox.
    pub(super) fn join_away(&self, outbox: Arc<Outbox>, read_only: bool, person: String) -> ScreenId {
        info!(read_only, "viewer attached");
        self.desk().add(Outlet::Away(outbox), read_only, Some(person))
    }

    /// How everything stands, for a screen of another process that does not know; what happens from here on is put
    /// into its outbox.
    pub(super) fn catch_up(&self, id: ScreenId) -> Vec<Event> {
        let mut desk = self.desk();
        // What has been set until now is part of it.
        desk.cut();
        if let Some(Outlet::Away(outbox)) = desk.screens.get(&id).map(|screen| &screen.outlet) {
            outbox.caught_up();
        }
        desk.catch_up(id)
    }

    /// What is to be sent to a viewer now, everything that was told until now among it.
    pub(super) fn next(&self, outbox: &Arc<Outbox>) -> Batch {
        let mut desk = self.desk();
        desk.cut();
        let batch = outbox.take(desk.view.more());
        if let Batch::Nothing = batch {
            desk.press.sleeps(outbox);
        }
        batch
    }

    /// A screen is gone.
    pub(super) fn leave(&self, id: ScreenId) {
        let mut desk = self.desk();
        let gone = desk.screens.remove(&id);
        desk.questions.retain(|_, (asker, _)| *asker != id);
        drop(desk);
        if gone.is_some() {
            info!("viewer left");
            self.send(id, Command::Left);
        }
    }

    /// Takes a screen's request.
    pub(super) fn ask(&self, id: ScreenId, mut request: Request) {
        let mut desk = self.desk();
        let Some(screen) = desk.screens.get_mut(&id) else { return };
        if screen.read_only && acts(&request) {
            let said = "this screen is read-only: do it where trimwatch runs without --read-only".to_owned();
            return desk.tell(id, Event::Notice(said));
        }
        if let (Some(by), Some(person)) = (signed_by(&mut request), &screen.person) {
            *by = format!("{by}, {person}");
        }
        match &request {
            Request::Models => screen.wants_models = true,
            Request::Drift => screen.wants_drift = true,
            Request::DriftCharts { stream, metric } => screen.charts = Some((stream.clone(), *metric)),
            Request::Shows { rows } => {
                if let Outlet::Away(outbox) = &screen.outlet {
                    outbox.shows(*rows);
                }
                return;
            }
            // A screen of another process ends alone.
            Request::Stop if matches!(screen.outlet, Outlet::Away(_)) => return,
            _ => {}
        }
        if request == Request::Again {
            let events = desk.catch_up(id);
            for event in events {
                desk.tell(id, event);
            }
            return;
        }
        let request = desk.number(id, request);
        drop(desk);
        if let Some(command) = command(request) {
            self.send(id, command);
        }
    }

    fn send(&self, by: ScreenId, command: Command) {
        // The answer to a session's end is the end of its events, which every screen listens for.
        let _ = self.commands.send(Asked { by, command });
    }

    /// Takes what the engine tells.
    pub(super) fn hear(&self, output: Output) {
        log::hear(&output);
        // Viewers that may wait for the end of a group of files.
        let mut waits: Vec<Arc<Outbox>> = Vec::new();
        let mut desk = self.desk();
        match output {
            Output::Answering(by) => desk.answering = Some(by),
            Output::Answered => desk.answering = None,
            Output::Told(number, told) => {
                let goes_on = matches!(told, Told::Building(_));
                desk.answer(number, goes_on, |own| Output::Told(own, told));
            }
            Output::Exported(number, ended) => desk.answer(number, false, |own| Output::Exported(own, ended)),
            output => {
                desk.ended |= matches!(output, Output::Stopped);
                let ends_group = matches!(output, Output::Queue { .. });
                for event in desk.view.translate(output) {
                    desk.recent.hear(&event);
                    desk.spread(event);
                }
                if ends_group {
                    waits = desk.viewers().map(|(_, outbox)| Arc::clone(outbox)).collect();
                }
            }
        }
        if desk.ended {
            desk.cut();
            desk.screens.values().for_each(Screen::close);
        }
        let (more, now) = (desk.view.more(), std::time::Instant::now());
        // Who is woken wants the desk.
        drop(desk);
        for outbox in waits {
            outbox.group_told(now, more);
        }
    }
}

impl Desk {
    fn add(&mut self, outlet: Outlet, read_only: bool, person: Option<String>) -> ScreenId {
        self.last += 1;
        let screen = Screen { outlet, read_only, person, wants_models: false, wants_drift: false, charts: None };
        if self.ended {
            screen.close();
        }
        self.screens.insert(ScreenId(self.last), screen);
        ScreenId(self.last)
    }

    /// How everything stands. The screen forgets what it has asked, and asks anew.
    fn catch_up(&mut self, id: ScreenId) -> Vec<Event> {
        if let Some(screen) = self.screens.get_mut(&id) {
            (screen.wants_models, screen.wants_drift, screen.charts) = (false, false, None);
        }
        // Answers under way still come: what nobody waits for any more is known by its number.
        let mut events = vec![Event::Anew, self.view.snapshot()];
        events.extend(self.recent.arrived());
        events.extend(self.recent.past());
        events
    }

    /// Gives a numbered question a number that no other screen's has.
    fn number(&mut self, id: ScreenId, mut request: Request) -> Request {
        if let Some(number) = numbered(&mut request) {
            self.last_question += 1;
            self.questions.insert(self.last_question, (id, *number));
            *number = self.last_question;
            let own = self.questions.iter().filter(|(_, (asker, _))| *asker == id).map(|(&number, _)| number);
            let own: Vec<u64> = own.collect();
            if own.len() > MOST_QUESTIONS
                && let Some(oldest) = own.first()
            {
                self.questions.remove(oldest);
            }
        }
        request
    }

    /// Brings an answer to who asked, under the number it was asked.
    fn answer(&mut self, number: u64, goes_on: bool, output: impl FnOnce(u64) -> Output) {
        let asked = if goes_on { self.questions.get(&number).copied() } else { self.questions.remove(&number) };
        let Some((asker, own)) = asked else { return };
        for event in self.view.translate(output(own)) {
            self.tell(asker, event);
        }
    }

    /// Tells one screen.
    fn tell(&mut self, id: ScreenId, event: Event) {
        // What everybody was told before goes before it.
        self.cut();
        match self.screens.get(&id).map(|screen| &screen.outlet) {
            Some(Outlet::Here(listen)) => listen(event),
            Some(Outlet::Away(outbox)) => match slot(&event) {
                Some(slot) => outbox.put_latest(slot, &Unsealed::new(event)),
                None => outbox.put(whole(&event)),
            },
            None => {}
        }
    }

    /// Puts what has been set for everybody into each viewer's outbox.
    fn cut(&mut self) {
        if let Some(piece) = self.press.cut(|| self.view.snapshot()) {
            self.viewers().for_each(|(_, outbox)| outbox.share(&piece));
        }
    }

    /// Screens of other processes.
    fn viewers(&self) -> impl Iterator<Item = (&Screen, &Arc<Outbox>)> {
        self.screens.values().filter_map(|screen| match &screen.outlet {
            Outlet::Away(outbox) => Some((screen, outbox)),
            Outlet::Here(_) => None,
        })
    }

    /// Tells everybody whom it concerns. However many look on, it costs the same, but for what only few want to know.
    fn spread(&mut self, event: Event) {
        if let Some(asker) = self.answering.filter(|_| is_an_answer(&event)) {
            return self.tell(asker, event);
        }
        let only_last = slot(&event).filter(|slot| *slot != Slot::Header);
        let is_set = only_last.is_none() && self.viewers().next().is_some();
        if let Some(slot) = only_last {
            let mut state = None;
            for (_, outbox) in self.viewers().filter(|(screen, _)| screen.wants(&event)) {
                outbox.put_latest(slot, state.get_or_insert_with(|| Unsealed::new(event.clone())));
            }
        }
        if is_set {
            self.press.put(&event);
        }
        self.hand_over(event);
        if self.press.is_full() {
            self.cut();
        }
    }

    /// Gives an event to the screen of this process.
    fn hand_over(&self, event: Event) {
        let mut screens = self.screens.values().filter(|screen| screen.wants(&event));
        let here = screens.find_map(|screen| match &screen.outlet {
            Outlet::Here(listen) => Some(listen),
            Outlet::Away(_) => None,
        });
        if let Some(listen) = here {
            listen(event);
        }
    }
}

impl Screen {
    fn wants(&self, event: &Event) -> bool {
        match event {
            Event::Models(_) => self.wants_models,
            Event::Drift(_) => self.wants_drift,
            Event::DriftCharts(charts) => {
                let shown = self.charts.as_ref();
                shown.is_some_and(|(stream, metric)| *stream == charts.stream && *metric == charts.chart.metric)
            }
            _ => true,
        }
    }

    fn close(&self) {
        if let Outlet::Away(outbox) = &self.outlet {
            outbox.close();
        }
    }
}

/// Whether an event answers a question of one screen and concerns no other.
fn is_an_answer(event: &Event) -> bool {
    matches!(event, Event::Curves { .. } | Event::Unit { .. } | Event::Before { .. } | Event::Notice(_))
}

/// Where an event waits of whose kind only the last one counts.
fn slot(event: &Event) -> Option<Slot> {
    Some(match event {
        Event::Snapshot(_) => Slot::Header,
        Event::Models(_) => Slot::Models,
        Event::Drift(_) => Slot::Drift,
        Event::DriftCharts(_) => Slot::Charts,
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
