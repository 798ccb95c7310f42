//! Group commit on SQLite: writers that wait share one commit, and are answered only after it.

use crate::support::{add, count, count_in, counter, put, twin};
use shuke_kernel::{Error, Result};
use shuke_testkit::{Kind, run};
use std::sync::Arc;
use tokio::sync::Barrier;

/// 32 writers at once use fewer commits than transactions; each sees its own row after its await.
#[test]
fn writers_that_wait_share_a_commit() {
    run(async {
        let given = counter(Kind::Sqlite).await;
        let before = given.db.counts();
        let barrier = Arc::new(Barrier::new(32));
        let tasks: Vec<_> = (0..32_u128)
            .map(|writer| {
                let (db, barrier) = (given.db.handle(), barrier.clone());
                tokio::spawn(async move {
                    barrier.wait().await;
                    for round in 0..20_u128 {
                        let id = writer * 1000 + round;
                        add(&db, id, 1).await.unwrap();
                        assert_eq!(count(&db, id).await, Some(1), "answered before it was committed");
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        let used = given.db.counts().since(before);
        assert_eq!(used.transactions, 640);
        assert!(used.commits * 2 <= used.transactions, "{} commits for {} transactions", used.commits, used.transactions);
    });
}

/// One that fails, by its own choice or by a constraint, or is dropped, takes nobody with it.
#[test]
fn a_failing_writer_does_not_hurt_the_others() {
    run(async {
        let given = counter(Kind::Sqlite).await;
        add(&given.db, 99_999, 0).await.unwrap();
        let barrier = Arc::new(Barrier::new(32));
        let tasks: Vec<_> = (0..32_u128)
            .map(|writer| {
                let (db, barrier) = (given.db.handle(), barrier.clone());
                tokio::spawn(async move {
                    barrier.wait().await;
                    for round in 0..10_u128 {
                        let id = writer * 1000 + round;
                        match writer % 4 {
                            0 => {
                                let outcome: Result<()> = db
                                    .write(&id, |tx, id| {
                                        Box::pin(async move {
                                            tx.exec(put(*id, "waiting", 1)).await?;
                                            Err(Error::refused("no", "no"))
                                        })
                                    })
                                    .await;
                                assert_eq!(outcome.unwrap_err().code(), "no");
                            }
                            1 => {
                                let outcome = db
                                    .write(&id, |tx, id| {
                                        Box::pin(async move {
                                            tx.queue(put(*id, "waiting", 1)).await?;
                                            tx.queue(twin(99_999)).await
                                        })
                                    })
                                    .await;
                                assert_eq!(outcome.unwrap_err().code(), "job_pkey");
                            }
                            2 => {
                                // Given up while it waits for its turn, or in the middle of it.
                                let write = db.write(&id, |tx, id| {
                                    Box::pin(async move {
                                        tx.exec(put(*id, "waiting", 1)).await?;
                                        std::future::pending::<()>().await;
                                        Ok(())
                                    })
                                });
                                tokio::select! {
                                    biased;
                                    _ = write => {}
                                    () = tokio::task::yield_now() => {}
                                }
                            }
                            _ => add(&db, id, 1).await.unwrap(),
                        }
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        for writer in 0..32_u128 {
            for round in 0..10_u128 {
                let expected = if writer % 4 == 3 { Some(1) } else { None };
                assert_eq!(count(&given.db, writer * 1000 + round).await, expected, "writer {writer} round {round}");
            }
        }
    });
}

/// A writer inside a group sees what those before it in the group have written.
#[test]
fn a_group_is_one_after_another() {
    run(async {
        let given = counter(Kind::Sqlite).await;
        add(&given.db, 1, 0).await.unwrap();
        let tasks: Vec<_> = (0..64)
            .map(|_| {
                let db = given.db.handle();
                tokio::spawn(async move {
                    db.write(&(), |tx, ()| {
                        Box::pin(async move {
                            let now = count_in(tx, 1).await?.unwrap_or_default();
                            tx.exec(shuke_db::sql!("UPDATE job SET attempts = $1 WHERE kind = 'k'", now + 1)).await
                        })
                    })
                    .await
                    .unwrap();
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!(count(&given.db, 1).await, Some(64));
    });
}

/// One that is refused finds on disk what was in its way, also where that came from its own group.
#[test]
fn a_refusal_waits_for_what_refused_it() {
    run(async {
        let given = counter(Kind::Sqlite).await;
        for id in 0..30_u128 {
            let barrier = Arc::new(Barrier::new(32));
            let tasks: Vec<_> = (0..32)
                .map(|_| {
                    let (db, barrier) = (given.db.handle(), barrier.clone());
                    tokio::spawn(async move {
                        barrier.wait().await;
                        let outcome = add(&db, id, 1).await;
                        assert_eq!(count(&db, id).await, Some(1), "refused by a row that is not there: {outcome:?}");
                        outcome.is_ok()
                    })
                })
                .collect();
            let mut won = 0;
            for task in tasks {
                won += u32::from(task.await.unwrap());
            }
            assert_eq!(won, 1);
        }
    });
}
