//! Names and figures of a run that can be asked for.

/// The names of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NameKey {
    Model,
    Serial,
    Section,
    Laser,
    Disposition,
}

/// The figures of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FigureKey {
    Risk,
    Margin,
    Roughness,
    Outside,
    Change,
    Passes,
}
