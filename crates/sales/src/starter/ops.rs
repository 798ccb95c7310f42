//! What a member is shown.

use super::{StarterPicks, StarterView};
use crate::product::model::SaleState;
use crate::product::{self, ProductId};
use shuke_db::Tx;
use shuke_kernel::{Cx, Error, Result};
use shuke_member::{MemberId, member};
use shuke_org::setting;

/// The list for a member; a product that is gone or off sale is left out.
///
/// Errors: `member_not_found`.
pub async fn of_member(tx: &mut Tx, cx: &Cx, id: MemberId) -> Result<StarterView> {
    let missing = || Error::not_found("member_not_found", "there is no such member");
    let brief = member::store::brief_read(&tx.need(member::store::brief_stmt(cx.merchant, id), missing).await?)?;
    let picks: StarterPicks = setting::ops::get(tx, cx.merchant).await?;
    let mut view = StarterView { visits: brief.orders, visits_left: picks.visits_left(brief.orders), products: Vec::new() };
    if view.visits_left == 0 || picks.products.is_empty() {
        return Ok(view);
    }
    let ids: Vec<ProductId> = picks.products.iter().copied().map(ProductId).collect();
    let mut found = product::store::by_ids(tx, cx.merchant, &ids).await?;
    found.retain(|product| product.state == SaleState::OnSale);
    found.sort_by_key(|product| ids.iter().position(|id| *id == product.id));
    view.products = found;
    Ok(view)
}
