//! Limits on guessing: how often an address, and how often an account, may try to sign in.
//!
//! Counted twice: in the memory of a server, which costs nothing and stops a flood at its door, and in
//! the database, for all servers together. There one guarded statement takes an attempt (the generic
//! cell rate algorithm, as in memory), so that none is given twice. Every attempt counts, right or
//! wrong. Time comes from the server's one clock.

use super::store;
use governor::clock::Clock as _;
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota as Pace, RateLimiter};
use shuke_db::{Wall, wall};
use shuke_http::AppInner;
use shuke_jobs::{Task, Work};
use shuke_kernel::{Clock, Error, MerchantId, Result};
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

/// Attempts that an address has at once; then one every [`ADDRESS_INTERVAL_S`] seconds.
pub const ADDRESS_BURST: u32 = 30;
/// Seconds until an address gets another attempt.
pub const ADDRESS_INTERVAL_S: u64 = 3;
/// Attempts that an account has at once; then one every [`ACCOUNT_INTERVAL_S`] seconds.
pub const ACCOUNT_BURST: u32 = 10;
/// Seconds until an account gets another attempt.
pub const ACCOUNT_INTERVAL_S: u64 = 15;
/// Attempts after which those who have not tried for long are forgotten.
const SWEEP_EVERY: u32 = 1024;
/// Under which number attempts are counted: nobody is known yet, and no merchant has it.
const NOBODY: MerchantId = MerchantId(0);
const DAY_MS: i64 = 86_400_000;
/// How often [`sweep`] runs.
pub(crate) const SWEEP_MS: i64 = 3_600_000;

#[derive(Clone, Debug)]
struct Ticks(Clock);

impl governor::clock::Clock for Ticks {
    type Instant = Nanos;
    fn now(&self) -> Nanos {
        Nanos::new(u64::try_from(self.0.now().0).unwrap_or(0).saturating_mul(1_000_000))
    }
}

type Limiter<K> = RateLimiter<K, DashMapStateStore<K>, Ticks, NoOpMiddleware<Nanos>>;

/// The limits of one server, kept in [`shuke_http::AppInner::slot`].
#[derive(Default)]
pub struct SignInLimits {
    addresses: OnceLock<Limiter<IpAddr>>,
    accounts: OnceLock<Limiter<String>>,
    attempts: AtomicU32,
    behind_proxy: AtomicBool,
}

impl SignInLimits {
    /// Whether a proxy of ours stands in front, whose `X-Forwarded-For` can be believed.
    pub fn set_behind_proxy(&self, behind: bool) {
        self.behind_proxy.store(behind, Ordering::Relaxed);
    }
    /// See [`Self::set_behind_proxy`].
    pub fn behind_proxy(&self) -> bool {
        self.behind_proxy.load(Ordering::Relaxed)
    }

    /// Counts an attempt in this server's memory.
    fn local(&self, clock: &Clock, address: IpAddr, account: &str) -> Result<()> {
        let ticks = Ticks(clock.clone());
        let addresses = self.addresses.get_or_init(|| limiter(&ticks, ADDRESS_BURST, ADDRESS_INTERVAL_S));
        let accounts = self.accounts.get_or_init(|| limiter(&ticks, ACCOUNT_BURST, ACCOUNT_INTERVAL_S));
        if self.attempts.fetch_add(1, Ordering::Relaxed) % SWEEP_EVERY == SWEEP_EVERY - 1 {
            addresses.retain_recent();
            accounts.retain_recent();
        }
        check(addresses, &network(address), &ticks)?;
        check(accounts, &account.to_owned(), &ticks)
    }
}

/// Counts an attempt, for all servers.
///
/// Errors: `sign_in_too_often` with the seconds to wait.
pub async fn attempt(app: &AppInner, address: IpAddr, account: &str) -> Result<()> {
    app.slot::<SignInLimits>().local(&app.clock, address, account)?;
    let subject = |kind: &str, text: &str| app.vault.index(NOBODY, kind, text);
    let limits = [
        (subject("sign_in_address", &network(address).to_string()), ADDRESS_BURST, ADDRESS_INTERVAL_S),
        (subject("sign_in_account", account), ACCOUNT_BURST, ACCOUNT_INTERVAL_S),
    ];
    let input = (app.clock.now(), limits);
    let work = app.db.write(&input, |tx, (now, limits)| {
        Box::pin(async move {
            for (subject, burst, interval_s) in limits {
                let interval_ms = i64::try_from(interval_s * 1000).unwrap_or(i64::MAX);
                let tolerance_ms = interval_ms * (i64::from(*burst) - 1);
                if let Some(wait_ms) = store::take_attempt(tx, NOBODY, subject, *now, interval_ms, tolerance_ms).await? {
                    return Err(too_often(u64::try_from(wait_ms).unwrap_or(0) / 1000));
                }
            }
            Ok(())
        })
    });
    wall::within(Wall::One(NOBODY), work).await
}

