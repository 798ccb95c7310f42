//! PostgreSQL: the closure runs again where the database asks for it, and round trips are few.

use crate::support::{add, count, count_in, counter, put, take};
use shuke_testkit::{Kind, run};
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::Barrier;

/// Two that lock in opposite order: one is told to try again, and both succeed.
#[test]
fn a_deadlock_is_tried_again() {
    run(async {
        let given = counter(Kind::Postgres).await;
        add(&given.db, 1, 10).await.unwrap();
        add(&given.db, 2, 10).await.unwrap();
        let runs = AtomicU64::new(0);
        let barrier = Barrier::new(2);
        let both = |first: u128, second: u128| {
            let (db, runs, barrier) = (given.db.handle(), &runs, &barrier);
            async move {
                let input = (first, second, runs, barrier);
                db.write(&input, |tx, (first, second, runs, barrier)| {
                    Box::pin(async move {
                        let run = runs.fetch_add(1, Ordering::SeqCst);
                        tx.exec(take(*first)).await?;
                        if run < 2 {
                            // Both hold their first row before either asks for its second.
                            barrier.wait().await;
                        }
                        tx.exec(take(*second)).await
                    })
                })
                .await
            }
        };
        let (a, b) = tokio::join!(both(1, 2), both(2, 1));
        assert_eq!((a.unwrap(), b.unwrap()), (1, 1));
        assert!(runs.load(Ordering::SeqCst) >= 3, "the one that lost runs again");
        assert_eq!((count(&given.db, 1).await, count(&given.db, 2).await), (Some(8), Some(8)));
    });
}

/// The same where the deadlock shows only at COMMIT, in the queued writes.
#[test]
fn a_deadlock_at_commit_is_tried_again() {
    run(async {
        let given = counter(Kind::Postgres).await;
        add(&given.db, 1, 10).await.unwrap();
        add(&given.db, 2, 10).await.unwrap();
        let runs = AtomicU64::new(0);
        let barrier = Barrier::new(2);
        let both = |first: u128, second: u128| {
            let (db, runs, barrier) = (given.db.handle(), &runs, &barrier);
            async move {
                let input = (first, second, runs, barrier);
                db.write(&input, |tx, (first, second, runs, barrier)| {
                    Box::pin(async move {
                        let run = runs.fetch_add(1, Ordering::SeqCst);
                        tx.exec(take(*first)).await?;
                        if run < 2 {
                            barrier.wait().await;
                        }
                        tx.queue(take(*second)).await
                    })
                })
                .await
            }
        };
        let (a, b) = tokio::join!(both(1, 2), both(2, 1));
        a.unwrap();
        b.unwrap();
        assert!(runs.load(Ordering::SeqCst) >= 3, "the one that lost runs again");
        assert_eq!((count(&given.db, 1).await, count(&given.db, 2).await), (Some(8), Some(8)));
    });
}

/// Read, then write: two round trips, BEGIN and COMMIT included.
#[test]
fn a_transaction_in_two_steps_takes_two_round_trips() {
    run(async {
        let given = counter(Kind::Postgres).await;
        add(&given.db, 1, 10).await.unwrap();
        let before = given.db.counts();
        given
            .db
            .write(&(), |tx, ()| {
                Box::pin(async move {
                    count_in(tx, 1).await?;
                    tx.queue(take(1)).await?;
                    tx.queue(put(2, "waiting", 1)).await
                })
            })
            .await
            .unwrap();
        let used = given.db.counts().since(before);
        assert_eq!((used.trips, used.statements, used.transactions), (2, 3, 1));
    });
}

/// A connection that the server closed between two uses is not a caller's trouble.
#[test]
fn a_lost_connection_is_replaced() {
    run(async {
        let given = counter(Kind::Postgres).await;
        add(&given.db, 1, 10).await.unwrap();
        let shuke_db::Config { location: shuke_db::Location::Postgres(url), .. } = given.db.config() else {
            unreachable!("a PostgreSQL database has a URL");
        };
        let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await.unwrap();
        tokio::spawn(connection);
        let end_others =
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
        client.batch_execute(end_others).await.unwrap();
        let taken = given.db.write(&(), |tx, ()| Box::pin(async move { tx.exec(take(1)).await })).await.unwrap();
        assert_eq!(taken, 1);
        assert_eq!(count(&given.db, 1).await, Some(9));
    });
}
