//! No table that names a member is forgotten: each belongs to a part that is exported, erased and merged.

use crate::support::server;
use shuke_db::Stmt;
use shuke_member::belonging::Belongings;
use shuke_testkit::Kind;
use std::collections::BTreeSet;

/// Columns that name a member.
const NAMES: &str = "('member_id', 'owner', 'person_id', 'from_member', 'to_member', 'referrer_id', 'referee_id', 'recipient_id')";

/// Tables with such a column that are nobody's belongings.
const NOT_THEIRS: &[(&str, &str)] = &[("trial_member", "what a trial of a rule came to on the orders of its day; it goes with the trial")];

async fn tables() -> BTreeSet<String> {
    let app = server(Kind::Sqlite).await;
    let text = format!(
        "SELECT DISTINCT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) p WHERE m.type = 'table' AND p.name IN {NAMES}"
    );
    let stmt = Stmt::built(text, Vec::new());
    let rows = app.db().read(&stmt, |tx, stmt| Box::pin(tx.rows(stmt.clone()))).await.unwrap();
    let found: BTreeSet<String> = rows.iter().map(|row| row.get(0).unwrap()).collect();
    assert!(found.contains("sales_order") && found.contains("lot"), "{found:?}");
    let parts = app.app.slot::<Belongings>().parts();
    let told: BTreeSet<String> = parts.iter().flat_map(|part| part.tables()).map(|table| (*table).to_owned()).collect();
    found.into_iter().filter(|table| !told.contains(table) && !NOT_THEIRS.iter().any(|(name, _)| name == table)).collect()
}

#[test]
fn every_table_that_names_a_member_belongs_to_a_part() {
    shuke_testkit::run(async {
        let forgotten = tables().await;
        assert!(forgotten.is_empty(), "say in the slice's Belonging how these are exported, erased and merged: {forgotten:?}");
    });
}
