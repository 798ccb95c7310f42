//! k-means and silhouette, on rows of `D` features.

use crate::numeric::random::Dice;
use rayon::prelude::*;
use shuke_kernel::{Error, Result};

/// A row of features.
pub type Row<const D: usize> = [f64; D];

/// How to look.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Starts for each k.
    pub starts: u32,
    /// The seed of the starts.
    pub seed: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self { starts: 25, seed: 1 }
    }
}

/// A division into groups.
#[derive(Clone, Debug)]
pub struct Clustering<const D: usize> {
    /// The middles.
    pub centres: Vec<Row<D>>,
    /// The group of each row.
    pub group: Vec<u32>,
    /// Rows in each group.
    pub sizes: Vec<usize>,
    /// Sum of squared distances to the middles.
    pub inertia: f64,
    /// Rounds, the last one among them, which changed nothing.
    pub rounds: u32,
}

/// Rows with mean 0 and deviation 1 (of the whole, ddof 0), with the means and deviations. A feature that does not vary becomes 0.
pub fn scaled<const D: usize>(rows: &[Row<D>]) -> (Vec<Row<D>>, Row<D>, Row<D>) {
    let n = rows.len().max(1) as f64;
    let mean: Row<D> = std::array::from_fn(|d| rows.iter().map(|row| row[d]).sum::<f64>() / n);
    let deviation: Row<D> = std::array::from_fn(|d| (rows.iter().map(|row| (row[d] - mean[d]).powi(2)).sum::<f64>() / n).sqrt());
    let scale = |value: f64, d: usize| if deviation[d] > 0.0 { (value - mean[d]) / deviation[d] } else { 0.0 };
    (rows.iter().map(|row| std::array::from_fn(|d| scale(row[d], d))).collect(), mean, deviation)
}

fn squared<const D: usize>(a: &Row<D>, b: &Row<D>) -> f64 {
    let mut sum = 0.0;
    for d in 0..D {
        sum += (a[d] - b[d]) * (a[d] - b[d]);
    }
    sum
}

/// Most rounds of one start.
const ROUNDS_MAX: u32 = 1_000;

/// Lloyd's rounds from given middles until no row changes its group. A group that loses all its rows takes the row that is farthest from its middle.
pub fn lloyd<const D: usize>(rows: &[Row<D>], mut centres: Vec<Row<D>>) -> Clustering<D> {
    let mut group = vec![u32::MAX; rows.len()];
    let (mut rounds, mut inertia) = (0, 0.0);
    let mut sizes = vec![0; centres.len()];
    for _ in 0..ROUNDS_MAX {
        let (mut changed, mut farthest) = (false, (-1.0, 0));
        inertia = 0.0;
        sizes.fill(0);
        let mut sums = vec![[0.0; D]; centres.len()];
        for (at, row) in rows.iter().enumerate() {
            let (mut best, mut near) = (0, f64::INFINITY);
            for (k, centre) in centres.iter().enumerate() {
                let distance = squared(row, centre);
                if distance < near {
                    (best, near) = (k, distance);
                }
            }
            changed |= group[at] as usize != best;
            group[at] = best as u32;
            inertia += near;
            sizes[best] += 1;
            for d in 0..D {
                sums[best][d] += row[d];
            }
            if near > farthest.0 {
                farthest = (near, at);
            }
        }
        rounds += 1;
        if !changed {
            break;
        }
        for (k, centre) in centres.iter_mut().enumerate() {
            *centre = if sizes[k] > 0 { std::array::from_fn(|d| sums[k][d] / sizes[k] as f64) } else { rows[farthest.1] };
        }
    }
    Clustering { centres, group, sizes, inertia, rounds }
}

/// Every row to the nearest of given middles, which stay where they are.
pub fn assign<const D: usize>(rows: &[Row<D>], centres: Vec<Row<D>>) -> Clustering<D> {
    let nearest = |row: &Row<D>| {
        let distances = centres.iter().enumerate().map(|(k, centre)| (k as u32, squared(row, centre)));
        distances.fold((0, f64::INFINITY), |best, next| if next.1 < best.1 { next } else { best })
    };
    let found: Vec<(u32, f64)> = rows.par_iter().map(nearest).collect();
    let mut sizes = vec![0; centres.len()];
    found.iter().for_each(|(k, _)| sizes[*k as usize] += 1);
    let inertia = found.iter().map(|(_, distance)| distance).sum();
    Clustering { centres, group: found.into_iter().map(|(k, _)| k).collect(), sizes, inertia, rounds: 0 }
}

/// Middles far from each other: each next row with a chance that grows with its squared distance.
fn plus_plus<const D: usize>(rows: &[Row<D>], k: usize, dice: &mut Dice) -> Vec<Row<D>> {
    let mut centres = vec![rows[dice.below(rows.len())]];
    let mut near: Vec<f64> = rows.iter().map(|row| squared(row, &centres[0])).collect();
    while centres.len() < k {
        let mut target = dice.unit() * near.iter().sum::<f64>();
        let next = near.iter().position(|distance| {
            target -= distance;
            target < 0.0
        });
        let centre = rows[next.unwrap_or(rows.len() - 1)];
        for (distance, row) in near.iter_mut().zip(rows) {
            *distance = distance.min(squared(row, &centre));
        }
        centres.push(centre);
    }
    centres
}

