//! The event log and its readers.

use crate::support::{Given, effect, given};
use shuke_db::{Future, Tx, sql};
use shuke_jobs::event::ATTEMPTS_MAX;
use shuke_jobs::{Event, Reader, Runner, StoredEvent, Task, Work, event};
use shuke_kernel::{Cx, Error, Uuid};
use shuke_testkit::{Kind, run, scenario, step};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

/// Counts each event that it takes. Fails on the payload `"poison"` as often as it is told to.
#[derive(Clone)]
struct Counting {
    failures_left: Arc<AtomicI64>,
}

impl Counting {
    fn failing(times: i64) -> Self {
        Self { failures_left: Arc::new(AtomicI64::new(times)) }
    }
}

impl Reader for Counting {
    fn name(&self) -> &'static str {
        "counting"
    }
    fn wants(&self, kind: &str) -> bool {
        kind == "thing.happened"
    }
    fn handle<'t>(&'t self, tx: &'t mut Tx, cx: &'t Cx, event: &'t StoredEvent) -> Future<'t, ()> {
        Box::pin(async move {
            let name: String = event.read()?;
            effect(tx, cx.merchant, &name).await?;
            if name == "poison" && self.failures_left.fetch_sub(1, Ordering::SeqCst) > 0 {
                return Err(Error::refused("poisoned", "the reader can't take this one"));
            }
            Ok(())
        })
    }
}

/// Sees to it that something happens for each event that it takes, as long as there is left of it: a shop that
/// sells as fast as its readers read.
struct Endless {
    left: Arc<AtomicI64>,
    again: Event,
}

impl Reader for Endless {
    fn name(&self) -> &'static str {
        "endless"
    }
    fn wants(&self, _: &str) -> bool {
        self.left.fetch_sub(1, Ordering::SeqCst) > 0
    }
    fn handle<'t>(&'t self, tx: &'t mut Tx, cx: &'t Cx, _: &'t StoredEvent) -> Future<'t, ()> {
        Box::pin(event::append(tx, cx, std::slice::from_ref(&self.again)))
    }
}

/// Notes when it comes to have its turn, and counts what is the other merchant's.
struct Noting(Box<dyn Fn() + Send + Sync>);

impl Reader for Noting {
    fn name(&self) -> &'static str {
        "noting"
    }
    fn wants(&self, _: &str) -> bool {
        true
    }
    fn handle<'t>(&'t self, tx: &'t mut Tx, cx: &'t Cx, event: &'t StoredEvent) -> Future<'t, ()> {
        Box::pin(async move {
            (self.0)();
            let name: String = event.read()?;
            if name == "other" { effect(tx, cx.merchant, &name).await } else { Ok(()) }
        })
    }
}

async fn happen(given: &Given, merchant: i64, names: &[&str]) {
    let input = (given.cx_of(merchant), names);
    let append = given.db.write(&input, |tx, (cx, names)| {
        Box::pin(async move {
            let events: Vec<Event> = names.iter().map(|name| Event::new("thing.happened", Uuid::nil(), name)).collect();
            event::append(tx, cx, &events).await
        })
    });
    append.await.unwrap();
}

async fn dead_letters(given: &Given) -> Vec<String> {
    given
        .db
        .read(&(), |tx, ()| {
            Box::pin(async move {
                let rows = tx.rows(sql!("SELECT fault FROM event_dead")).await?;
                rows.iter().map(|row| row.get(0)).collect()
            })
        })
        .await
        .unwrap()
}

fn once(names: &[&str]) -> Vec<(String, i64)> {
    names.iter().map(|name| ((*name).to_owned(), 1)).collect()
}

