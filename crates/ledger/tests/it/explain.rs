use crate::support::*;
use shuke_db::Stmt;
#[test]
#[ignore = "x"]
fn explain() {
    shuke_testkit::run(async {
        let ledger = ledger(shuke_testkit::Kind::Postgres).await;
        crate::million::generate(&ledger).await;
        let show = async |text: &str| {
            let stmt = Stmt::built(text, Vec::new());
            let rows = ledger.db.snapshot(&stmt, |tx, stmt| Box::pin(tx.rows(stmt.clone()))).await.unwrap();
            for row in rows { println!("{}", row.get::<String>(0).unwrap()); }
        };
        let page = "EXPLAIN (ANALYZE, BUFFERS) SELECT position, source_id, source_line, merchant_id, source_kind, at, amount, debit_kind, debit_owner,
    credit_kind, credit_owner, member_id, store_id, actor, why FROM transfer WHERE merchant_id = 1 AND (position, source_id, source_line) > ((SELECT position FROM transfer OFFSET 90000 LIMIT 1), '00000000-0000-0000-0000-000000000000', 0) ORDER BY position, source_id, source_line LIMIT 10000";
        show(page).await;
        show("EXPLAIN (ANALYZE, BUFFERS) SELECT position, source_id, source_line, merchant_id, source_kind, at, amount, debit_kind, debit_owner,
    credit_kind, credit_owner, member_id, store_id, actor, why FROM transfer WHERE merchant_id = 1 ORDER BY position, source_id, source_line").await;
        let t = std::time::Instant::now();
        shuke_ledger::seal::run(&ledger.db, &ledger.start()).await.unwrap();
        println!("sealed {} ms", t.elapsed().as_millis());
    });
}