/// How often something may be asked for: `burst` times at once, then once every `interval_s` seconds.
#[derive(Clone, Debug)]
pub struct Quota<'a> {
    /// What is counted: a word of the caller's.
    pub kind: &'a str,
    /// Of whom: kept as a blind index.
    pub subject: &'a str,
    /// How often at once.
    pub burst: u32,
    /// Seconds until once more.
    pub interval_s: u64,
}

/// Takes one of each quota, for all servers; where one is used up, none is taken.
///
/// Errors: `sign_in_too_often` with the seconds to wait.
pub async fn take(app: &AppInner, quotas: &[Quota<'_>]) -> Result<()> {
    let subjects: Vec<String> = quotas.iter().map(|quota| app.vault.index(NOBODY, quota.kind, quota.subject)).collect();
    let input = (app.clock.now(), quotas, subjects);
    let work = app.db.write(&input, |tx, (now, quotas, subjects)| {
        Box::pin(async move {
            for (quota, subject) in quotas.iter().zip(subjects) {
                let interval_ms = i64::try_from(quota.interval_s * 1000).unwrap_or(i64::MAX);
                let tolerance_ms = interval_ms * (i64::from(quota.burst) - 1);
                if let Some(wait_ms) = store::take_attempt(tx, NOBODY, subject, *now, interval_ms, tolerance_ms).await? {
                    return Err(too_often(u64::try_from(wait_ms).unwrap_or(0) / 1000));
                }
            }
            Ok(())
        })
    });
    wall::within(Wall::One(NOBODY), work).await
}

/// Where a request comes from, as far as it is known: the one way for every crate.
pub fn network_of(address: IpAddr) -> String {
    network(address).to_string()
}

/// Forgets those who have not tried for a day: for the worker, once an hour.
pub(crate) fn sweep() -> Task {
    Arc::new(|work: &Work| {
        Box::pin(async move {
            let before = work.clock.now().plus_ms(-DAY_MS);
            work.db.write(&before, |tx, before| Box::pin(store::forget_attempts(tx, NOBODY, *before))).await
        })
    })
}

fn too_often(wait_s: u64) -> Error {
    Error::too_many("sign_in_too_often", "too many attempts to sign in; wait a moment and try again")
        .retry_after_s(u32::try_from(wait_s.saturating_add(1)).unwrap_or(u32::MAX))
}

fn limiter<K: Hash + Eq + Clone>(ticks: &Ticks, burst: u32, interval_s: u64) -> Limiter<K> {
    let burst = NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN);
    let quota = Pace::with_period(Duration::from_secs(interval_s)).unwrap_or(Pace::per_minute(burst)).allow_burst(burst);
    RateLimiter::new(quota, DashMapStateStore::default(), ticks.clone())
}

fn check<K: Hash + Eq + Clone>(limiter: &Limiter<K>, key: &K, ticks: &Ticks) -> Result<()> {
    limiter.check_key(key).map_err(|too_early| too_often(too_early.wait_time_from(ticks.now()).as_secs()))
}

/// An IPv6 customer has a whole network of addresses: they count as one.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shuke_kernel::Instant;

    #[test]
    fn an_account_and_an_address_run_out_and_recover() {
        let clock = Clock::manual(Instant(1_000_000));
        let limits = SignInLimits::default();
        let address = |n: u8| IpAddr::from([10, 0, 0, n]);
        for n in 0..10 {
            limits.local(&clock, address(n), "1/wang").unwrap();
        }
        let refused = limits.local(&clock, address(99), "1/wang").unwrap_err();
        assert_eq!((refused.code(), refused.retry_after()), ("sign_in_too_often", Some(16)));
        limits.local(&clock, address(99), "1/li").unwrap();
        clock.advance_ms(15_000);
        limits.local(&clock, address(99), "1/wang").unwrap();
        assert!(limits.local(&clock, address(99), "1/wang").is_err());

        for n in 0..30 {
            limits.local(&clock, address(200), &format!("1/{n}")).unwrap();
        }
        assert!(limits.local(&clock, address(200), "1/another").is_err());
    }

    #[test]
    fn neighbours_in_an_ipv6_network_count_as_one() {
        assert_eq!(network("2001:db8:1:2::1".parse().unwrap()), network("2001:db8:1:2:ffff::9".parse().unwrap()));
        assert_ne!(network("2001:db8:1:2::1".parse().unwrap()), network("2001:db8:1:3::1".parse().unwrap()));
        assert_eq!(network("::ffff:10.0.0.1".parse().unwrap()), IpAddr::from([10, 0, 0, 1]));
    }
}
