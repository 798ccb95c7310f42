//! Many at once: the last one is taken once, nothing is lost, nobody gets a fault of ours.

use crate::support::{ALWAYS, MEMBER, MERCHANT, found, grant, ledger, spend};
use futures::future::join_all;
use shuke_db::{Db, Tx, sql};
use shuke_jobs::{Runner, Work};
use shuke_kernel::{Clock, Cx, Kind as Refusal, Result, Uuid};
use shuke_ledger::AccountKind::Points;
use shuke_ledger::{seal, verify};
use shuke_testkit::{START, scenario};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

async fn spend_once(db: Db, cx: Cx, amount: i64) -> Result<()> {
    let input = (cx.uuid(), cx, amount);
    db.write(&input, |tx, (id, cx, amount)| Box::pin(spend(tx, cx, *id, Points, *amount))).await
}

/// Ids of a member's entries, and the balance, of one moment.
type Read = (BTreeSet<Uuid>, i64);

async fn snapshot(db: &Db) -> Read {
    db.snapshot(&(), |tx, ()| Box::pin(entries_and_balance(tx))).await.unwrap()
}

async fn entries_and_balance(tx: &mut Tx) -> Result<Read> {
    let rows = tx.rows(sql!("SELECT source_id FROM transfer WHERE merchant_id = $1 AND member_id = $2", MERCHANT, MEMBER)).await?;
    let row =
        tx.row(sql!("SELECT balance FROM account WHERE merchant_id = $1 AND owner = $2 AND kind = 'points'", MERCHANT, MEMBER)).await?;
    let balance = row.map_or(Ok(0), |row| row.get(0))?;
    Ok((rows.iter().map(|row| row.get(0)).collect::<Result<_>>()?, balance))
}

async fn spawn_all<T: Send + 'static>(tasks: impl Iterator<Item = impl Future<Output = T> + Send + 'static>) -> Vec<T> {
    let running: Vec<_> = tasks.map(tokio::spawn).collect();
    join_all(running).await.into_iter().map(|done| done.unwrap()).collect()
}

