//! A ledger with nothing in it, and short ways to move value.

use shuke_db::{Db, Stmt, Tx, sql};
use shuke_kernel::{Cx, Instant, MerchantId, Random, Result, Uuid};
use shuke_ledger::journal::ops::holdings;
use shuke_ledger::{Account, AccountKind, Journal, LotTerms};
use shuke_testkit::{Kind, START, TestDb, db};

pub const MERCHANT: MerchantId = MerchantId(1);
pub const MEMBER: Uuid = Uuid::from_u128(0xA);

pub struct Ledger {
    pub db: TestDb,
    pub random: Random,
}

pub async fn ledger(kind: Kind) -> Ledger {
    Ledger { db: db(kind).await, random: Random::seeded(7) }
}

pub const ALWAYS: LotTerms = LotTerms { available_at: Instant(0), expires: None };

/// Where a kind's grants come from and its spends go to.
pub fn shop(kind: AccountKind, spent: bool) -> Account {
    Account::merchant(match (kind, spent) {
        (AccountKind::Points, false) => AccountKind::PointsIssued,
        (AccountKind::Points, true) => AccountKind::PointsRedeemed,
        (AccountKind::Bonus, false) => AccountKind::BonusIssued,
        (_, false) => AccountKind::Opening,
        (_, true) => AccountKind::Revenue,
    })
}

impl Ledger {
    pub fn cx(&self, at: Instant) -> Cx {
        Cx::system(MERCHANT, at, self.random.clone())
    }
    pub fn start(&self) -> Cx {
        self.cx(START)
    }
    /// Grants points in one journal. Returns its source.
    pub async fn grant(&self, cx: &Cx, kind: AccountKind, amount: i64, terms: LotTerms) -> Uuid {
        let id = cx.uuid();
        grant(&self.db, cx, id, kind, amount, terms).await.unwrap();
        id
    }
    pub async fn spend(&self, cx: &Cx, kind: AccountKind, amount: i64) -> Result<Uuid> {
        let id = cx.uuid();
        self.db.write(&(cx, id), |tx, (cx, id)| Box::pin(spend(tx, cx, *id, kind, amount))).await.map(|()| id)
    }
    /// Balance, and what can be spent.
    pub async fn has(&self, cx: &Cx, kind: AccountKind) -> (i64, i64) {
        let holdings = self.db.read(cx, |tx, cx| Box::pin(holdings(tx, cx, MEMBER, false))).await.unwrap();
        (holdings.balance(kind).balance, holdings.available(kind, cx.now))
    }
    /// Waits until no transaction of another test could get in front of what was written, and seals it.
    pub async fn seal(&self, cx: &Cx) {
        let ahead = "SELECT COUNT(*) FROM transfer WHERE position >= CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS TEXT) AS BIGINT)";
        while self.db.kind() == Kind::Postgres {
            let stmt = Stmt::built(ahead, Vec::new());
            let count: i64 = self.db.read(&stmt, |tx, stmt| Box::pin(async move { tx.rows(stmt.clone()).await?[0].get(0) })).await.unwrap();
            if count == 0 {
                break;
            }
            tokio::task::yield_now().await;
        }
        shuke_ledger::seal::run(&self.db, cx).await.unwrap();
    }
    /// Fails the test where verify finds anything.
    pub async fn verified(&self) -> shuke_ledger::verify::Report {
        let report = shuke_ledger::verify::run(&self.db, MERCHANT).await.unwrap();
        assert_eq!(report.first_difference, None);
        report
    }
}

pub async fn grant(db: &Db, cx: &Cx, id: Uuid, kind: AccountKind, amount: i64, terms: LotTerms) -> Result<()> {
    db.write(&(cx, id), |tx, (cx, id)| {
        Box::pin(async move {
            let mut holdings = holdings(tx, cx, MEMBER, true).await?;
            let mut journal = Journal::new("test", *id, None);
            journal.grant(cx, &mut holdings, kind, amount, shop(kind, false), terms, "granted")?;
            journal.post(tx, cx, &[&holdings]).await
        })
    })
    .await
}

pub async fn spend(tx: &mut Tx, cx: &Cx, id: Uuid, kind: AccountKind, amount: i64) -> Result<()> {
    let mut holdings = holdings(tx, cx, MEMBER, true).await?;
    let mut journal = Journal::new("test", id, None);
    journal.spend(cx, &mut holdings, kind, amount, shop(kind, true), "spent")?;
    journal.post(tx, cx, &[&holdings]).await
}

/// Founds the merchant's row, for tasks that go through all merchants.
pub async fn found(db: &Db) {
    db.write(&(), |tx, ()| {
        Box::pin(tx.queue(sql!(
            "INSERT INTO merchant (merchant_id, name, trade, currency, zone, book_version, owners, created_at)
             VALUES (1, 'Shop', 'grocery', 'CNY', 'Asia/Shanghai', 1, 1, 0)"
        )))
    })
    .await
    .unwrap();
}
