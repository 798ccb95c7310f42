//! Binding cards, reporting them lost and found.

use super::model::nfc_uid;
use super::{Card, CardDraft, CardId, CardKind, CardNumber, CardSharing, CardState, store};
use crate::batch;
use crate::member::{self, MemberId, MemberState, number};
use serde::{Deserialize, Serialize};
use shuke_db::{Row, Tx};
use shuke_jobs::{Event, event};
use shuke_kernel::{Cx, Error, MerchantId, Result};

/// Cards of one member, lost and replaced ones too.
pub const CARDS_MAX: usize = 50;

/// The payload of `member.card_changed`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CardChanged {
    /// Whose.
    pub member: MemberId,
    /// Which.
    pub card: CardId,
    /// What it is now.
    pub state: CardState,
}

/// A card that is bound now.
pub(crate) fn new(cx: &Cx, kind: CardKind, number: String) -> Card {
    Card {
        id: cx.id(),
        kind,
        number,
        nfc_uid: None,
        state: CardState::Active,
        bound_at: cx.now,
        ended_at: None,
        replaced_by: None,
        shared: 0,
        shared_max: 0,
    }
}

/// Binds a card to a member; with `replaces`, it takes that card's place.
///
/// Errors: `member_not_found`, `card_number_malformed`, `nfc_uid_malformed`, `card_number_taken`,
/// `card_nfc_taken`, `cards_too_many`, `card_not_found`, `card_replaced`; those of the stock:
/// `card_stock_used`, `card_stock_void`, `card_not_in_stock`.
pub async fn bind(tx: &mut Tx, cx: &Cx, member: MemberId, draft: &CardDraft) -> Result<Card> {
    member::ops::hold(tx, cx, member).await?;
    if tx.rows(store::of_member_stmt(cx.merchant, member)).await?.len() >= CARDS_MAX {
        return Err(Error::refused("cards_too_many", format!("a member has at most {CARDS_MAX} cards")));
    }
    let number = match (&draft.number, draft.kind) {
        (Some(text), _) => CardNumber::parse(text)?.as_str().to_owned(),
        (None, CardKind::Digital) => number::draw(&cx.random),
        (None, CardKind::Physical) => {
            return Err(Error::invalid("card_number_malformed", "give the number that is printed on the card"));
        }
    };
    let nfc_uid = draft.nfc_uid.as_deref().map(nfc_uid).transpose()?;
    let mut card = Card { nfc_uid, ..new(cx, draft.kind, number) };
    if draft.kind == CardKind::Physical {
        card.shared_max = batch::ops::take(tx, cx, &card.number, card.id).await?;
    }
    let mut sharers = Vec::new();
    if let Some(old) = draft.replaces {
        let (_, before) = of_member(tx, cx, member, old).await?;
        if before.state == CardState::Replaced {
            return Err(Error::refused("card_replaced", "another card has taken this one's place already"));
        }
        store::set_state(tx, cx, old, CardState::Replaced, Some(card.id)).await?;
        sharers = store::shares_of(tx, cx.merchant, old).await?;
        store::unshare_all(tx, cx.merchant, old).await?;
        card.shared_max = card.shared_max.max(before.shared_max);
        card.shared = i64::try_from(sharers.len()).unwrap_or(i64::MAX);
        told(tx, cx, member, old, CardState::Replaced).await?;
    }
    tx.queue(store::insert_stmt(cx.merchant, &[(member, card.clone())])).await?;
    store::put_shares(tx, cx, card.id, &sharers).await?;
    told(tx, cx, member, card.id, card.state).await?;
    Ok(card)
}

/// Sets by how many other members a card may be shared.
///
/// Errors: `card_not_found`, `card_sharing_malformed`, `card_shared_full` where more share it.
pub async fn set_sharing(tx: &mut Tx, cx: &Cx, member: MemberId, id: CardId, sharing: CardSharing) -> Result<Card> {
    let sharing = sharing.check()?;
    let (_, card) = of_member(tx, cx, member, id).await?;
    store::set_sharing(tx, cx.merchant, id, sharing.shared_max).await?;
    Ok(Card { shared_max: sharing.shared_max, ..card })
}

/// Lets another member use a card.
///
/// Errors: `card_not_found`, `card_not_active`, `member_not_found`, `card_shared_with_owner`,
/// `card_shared_full`, `card_share_taken`.
pub async fn share(tx: &mut Tx, cx: &Cx, member: MemberId, id: CardId, with: MemberId) -> Result<Card> {
    let (_, card) = of_member(tx, cx, member, id).await?;
    if card.state != CardState::Active {
        return Err(Error::refused("card_not_active", "this card was reported lost or replaced; share the one that is in use"));
    }
    if with == member {
        return Err(Error::refused("card_shared_with_owner", "the card is this member's own"));
    }
    let other = member::ops::find(tx, cx, with).await?;
    if matches!(other.state, MemberState::Erased | MemberState::Merged) {
        return Err(member::not_found());
    }
    store::count_share(tx, cx.merchant, id, 1).await?;
    store::put_shares(tx, cx, id, &[with]).await?;
    told(tx, cx, member, id, card.state).await?;
    Ok(Card { shared: card.shared + 1, ..card })
}

