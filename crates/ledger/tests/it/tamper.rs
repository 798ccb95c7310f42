//! A hand in the database: whatever it changes, `verify` names it.

use crate::support::{ALWAYS, Ledger, MEMBER, MERCHANT, ledger, shop, spend};
use shuke_db::{Stmt, Value};
use shuke_kernel::{Instant, Uuid};
use shuke_ledger::AccountKind::{Cash, Points, Principal, Revenue};
use shuke_ledger::hold::{self, HoldRequest};
use shuke_ledger::{Account, Journal, verify};
use shuke_testkit::scenario;

const SOLD: Uuid = Uuid::from_u128(0x501D);

/// A ledger with an entry of every kind, sealed in two batches, and one entry that is not.
async fn with_history(kind: shuke_testkit::Kind) -> Ledger {
    let ledger = ledger(kind).await;
    let cx = ledger.start();
    ledger.grant(&cx, Points, 100, ALWAYS).await;
    ledger.grant(&cx, Principal, 500, ALWAYS).await;
    ledger.seal(&cx).await;
    let input = (&cx, HoldRequest { id: Uuid::from_u128(0x401D), member: MEMBER, kind: Principal, amount: 70, until: Instant(i64::MAX) });
    let work = ledger.db.write(&input, |tx, (cx, request)| {
        Box::pin(async move {
            spend(tx, cx, SOLD, Points, 30).await?;
            let mut journal = Journal::new("sale", Uuid::from_u128(0xCA54), Some(Uuid::from_u128(0x5709)));
            journal.transfer(Account::of(Cash, Uuid::from_u128(0x5709)), Account::merchant(Revenue), 1234, "paid")?;
            journal.transfer(Account::of(Cash, Uuid::from_u128(0x5709)), Account::merchant(Revenue), 55, "paid")?;
            journal.post(tx, cx, &[]).await?;
            hold::hold(tx, cx, request).await
        })
    });
    work.await.unwrap();
    ledger.seal(&cx).await;
    ledger.grant(&cx, Points, 7, ALWAYS).await;
    let report = ledger.verified().await;
    assert_eq!((report.entries, report.accounts, report.lots, report.seals, report.unsealed_entries), (6, 2, 3, 2, 1));
    let _ = shop(Points, true);
    ledger
}

async fn run(ledger: &Ledger, text: &str) {
    let text = text.replace("MEMBER", &literal(ledger, MEMBER)).replace("SOLD", &literal(ledger, SOLD));
    let stmt = Stmt::built(text.clone(), Vec::<Value>::new());
    let touched = ledger.db.write(&stmt, |tx, stmt| Box::pin(tx.exec(stmt.clone()))).await.unwrap();
    assert_eq!(touched, 1, "{text}");
}

fn literal(ledger: &Ledger, id: Uuid) -> String {
    match ledger.db.kind() {
        shuke_testkit::Kind::Sqlite => format!("x'{}'", id.simple()),
        shuke_testkit::Kind::Postgres => format!("CAST('{id}' AS UUID)"),
    }
}