scenario! {
    setup = given;

    /// Each event has its effect once, however often the worker runs; merchants have cursors of their own.
    async fn each_event_has_its_effect_once(given) {
        let runner = Runner::default().reader(Counting::failing(0));
        happen(&given, 1, &["a", "b"]).await;
        happen(&given, 2, &["c"]).await;
        assert_eq!(step(&runner, &given.work()).await, 3);
        assert_eq!(step(&runner, &given.work()).await, 0);
        happen(&given, 1, &["d"]).await;
        assert_eq!(step(&runner, &given.work()).await, 1);
        assert_eq!(given.effects().await, once(&["a", "b", "d", "c"]));
    }

    /// What is rolled back never happened.
    async fn a_rolled_back_event_never_happened(given) {
        let cx = given.cx();
        let outcome = given.db.write(&cx, |tx, cx| Box::pin(async move {
            event::append(tx, cx, &[Event::new("thing.happened", Uuid::nil(), &"a")]).await?;
            Err::<(), _>(Error::refused("no", "no"))
        })).await;
        assert!(outcome.is_err());
        assert_eq!(step(&Runner::default().reader(Counting::failing(0)), &given.work()).await, 0);
    }

    /// A reader that fails and recovers loses nothing and does nothing twice.
    async fn a_reader_recovers(given) {
        let runner = Runner::default().reader(Counting::failing(3));
        happen(&given, 1, &["a"]).await;
        happen(&given, 1, &["poison"]).await;
        happen(&given, 1, &["z"]).await;
        for _ in 0..3 {
            step(&runner, &given.work()).await;
        }
        step(&runner, &given.work()).await;
        assert_eq!(given.effects().await, once(&["a", "poison", "z"]));
        assert_eq!(dead_letters(&given).await, [""; 0]);
    }

    /// One that can never be taken becomes a dead letter with its fault, and the rest goes on.
    async fn a_poisoned_event_is_set_aside(given) {
        let reader = Counting::failing(i64::MAX);
        let runner = Runner::default().reader(reader.clone());
        happen(&given, 1, &["a"]).await;
        happen(&given, 1, &["poison"]).await;
        happen(&given, 1, &["z"]).await;
        happen(&given, 2, &["other"]).await;
        while dead_letters(&given).await.is_empty() {
            runner.step(&given.work()).await.unwrap();
        }
        step(&runner, &given.work()).await;
        assert_eq!(given.effects().await, once(&["a", "z", "other"]));
        // Alone, and sometimes with others in a batch that then goes one by one.
        let tried = i64::MAX - reader.failures_left.load(Ordering::SeqCst);
        assert!((ATTEMPTS_MAX..=ATTEMPTS_MAX * 2).contains(&tried), "tried {tried} times");
        let dead = dead_letters(&given).await;
        assert!(dead.len() == 1 && dead[0].contains("poisoned"), "{dead:?}");
        assert_eq!(step(&runner, &given.work()).await, 0);
    }

    /// While there is always something new for one reader, the next one, the next merchant and the periodic tasks
    /// have their turn all the same.
    async fn who_is_never_done_keeps_nobody_waiting(given) {
        let left = Arc::new(AtomicI64::new(9_800));
        let seen: Arc<Mutex<Vec<(&'static str, i64)>>> = Arc::default();
        let note = |what: &'static str| {
            let (seen, left) = (seen.clone(), left.clone());
            move || seen.lock().unwrap().push((what, left.load(Ordering::SeqCst)))
        };
        let task = note("task");
        let task: Task = Arc::new(move |_: &Work| {
            task();
            Box::pin(async { Ok(0) })
        });
        let again = Event::new("thing.happened", Uuid::nil(), &"again");
        let runner = Runner::default()
            .reader(Endless { left: left.clone(), again })
            .reader(Noting(Box::new(note("reader"))))
            .task("task", 0, task);
        happen(&given, 1, &["first"; 200]).await;
        happen(&given, 2, &["other"]).await;
        step(&runner, &given.work()).await;
        let left_at = |what| seen.lock().unwrap().iter().find(|(name, _)| *name == what).map(|(_, left)| *left).unwrap();
        assert!(left_at("reader") >= 8_700, "the next reader waited for {} events", 9_800 - left_at("reader"));
        assert!(left_at("task") > 0, "the task waited to the end");
        assert_eq!(given.effects().await, once(&["other"]), "the other merchant's");
    }

    /// Two servers that run one reader do each event once.
    async fn two_servers_share_a_reader(given) {
        for n in 0..40 {
            happen(&given, 1 + n % 2, &[&format!("{n:02}")]).await;
        }
        let runner = Runner::default().reader(Counting::failing(0));
        let tasks: Vec<_> = (0..4).map(|_| {
            let (runner, work) = (runner.clone(), given.work());
            tokio::spawn(async move { step(&runner, &work).await })
        }).collect();
        let mut taken = 0;
        for task in tasks {
            taken += task.await.unwrap();
        }
        assert_eq!(taken, 40);
        let effects = given.effects().await;
        assert!(effects.len() == 40 && effects.iter().all(|(_, times)| *times == 1), "{effects:?}");
    }
}

/// On PostgreSQL a transaction that is still open keeps the reader from stepping over it.
#[test]
fn an_open_transaction_is_not_stepped_over() {
    run(async {
        let given = given(Kind::Postgres).await;
        let runner = Runner::default().reader(Counting::failing(0));
        let (appended, has_appended) = tokio::sync::oneshot::channel::<()>();
        let (go, may_go) = tokio::sync::oneshot::channel::<()>();
        let slow = tokio::spawn({
            let (db, cx) = (given.db.handle(), given.cx());
            let input = (cx, tokio::sync::Mutex::new(Some((appended, may_go))));
            async move {
                db.write(&input, |tx, (cx, signals)| {
                    Box::pin(async move {
                        event::append(tx, cx, &[Event::new("thing.happened", Uuid::nil(), &"slow")]).await?;
                        // The queued append goes out with this read, so the transaction has its id.
                        tx.rows(sql!("SELECT 1")).await?;
                        if let Some((appended, may_go)) = signals.lock().await.take() {
                            appended.send(()).unwrap();
                            may_go.await.unwrap();
                        }
                        Ok(())
                    })
                })
                .await
                .unwrap();
            }
        });
        has_appended.await.unwrap();
        happen(&given, 1, &["quick"]).await;
        assert_eq!(runner.step(&given.work()).await.unwrap(), 0, "the reader stepped over an open transaction");
        go.send(()).unwrap();
        slow.await.unwrap();
        assert_eq!(step(&runner, &given.work()).await, 2);
        assert_eq!(given.effects().await, once(&["quick", "slow"]));
    });
}

/// A database that can't be reached is nobody's failed attempt.
#[test]
fn an_unreachable_database_counts_as_no_attempt() {
    #[derive(Clone)]
    struct Unreachable;
    impl Reader for Unreachable {
        fn name(&self) -> &'static str {
            "unreachable"
        }
        fn wants(&self, _: &str) -> bool {
            true
        }
        fn handle<'t>(&'t self, _: &'t mut Tx, _: &'t Cx, _: &'t StoredEvent) -> Future<'t, ()> {
            Box::pin(async { Err(Error::unavailable("database_unavailable", "try again")) })
        }
    }
    run(async {
        let given = given(Kind::Sqlite).await;
        happen(&given, 1, &["a"]).await;
        let runner = Runner::default().reader(Unreachable);
        for _ in 0..ATTEMPTS_MAX * 2 {
            assert_eq!(runner.step(&given.work()).await.unwrap_err().code(), "database_unavailable");
        }
        assert_eq!(dead_letters(&given).await, [""; 0]);
    });
}