scenario! {
    setup = ledger;

    /// One balance spent twice by two requests at once.
    async fn sixty_of_a_hundred_is_taken_once(ledger) {
        let cx = ledger.start();
        ledger.grant(&cx, Points, 100, ALWAYS).await;
        let outcomes = spawn_all((0..100).map(|_| spend_once(ledger.db.handle(), cx.clone(), 60))).await;
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
        for refusal in outcomes.into_iter().filter_map(Result::err) {
            assert_eq!((refusal.kind(), refusal.code()), (Refusal::Refused, "balance_insufficient"));
        }
        assert_eq!(ledger.has(&cx, Points).await, (40, 40));
        ledger.verified().await;
    }

    /// A grant or a spend that is lost, doubled, or refused in vain among 64 on one member.
    async fn granting_and_spending_at_once_loses_nothing(ledger) {
        let cx = ledger.start();
        ledger.grant(&cx, Points, 64 * 4 * 3, ALWAYS).await;
        let one = async |db: Db, cx: Cx, n: i64| -> Result<i64> {
            let mut sum = 0;
            for round in 0..4 {
                if (n + round) % 2 == 0 {
                    grant(&db, &cx, cx.uuid(), Points, n, ALWAYS).await?;
                    sum += n;
                } else {
                    spend_once(db.clone(), cx.clone(), 3).await?;
                    sum -= 3;
                }
            }
            Ok(sum)
        };
        let sums = spawn_all((1..=64).map(|n| one(ledger.db.handle(), cx.clone(), n))).await;
        let moved: i64 = sums.into_iter().map(|sum| sum.unwrap()).sum();
        assert_eq!(ledger.has(&cx, Points).await.0, 64 * 4 * 3 + moved);
        assert_eq!(ledger.verified().await.entries, 1 + 64 * 4);
    }

    /// Two first grants of a new member at once, each making the account.
    async fn a_new_members_account_is_made_once(ledger) {
        let cx = ledger.start();
        let db = ledger.db.handle();
        let make = |_| {
            let (db, cx) = (db.clone(), cx.clone());
            async move { grant(&db, &cx, cx.uuid(), Points, 5, ALWAYS).await }
        };
        for outcome in spawn_all((0..32).map(make)).await {
            outcome.unwrap();
        }
        assert_eq!(ledger.has(&cx, Points).await, (160, 160));
        ledger.verified().await;
    }

    /// An anomaly in a member's history: a read that misses what was acknowledged before it began, two
    /// reads of which neither contains the other, or a balance that is not that of the entries beside it.
    async fn every_read_is_a_state_that_was(ledger) {
        let cx = ledger.start();
        let acknowledged: Arc<Mutex<BTreeSet<Uuid>>> = Arc::default();
        let reads: Arc<Mutex<Vec<Read>>> = Arc::default();
        let client = |n: u64| {
            let (db, cx) = (ledger.db.handle(), cx.clone());
            let (acknowledged, reads) = (acknowledged.clone(), reads.clone());
            async move {
                for _ in 0..12 {
                    if n.is_multiple_of(3) {
                        let before = acknowledged.lock().unwrap().clone();
                        let read = snapshot(&db).await;
                        assert!(before.is_subset(&read.0), "a read misses what was acknowledged before it began");
                        reads.lock().unwrap().push(read);
                    } else {
                        let id = cx.uuid();
                        grant(&db, &cx, id, Points, 1, ALWAYS).await.unwrap();
                        acknowledged.lock().unwrap().insert(id);
                    }
                }
            }
        };
        spawn_all((0..12).map(client)).await;
        let mut reads = reads.lock().unwrap().clone();
        reads.sort_by_key(|(ids, _)| ids.len());
        for (ids, balance) in &reads {
            assert_eq!(i64::try_from(ids.len()).unwrap(), *balance);
        }
        for pair in reads.windows(2) {
            assert!(pair[0].0.is_subset(&pair[1].0), "two reads contradict each other");
        }
        assert_eq!(snapshot(&ledger.db).await.0, *acknowledged.lock().unwrap());
    }

    /// A chain with a gap, a fork, or an entry that is in no batch, when two servers seal during sales.
    async fn two_servers_seal_while_others_write(ledger) {
        let cx = ledger.start();
        let other = Db::connect(ledger.db.config()).await.unwrap();
        let sellers = (0..8).map(|_| {
            let (db, cx) = (ledger.db.handle(), cx.clone());
            let selling: futures::future::BoxFuture<'static, u64> = Box::pin(async move {
                for _ in 0..20 {
                    grant(&db, &cx, cx.uuid(), Points, 1, ALWAYS).await.unwrap();
                }
                0
            });
            selling
        });
        let sealers = [ledger.db.handle(), other.clone()].into_iter().map(|db| {
            let cx = cx.clone();
            let sealing: futures::future::BoxFuture<'static, u64> = Box::pin(async move {
                let mut sealed = 0;
                for _ in 0..40 {
                    sealed += seal::run(&db, &cx).await.unwrap();
                    tokio::task::yield_now().await;
                }
                sealed
            });
            sealing
        });
        let sealed: u64 = spawn_all(sellers.chain(sealers)).await.into_iter().sum();
        drop(other);
        ledger.seal(&cx).await;
        let report = ledger.verified().await;
        assert_eq!((report.entries, report.unsealed_entries), (160, 0));
        assert!(sealed <= 160, "an entry was sealed twice");
    }

    /// Entries that stay unsealed because nobody calls.
    async fn the_worker_seals_for_every_merchant(ledger) {
        found(&ledger.db).await;
        let clock = Clock::manual(START);
        let work = Work { db: ledger.db.handle(), clock: clock.clone(), random: ledger.random.clone() };
        let runner = Runner::default().task("seal", seal::EVERY_MS, seal::task());
        // On PostgreSQL a transaction of another test may hold sealing back for a moment.
        let sealed_in_the_end = async || {
            while runner.step(&work).await.unwrap() == 0 {
                clock.advance_ms(seal::EVERY_MS);
                tokio::task::yield_now().await;
            }
        };
        ledger.grant(&ledger.start(), Points, 1, ALWAYS).await;
        sealed_in_the_end().await;
        ledger.grant(&ledger.start(), Points, 1, ALWAYS).await;
        assert_eq!(runner.step(&work).await.unwrap(), 0, "its time has not come");
        sealed_in_the_end().await;
        assert_eq!(verify::run(&ledger.db, MERCHANT).await.unwrap().seals, 2);
    }
}
