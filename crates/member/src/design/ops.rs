//! Keeping designs.

use super::{CardDesign, CardDesignDraft, CardDesignId, store};
use shuke_db::Tx;
use shuke_kernel::{Cx, Error, Result};
use shuke_org::audit::{self, Entry};
use shuke_org::text::{self, NAME_CHARS_MAX};

fn checked(draft: &CardDesignDraft) -> Result<CardDesignDraft> {
    draft.check()?;
    Ok(CardDesignDraft { name: text::line("name", &draft.name, NAME_CHARS_MAX)?, ..draft.clone() })
}

fn not_found() -> Error {
    Error::not_found("card_design_not_found", "there is no such card design")
}

/// Makes a design.
///
/// Errors: `card_design_malformed`, `text_malformed`, `card_design_name_taken`.
pub async fn create(tx: &mut Tx, cx: &Cx, draft: &CardDesignDraft) -> Result<CardDesign> {
    let design = CardDesign { id: cx.id(), draft: checked(draft)?, changed_at: cx.now };
    store::insert(tx, cx, &design).await?;
    audit::ops::record(tx, cx, &Entry::new("card_design.created", design.id).new_value(&design.draft.name)).await?;
    Ok(design)
}

/// Changes a design; cards that are printed stay as they are.
///
/// Errors: `card_design_not_found`, `card_design_malformed`, `text_malformed`, `card_design_name_taken`.
pub async fn change(tx: &mut Tx, cx: &Cx, id: CardDesignId, draft: &CardDesignDraft) -> Result<CardDesign> {
    let draft = checked(draft)?;
    if store::update(tx, cx, id, &draft).await? == 0 {
        return Err(not_found());
    }
    audit::ops::record(tx, cx, &Entry::new("card_design.changed", id).new_value(&draft.name)).await?;
    Ok(CardDesign { id, draft, changed_at: cx.now })
}

/// A design, or `card_design_not_found`.
pub async fn find(tx: &mut Tx, cx: &Cx, id: CardDesignId) -> Result<CardDesign> {
    store::find(tx, cx.merchant, id).await?.ok_or_else(not_found)
}

/// Every design, by name.
pub async fn list(tx: &mut Tx, cx: &Cx) -> Result<Vec<CardDesign>> {
    store::all(tx, cx.merchant).await
}
