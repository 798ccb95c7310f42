//! The second wall between merchants: PostgreSQL's row-level security.
//!
//! The first wall is every statement's own `WHERE merchant_id = $1`. The second knows nothing of the
//! statement: a transaction says once for whom it works, and PostgreSQL shows and takes rows of that
//! merchant only. For whom comes from the task, not from the statement's author: a request works for
//! nobody until its caller is known, and then for the caller's merchant; a job and an event's reader
//! work for theirs. It travels with BEGIN, so it costs no round trip.
//!
//! Work outside any [`within`] is the operator's own (commands, migrations) and goes over all
//! merchants, unless the handle is [strict](crate::Db::strict), as a server's is: then it sees nothing.
//!
//! Superusers and roles with BYPASSRLS pass every policy: for them the wall does not stand, and
//! [`Db::durability_faults`](crate::Db::durability_faults) says so. SQLite has no such thing.

use shuke_kernel::MerchantId;
use std::cell::Cell;

/// Whose rows a task may see and write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wall {
    /// Nobody's yet.
    Nobody,
    /// One merchant's.
    One(MerchantId),
    /// Everybody's: for work that goes over all merchants.
    All,
}

tokio::task_local! {
    static WALL: Cell<Wall>;
}

/// Does work for somebody.
pub async fn within<F: Future>(wall: Wall, work: F) -> F::Output {
    WALL.scope(Cell::new(wall), work).await
}

/// Says for whom the task works from here on: its caller is known now. Outside any [`within`] it does nothing.
pub fn stand(merchant: MerchantId) {
    let _ = WALL.try_with(|wall| wall.set(Wall::One(merchant)));
}

/// For whom the task works; `outside` where nobody has said.
pub fn current(outside: Wall) -> Wall {
    WALL.try_with(Cell::get).unwrap_or(outside)
}

impl Wall {
    /// The setting that travels with BEGIN.
    pub(crate) fn setting(self) -> String {
        match self {
            Self::Nobody => "SET LOCAL shuke.merchant = ''".to_owned(),
            Self::One(merchant) => format!("SET LOCAL shuke.merchant = '{merchant}'"),
            Self::All => "SET LOCAL shuke.merchant = '-1'".to_owned(),
        }
    }
}

/// Builds the wall around every table that has none yet; run after the migrations, by the tables' owner.
pub(crate) const BUILD: &str = "DO $do$
DECLARE found RECORD;
BEGIN
    FOR found IN
        SELECT c.oid::regclass AS name FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
        WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace AND a.attname = 'merchant_id'
          AND NOT a.attisdropped AND NOT c.relforcerowsecurity
    LOOP
        EXECUTE format('CREATE POLICY wall ON %s USING (merchant_id = CAST(NULLIF(current_setting(''shuke.merchant'', TRUE), '''') AS BIGINT) OR current_setting(''shuke.merchant'', TRUE) = ''-1'')', found.name);
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', found.name);
        EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', found.name);
    END LOOP;
END
$do$";

/// Whether the role passes every policy, so that there is no wall for it.
pub(crate) const BYPASSES: &str = "SELECT CAST(rolsuper OR rolbypassrls AS TEXT) FROM pg_roles WHERE rolname = current_user";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_known_late_is_known_to_the_whole_task() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            assert_eq!(current(Wall::All), Wall::All);
            within(Wall::Nobody, async {
                assert_eq!(current(Wall::All), Wall::Nobody);
                stand(MerchantId(7));
                within(Wall::All, async { assert_eq!(current(Wall::Nobody), Wall::All) }).await;
                assert_eq!(current(Wall::All), Wall::One(MerchantId(7)));
            })
            .await;
            stand(MerchantId(8));
            assert_eq!(current(Wall::Nobody), Wall::Nobody);
        });
    }
}
