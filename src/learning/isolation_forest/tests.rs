//! What an isolation forest finds, and what it refuses.

use super::*;
use ndarray::Array2;
