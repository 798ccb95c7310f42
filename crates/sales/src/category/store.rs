//! SQL of categories.

use super::model::{Category, CategoryId, parent_of, split};
use shuke_db::{Row, Stmt, ToValue as _, Tx, insert, sql};
use shuke_kernel::{Cx, MerchantId, Result};

fn read(row: &Row) -> Result<Category> {
    let id: CategoryId = row.get(0)?;
    let mut path = split(&row.get::<String>(1)?);
    path.push(id);
    Ok(Category { id, parent: parent_of(&path), name: row.get(2)?, sort: row.get(3)?, path })
}

/// All categories: those above before those below, siblings in their order.
pub async fn all(tx: &mut Tx, merchant: MerchantId) -> Result<Vec<Category>> {
    let rows = tx.rows(sql!("SELECT id, above, name, sort FROM category WHERE merchant_id = $1 ORDER BY sort, name", merchant)).await?;
    let mut all = rows.iter().map(read).collect::<Result<Vec<_>>>()?;
    all.sort_by_key(|category| category.path.len());
    Ok(all)
}

/// Locks the tree, so that nobody moves, makes or fills a category meanwhile. Read it afterwards.
pub async fn lock_all(tx: &mut Tx, merchant: MerchantId) -> Result<()> {
    tx.rows(sql!("SELECT id FROM category WHERE merchant_id = $1 ORDER BY id FOR UPDATE", merchant)).await.map(|_| ())
}

/// One category, locked against moves until the transaction ends.
pub async fn locked(tx: &mut Tx, merchant: MerchantId, id: CategoryId) -> Result<Option<Category>> {
    let stmt = sql!("SELECT id, above, name, sort FROM category WHERE merchant_id = $1 AND id = $2 FOR UPDATE", merchant, id);
    tx.row(stmt).await?.as_ref().map(read).transpose()
}

/// Adds categories.
pub fn insert_stmt(cx: &Cx, categories: &[Category]) -> Stmt {
    let row = |category: &Category| {
        vec![
            cx.merchant.to_value(),
            category.id.to_value(),
            category.above().to_value(),
            category.name.to_value(),
            category.sort.to_value(),
            cx.now.to_value(),
        ]
    };
    let columns = ["merchant_id", "id", "above", "name", "sort", "created_at"];
    insert("category", &columns, categories.iter().map(row).collect())
}

/// Writes a category's name, place and path.
pub fn update_stmt(merchant: MerchantId, category: &Category) -> Stmt {
    sql!(
        "UPDATE category SET above = $3, name = $4, sort = $5 WHERE merchant_id = $1 AND id = $2",
        merchant,
        category.id,
        category.above(),
        category.name,
        category.sort
    )
}

/// Removes a category.
pub fn delete_stmt(merchant: MerchantId, id: CategoryId) -> Stmt {
    sql!("DELETE FROM category WHERE merchant_id = $1 AND id = $2", merchant, id)
}
