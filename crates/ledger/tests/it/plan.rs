//! What SQLite would do for questions that would go through everything for each transfer if it chose otherwise.

use crate::support::{MERCHANT, ledger};
use shuke_db::{Stmt, Value};
use shuke_kernel::Instant;
use shuke_kernel::value::ToValue as _;
use shuke_ledger::lot::served;
use shuke_testkit::Kind;

/// Whether a step of the plan goes along an index, and to one lot or to the allocations of one source or origin.
fn is_narrow(step: &str) -> bool {
    match step.split_whitespace().nth(1) {
        Some("l") => step.starts_with("SEARCH") && step.contains("merchant_id=? AND id=?"),
        Some("a") => step.starts_with("SEARCH") && (step.contains("origin_id=?") || step.contains("source_id=?")),
        _ => true,
    }
}

#[tokio::test]
async fn what_stores_served_is_found_by_index_on_sqlite() {
    let ledger = ledger(Kind::Sqlite).await;
    let params = vec![MERCHANT.to_value(), Value::Int(i64::MAX), Instant(i64::MAX).to_value(), Value::Int(i64::MAX)];
    let stmt = Stmt::built(served(), params).explained(Kind::Sqlite);
    let read = async |stmt: Stmt| {
        ledger
            .db
            .read(&stmt, |tx, stmt| Box::pin(async move { tx.rows(stmt.clone()).await?.iter().map(|row| row.get::<String>(3)).collect() }))
            .await
            .unwrap()
    };
    let steps: Vec<String> = read(stmt).await;
    let of = |name: &str| steps.iter().filter(|step| step.split_whitespace().nth(1) == Some(name)).count();
    assert_eq!((of("a"), of("l")), (2, 2), "{steps:#?}");
    for step in &steps {
        assert!(is_narrow(step), "{step} of {steps:#?}");
    }
    let loose = Stmt::built("SELECT 1 FROM lot l WHERE l.merchant_id = $1 AND l.remaining = $2", vec![MERCHANT.to_value(), Value::Int(7)]);
    assert!(!read(loose.explained(Kind::Sqlite)).await.iter().all(|step| is_narrow(step)), "the check sees a wide step");
}
