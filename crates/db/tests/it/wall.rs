//! The second wall: what a query without, or with another, merchant sees on PostgreSQL.

use shuke_db::{Config, Db, Kind, Statements, Wall, sql, wall};
use shuke_kernel::{MerchantId, Result, Uuid};
use shuke_testkit::{TestDb, db, db_with, run};

const ONE: MerchantId = MerchantId(1);
const TWO: MerchantId = MerchantId(2);

async fn put(db: &Db, merchant: MerchantId, id: u128) -> Result<()> {
    let input = (merchant, Uuid::from_u128(id));
    let work = db.write(&input, |tx, (merchant, id)| {
        Box::pin(async move {
            let stmt = sql!(
                "INSERT INTO job (merchant_id, id, kind, dedup_key, payload, state, run_at, attempts, leased_until) VALUES ($1, $2, 'k', $3, '', 'waiting', 0, 0, 0)",
                *merchant,
                *id,
                id.to_string()
            );
            tx.exec(stmt).await.map(|_| ())
        })
    });
    work.await
}

/// Rows of any merchant: a statement whose author forgot the merchant.
async fn seen(db: &Db) -> i64 {
    let work = db.read(&(), |tx, ()| Box::pin(async move { tx.row(sql!("SELECT COUNT(*) FROM job")).await?.unwrap().get(0) }));
    work.await.unwrap()
}

/// The same in a transaction that writes.
async fn changed(db: &Db) -> u64 {
    db.write(&(), |tx, ()| Box::pin(async move { tx.exec(sql!("UPDATE job SET attempts = attempts + 1")).await })).await.unwrap()
}

async fn two_merchants(database: &TestDb) {
    put(database, ONE, 1).await.unwrap();
    put(database, ONE, 2).await.unwrap();
    put(database, TWO, 3).await.unwrap();
}

async fn stands(statements: Statements) {
    let database = db_with(Kind::Postgres, |config| Config { statements, ..config }).await;
    two_merchants(&database).await;
    for (wall, rows) in [(Wall::Nobody, 0), (Wall::One(ONE), 2), (Wall::One(TWO), 1), (Wall::One(MerchantId(3)), 0), (Wall::All, 3)] {
        assert_eq!(wall::within(wall, seen(&database)).await, rows, "{wall:?}");
        assert_eq!(wall::within(wall, changed(&database)).await, u64::try_from(rows).unwrap(), "{wall:?}");
    }
    // Nobody said for whom: the operator sees all, a server's handle nothing.
    assert_eq!((seen(&database).await, seen(&database.strict()).await), (3, 0));
    // A row of another merchant is not taken either.
    let refused = wall::within(Wall::One(ONE), put(&database, TWO, 4)).await.unwrap_err();
    assert!(refused.inside_text().unwrap().contains("row-level security"), "{refused}");
    // A connection remembers nothing of whom it worked for.
    for _ in 0..20 {
        assert_eq!(wall::within(Wall::One(ONE), seen(&database)).await, 2);
        assert_eq!(wall::within(Wall::Nobody, seen(&database)).await, 0);
    }
}

#[test]
fn a_query_without_the_merchant_sees_nothing() {
    run(stands(Statements::Prepared));
}

#[test]
fn a_query_without_the_merchant_sees_nothing_through_simple_statements() {
    run(stands(Statements::Simple));
}

/// A table without the wall would be open to every merchant.
#[test]
fn the_wall_goes_around_every_table() {
    run(async {
        let database = db(Kind::Postgres).await;
        let open = database.read(&(), |tx, ()| {
            Box::pin(async move {
                let rows = tx
                    .rows(sql!(
                        "SELECT CAST(c.relname AS TEXT) FROM pg_class c WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace
                         AND NOT (c.relrowsecurity AND c.relforcerowsecurity AND EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid))"
                    ))
                    .await?;
                rows.iter().map(|row| row.get::<String>(0)).collect()
            })
        });
        let open: Vec<String> = open.await.unwrap();
        assert_eq!(open, ["schema_migration"]);
        assert!(database.durability_faults().await.unwrap().iter().all(|fault| !fault.contains("wall")));
    });
}