/// No longer lets another member use a card.
///
/// Errors: `card_not_found`, `card_share_not_found`.
pub async fn unshare(tx: &mut Tx, cx: &Cx, member: MemberId, id: CardId, with: MemberId) -> Result<()> {
    let (_, card) = of_member(tx, cx, member, id).await?;
    if !store::take_share(tx, cx.merchant, id, with).await? {
        return Err(Error::not_found("card_share_not_found", "this card isn't shared with that member"));
    }
    store::count_share(tx, cx.merchant, id, -1).await?;
    told(tx, cx, member, id, card.state).await
}

/// Reports a card lost, or found again.
///
/// Errors: `card_not_found`, `card_replaced`.
pub async fn report(tx: &mut Tx, cx: &Cx, member: MemberId, id: CardId, lost: bool) -> Result<Card> {
    let (_, card) = of_member(tx, cx, member, id).await?;
    if card.state == CardState::Replaced {
        return Err(Error::refused("card_replaced", "another card has taken this one's place; it can't be used again"));
    }
    let state = if lost { CardState::Lost } else { CardState::Active };
    if state == card.state {
        return Ok(card);
    }
    store::set_state(tx, cx, id, state, None).await?;
    told(tx, cx, member, id, state).await?;
    Ok(Card { state, ended_at: lost.then_some(cx.now), ..card })
}

async fn of_member(tx: &mut Tx, cx: &Cx, member: MemberId, id: CardId) -> Result<(MemberId, Card)> {
    let found = store::lock(tx, cx.merchant, id).await?;
    found.filter(|(owner, _)| *owner == member).ok_or_else(|| Error::not_found("card_not_found", "the member has no such card"))
}

/// The member whom a card identifies, from the answer of [`super::by_text_stmt`].
///
/// Errors: `card_not_active` (refused) where it is lost or replaced.
pub(crate) fn owner(rows: &[Row]) -> Result<Option<MemberId>> {
    let Some(row) = rows.first() else { return Ok(None) };
    if row.get::<CardState>(1)? != CardState::Active {
        return Err(Error::refused("card_not_active", "this card was reported lost or replaced; identify the member in another way"));
    }
    Ok(Some(row.get(0)?))
}

/// Removes the cards of a member who is erased, and the member from the cards of others.
pub(crate) async fn clear(tx: &mut Tx, merchant: MerchantId, member: MemberId) -> Result<()> {
    for card in store::shared_with(tx, merchant, member).await? {
        if store::take_share(tx, merchant, card, member).await? {
            store::count_share(tx, merchant, card, -1).await?;
        }
    }
    store::delete_all(tx, merchant, member).await
}

async fn told(tx: &mut Tx, cx: &Cx, member: MemberId, card: CardId, state: CardState) -> Result<()> {
    event::append(tx, cx, &[Event::new("member.card_changed", member, &CardChanged { member, card, state })]).await
}

/// What a merge did to sharing: cards of others in which the absorbed one was replaced (true) or left
/// out (false), and cards that the survivor shared and now owns.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct MovedShares {
    replaced: Vec<(CardId, bool)>,
    own: Vec<CardId>,
}

/// Lets the survivor of a merge share what the absorbed one shared. `cards` are those that came over.
pub(crate) async fn merge_shares(tx: &mut Tx, cx: &Cx, from: MemberId, into: MemberId, cards: &[CardId]) -> Result<MovedShares> {
    let merchant = cx.merchant;
    let mut moved = MovedShares::default();
    for card in cards {
        if store::take_share(tx, merchant, *card, into).await? {
            store::count_share(tx, merchant, *card, -1).await?;
            moved.own.push(*card);
        }
    }
    for card in store::shared_with(tx, merchant, from).await? {
        let owner = store::lock(tx, merchant, card).await?.map(|(owner, _)| owner);
        store::take_share(tx, merchant, card, from).await?;
        let replaces = owner != Some(into) && !store::shares_of(tx, merchant, card).await?.contains(&into);
        if replaces {
            store::put_shares(tx, cx, card, &[into]).await?;
        } else {
            store::count_share(tx, merchant, card, -1).await?;
        }
        moved.replaced.push((card, replaces));
    }
    Ok(moved)
}

/// Puts sharing back as it was before a merge; what ended since stays ended.
pub(crate) async fn unmerge_shares(tx: &mut Tx, cx: &Cx, from: MemberId, into: MemberId, moved: &MovedShares) -> Result<()> {
    let merchant = cx.merchant;
    for (card, replaced) in &moved.replaced {
        if !*replaced {
            store::count_share(tx, merchant, *card, 1).await?;
            store::put_shares(tx, cx, *card, &[from]).await?;
        } else if store::take_share(tx, merchant, *card, into).await? {
            store::put_shares(tx, cx, *card, &[from]).await?;
        }
    }
    for card in &moved.own {
        store::count_share(tx, merchant, *card, 1).await?;
        store::put_shares(tx, cx, *card, &[into]).await?;
    }
    Ok(())
}
