//! Showing a code, and identifying by what was scanned.

use super::{MemberCode, model};
use crate::member::store as members;
use crate::member::{self, MemberId, MemberState, SealedBrief};
use crate::{card, card::CardNumber};
use shuke_db::Tx;
use shuke_http::Vault;
use shuke_kernel::{Cx, Error, Result};

/// The code of a member now.
///
/// Errors: `member_not_found`, `member_erased`.
pub async fn show(tx: &mut Tx, cx: &Cx, vault: &Vault, id: MemberId) -> Result<MemberCode> {
    let brief = members::brief_read(&tx.need(members::brief_stmt(cx.merchant, id), member::not_found).await?)?;
    if matches!(brief.state, MemberState::Erased | MemberState::Merged) {
        return Err(Error::refused("member_erased", "this member was erased, or merged into another"));
    }
    Ok(model::make(vault, cx.merchant, &brief.number, cx.now))
}

/// The member whom a scanned text identifies: a code, a card's number or its chip's id.
///
/// Errors: `code_malformed`, `code_forged`, `code_expired`, `card_not_active`, `member_not_found`.
pub async fn identify(tx: &mut Tx, cx: &Cx, vault: &Vault, text: &str) -> Result<SealedBrief> {
    let text = text.trim();
    let stmt = if text.starts_with(model::PREFIX) {
        let (number, _) = model::verify(vault, cx.merchant, text, cx.now)?;
        members::by_number_stmt(cx.merchant, &number)
    } else {
        let number = CardNumber::parse(&text.replace(':', ""))
            .map_err(|_| Error::invalid("code_malformed", "this is not a member's code; scan it again"))?;
        let rows = tx.rows(card::by_text_stmt(cx.merchant, number.as_str())).await?;
        let owner = card::ops::owner(&rows)?.ok_or_else(member::not_found)?;
        members::brief_stmt(cx.merchant, owner)
    };
    let found = members::brief(&tx.need(stmt, member::not_found).await?)?;
    if found.brief.state == MemberState::Erased {
        return Err(member::not_found());
    }
    Ok(found)
}
