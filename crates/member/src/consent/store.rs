//! SQL of terms and consents.

use super::{Acceptance, Consent, ConsentChange, ConsentChannel, Terms};
use crate::MemberId;
use crate::member::store::{counting, placeholders, rows_by_keys};
use shuke_db::{Row, Stmt, ToValue as _, Tx, Value, insert, insert_or_ignore, sql};
use shuke_kernel::{Cx, Instant, MerchantId, Result, Uuid};
use std::fmt::Write as _;

pub(super) async fn insert_terms(tx: &mut Tx, cx: &Cx, terms: &Terms) -> Result<()> {
    tx.queue(sql!(
        "INSERT INTO terms (merchant_id, version, title, body, published_at, actor) VALUES ($1, $2, $3, $4, $5, $6)",
        cx.merchant,
        terms.version,
        terms.title,
        terms.body,
        terms.published_at,
        cx.actor.text()
    ))
    .await
}

fn terms(row: &Row) -> Result<Terms> {
    Ok(Terms { version: row.get(0)?, title: row.get(1)?, body: row.get(2)?, published_at: row.get(3)? })
}

pub(super) async fn find_terms(tx: &mut Tx, merchant: MerchantId, version: &str) -> Result<Option<Terms>> {
    let stmt = sql!("SELECT version, title, body, published_at FROM terms WHERE merchant_id = $1 AND version = $2", merchant, version);
    tx.row(stmt).await?.as_ref().map(terms).transpose()
}

pub(super) async fn page_of_terms(tx: &mut Tx, merchant: MerchantId, before: Option<(Instant, String)>, limit: i64) -> Result<Vec<Terms>> {
    let (at, version) = before.unwrap_or((Instant(i64::MAX), String::new()));
    let stmt = sql!(
        "SELECT version, title, body, published_at FROM terms WHERE merchant_id = $1 AND (published_at, version) < ($2, $3)
         ORDER BY published_at DESC, version DESC LIMIT $4",
        merchant,
        at,
        version,
        limit
    );
    tx.rows(stmt).await?.iter().map(terms).collect()
}

/// Records acceptances; one that is there already stays as it is.
pub(super) async fn insert_acceptances(tx: &mut Tx, cx: &Cx, accepted: &[(MemberId, &str)]) -> Result<()> {
    if accepted.is_empty() {
        return Ok(());
    }
    let actor = cx.actor.text();
    let row = |(member, version): &(MemberId, &str)| {
        vec![cx.merchant.to_value(), member.to_value(), version.to_value(), cx.now.to_value(), actor.to_value()]
    };
    let columns = ["merchant_id", "member_id", "version", "at", "actor"];
    tx.queue(insert_or_ignore("terms_acceptance", &columns, accepted.iter().map(row).collect())).await
}

/// What a member has accepted, newest first; read it with [`acceptance`].
pub(crate) fn acceptances_stmt(merchant: MerchantId, member: MemberId) -> Stmt {
    sql!(
        "SELECT version, at, actor FROM terms_acceptance WHERE merchant_id = $1 AND member_id = $2 ORDER BY at DESC, version DESC",
        merchant,
        member
    )
}

/// Reads a row of [`acceptances_stmt`].
pub(crate) fn acceptance(row: &Row) -> Result<Acceptance> {
    Ok(Acceptance { version: row.get(0)?, at: row.get(1)?, actor: row.get(2)? })
}

/// Writes what members said: the history, and what stands. The keys must differ.
pub(super) async fn put_consents(tx: &mut Tx, cx: &Cx, said: &[(MemberId, ConsentChannel, bool)]) -> Result<()> {
    if said.is_empty() {
        return Ok(());
    }
    let actor = cx.actor.text();
    let row = |(member, channel, granted): &(MemberId, ConsentChannel, bool)| {
        vec![
            cx.merchant.to_value(),
            member.to_value(),
            cx.uuid().to_value(),
            channel.to_value(),
            granted.to_value(),
            cx.now.to_value(),
            actor.to_value(),
        ]
    };
    let columns = ["merchant_id", "member_id", "id", "channel", "granted", "at", "actor"];
    tx.queue(insert("consent_change", &columns, said.iter().map(row).collect())).await?;
    let mut text = String::from("INSERT INTO consent (merchant_id, member_id, channel, granted, at) VALUES ");
    let mut params: Vec<Value> = Vec::with_capacity(said.len() * 5);
    for (member, channel, granted) in said {
        let _ = write!(text, "{}({})", if params.is_empty() { "" } else { ", " }, placeholders(params.len() + 1, 5));
        params.extend([cx.merchant.to_value(), member.to_value(), channel.to_value(), granted.to_value(), cx.now.to_value()]);
    }
    text.push_str(" ON CONFLICT (merchant_id, member_id, channel) DO UPDATE SET granted = excluded.granted, at = excluded.at");
    tx.queue(Stmt::built(text, params)).await
}

