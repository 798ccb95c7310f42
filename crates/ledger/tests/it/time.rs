//! What time does to value: lots end and wake up, holds run out, debts are paid.

use crate::support::{ALWAYS, Ledger, MEMBER, ledger, shop};
use shuke_kernel::time::Zone;
use shuke_kernel::{Cx, Date, Instant, Result, Uuid};
use shuke_ledger::AccountKind::{Points, PointsDebt, Principal};
use shuke_ledger::hold::{self, HoldRequest};
use shuke_ledger::journal::ops::holdings;
use shuke_ledger::journal::{outstanding_read, outstanding_stmt};
use shuke_ledger::{Journal, LotTerms, lot, midnight};
use shuke_testkit::scenario;

const DAY_MS: i64 = 86_400_000;

fn new_york() -> Zone {
    Zone::parse("America/New_York").unwrap()
}

async fn claw_back(ledger: &Ledger, cx: &Cx, granted_by: Uuid, amount: i64) -> Result<i64> {
    let input = (cx, granted_by, amount);
    let work = ledger.db.write(&input, |tx, (cx, granted_by, amount)| {
        Box::pin(async move {
            let mut holdings = holdings(tx, cx, MEMBER, true).await?;
            let granted = tx.rows(lot::granted_stmt(cx.merchant, MEMBER, *granted_by)).await?;
            holdings.with_granted(&granted)?;
            let mut journal = Journal::new("refund", cx.uuid(), None).of_origin(*granted_by);
            let debt = journal.claw_back(&mut holdings, *granted_by, *amount, shop(Points, false), false, "clawed_back")?;
            journal.post(tx, cx, &[&holdings]).await?;
            Ok(debt)
        })
    });
    work.await
}

async fn give_back(ledger: &Ledger, cx: &Cx, origin: Uuid, amount: i64, grace: Option<(Date, Instant)>) -> Result<()> {
    let input = (cx, origin, amount, grace);
    let work = ledger.db.write(&input, |tx, (cx, origin, amount, grace)| {
        Box::pin(async move {
            let mut holdings = holdings(tx, cx, MEMBER, true).await?;
            let [rows] = tx.all([outstanding_stmt(cx.merchant, *origin)]).await?;
            let mut out = outstanding_read(tx, cx.merchant, MEMBER, &rows).await?;
            let mut journal = Journal::new("refund", cx.uuid(), None).of_origin(*origin);
            if let Some(until) = grace {
                journal = journal.with_grace(*until);
            }
            journal.give_back(cx, &mut holdings, &mut out, Points, *amount, shop(Points, true), "given_back")?;
            journal.post(tx, cx, &[&holdings]).await
        })
    });
    work.await
}

