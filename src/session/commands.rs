//! What a screen asks → what the engine is told.

use super::protocol::Request;
use crate::engine::{Command, Deployment, Question, TestWord, Word};

/// The number of a question that has one.
pub(super) fn numbered(request: &mut Request) -> Option<&mut u64> {
    match request {
        Request::Query { number, .. }
        | Request::Find { number, .. }
        | Request::Overview { number, .. }
        | Request::Export { number, .. } => Some(number),
        _ => None,
    }
}

/// Who signs a request, where somebody has to.
pub(super) fn signed_by(request: &mut Request) -> Option<&mut String> {
    match request {
        Request::Exclude { by, .. }
        | Request::Include { by, .. }
        | Request::Train { by, .. }
        | Request::Deploy { by, .. }
        | Request::Tested { by, .. }
        | Request::Acknowledge { by, .. }
        | Request::NewBaseline { by, .. } => Some(by),
        _ => None,
    }
}

/// Whether a request changes anything for others; who only looks may not.
pub(super) fn acts(request: &Request) -> bool {
    match request {
        // A file in the owner's folder is a change too.
        Request::Export { .. }
        | Request::Retry { .. }
        | Request::RetryAll
        | Request::Rescan
        | Request::Exclude { .. }
        | Request::Include { .. }
        | Request::Train { .. }
        | Request::CancelTraining
        | Request::Deploy { .. }
        | Request::Tested { .. }
        | Request::Acknowledge { .. }
        | Request::NewBaseline { .. } => true,
        Request::Again
        | Request::Shows { .. }
        | Request::Curves { .. }
        | Request::Unit { .. }
        | Request::Before { .. }
        | Request::Query { .. }
        | Request::Find { .. }
        | Request::Overview { .. }
        | Request::Models
        | Request::Outcome { .. }
        | Request::Drift
        | Request::DriftCharts { .. }
        | Request::Stop => false,
    }
}

/// The command of a request; nothing where the engine need not be asked.
pub(super) fn command(request: Request) -> Option<Command> {
    Some(match request {
        // The switchboard knows.
        Request::Again | Request::Shows { .. } => return None,
        Request::Curves { key } => Command::Curves(key),
        Request::Unit { model, serial } => Command::Unit { model, serial },
        Request::Before { key } => Command::Before(key),
        Request::Retry { path_key } => Command::Retry(path_key),
        Request::RetryAll => Command::RetryAll,
        Request::Rescan => Command::Rescan,
        Request::Query { number, query } => Command::Ask(number, Question::Page(query)),
        Request::Find { number, query, text, step } => Command::Ask(number, Question::Find(query, text, step)),
        Request::Overview { number, filter, by } => Command::Ask(number, Question::Yields(filter, by)),
        Request::Export { number, what, format } => Command::Export { number, what, format },
        Request::Exclude { key, reason, by } => Command::Act(Word { key, exclude: true, reason, by }),
        Request::Include { key, reason, by } => Command::Act(Word { key, exclude: false, reason, by }),
        Request::Models => Command::Models,
        Request::Train { learner, by } => Command::Train { learner, by },
        Request::CancelTraining => Command::CancelTraining,
        Request::Deploy { learner, scope, version, by } => Command::Deploy(Deployment { learner, scope, version, by }),
        Request::Tested { key, passed, note, by } => Command::Tested(TestWord { key, passed, note, by }),
        Request::Outcome { key } => Command::Outcome(key),
        Request::Drift => Command::Drift,
        Request::DriftCharts { stream, metric } => Command::DriftCharts { stream, metric },
        Request::Acknowledge { alarm, cause, note, by } => Command::Acknowledge { alarm, cause, note, by },
        Request::NewBaseline { stream, from, reason, by } => Command::NewBaseline { stream, from, reason, by },
        Request::Stop => Command::Stop,
    })
}