/// Puts a consent as it stood before, without a new line of history.
pub(super) async fn restore(
    tx: &mut Tx,
    merchant: MerchantId,
    member: MemberId,
    channel: ConsentChannel,
    granted: bool,
    at: Instant,
) -> Result<()> {
    tx.queue(sql!(
        "UPDATE consent SET granted = $4, at = $5 WHERE merchant_id = $1 AND member_id = $2 AND channel = $3",
        merchant,
        member,
        channel,
        granted,
        at
    ))
    .await
}

/// Takes away a consent that was never said.
pub(super) async fn remove(tx: &mut Tx, merchant: MerchantId, member: MemberId, channel: ConsentChannel) -> Result<()> {
    tx.queue(sql!("DELETE FROM consent WHERE merchant_id = $1 AND member_id = $2 AND channel = $3", merchant, member, channel)).await
}

/// Acceptances as they were recorded, for another member.
pub(super) async fn copy_acceptances(tx: &mut Tx, merchant: MerchantId, member: MemberId, accepted: &[Acceptance]) -> Result<()> {
    if accepted.is_empty() {
        return Ok(());
    }
    let row =
        |one: &Acceptance| vec![merchant.to_value(), member.to_value(), one.version.to_value(), one.at.to_value(), one.actor.to_value()];
    let columns = ["merchant_id", "member_id", "version", "at", "actor"];
    tx.queue(insert_or_ignore("terms_acceptance", &columns, accepted.iter().map(row).collect())).await
}

/// Takes acceptances away again.
pub(super) async fn remove_acceptances(tx: &mut Tx, merchant: MerchantId, member: MemberId, versions: &[String]) -> Result<()> {
    for version in versions {
        let stmt =
            sql!("DELETE FROM terms_acceptance WHERE merchant_id = $1 AND member_id = $2 AND version = $3", merchant, member, version);
        tx.queue(stmt).await?;
    }
    Ok(())
}

/// The consents of some members as they stand.
pub(super) async fn consents_of(tx: &mut Tx, merchant: MerchantId, ids: &[MemberId]) -> Result<Vec<(MemberId, Consent)>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let text = format!(
        "SELECT channel, granted, at, member_id FROM consent WHERE merchant_id = $1 AND member_id IN ({})",
        placeholders(2, ids.len())
    );
    let rows = rows_by_keys(tx, text, merchant, ids.iter().map(|id| id.to_value())).await?;
    rows.iter().map(|row| Ok((row.get(3)?, consent(row)?))).collect()
}

/// The consents of a member as they stand; read them with [`consent`].
pub(crate) fn consents_stmt(merchant: MerchantId, member: MemberId) -> Stmt {
    sql!("SELECT channel, granted, at FROM consent WHERE merchant_id = $1 AND member_id = $2 ORDER BY channel", merchant, member)
}

/// Reads a row of [`consents_stmt`].
pub(crate) fn consent(row: &Row) -> Result<Consent> {
    Ok(Consent { channel: row.get(0)?, granted: row.get(1)?, at: row.get(2)? })
}

/// How many members may be reached by each channel; with this home store where stores are given.
pub(super) async fn reachable(tx: &mut Tx, merchant: MerchantId, stores: Option<&[Uuid]>) -> Result<Vec<(ConsentChannel, i64)>> {
    let mut params = vec![merchant.to_value()];
    params.extend(stores.unwrap_or_default().iter().map(|id| id.to_value()));
    let text = format!(
        "SELECT c.channel, CAST(COUNT(*) AS BIGINT) FROM consent c {} WHERE c.merchant_id = $1 AND c.granted GROUP BY c.channel",
        counting(2, stores)
    );
    tx.rows(Stmt::built(text, params)).await?.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

pub(super) async fn changes(tx: &mut Tx, merchant: MerchantId, member: MemberId, before: Uuid, limit: i64) -> Result<Vec<ConsentChange>> {
    let stmt = sql!(
        "SELECT id, channel, granted, at, actor FROM consent_change
         WHERE merchant_id = $1 AND member_id = $2 AND id < $3 ORDER BY id DESC LIMIT $4",
        merchant,
        member,
        before,
        limit
    );
    let rows = tx.rows(stmt).await?;
    rows.iter()
        .map(|row| Ok(ConsentChange { id: row.get(0)?, channel: row.get(1)?, granted: row.get(2)?, at: row.get(3)?, actor: row.get(4)? }))
        .collect()
}