scenario! {
    setup = ledger;

    /// Points that die an hour early, or live an hour too long, when the clocks change.
    async fn a_lot_lives_to_the_end_of_its_local_day(ledger) {
        let zone = new_york();
        for (day, hours) in [(Date::constant(2026, 3, 8), 23), (Date::constant(2026, 11, 1), 25)] {
            let morning = zone.start(day);
            let cx = ledger.cx(morning);
            ledger.grant(&cx, Points, 10, LotTerms::until(morning, Some(day), &zone)).await;
            let end = morning.plus_ms(hours * 3_600_000);
            let last = ledger.cx(end.plus_ms(-1));
            assert_eq!(midnight(&ledger.db, &last, day).await.unwrap(), 0);
            assert_eq!(ledger.has(&last, Points).await, (10, 10));
            let over = ledger.cx(end);
            assert_eq!(ledger.has(&over, Points).await, (10, 0), "over, and not swept yet");
            assert_eq!(ledger.spend(&over, Points, 1).await.unwrap_err().code(), "balance_insufficient");
            assert_eq!(midnight(&ledger.db, &over, day).await.unwrap(), 1);
            assert_eq!(ledger.has(&over, Points).await, (0, 0));
        }
        ledger.verified().await;
    }

    /// Points that expire twice.
    async fn expiring_twice_is_expiring_once(ledger) {
        let cx = ledger.start();
        let zone = new_york();
        ledger.grant(&cx, Points, 10, LotTerms::until(cx.now, Some(zone.date(cx.now)), &zone)).await;
        ledger.grant(&cx, Points, 5, ALWAYS).await;
        let later = ledger.cx(cx.now.plus_ms(2 * DAY_MS));
        let both = futures::future::join(lot::expire(&ledger.db, &later), lot::expire(&ledger.db, &later)).await;
        assert_eq!(both.0.unwrap() + both.1.unwrap(), 1);
        assert_eq!(lot::expire(&ledger.db, &later).await.unwrap(), 0);
        assert_eq!(ledger.has(&later, Points).await, (5, 5));
        assert_eq!(ledger.verified().await.entries, 3);
    }

    /// A debt that other lots pay: undoing the spend would then leave other lots than before.
    async fn a_debt_lowers_what_is_available_until_the_spent_points_come_back(ledger) {
        let cx = ledger.start();
        let sale = ledger.grant(&cx, Points, 100, ALWAYS).await;
        let spent = ledger.spend(&cx, Points, 70).await.unwrap();
        assert_eq!(claw_back(&ledger, &cx, sale, 100).await.unwrap(), 70);
        assert_eq!((ledger.has(&cx, Points).await, ledger.has(&cx, PointsDebt).await.0), ((0, 0), -70));
        ledger.grant(&cx, Points, 90, ALWAYS).await;
        assert_eq!((ledger.has(&cx, Points).await, ledger.has(&cx, PointsDebt).await.0), ((90, 20), -70));
        assert_eq!(ledger.spend(&cx, Points, 21).await.unwrap_err().code(), "balance_insufficient");
        give_back(&ledger, &cx, spent, 50, None).await.unwrap();
        assert_eq!((ledger.has(&cx, Points).await, ledger.has(&cx, PointsDebt).await.0), ((90, 70), -20));
        give_back(&ledger, &cx, spent, 20, None).await.unwrap();
        assert_eq!((ledger.has(&cx, Points).await, ledger.has(&cx, PointsDebt).await.0), ((90, 90), 0));
        ledger.verified().await;
    }

    /// Points that run out while the member owes: they pay first.
    async fn what_would_expire_pays_what_is_owed(ledger) {
        let cx = ledger.start();
        let sale = ledger.grant(&cx, Points, 100, ALWAYS).await;
        ledger.spend(&cx, Points, 100).await.unwrap();
        assert_eq!(claw_back(&ledger, &cx, sale, 60).await.unwrap(), 60);
        let end = (Date::constant(2026, 11, 22), cx.now.plus_ms(DAY_MS));
        ledger.grant(&cx, Points, 80, LotTerms { available_at: cx.now, expires: Some(end) }).await;
        let later = ledger.cx(cx.now.plus_ms(2 * DAY_MS));
        assert_eq!(lot::expire(&ledger.db, &later).await.unwrap(), 1);
        assert_eq!((ledger.has(&later, Points).await, ledger.has(&later, PointsDebt).await.0), ((0, 0), 0));
        ledger.verified().await;
    }

    /// A refund that makes debt of points that ran out of time by themselves.
    async fn points_that_expired_are_not_owed(ledger) {
        let cx = ledger.start();
        let end = (Date::constant(2026, 11, 22), cx.now.plus_ms(DAY_MS));
        let sale = ledger.grant(&cx, Points, 100, LotTerms { available_at: cx.now, expires: Some(end) }).await;
        ledger.spend(&cx, Points, 30).await.unwrap();
        let later = ledger.cx(cx.now.plus_ms(2 * DAY_MS));
        assert_eq!(lot::expire(&ledger.db, &later).await.unwrap(), 1);
        assert_eq!(claw_back(&ledger, &later, sale, 100).await.unwrap(), 30);
        ledger.verified().await;
    }

    /// A claw-back that makes debt while the very points it is about are still to come.
    async fn points_not_available_yet_are_clawed_back_all_the_same(ledger) {
        let cx = ledger.start();
        let sale = ledger.grant(&cx, Points, 100, LotTerms { available_at: cx.now.plus_ms(DAY_MS), expires: None }).await;
        assert_eq!(claw_back(&ledger, &cx, sale, 100).await.unwrap(), 0);
        assert_eq!((ledger.has(&cx, Points).await, ledger.has(&cx, PointsDebt).await.0), ((0, 0), 0));
        ledger.verified().await;
    }

    /// A refund that gives back what was clawed back or what paid a debt, instead of what was spent.
    async fn only_what_was_spent_is_given_back(ledger) {
        let cx = ledger.start();
        let earlier = ledger.grant(&cx, Points, 40, ALWAYS).await;
        ledger.spend(&cx, Points, 40).await.unwrap();
        assert_eq!(claw_back(&ledger, &cx, earlier, 10).await.unwrap(), 10);
        ledger.grant(&ledger.cx(cx.now.plus_ms(1)), Points, 30, ALWAYS).await;
        let cx = ledger.cx(cx.now.plus_ms(2));
        let sale = ledger.spend(&cx, Points, 15).await.unwrap();
        let over = give_back(&ledger, &cx, sale, 16, None).await.unwrap_err();
        assert_eq!(over.kind(), shuke_kernel::Kind::Internal);
        give_back(&ledger, &cx, sale, 15, None).await.unwrap();
        assert_eq!((ledger.has(&cx, Points).await, ledger.has(&cx, PointsDebt).await.0), ((30, 20), -10));
        ledger.verified().await;
    }

    /// Points that a refund puts into a lot that has ended: they stay ended, or live for the days of grace.
    async fn what_goes_back_into_an_ended_lot_ends_again_or_gets_grace(ledger) {
        let cx = ledger.start();
        let zone = new_york();
        ledger.grant(&cx, Points, 10, LotTerms::until(cx.now, Some(zone.date(cx.now)), &zone)).await;
        let sale = ledger.spend(&cx, Points, 6).await.unwrap();
        let later = ledger.cx(cx.now.plus_ms(3 * DAY_MS));
        give_back(&ledger, &later, sale, 2, None).await.unwrap();
        assert_eq!(ledger.has(&later, Points).await, (6, 0));
        assert_eq!(lot::expire(&ledger.db, &later).await.unwrap(), 1);
        assert_eq!(ledger.has(&later, Points).await, (0, 0));
        give_back(&ledger, &later, sale, 1, None).await.unwrap();
        let grace = zone.date(later.now);
        give_back(&ledger, &later, sale, 3, Some((grace, zone.end(grace)))).await.unwrap();
        assert_eq!(ledger.has(&later, Points).await, (3, 3), "the one that was put into the ended lot stays ended");
        let after = ledger.cx(zone.end(grace));
        assert_eq!(lot::expire(&ledger.db, &after).await.unwrap(), 1);
        assert_eq!(ledger.has(&after, Points).await, (0, 0));
        ledger.verified().await;
    }

    /// A hold that keeps value for ever, or is used twice, or loses what it stands on at midnight.
    async fn a_hold_ends_once(ledger) {
        let cx = ledger.start();
        ledger.grant(&cx, Principal, 100, LotTerms { available_at: cx.now, expires: Some((Date::constant(2026, 11, 23), cx.now.plus_ms(2_000))) }).await;
        ledger.grant(&cx, Principal, 10, ALWAYS).await;
        let put = async |id: u128, amount, ms| {
            let hold = HoldRequest { id: Uuid::from_u128(id), member: MEMBER, kind: Principal, amount, until: cx.now.plus_ms(ms) };
            ledger.db.write(&(&cx, hold), |tx, (cx, hold)| Box::pin(hold::hold(tx, cx, hold))).await
        };
        let release = async |cx: &Cx, id: u128| {
            let input = (cx, Uuid::from_u128(id));
            ledger.db.write(&input, |tx, (cx, id)| Box::pin(async move { hold::release(tx, cx, *id).await.map(|_| ()) })).await
        };
        put(1, 70, 3_000).await.unwrap();
        assert_eq!(put(2, 41, 3_000).await.unwrap_err().code(), "balance_insufficient");
        put(3, 40, 1_000).await.unwrap();
        assert_eq!(ledger.spend(&cx, Principal, 1).await.unwrap_err().code(), "balance_insufficient");
        release(&cx, 3).await.unwrap();
        assert_eq!(release(&cx, 3).await.unwrap_err().code(), "hold_ended");
        assert_eq!(release(&cx, 9).await.unwrap_err().code(), "hold_not_found");
        assert_eq!(ledger.has(&cx, Principal).await, (110, 40));
        ledger.verified().await;

        let night = ledger.cx(cx.now.plus_ms(2_500));
        assert_eq!(midnight(&ledger.db, &night, Date::constant(2026, 11, 23)).await.unwrap(), 0, "the hold still stands on the lot");
        let after = ledger.cx(cx.now.plus_ms(3_000));
        assert_eq!(midnight(&ledger.db, &after, Date::constant(2026, 11, 23)).await.unwrap(), 2, "the hold ends, then the lot");
        assert_eq!(ledger.has(&after, Principal).await, (10, 10));
        assert_eq!(release(&after, 1).await.unwrap_err().code(), "hold_ended");
        ledger.verified().await;
    }
}
