//! Commit, rollback, refusal, order.

use crate::support::{MERCHANT, add, count, count_in, counter, put, take, twin};
use shuke_db::{Db, insert, sql};
use shuke_kernel::{Error, Kind as ErrorKind, Result, Uuid};
use shuke_testkit::scenario;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

scenario! {
    setup = counter;

    /// Ok commits, and the next reader sees it.
    async fn ok_commits(given) {
        let db = &given.db;
        let seen = db.write(&7_u128, |tx, id| Box::pin(async move {
            tx.queue(put(*id, "waiting", 3)).await?;
            count_in(tx, *id).await
        })).await.unwrap();
        assert_eq!(seen, Some(3), "a transaction sees what it queued");
        assert_eq!(count(db, 7).await, Some(3));
    }

    /// Err takes everything back, and the error is the closure's own.
    async fn err_rolls_back(given) {
        let db = &given.db;
        let outcome: Result<()> = db.write(&7_u128, |tx, id| Box::pin(async move {
            tx.exec(put(*id, "waiting", 3)).await?;
            tx.queue(put(*id + 1, "waiting", 3)).await?;
            Err(Error::refused("not_today", "no"))
        })).await;
        assert_eq!(outcome.unwrap_err().code(), "not_today");
        assert_eq!((count(db, 7).await, count(db, 8).await), (None, None));
        add(db, 7, 1).await.unwrap();
        assert_eq!(count(db, 7).await, Some(1));
    }

    /// A future that is dropped in the middle leaves nothing, and nobody waits for it.
    async fn a_dropped_future_rolls_back(given) {
        let db = given.db.handle();
        for round in 0..20_u128 {
            let (wrote, written) = tokio::sync::oneshot::channel::<()>();
            let input = (round, std::sync::Mutex::new(Some(wrote)));
            let task = tokio::spawn({
                let db = db.clone();
                async move {
                    db.write(&input, |tx, (id, wrote)| Box::pin(async move {
                        tx.exec(put(*id, "waiting", 1)).await?;
                        if let Some(wrote) = wrote.lock().unwrap().take() {
                            let _ = wrote.send(());
                        }
                        std::future::pending::<()>().await;
                        Ok(())
                    })).await
                }
            });
            written.await.unwrap();
            task.abort();
            assert!(task.await.is_err());
            assert_eq!(count(&db, round).await, None);
            add(&db, round, 2).await.unwrap();
            assert_eq!(count(&db, round).await, Some(2));
        }
    }

    /// A panic in a closure leaves nothing and blocks nobody.
    async fn a_panicking_closure_rolls_back(given) {
        let db = given.db.handle();
        let task = tokio::spawn({
            let db = db.clone();
            async move {
                db.write(&1_u128, |tx, id| Box::pin(async move {
                    tx.exec(put(*id, "waiting", 1)).await?;
                    assert!(*id == 0, "the closure panics, as the test wants");
                    Ok(())
                })).await
            }
        });
        assert!(task.await.unwrap_err().is_panic());
        add(&db, 1, 5).await.unwrap();
        assert_eq!(count(&db, 1).await, Some(5));
    }

    /// A constraint's name is the error's code, whichever database refuses.
    async fn a_constraint_becomes_its_code(given) {
        let db = &given.db;
        add(db, 1, 0).await.unwrap();
        let cases: [(u128, &str, &str, Option<ErrorKind>); 3] = [
            (1, "waiting", "job_pkey", Some(ErrorKind::Conflict)),
            (2, "unheard-of", "internal", None),
            (3, "waiting", "job_dedup", Some(ErrorKind::Conflict)),
        ];
        for (id, state, code, kind) in cases {
            let error = db.write(&(id, state, code), |tx, (id, state, code)| Box::pin(async move {
                // The third row has a key of its own but the first one's deduplication key.
                let dedup = if *code == "job_dedup" { 1 } else { *id + 100 };
                tx.exec(sql!(
                    "INSERT INTO job (merchant_id, id, kind, dedup_key, payload, state, run_at, attempts, leased_until)
                     VALUES ($1, $2, 'k', $3, '', $4, 0, 0, 0)",
                    MERCHANT, Uuid::from_u128(*id), dedup.to_string(), *state
                )).await
            })).await.unwrap_err();
            assert_eq!(error.code(), code);
            if let Some(kind) = kind {
                assert_eq!(error.kind(), kind);
            }
        }
    }

    /// A queued write that is refused takes the whole transaction with it, however late it is noticed.
    async fn a_refused_queue_leaves_nothing(given) {
        let db = &given.db;
        add(db, 1, 0).await.unwrap();
        let outcome = db.write(&(), |tx, ()| Box::pin(async move {
            tx.queue(put(2, "waiting", 0)).await?;
            tx.queue(twin(1)).await?;
            tx.queue(put(3, "waiting", 0)).await
        })).await;
        assert_eq!(outcome.unwrap_err().code(), "job_pkey");
        assert_eq!((count(db, 2).await, count(db, 3).await), (None, None));
        add(db, 2, 1).await.unwrap();
    }

    /// A closure that goes on after a statement failed does not commit the rest: PostgreSQL would
    /// roll back in silence, SQLite would keep half.
    async fn a_swallowed_failure_does_not_commit(given) {
        let db = &given.db;
        add(db, 1, 0).await.unwrap();
        let outcome = db.write(&(), |tx, ()| Box::pin(async move {
            tx.exec(put(2, "waiting", 0)).await?;
            let refused = tx.exec(twin(1)).await;
            assert!(refused.is_err());
            Ok(())
        })).await;
        assert!(outcome.is_err());
        assert_eq!(count(db, 2).await, None);
    }

    /// The answers of `all` stand in the order of the questions.
    async fn all_keeps_order(given) {
        let db = &given.db;
        let rows = (0..50_u128).map(|id| vec![
            shuke_db::ToValue::to_value(&MERCHANT),
            shuke_db::ToValue::to_value(&id.to_string()),
            shuke_db::ToValue::to_value(""),
            shuke_db::ToValue::to_value(&200_i64),
            shuke_db::ToValue::to_value(&format!("body {id}")),
            shuke_db::ToValue::to_value(&0_i64),
        ]).collect::<Vec<_>>();
        db.write(&rows, |tx, rows| Box::pin(async move {
            tx.queue(insert("idempotency", &["merchant_id", "key", "fingerprint", "status", "body", "at"], rows.clone())).await
        })).await.unwrap();
        let bodies = db.read(&(), |tx, ()| Box::pin(async move {
            let ask = |key: u128| sql!("SELECT body FROM idempotency WHERE merchant_id = $1 AND key = $2", MERCHANT, key.to_string());
            let [a, none, b, c] = tx.all([ask(41), ask(1000), ask(3), ask(17)]).await?;
            assert!(none.is_empty());
            Ok([a[0].get::<String>(0)?, b[0].get(0)?, c[0].get(0)?])
        })).await.unwrap();
        assert_eq!(bodies, ["body 41", "body 3", "body 17"]);
    }

    /// Guarded writes never take more than there is.
    async fn the_last_one_is_taken_once(given) {
        add(&given.db, 1, 40).await.unwrap();
        let won = Arc::new(AtomicU64::new(0));
        let tasks: Vec<_> = (0..100).map(|_| {
            let (db, won): (Db, _) = (given.db.handle(), won.clone());
            tokio::spawn(async move {
                let taken = db.write(&(), |tx, ()| Box::pin(async move { tx.exec(take(1)).await })).await.unwrap();
                won.fetch_add(taken, Ordering::SeqCst);
            })
        }).collect();
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!(won.load(Ordering::SeqCst), 40);
        assert_eq!(count(&given.db, 1).await, Some(0));
    }

    /// Rows shown one after another are those of the query, in its order; a visitor that refuses ends it.
    async fn rows_are_shown_one_after_another(given) {
        for id in 1..=300_u128 {
            add(&given.db, id, i64::try_from(id).unwrap()).await.unwrap();
        }
        let query = || sql!("SELECT attempts FROM job WHERE merchant_id = $1 AND attempts > $2 ORDER BY attempts", MERCHANT, 10_i64);
        let seen: Vec<i64> = given.db.snapshot(&(), |tx, ()| Box::pin(async move {
            let mut seen = Vec::new();
            tx.each(query(), &mut |row| {
                seen.push(row.get(0)?);
                Ok(())
            })
            .await?;
            Ok(seen)
        })).await.unwrap();
        assert_eq!(seen, (11..=300).collect::<Vec<i64>>());
        let refused = given.db.read(&(), |tx, ()| Box::pin(async move {
            tx.each(query(), &mut |_| Err(Error::refused("enough", "no more"))).await
        })).await;
        assert_eq!(refused.unwrap_err().code(), "enough");
        assert_eq!(count(&given.db, 7).await, Some(7), "the connection goes on");
    }

    /// A snapshot does not see what is committed while it is open.
    async fn a_snapshot_stands_still(given) {
        add(&given.db, 1, 10).await.unwrap();
        let db = given.db.handle();
        let seen = given.db.snapshot(&db, |tx, db| Box::pin(async move {
            let before = count_in(tx, 1).await?;
            db.write(&(), |tx, ()| Box::pin(async move { tx.exec(take(1)).await })).await?;
            Ok((before, count_in(tx, 1).await?))
        })).await.unwrap();
        assert_eq!(seen, (Some(10), Some(10)));
        assert_eq!(count(&given.db, 1).await, Some(9));
    }

    /// Opening a database that is up to date changes nothing; two servers may start at once.
    async fn servers_may_start_at_once(given) {
        let config = given.db.config().clone();
        let opens = (0..4).map(|_| {
            let config = config.clone();
            tokio::spawn(async move { Db::open(&config).await.map(drop) })
        });
        for open in opens.collect::<Vec<_>>() {
            open.await.unwrap().unwrap();
        }
        add(&given.db, 1, 1).await.unwrap();
    }
}
