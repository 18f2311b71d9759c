//! The line that never falls: pool adjacent violators.

/// Neighbouring scores with one probability.
struct Pool {
    first: f64,
    last: f64,
    failures: f64,
    rows: f64,
}

impl Pool {
    fn share(&self) -> f64 {
        self.failures / self.rows
    }
}

/// Points of the line through scores and what happened. `None` of nothing.
pub(super) fn fit(scores: &[f64], failed: &[bool]) -> Option<(Vec<f64>, Vec<f64>)> {
    let mut rows: Vec<(f64, bool)> = scores.iter().map(|score| score + 0.0).zip(failed.iter().copied()).collect();
    rows.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let mut pools: Vec<Pool> = Vec::new();
    for same in rows.chunk_by(|a, b| a.0.total_cmp(&b.0).is_eq()) {
        let score = same.first()?.0;
        let failures = same.iter().filter(|row| row.1).count() as f64;
        let mut pool = Pool { first: score, last: score, failures, rows: same.len() as f64 };
        while let Some(before) = pools.pop_if(|before| before.share() >= pool.share()) {
            pool.first = before.first;
            pool.failures += before.failures;
            pool.rows += before.rows;
        }
        pools.push(pool);
    }
    let ends = pools.iter().flat_map(|pool| {
        let first = (pool.first < pool.last).then_some((pool.first, pool.share()));
        first.into_iter().chain([(pool.last, pool.share())])
    });
    let (x, y): (Vec<f64>, Vec<f64>) = ends.unzip();
    (!x.is_empty()).then_some((x, y))
}

/// The line at a score, level beyond its ends. `None` without points.
pub(super) fn between(x: &[f64], y: &[f64], score: f64) -> Option<f64> {
    let above = x.partition_point(|&x| x <= score);
    let Some(before) = above.checked_sub(1) else { return y.first().copied() };
    let (x0, y0) = (x.get(before)?, y.get(before)?);
    let Some((x1, y1)) = x.get(above).zip(y.get(above)) else { return Some(*y0) };
    Some(y0 + (y1 - y0) * (score - x0) / (x1 - x0))
}
