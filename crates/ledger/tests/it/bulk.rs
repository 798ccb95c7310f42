//! Journals of many owners at once: opening balances, and the night in which the lots of many end.

use crate::support::{ALWAYS, Ledger, MEMBER, ledger, shop};
use shuke_db::Db;
use shuke_kernel::time::Zone;
use shuke_kernel::{Cx, Result, Uuid};
use shuke_ledger::AccountKind::{Points, Principal};
use shuke_ledger::journal::ops::{Opening, holdings, open_many};
use shuke_ledger::{AccountKind, Journal, LotTerms, midnight};
use shuke_testkit::scenario;

const DAY_MS: i64 = 86_400_000;
/// More than go into one statement, and into one step of the night.
const MANY: u128 = 1_100;

fn member(number: u128) -> Uuid {
    Uuid::from_u128(0x1000 + number)
}

fn opening(cx: &Cx, member: Uuid, kind: AccountKind, amount: i64, terms: LotTerms) -> Opening {
    Opening { id: cx.uuid(), member, kind, amount, terms }
}

async fn opened(ledger: &Ledger, cx: &Cx, openings: &[Opening]) -> Result<()> {
    ledger.db.write(&(cx, openings), |tx, (cx, openings)| Box::pin(open_many(tx, cx, openings))).await
}

async fn points(ledger: &Ledger, cx: &Cx, of: Uuid) -> i64 {
    let found = ledger.db.read(&(cx, of), |tx, (cx, of)| Box::pin(holdings(tx, cx, *of, false))).await.unwrap();
    found.balance(Points).balance
}

async fn spend(db: Db, cx: Cx, of: Uuid, amount: i64) -> Result<()> {
    let id = cx.uuid();
    db.write(&(&cx, of, id), |tx, (cx, of, id)| {
        Box::pin(async move {
            let mut holdings = holdings(tx, cx, *of, true).await?;
            let mut journal = Journal::new("test", *id, None);
            journal.spend(cx, &mut holdings, Points, amount, shop(Points, true), "spent")?;
            journal.post(tx, cx, &[&holdings]).await
        })
    })
    .await
}

scenario! {
    setup = ledger;

    /// An opening balance that writes over what a member has, or that is counted once where it came twice for one.
    async fn openings_add_to_what_there_is(ledger) {
        let cx = ledger.start();
        ledger.grant(&cx, Points, 10, ALWAYS).await;
        let mut openings: Vec<Opening> = (0..MANY).map(|n| opening(&cx, member(n), Points, 3, ALWAYS)).collect();
        openings.insert(0, opening(&cx, MEMBER, Points, 5, ALWAYS));
        openings.insert(1, opening(&cx, MEMBER, Points, 1, ALWAYS));
        openings.push(opening(&cx, MEMBER, Principal, 700, ALWAYS));
        opened(&ledger, &cx, &openings).await.unwrap();
        assert_eq!(ledger.has(&cx, Points).await, (16, 16));
        assert_eq!(ledger.has(&cx, Principal).await, (700, 700));
        assert_eq!(points(&ledger, &cx, member(MANY - 1)).await, 3);
        assert_eq!(ledger.verified().await.entries, 4 + i64::try_from(MANY).unwrap());
        let twice = opened(&ledger, &cx, &openings[..1]).await;
        assert!(twice.is_err(), "the same opening came in twice");
        assert_eq!(ledger.has(&cx, Points).await, (16, 16));
    }

    /// A night in sets that takes from somebody twice, or writes over what they spend while it goes on.
    async fn the_lots_of_many_end_while_they_spend(ledger) {
        let cx = ledger.start();
        let zone = Zone::parse("Asia/Shanghai").unwrap();
        let today = LotTerms::until(cx.now, Some(zone.date(cx.now)), &zone);
        let of = |n| [opening(&cx, member(n), Points, 10, today), opening(&cx, member(n), Points, 5, ALWAYS)];
        opened(&ledger, &cx, &(0..MANY).flat_map(of).collect::<Vec<_>>()).await.unwrap();
        let night = ledger.cx(cx.now.plus_ms(2 * DAY_MS));
        let spenders = (0..60).map(|n| tokio::spawn(spend(ledger.db.handle(), night.clone(), member(n * 18), 2)));
        let spent = futures::future::join_all(spenders);
        let (ended, again, spent) =
            futures::join!(midnight(&ledger.db, &night, zone.date(night.now)), midnight(&ledger.db, &night, zone.date(night.now)), spent);
        assert_eq!(ended.unwrap() + again.unwrap(), u64::try_from(MANY).unwrap());
        spent.into_iter().for_each(|done| done.unwrap().unwrap());
        for n in 0..MANY {
            let left = if n % 18 == 0 && n / 18 < 60 { 3 } else { 5 };
            assert_eq!(points(&ledger, &night, member(n)).await, left, "{n}");
        }
        ledger.verified().await;
    }
}
