//! A limit on guessing codes: who asks for codes that don't exist has to wait.

use shuke_kernel::{Error, Instant, MerchantId, Result};
use std::collections::HashMap;
use std::sync::Mutex;

/// Wrong codes that one caller may ask for within the window.
const MISSES_MAX: u32 = 20;
const WINDOW_MS: i64 = 10 * 60_000;
/// Callers remembered; beyond it the oldest windows go first.
const CALLERS_MAX: usize = 10_000;

type Who = (MerchantId, String);

/// The wrong codes of each caller, kept in this server's memory: at 80 random bits a code, a limit
/// per server is enough.
#[derive(Debug, Default)]
pub(crate) struct Misses(Mutex<HashMap<Who, (Instant, u32)>>);

impl Misses {
    /// Ok while the caller may ask, else `coupon_code_throttled` with the time to wait.
    pub(crate) fn may_ask(&self, merchant: MerchantId, actor: &str, now: Instant) -> Result<()> {
        let known = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        match known.get(&(merchant, actor.to_owned())) {
            Some((since, count)) if *count >= MISSES_MAX && now.since_ms(*since) < WINDOW_MS => {
                let wait_s = u32::try_from((WINDOW_MS - now.since_ms(*since) + 999) / 1_000).unwrap_or(600);
                Err(Error::too_many("coupon_code_throttled", "too many wrong coupon codes; wait a few minutes").retry_after_s(wait_s))
            }
            _ => Ok(()),
        }
    }

    /// Counts a wrong code.
    pub(crate) fn missed(&self, merchant: MerchantId, actor: &str, now: Instant) {
        let mut known = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if known.len() >= CALLERS_MAX {
            known.retain(|_, (since, _)| now.since_ms(*since) < WINDOW_MS);
        }
        if known.len() >= CALLERS_MAX {
            known.clear();
        }
        let entry = known.entry((merchant, actor.to_owned())).or_insert((now, 0));
        if now.since_ms(entry.0) >= WINDOW_MS {
            *entry = (now, 0);
        }
        entry.1 += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_guesses_waits_and_others_dont() {
        let misses = Misses::default();
        let at = |ms| Instant(ms);
        for _ in 0..MISSES_MAX {
            assert!(misses.may_ask(MerchantId(1), "staff:a", at(0)).is_ok());
            misses.missed(MerchantId(1), "staff:a", at(0));
        }
        let error = misses.may_ask(MerchantId(1), "staff:a", at(1_000)).unwrap_err();
        assert_eq!((error.code(), error.retry_after()), ("coupon_code_throttled", Some(599)));
        assert!(misses.may_ask(MerchantId(1), "staff:b", at(1_000)).is_ok());
        assert!(misses.may_ask(MerchantId(2), "staff:a", at(1_000)).is_ok());
        assert!(misses.may_ask(MerchantId(1), "staff:a", at(WINDOW_MS)).is_ok());
    }
}
