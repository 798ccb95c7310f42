//! The isolation forest.

use crate::numeric::random::Dice;
use rayon::prelude::*;

/// Trees, and rows that each is grown on: the paper's figures.
const TREES: usize = 100;
const SAMPLE: usize = 256;

#[derive(Clone, Debug)]
enum Node {
    Cut { feature: usize, at: f64, below: usize, above: usize },
    Leaf { depth: f64 },
}

/// Trees over rows of `D` features.
#[derive(Clone, Debug)]
pub struct Forest<const D: usize> {
    trees: Vec<Vec<Node>>,
    usual: f64,
}

/// Mean length of an unsuccessful search in a binary tree of n (equation 1 of the paper).
fn usual(n: usize) -> f64 {
    match n {
        0 | 1 => 0.0,
        2 => 1.0,
        _ => {
            let n = n as f64;
            2.0 * ((n - 1.0).ln() + 0.577_215_664_901_532_9) - 2.0 * (n - 1.0) / n
        }
    }
}

/// Grows the trees.
pub fn forest<const D: usize>(rows: &[[f64; D]], seed: u64) -> Forest<D> {
    let size = SAMPLE.min(rows.len());
    let depth_max = (size.max(2) as f64).log2().ceil() as usize;
    let trees = (0..TREES)
        .into_par_iter()
        .map(|tree| {
            let mut dice = Dice::new(seed.wrapping_add(tree as u64 * 7_919));
            let mut sample: Vec<[f64; D]> = (0..size).map(|_| rows[dice.below(rows.len())]).collect();
            let mut nodes = Vec::new();
            grow(&mut sample, 0, depth_max, &mut dice, &mut nodes);
            nodes
        })
        .collect();
    Forest { trees, usual: usual(size) }
}

fn grow<const D: usize>(rows: &mut [[f64; D]], depth: usize, depth_max: usize, dice: &mut Dice, nodes: &mut Vec<Node>) -> usize {
    let own = nodes.len();
    nodes.push(Node::Leaf { depth: depth as f64 + usual(rows.len()) });
    let range = |d: usize| rows.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), row| (low.min(row[d]), high.max(row[d])));
    let varying: Vec<(usize, f64, f64)> =
        (0..D).map(|d| (d, range(d))).filter(|(_, (low, high))| high > low).map(|(d, (low, high))| (d, low, high)).collect();
    if depth >= depth_max || rows.len() <= 1 || varying.is_empty() {
        return own;
    }
    let (feature, low, high) = varying[dice.below(varying.len())];
    let at = low + dice.unit() * (high - low);
    let mut split = 0;
    for row in 0..rows.len() {
        if rows[row][feature] <= at {
            rows.swap(row, split);
            split += 1;
        }
    }
    let (left, right) = rows.split_at_mut(split);
    let below = grow(left, depth + 1, depth_max, dice, nodes);
    let above = grow(right, depth + 1, depth_max, dice, nodes);
    nodes[own] = Node::Cut { feature, at, below, above };
    own
}

impl<const D: usize> Forest<D> {
    /// The anomaly score (equation 2): near 1 strange, below 0.5 ordinary.
    pub fn score(&self, row: &[f64; D]) -> f64 {
        let depth: f64 = self.trees.iter().map(|nodes| depth_of(nodes, row)).sum::<f64>() / self.trees.len().max(1) as f64;
        if self.usual > 0.0 { 2_f64.powf(-depth / self.usual) } else { 0.5 }
    }
}

fn depth_of<const D: usize>(nodes: &[Node], row: &[f64; D]) -> f64 {
    let mut at = 0;
    loop {
        match nodes.get(at) {
            Some(Node::Cut { feature, at: cut, below, above }) => at = if row[*feature] <= *cut { *below } else { *above },
            Some(Node::Leaf { depth }) => return *depth,
            None => return 0.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stranger_stands_out() {
        let mut dice = Dice::new(5);
        let mut rows: Vec<[f64; 2]> = (0..500).map(|_| [dice.normal(), dice.normal()]).collect();
        rows.push([9.0, -9.0]);
        let forest = forest(&rows, 1);
        let scores: Vec<f64> = rows.iter().map(|row| forest.score(row)).collect();
        let ordinary = scores[..500].iter().copied().fold(0.0, f64::max);
        assert!(scores[500] > 0.7 && scores[500] > ordinary, "{} {ordinary}", scores[500]);
        assert!((scores[..500].iter().sum::<f64>() / 500.0) < 0.5);
    }

    #[test]
    fn few_and_equal_rows() {
        assert!(forest::<1>(&[], 1).score(&[1.0]) <= 1.0);
        let same = forest(&[[2.0]; 50], 1);
        assert!((same.score(&[2.0]) - same.score(&[2.0])).abs() < 1e-12);
    }
}
