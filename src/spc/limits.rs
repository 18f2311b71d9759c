//! What is asked of a chart → its limits: run length, side, size of the baseline, autocorrelation.

use serde::{Deserialize, Serialize};

use super::family::Family;
use super::limit_table::Tabled;
use super::run_length::Weighted;
use super::run_length::autocorrelated::MOST;
use super::widening::{Knowledge, rate_over_baselines, widened};
use super::{Side, SpcError};

/// Why there is none.
pub(super) const NO_LIMIT: SpcError = SpcError::Setting { name: "limits", problem: "none below 12 sigmas" };

/// What is asked. The same question has the same answer, bit for bit: whole numbers, to be kept beside their answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Ask {
    /// The chart.
    pub family: Family,
    /// Which way is worse.
    pub side: Side,
    /// Average run length in control, values; at least 20.
    pub run_length: u32,
    /// What mean and sigma were told from; `None` when they are taken as known.
    pub knowledge: Option<Knowledge>,
    /// Lag-1 autocorrelation, hundredths, 0 … 80.
    pub phi_percent: u8,
}

impl Ask {
    /// The limits: in control the chart runs as long as asked, with 90 % confidence when the baseline is small.
    ///
    /// Takes up to a fifth of a second. With autocorrelation the limit of the known series is widened by the same factor
    /// as an independent one of n(1 − φ)/(1 + φ) units, the number that know the mean as well. That errs to the safe side:
    /// in simulation 95 to 99 of 100 baselines with φ 0.25 to 0.5 and 60 to 200 units keep the run length.
    ///
    /// # Errors
    /// [`SpcError::Setting`] for a run length below 20 or an autocorrelation above 0.80 (such a series is not to be
    /// charted by unit), and when no limit below 12 sigmas will do.
    pub fn solve(&self) -> Result<Weighted, SpcError> {
        let (limit, _) = self.solve_parts()?;
        Ok(self.family.chart(limit, self.side))
    }

    /// The same with the expected false alarms, by quadrature: a tenth of a second more.
    ///
    /// With autocorrelation these are those of the chart of independent values that the limit was widened like: one of
    /// n(1 − φ)/(1 + φ) units.
    ///
    /// # Errors
    /// As for [`Ask::solve`].
    pub fn solve_with_rate(&self) -> Result<Tabled, SpcError> {
        let (limit, independent) = self.solve_parts()?;
        let per_value = self.worth().zip(independent).map_or_else(
            || 1.0 / f64::from(self.run_length),
            |(knowledge, limit)| rate_over_baselines(self.family, self.side, limit, knowledge),
        );
        Ok(Tabled { limits: self.family.chart(limit, self.side), per_value })
    }

    /// The autocorrelation, 0 … 0.8, when the question is one that can be answered.
    pub(super) fn phi(&self) -> Result<f64, SpcError> {
        let phi = f64::from(self.phi_percent) / 100.0;
        if phi > MOST {
            return Err(SpcError::Setting { name: "autocorrelation", problem: "at most 0.80 can be charted" });
        }
        if self.run_length < 20 {
            return Err(SpcError::Setting { name: "run length", problem: "at least 20 values" });
        }
        Ok(phi)
    }

    /// What the baseline would know if its values were independent.
    pub(super) fn worth(&self) -> Option<Knowledge> {
        let phi = f64::from(self.phi_percent) / 100.0;
        self.knowledge.map(|knowledge| {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "no more than the units")]
            let units = (f64::from(knowledge.units) * (1.0 - phi) / (1.0 + phi)).max(2.0) as u32;
            Knowledge { units, ..knowledge }
        })
    }

    /// The limit, and that of independent values when it is widened for a baseline.
    fn solve_parts(&self) -> Result<(f64, Option<f64>), SpcError> {
        let phi = self.phi()?;
        self.parts(f64::from(self.run_length), phi).ok_or(NO_LIMIT)
    }

    fn parts(&self, nominal: f64, phi: f64) -> Option<(f64, Option<f64>)> {
        let known = self.family.limit(self.side, nominal)?;
        let series = if phi > 0.0 { self.family.limit_autocorrelated(self.side, nominal, phi)? } else { known };
        let Some(worth) = self.worth() else { return Some((series, None)) };
        let wide = widened(self.family, self.side, worth, nominal)?;
        Some((series * wide / known, Some(wide)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spc::SigmaBy;

    const ASK: Ask = Ask { family: Family::Pair, side: Side::Both, run_length: 371, knowledge: None, phi_percent: 0 };

    #[test]
    fn the_usual_question_has_the_usual_answer() {
        let limits = ASK.solve().expect("limits");
        assert!((limits.limit - 2.907).abs() < 0.003, "{limits:?}");
        assert!(limits.individuals.is_some_and(|limit| (limit - 3.5).abs() < 0.003), "{limits:?}");
        assert_eq!(ASK.solve(), Ok(limits));
    }

    #[test]
    fn less_knowledge_and_more_resemblance_widen_the_limits() {
        let known = ASK.solve().expect("limits").limit;
        let family = Family::Individuals;
        let knowledge = Some(Knowledge { units: 50, sigma_by: SigmaBy::MovingRange });
        let single = Ask { family, knowledge, ..ASK }.solve().expect("limits").limit;
        assert!((3.55..3.70).contains(&single), "{single}");
        let alike = Ask { phi_percent: 25, ..ASK }.solve().expect("limits").limit;
        assert!(alike > known + 0.4, "{alike}");
    }

    #[test]
    fn short_run_lengths_have_limits_too() {
        for family in [Family::Individuals, Family::Ewma, Family::Smooth, Family::Pair] {
            let limits = Ask { family, run_length: 20, ..ASK }.solve().expect("limits");
            assert!((0.5..2.5).contains(&limits.limit), "{limits:?}");
        }
    }

    #[test]
    fn what_cannot_be_charted_is_refused() {
        assert!(Ask { phi_percent: 81, ..ASK }.solve().is_err());
        assert!(Ask { run_length: 10, ..ASK }.solve().is_err());
    }
}