/// The best of several starts; groups by size, the largest first.
///
/// Errors: `members_too_few` where there are fewer different rows than groups.
pub fn kmeans<const D: usize>(rows: &[Row<D>], k: usize, options: &Options) -> Result<Clustering<D>> {
    let mut different: Vec<[u64; D]> = rows.iter().map(|row| std::array::from_fn(|d| row[d].to_bits())).collect();
    different.sort_unstable();
    different.dedup();
    if k == 0 || different.len() < k {
        let detail = format!("{} members with different figures can't make {k} groups", different.len());
        return Err(Error::refused("members_too_few", detail));
    }
    let starts: Vec<Clustering<D>> = (0..options.starts.max(1))
        .into_par_iter()
        .map(|start| {
            let mut dice = Dice::new(options.seed.wrapping_mul(1_000_003).wrapping_add(u64::from(start) << 8 | k as u64));
            lloyd(rows, plus_plus(rows, k, &mut dice))
        })
        .collect();
    let best = starts.into_iter().min_by(|a, b| a.inertia.total_cmp(&b.inertia)).ok_or_else(|| Error::internal("at least one start"))?;
    Ok(by_size(best))
}

fn by_size<const D: usize>(found: Clustering<D>) -> Clustering<D> {
    let mut order: Vec<usize> = (0..found.sizes.len()).collect();
    order.sort_by(|a, b| {
        let first = |k: usize| found.centres[k].iter().sum::<f64>();
        found.sizes[*b].cmp(&found.sizes[*a]).then_with(|| first(*a).total_cmp(&first(*b)))
    });
    let mut place = vec![0_u32; order.len()];
    order.iter().enumerate().for_each(|(to, from)| place[*from] = to as u32);
    Clustering {
        centres: order.iter().map(|k| found.centres[*k]).collect(),
        sizes: order.iter().map(|k| found.sizes[*k]).collect(),
        group: found.group.iter().map(|k| place[*k as usize]).collect(),
        ..found
    }
}

/// Rows above which the silhouette is that of a sample.
const SILHOUETTE_MAX: usize = 6_000;

/// The mean silhouette: 1 groups far apart, 0 none, below 0 rows in the wrong group.
pub fn silhouette<const D: usize>(rows: &[Row<D>], found: &Clustering<D>, seed: u64) -> f64 {
    let k = found.centres.len();
    let mut chosen: Vec<usize> = (0..rows.len()).collect();
    if rows.len() > SILHOUETTE_MAX {
        Dice::new(seed).sample(&mut chosen, SILHOUETTE_MAX);
        chosen.truncate(SILHOUETTE_MAX);
    }
    let mut sizes = vec![0_usize; k];
    chosen.iter().for_each(|row| sizes[found.group[*row] as usize] += 1);
    if sizes.iter().filter(|size| **size > 0).count() < 2 {
        return 0.0;
    }
    let scores: Vec<f64> = chosen
        .par_iter()
        .map(|row| {
            let own = found.group[*row] as usize;
            if sizes[own] <= 1 {
                return 0.0;
            }
            let mut sums = vec![0.0; k];
            for other in &chosen {
                sums[found.group[*other] as usize] += squared(&rows[*row], &rows[*other]).sqrt();
            }
            let inside = sums[own] / (sizes[own] - 1) as f64;
            let outside = (0..k).filter(|g| *g != own && sizes[*g] > 0).map(|g| sums[g] / sizes[g] as f64).fold(f64::INFINITY, f64::min);
            if inside.max(outside) > 0.0 { (outside - inside) / inside.max(outside) } else { 0.0 }
        })
        .collect();
    scores.iter().sum::<f64>() / scores.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_heaps_are_found() {
        let mut dice = Dice::new(2);
        let rows: Vec<Row<2>> = (0..300)
            .map(|i| {
                let middle = [[0.0, 0.0], [9.0, 0.0], [0.0, 9.0]][usize::from(i >= 150) + usize::from(i >= 250)];
                [middle[0] + dice.normal(), middle[1] + dice.normal()]
            })
            .collect();
        let scores: Vec<f64> = (2..=5).map(|k| silhouette(&rows, &kmeans(&rows, k, &Options::default()).unwrap(), 1)).collect();
        assert!(scores[1] > 0.7 && scores[1] > scores[0] && scores[1] > scores[2], "{scores:?}");
        assert_eq!(kmeans(&rows, 3, &Options::default()).unwrap().sizes, [150, 100, 50]);
    }

    #[test]
    fn what_can_not_be_divided_is_refused() {
        let rows = vec![[1.0]; 10];
        assert_eq!(kmeans(&rows, 2, &Options::default()).unwrap_err().code(), "members_too_few");
        assert_eq!(silhouette(&rows, &kmeans(&rows, 1, &Options::default()).unwrap(), 1), 0.0);
        let (flat, mean, deviation) = scaled(&rows);
        assert_eq!((flat[0], mean, deviation), ([0.0], [1.0], [0.0]));
    }
}
