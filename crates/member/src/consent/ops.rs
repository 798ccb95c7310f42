//! Publishing terms, accepting them, giving and withdrawing consent.

use super::{Acceptance, Consent, ConsentChange, ConsentChannel, Consents, Terms, TermsDraft, store, wants_no_contact};
use crate::member::{self, MemberId};
use serde::{Deserialize, Serialize};
use shuke_db::Tx;
use shuke_jobs::{Event, event};
use shuke_kernel::{Cx, Error, Instant, Limit, MerchantId, Page, Result, Uuid};
use shuke_org::audit::{self, Entry};
use std::collections::{BTreeMap, HashSet};

/// The payload of `member.consent_changed`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ConsentChanged {
    /// Whose.
    pub member: MemberId,
    /// For which channel.
    pub channel: ConsentChannel,
    /// Given, or withdrawn.
    pub granted: bool,
}

/// Publishes terms. A version is published once and never changes.
///
/// Errors: `terms_version_taken`, `terms_malformed`, `text_malformed`.
pub async fn publish(tx: &mut Tx, cx: &Cx, draft: &TermsDraft) -> Result<Terms> {
    let terms = draft.terms(cx.now)?;
    store::insert_terms(tx, cx, &terms).await?;
    audit::ops::record(tx, cx, &Entry::new("terms.published", &terms.version)).await?;
    Ok(terms)
}

/// Published terms, newest first.
pub async fn list(tx: &mut Tx, cx: &Cx, before: Option<(Instant, String)>, limit: Limit) -> Result<Page<Terms>> {
    let found = store::page_of_terms(tx, cx.merchant, before, limit.fetch()).await?;
    Ok(Page::of(found, limit, |terms| (terms.published_at, terms.version.clone())))
}

/// Ok where the version is published, else `terms_unknown` (refused).
pub(crate) async fn must_exist(tx: &mut Tx, cx: &Cx, version: &str) -> Result<()> {
    match store::find_terms(tx, cx.merchant, version).await? {
        Some(_) => Ok(()),
        None => Err(Error::refused("terms_unknown", "there are no terms of this version; publish them first")),
    }
}

/// Records that a member accepts a version of the terms; the first time counts.
///
/// Errors: `member_not_found`, `terms_unknown`.
pub async fn accept(tx: &mut Tx, cx: &Cx, member: MemberId, version: &str) -> Result<Vec<Acceptance>> {
    member::ops::must_exist(tx, cx, member).await?;
    must_exist(tx, cx, version).await?;
    put_accepted(tx, cx, &[(member, version)]).await?;
    tx.rows(store::acceptances_stmt(cx.merchant, member)).await?.iter().map(store::acceptance).collect()
}

/// Records acceptances of members and versions that exist.
pub(crate) async fn put_accepted(tx: &mut Tx, cx: &Cx, accepted: &[(MemberId, &str)]) -> Result<()> {
    store::insert_acceptances(tx, cx, accepted).await
}

/// Records what a member says about channels.
///
/// Errors: `member_not_found`.
pub async fn set(tx: &mut Tx, cx: &Cx, member: MemberId, consents: &Consents) -> Result<Vec<Consent>> {
    member::ops::hold(tx, cx, member).await?;
    let said: Vec<_> = consents.iter().map(|(channel, granted)| (member, *channel, *granted)).collect();
    put_said(tx, cx, &said).await?;
    tx.rows(store::consents_stmt(cx.merchant, member)).await?.iter().map(store::consent).collect()
}

/// What a member says about channels, as it stands.
pub async fn show(tx: &mut Tx, cx: &Cx, member: MemberId) -> Result<Vec<Consent>> {
    tx.rows(store::consents_stmt(cx.merchant, member)).await?.iter().map(store::consent).collect()
}

/// Those of some members who want nobody to get in touch ([`wants_no_contact`]).
pub async fn unwelcoming(tx: &mut Tx, cx: &Cx, ids: &[MemberId]) -> Result<HashSet<MemberId>> {
    let mut said: BTreeMap<MemberId, Vec<Consent>> = BTreeMap::new();
    for (member, consent) in store::consents_of(tx, cx.merchant, ids).await? {
        said.entry(member).or_default().push(consent);
    }
    Ok(said.into_iter().filter(|(_, said)| wants_no_contact(said)).map(|(member, _)| member).collect())
}

/// Records that a member wants nobody to get in touch: every channel is withdrawn.
///
/// Errors: `member_not_found`.
pub async fn withdraw_all(tx: &mut Tx, cx: &Cx, member: MemberId) -> Result<()> {
    set(tx, cx, member, &ConsentChannel::ALL.iter().map(|channel| (*channel, false)).collect()).await.map(|_| ())
}