/// What a hand does, what undoes it, the check that must notice, and words that its text must hold.
type Case = (&'static str, &'static str, &'static str, &'static [&'static str]);

const CASES: &[Case] = &[
    (
        "UPDATE account SET balance = balance + 5 WHERE kind = 'points'",
        "UPDATE account SET balance = balance - 5 WHERE kind = 'points'",
        "balance",
        &["points balance", "0000-00000000000a", "is 82", "sum to 77"],
    ),
    (
        "UPDATE account SET held = held + 1 WHERE kind = 'principal'",
        "UPDATE account SET held = held - 1 WHERE kind = 'principal'",
        "held",
        &["71 principal held", "sum to 70"],
    ),
    ("UPDATE hold SET open_count = 0", "UPDATE hold SET open_count = 1", "held", &["70 principal held", "sum to 0"]),
    (
        "UPDATE lot SET is_open = FALSE WHERE granted = 100",
        "UPDATE lot SET is_open = TRUE WHERE granted = 100",
        "lot",
        &["points lot", "closed with 70 left of 100"],
    ),
    (
        "UPDATE lot SET remaining = remaining + 1 WHERE granted = 100",
        "UPDATE lot SET remaining = remaining - 1 WHERE granted = 100",
        "lot",
        &["has 71 left", "is 70"],
    ),
    (
        "UPDATE lot SET expired = 31 WHERE granted = 100",
        "UPDATE lot SET expired = 0 WHERE granted = 100",
        "lot",
        &["open with 70 left of 100", "31 expired"],
    ),
    (
        "UPDATE lot SET short = -1 WHERE granted = 100",
        "UPDATE lot SET short = 0 WHERE granted = 100",
        "lot",
        &["-1 taken back while spent"],
    ),
    (
        "UPDATE lot SET granted = granted + 1 WHERE granted = 100",
        "UPDATE lot SET granted = granted - 1 WHERE granted = 101",
        "lot",
        &["has 70 left", "is 71"],
    ),
    (
        "UPDATE allocation SET lot_id = SOLD",
        "UPDATE allocation SET lot_id = (SELECT id FROM lot WHERE granted = 100)",
        "lot",
        &["0000-00000000501d", "doesn't exist"],
    ),
    (
        "UPDATE allocation SET source_line = 9",
        "UPDATE allocation SET source_line = 0",
        "allocation",
        &["0000-00000000501d line 0", "moves -30", "explain 0"],
    ),
    (
        "UPDATE lot SET kind = 'bonus' WHERE granted = 7",
        "UPDATE lot SET kind = 'points' WHERE granted = 7",
        "account_lots",
        &["0000-00000000000a"],
    ),
    (
        "UPDATE lot SET source_line = 3 WHERE granted = 7",
        "UPDATE lot SET source_line = 0 WHERE granted = 7",
        "allocation",
        &["line 0 moves 7", "explain 0"],
    ),
    (
        "UPDATE transfer SET amount = 31 WHERE amount = 30",
        "UPDATE transfer SET amount = 30 WHERE amount = 31",
        "balance",
        &["is 77", "sum to 76"],
    ),
    (
        "UPDATE transfer SET credit_kind = 'revenue' WHERE amount = 30",
        "UPDATE transfer SET credit_kind = 'points_redeemed' WHERE amount = 30",
        "entry",
        &["0000-00000000501d line 0", "30 from points to revenue"],
    ),
    (
        "UPDATE transfer SET credit_kind = 'gold' WHERE amount = 30",
        "UPDATE transfer SET credit_kind = 'points_redeemed' WHERE amount = 30",
        "entry",
        &["0000-00000000501d line 0", "to gold"],
    ),
    (
        "UPDATE transfer SET amount = 1235 WHERE amount = 1234",
        "UPDATE transfer SET amount = 1234 WHERE amount = 1235",
        "seal",
        &["seal 2", "doesn't fit its 3 entries"],
    ),
    ("UPDATE transfer SET why = 'other' WHERE amount = 500", "UPDATE transfer SET why = 'granted' WHERE amount = 500", "seal", &["seal 1"]),
    ("UPDATE transfer SET at = at + 1 WHERE amount = 55", "UPDATE transfer SET at = at - 1 WHERE amount = 55", "seal", &["seal 2"]),
    (
        "UPDATE seal SET entries = 4 WHERE sequence = 2",
        "UPDATE seal SET entries = 3 WHERE sequence = 2",
        "seal",
        &["seal 2", "was put on 4 entries and there are 3"],
    ),
    ("UPDATE seal SET sequence = 5 WHERE sequence = 1", "UPDATE seal SET sequence = 1 WHERE sequence = 5", "seal", &["followed by seal 2"]),
];

scenario! {
    setup = with_history;

    /// A change that goes unnoticed, or is told in words that lead nowhere.
    async fn every_tampered_row_is_named(ledger) {
        for (tamper, undo, check, words) in CASES {
            run(&ledger, tamper).await;
            let found = verify::run(&ledger.db, MERCHANT).await.unwrap().first_difference;
            let found = found.unwrap_or_else(|| panic!("{tamper} goes unnoticed"));
            assert_eq!(found.check, *check, "{tamper}: {}", found.text);
            for word in *words {
                assert!(found.text.contains(word), "{tamper}: {:?} lacks {word:?}", found.text);
            }
            run(&ledger, undo).await;
            ledger.verified().await;
        }
    }

    /// A sealed entry that is gone: the shop's own accounts have no balance that would miss it.
    async fn a_removed_entry_is_missed(ledger) {
        run(&ledger, "DELETE FROM transfer WHERE amount = 55").await;
        let found = verify::run(&ledger.db, MERCHANT).await.unwrap().first_difference.unwrap();
        assert_eq!(found.check, "seal");
        assert!(found.text.contains("seal 2") && found.text.contains("was put on 3 entries and there are 2"), "{}", found.text);
    }

    /// A batch whose hash was made up: it fits neither its own entries nor the batch after it.
    async fn a_forged_hash_is_found(ledger) {
        run(&ledger, "UPDATE seal SET hash = 'forged' WHERE sequence = 2").await;
        let found = verify::run(&ledger.db, MERCHANT).await.unwrap().first_difference.unwrap();
        assert!(found.text.contains("seal 2") && found.text.contains("doesn't fit its 3 entries"), "{}", found.text);
    }

    /// An entry that was slipped in among the sealed ones.
    async fn an_entry_slipped_in_is_found(ledger) {
        let text = "INSERT INTO transfer (position, merchant_id, source_id, source_line, source_kind, at, amount, debit_kind, debit_owner, credit_kind, credit_owner, actor, why)
             SELECT MIN(position) - 1, 1, SOLD, 99, 'sale', 0, 5, 'cash', SOLD, 'revenue', SOLD, 'system', 'paid' FROM transfer";
        run(&ledger, text).await;
        let found = verify::run(&ledger.db, MERCHANT).await.unwrap().first_difference.unwrap();
        assert!(found.text.contains("seal 1") && found.text.contains("was put on 2 entries and there are 3"), "{}", found.text);
    }

    /// Another merchant's fault that stops this one, or is taken for this one's.
    async fn merchants_are_verified_apart(ledger) {
        run(&ledger, "UPDATE account SET balance = balance + 5 WHERE kind = 'points'").await;
        let other = verify::run(&ledger.db, shuke_kernel::MerchantId(2)).await.unwrap();
        assert_eq!((other.entries, other.first_difference), (0, None));
    }

    /// A slice above whose checks are not run, or run after something else was found already.
    async fn the_checks_of_other_slices_come_after(ledger) {
        let more: &[verify::Check] = &[|_, _| Box::pin(async { Ok(Some(verify::Difference::new("other", "something"))) })];
        let found = verify::run_with(&ledger.db, MERCHANT, more).await.unwrap().first_difference.unwrap();
        assert_eq!(found.check, "other");
        run(&ledger, "UPDATE account SET balance = balance + 5 WHERE kind = 'points'").await;
        let found = verify::run_with(&ledger.db, MERCHANT, more).await.unwrap().first_difference.unwrap();
        assert_eq!(found.check, "balance");
    }
}
