//! SQL that counts members.

use super::placeholders;
use shuke_db::{Stmt, ToValue as _, Tx};
use shuke_kernel::{Date, Error, MerchantId, Result, Uuid};

/// Members who joined until a local day, and those of them from another day on; with this home store where
/// stores are given. Who was merged or erased counts no more.
pub async fn joined(tx: &mut Tx, merchant: MerchantId, (from, to): (Date, Date), stores: Option<&[Uuid]>) -> Result<(i64, i64)> {
    let mut params = vec![merchant.to_value(), from.to_value(), to.to_value()];
    let mut text = "SELECT CAST(COALESCE(SUM(CASE WHEN joined_on >= $2 THEN 1 ELSE 0 END), 0) AS BIGINT), CAST(COUNT(*) AS BIGINT)
         FROM member WHERE merchant_id = $1 AND joined_on <= $3 AND state IN ('active', 'frozen') AND merged_into IS NULL"
        .to_owned();
    if let Some(stores) = stores {
        text.push_str(&format!(" AND home_store IN ({})", placeholders(4, stores.len())));
        params.extend(stores.iter().map(|id| id.to_value()));
    }
    let row = tx.need(Stmt::built(text, params), || Error::internal("a count has no row")).await?;
    Ok((row.get(1)?, row.get(0)?))
}

/// Members who joined on each local day of a period.
pub async fn joined_by_day(
    tx: &mut Tx,
    merchant: MerchantId,
    (from, to): (Date, Date),
    stores: Option<&[Uuid]>,
) -> Result<Vec<(Date, i64)>> {
    let mut params = vec![merchant.to_value(), from.to_value(), to.to_value()];
    let mut text = "SELECT joined_on, CAST(COUNT(*) AS BIGINT) FROM member
         WHERE merchant_id = $1 AND joined_on >= $2 AND joined_on <= $3 AND state IN ('active', 'frozen') AND merged_into IS NULL"
        .to_owned();
    if let Some(stores) = stores {
        text.push_str(&format!(" AND home_store IN ({})", placeholders(4, stores.len())));
        params.extend(stores.iter().map(|id| id.to_value()));
    }
    text.push_str(" GROUP BY joined_on ORDER BY joined_on");
    tx.rows(Stmt::built(text, params)).await?.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// For joins of other tables: the members who count, with this home store where stores are given from `$first` on.
pub(crate) fn counting(first: usize, stores: Option<&[Uuid]>) -> String {
    let own = stores.map_or_else(String::new, |stores| format!(" AND m.home_store IN ({})", placeholders(first, stores.len())));
    format!(
        "JOIN member m ON m.merchant_id = c.merchant_id AND m.id = c.member_id AND m.state IN ('active', 'frozen') AND m.merged_into IS NULL{own}"
    )
}
