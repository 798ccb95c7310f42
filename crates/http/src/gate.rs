//! How much work is let in at once.
//!
//! More requests than the machine can work on would wait for each other, each longer, until none is
//! answered while its sender still listens. So there is a number that are worked on; whoever comes
//! beyond it hears at once to come back in a second, and nothing was done. Health and metrics stand
//! outside the gate.

use crate::{App, Problem};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use shuke_kernel::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The code of a request that was not let in.
pub(crate) const OVERLOADED: &str = "overloaded";
/// Requests that are worked on at once, where nobody says otherwise.
pub const REQUESTS_MAX: usize = 128;

/// The gate of one server, kept in [`AppInner::slot`](crate::AppInner::slot).
pub struct Gate {
    most: AtomicUsize,
    inside: AtomicUsize,
}

impl Default for Gate {
    fn default() -> Self {
        Self { most: AtomicUsize::new(REQUESTS_MAX), inside: AtomicUsize::new(0) }
    }
}

impl Gate {
    /// How many are let in at once.
    pub fn open(&self, most: usize) {
        self.most.store(most.max(1), Ordering::Relaxed);
    }
    /// How many are inside now.
    pub fn inside(&self) -> usize {
        self.inside.load(Ordering::Relaxed)
    }
    fn enter(self: &Arc<Self>) -> Option<Inside> {
        let before = self.inside.fetch_add(1, Ordering::Relaxed);
        let inside = Inside(self.clone());
        (before < self.most.load(Ordering::Relaxed)).then_some(inside)
    }
}

/// One that was let in; it leaves when it is dropped.
struct Inside(Arc<Gate>);

impl Drop for Inside {
    fn drop(&mut self) {
        self.0.inside.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Lets a request in, or answers 503 `overloaded` with `Retry-After`.
pub async fn gate(State(app): State<App>, request: Request, next: Next) -> Response {
    match app.slot::<Gate>().enter() {
        Some(_inside) => next.run(request).await,
        None => {
            metrics::counter!("shuke_overloaded_total").increment(1);
            let error = Error::unavailable("overloaded", "the server has as much to do as it can; nothing was done, try again in a second");
            Problem(error.retry_after_s(1)).into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_leaves_makes_room() {
        let gate = Arc::new(Gate::default());
        gate.open(2);
        let (first, second) = (gate.enter(), gate.enter());
        assert!(first.is_some() && second.is_some() && gate.enter().is_none());
        assert_eq!(gate.inside(), 2);
        drop(first);
        assert!(gate.enter().is_some());
    }
}
