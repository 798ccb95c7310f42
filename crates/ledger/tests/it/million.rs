//! `verify` on a ledger of a million entries: the figure that RELIABILITY.md asks for.
//!
//! `cargo test --release -p shuke-ledger --test it -- --ignored --nocapture --test-threads 1 million`

use crate::support::{Ledger, ledger, shop};
use shuke_db::Tx;
use shuke_kernel::{Cx, Result, Uuid};
use shuke_ledger::AccountKind::{Cash, Points, Principal, Revenue};
use shuke_ledger::journal::{outstanding_read, outstanding_stmt};
use shuke_ledger::{Account, Holdings, Journal, LotTerms, seal, verify};
use shuke_testkit::Kind;
use std::time::Instant as Stopwatch;

const ENTRIES: u64 = 1_000_000;
const ENTRIES_PER_MEMBER: u64 = 50;
const MEMBERS_PER_TX: u64 = 4;
const VERIFY_MS_MAX: u128 = 5_000;

/// Two years of one member: top-ups, sales paid with cash, points and prepaid value, and a refund.
async fn live(tx: &mut Tx, cx: &Cx, member: Uuid) -> Result<()> {
    let mut holdings = Holdings::none(member);
    let store = Uuid::from_u128(0x5709);
    let cash = Account::of(Cash, store);
    let terms = LotTerms { available_at: cx.now, expires: None };
    let mut last = Uuid::nil();
    for sale in 0..12_i64 {
        let cx = Cx { now: cx.now.plus_ms(sale), ..cx.clone() };
        last = cx.uuid();
        let mut journal = Journal::new("sale", last, Some(store));
        if sale % 4 == 0 {
            journal.grant(&cx, &mut holdings, Principal, 10_000, cash, terms, "top_up")?;
        }
        journal.transfer(cash, Account::of(Revenue, store), 3_990 + sale, "paid")?;
        journal.spend(&cx, &mut holdings, Principal, 1_500, Account::of(Revenue, store), "paid")?;
        journal.grant(&cx, &mut holdings, Points, 54, shop(Points, false), terms, "earned")?;
        if sale > 1 {
            journal.spend(&cx, &mut holdings, Points, 40, shop(Points, true), "spent")?;
        }
        journal.post(tx, &cx, &[&holdings]).await?;
    }
    let cx = Cx { now: cx.now.plus_ms(100), ..cx.clone() };
    let [rows] = tx.all([outstanding_stmt(cx.merchant, last)]).await?;
    let mut out = outstanding_read(tx, cx.merchant, member, &rows).await?;
    let mut journal = Journal::new("refund", cx.uuid(), Some(store)).of_origin(last);
    journal.give_back(&cx, &mut holdings, &mut out, Points, 20, shop(Points, true), "given_back")?;
    journal.claw_back(&mut holdings, last, 27, shop(Points, false), false, "clawed_back")?;
    journal.post(tx, &cx, &[&holdings]).await
}

async fn generate(ledger: &Ledger) {
    let tasks = (0..4_u64).map(|task| {
        let (db, cx) = (ledger.db.handle(), ledger.start());
        tokio::spawn(async move {
            let mut member = task * MEMBERS_PER_TX;
            while member < ENTRIES / ENTRIES_PER_MEMBER {
                let input = (&cx, member);
                let work = db.write(&input, |tx, (cx, first)| {
                    Box::pin(async move {
                        for member in *first..first + MEMBERS_PER_TX {
                            live(tx, cx, Uuid::from_u128(u128::from(member + 1) << 20)).await?;
                        }
                        Ok(())
                    })
                });
                work.await.unwrap();
                member += 4 * MEMBERS_PER_TX;
            }
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.unwrap();
    }
}

async fn verify_a_million(kind: Kind) {
    let ledger = ledger(kind).await;
    let watch = Stopwatch::now();
    generate(&ledger).await;
    println!("{kind:?}: generated in {} ms", watch.elapsed().as_millis());
    let watch = Stopwatch::now();
    let sealed = seal::run(&ledger.db, &ledger.start()).await.unwrap();
    println!("{kind:?}: sealed {sealed} entries in {} ms", watch.elapsed().as_millis());
    let mut best = u128::MAX;
    for _ in 0..3 {
        let watch = Stopwatch::now();
        let report = verify::run(&ledger.db, crate::support::MERCHANT).await.unwrap();
        best = best.min(watch.elapsed().as_millis());
        println!("{kind:?}: verified in {} ms: {report:?}", watch.elapsed().as_millis());
        assert_eq!(report.first_difference, None);
        assert!(report.entries >= i64::try_from(ENTRIES).unwrap() && report.unsealed_entries == 0);
    }
    assert!(best <= VERIFY_MS_MAX, "a million entries took {best} ms");
}

#[test]
#[ignore = "a figure of a release build: run it as the file's head says"]
fn a_million_entries_within_five_seconds_on_sqlite() {
    shuke_testkit::run(verify_a_million(Kind::Sqlite));
}

#[test]
#[ignore = "a figure of a release build: run it as the file's head says"]
fn a_million_entries_within_five_seconds_on_postgres() {
    shuke_testkit::run(verify_a_million(Kind::Postgres));
}