/// Records what members who exist say about channels.
pub(crate) async fn put_said(tx: &mut Tx, cx: &Cx, said: &[(MemberId, ConsentChannel, bool)]) -> Result<()> {
    store::put_consents(tx, cx, said).await?;
    let changed = |(member, channel, granted): &(MemberId, ConsentChannel, bool)| {
        Event::new("member.consent_changed", *member, &ConsentChanged { member: *member, channel: *channel, granted: *granted })
    };
    event::append(tx, cx, &said.iter().map(changed).collect::<Vec<_>>()).await
}

/// What a member said about channels, newest first.
///
/// Errors: `member_not_found`.
pub async fn changes(tx: &mut Tx, cx: &Cx, member: MemberId, before: Option<Uuid>, limit: Limit) -> Result<Page<ConsentChange>> {
    member::ops::must_exist(tx, cx, member).await?;
    let found = store::changes(tx, cx.merchant, member, before.unwrap_or(Uuid::max()), limit.fetch()).await?;
    Ok(Page::of(found, limit, |change| change.id))
}

/// A consent that a merge set, and how it stood before.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct KeptConsent {
    channel: ConsentChannel,
    before: Option<(bool, Instant)>,
}

/// Gives a member what another said last, where the member said nothing or said it earlier.
pub(crate) async fn merge(tx: &mut Tx, cx: &Cx, from: MemberId, into: MemberId) -> Result<Vec<KeptConsent>> {
    let [theirs, ours] = tx.all([store::consents_stmt(cx.merchant, from), store::consents_stmt(cx.merchant, into)]).await?;
    let ours = ours.iter().map(store::consent).collect::<Result<Vec<Consent>>>()?;
    let (mut said, mut kept) = (Vec::new(), Vec::new());
    for row in &theirs {
        let theirs = store::consent(row)?;
        let own = ours.iter().find(|own| own.channel == theirs.channel);
        if own.is_none_or(|own| own.at < theirs.at && own.granted != theirs.granted) {
            said.push((into, theirs.channel, theirs.granted));
            kept.push(KeptConsent { channel: theirs.channel, before: own.map(|own| (own.granted, own.at)) });
        }
    }
    put_said(tx, cx, &said).await?;
    Ok(kept)
}

/// Puts consents back as they stood before a merge.
pub(crate) async fn unmerge(tx: &mut Tx, merchant: MerchantId, member: MemberId, kept: &[KeptConsent]) -> Result<()> {
    for one in kept {
        match one.before {
            Some((granted, at)) => store::restore(tx, merchant, member, one.channel, granted, at).await?,
            None => store::remove(tx, merchant, member, one.channel).await?,
        }
    }
    Ok(())
}

/// Gives a member the acceptances of another that the member lacks. Answers the versions.
pub(crate) async fn copy_accepted(tx: &mut Tx, cx: &Cx, from: MemberId, into: MemberId) -> Result<Vec<String>> {
    let [theirs, ours] = tx.all([store::acceptances_stmt(cx.merchant, from), store::acceptances_stmt(cx.merchant, into)]).await?;
    let ours = ours.iter().map(store::acceptance).collect::<Result<Vec<Acceptance>>>()?;
    let mut missing = theirs.iter().map(store::acceptance).collect::<Result<Vec<Acceptance>>>()?;
    missing.retain(|one| ours.iter().all(|own| own.version != one.version));
    store::copy_acceptances(tx, cx.merchant, into, &missing).await?;
    Ok(missing.into_iter().map(|one| one.version).collect())
}

/// Takes away again what [`copy_accepted`] gave.
pub(crate) async fn uncopy_accepted(tx: &mut Tx, merchant: MerchantId, member: MemberId, versions: &[String]) -> Result<()> {
    store::remove_acceptances(tx, merchant, member, versions).await
}

/// How many members may be reached by each channel, in the order of the channels; with this home store where
/// stores are given.
pub async fn reachable(tx: &mut Tx, cx: &Cx, stores: Option<&[Uuid]>) -> Result<Vec<(ConsentChannel, i64)>> {
    let found = store::reachable(tx, cx.merchant, stores).await?;
    let count = |channel: &ConsentChannel| found.iter().find(|(known, _)| known == channel).map_or(0, |(_, count)| *count);
    Ok(ConsentChannel::ALL.iter().map(|channel| (*channel, count(channel))).collect())
}
