//! SQL of the policies.

use shuke_db::{Row, Stmt, sql};
use shuke_kernel::{MerchantId, Result};

/// Asks for the version of a merchant's book; pipelined with a sale's first reads.
pub fn version_stmt(merchant: MerchantId) -> Stmt {
    sql!("SELECT book_version, currency, zone FROM merchant WHERE merchant_id = $1", merchant)
}

/// Reads the answer of [`version_stmt`].
pub fn version_read(row: &Row) -> Result<i64> {
    row.get(0)
}

pub(super) fn bump_stmt(merchant: MerchantId) -> Stmt {
    sql!("UPDATE merchant SET book_version = book_version + 1 WHERE merchant_id = $1", merchant)
}

pub(super) fn sections_stmt(merchant: MerchantId) -> Stmt {
    sql!("SELECT section, value FROM setting WHERE merchant_id = $1", merchant)
}
