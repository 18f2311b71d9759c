//! What a product is, whichever station trims it.

/// A product: what all its units have in common.
#[derive(Debug, Clone)]
pub struct Product {
    /// Its name.
    pub model: &'static str,
    /// Points a sweep.
    pub points: usize,
    /// Travel, degrees of a rotary element, inches of a linear one.
    pub travel: f64,
    /// Half the band's width in the middle, volts.
    pub spec: f64,
    /// How much wider the band is at its ends, share; 0 = straight limits.
    pub bowtie: f64,
    /// Points without limits at each end.
    pub ungraded: usize,
    /// Resistance before the trim, ohm.
    pub ohm: f64,
    /// Laser power.
    pub power: f64,
}
