//! Many comparisons at once: how many of what looks striking would look so by luck.
//!
//! Benjamini and Hochberg, *Controlling the False Discovery Rate*, JRSS B 57 (1995).

/// The q of each p: among all with a q up to this one, at most this share is there by luck.
pub fn false_discovery(p: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|a, b| p[*b].total_cmp(&p[*a]));
    let (mut q, mut least) = (vec![1.0; p.len()], 1.0_f64);
    for (above, at) in order.into_iter().enumerate() {
        let rank = (p.len() - above) as f64;
        least = least.min(p[at] * p.len() as f64 / rank);
        q[at] = least;
    }
    q
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_papers_example() {
        // The fifteen comparisons of section 4.1 of the paper: at 5 % the four smallest are kept.
        let p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0];
        let q = false_discovery(&p);
        assert_eq!(q.iter().filter(|q| **q <= 0.05).count(), 4);
        assert!((q[0] - 0.0015).abs() < 1e-12 && (q[3] - 0.0095 * 15.0 / 4.0).abs() < 1e-12 && (q[14] - 1.0).abs() < 1e-12);
        let mut backwards: Vec<f64> = p.iter().rev().copied().collect();
        backwards = false_discovery(&backwards);
        assert!(q.iter().zip(backwards.iter().rev()).all(|(a, b)| a == b));
        assert!(false_discovery(&[]).is_empty());
    }
}
