//! Sending codes, signing in, finding and ending sessions.

use super::model::{CODE_MS, CardPolicy, IDLE_MS_MAX, Join, MemberToken, SEEN_LAG_MS_MAX, SESSION_MS_MAX, TRIES, code_hash, draw, tidied};
use super::store;
use crate::consent::{self, Terms};
use crate::member::enrol::phone_index;
use crate::member::store as members;
use crate::member::{self, EnrolRequest, MemberBrief, MemberId, MemberState, Phone};
use crate::wechat;
use shuke_db::Tx;
use shuke_http::{AppInner, Me, Vault};
use shuke_kernel::{Actor, Cx, Error, Limit, MerchantId, Result};
use shuke_org::audit::{self, Entry};
use shuke_org::message::{self, MessageChannel, NewMessage};
use shuke_org::setting;

/// Whose session has ended.
pub(super) fn ended() -> Error {
    Error::unauthenticated("session_ended", "you are signed out; sign in again")
}

fn wrong() -> Error {
    Error::unauthenticated("code_wrong", "this code is wrong or too old; check it, or ask for a new one")
}

/// A phone number as it was typed, by the merchant's country.
///
/// Errors: `phone_malformed`.
pub async fn phone(app: &AppInner, merchant: MerchantId, text: &str) -> Result<Phone> {
    let ground = app.db.read(&merchant, |tx, merchant| Box::pin(crate::ground(tx, *merchant))).await?;
    crate::member::draft::phone(text, &ground)
}

/// Sends a code to a phone. What is written is the same whoever has the phone; to whom no code may go,
/// the message is kept back.
///
/// Errors: `messages_off`.
pub async fn send_code(tx: &mut Tx, cx: &Cx, vault: &Vault, phone: &Phone) -> Result<()> {
    let index = phone_index(vault, cx.merchant, phone);
    let policy: CardPolicy = setting::ops::get(tx, cx.merchant).await?;
    let known = find(tx, cx.merchant, &index).await?.is_some();
    let code = draw(&cx.random);
    let expires_at = cx.now.plus_ms(CODE_MS);
    store::put_code(tx, cx.merchant, &index, &code_hash(vault, cx.merchant, &index, &code), TRIES, expires_at).await?;
    let minutes = CODE_MS / 60_000;
    let text = format!("您的登录验证码是 {code}，{minutes} 分钟内有效。请不要告诉别人。");
    let new = NewMessage {
        channel: MessageChannel::Sms,
        purpose: "sign_in_code",
        to: phone.as_str(),
        text: &text,
        ends_at: expires_at,
        withheld: !known && !policy.join,
    };
    message::ops::post(tx, cx, vault, &new).await.map(|_| ())
}

async fn find(tx: &mut Tx, merchant: MerchantId, phone_index: &str) -> Result<Option<MemberBrief>> {
    tx.row(members::by_phone_stmt(merchant, phone_index)).await?.map(|row| Ok(members::brief(&row)?.brief)).transpose()
}

/// What came of an attempt to sign in. An attempt that failed is counted, so it is no error in here.
#[derive(Debug)]
pub enum Entered {
    /// Signed in.
    Begun {
        /// The session.
        token: MemberToken,
        /// Whether they have just joined.
        joined: bool,
    },
    /// The code is right, and nobody has this phone: it can be used once more, to join.
    Stranger,
    /// No such code.
    Wrong,
}

/// Signs in with a code; where nobody has the phone, and `join` is given, enrols them.
///
/// Errors: those of an enrolment; `terms_needed`.
pub async fn enter(tx: &mut Tx, cx: &Cx, vault: &Vault, phone: &Phone, code: &str, join: Option<&Join>) -> Result<Entered> {
    let index = phone_index(vault, cx.merchant, phone);
    let hash = code_hash(vault, cx.merchant, &index, &tidied(code));
    if !store::try_code(tx, cx.merchant, &index, cx.now).await? || !store::code_is(tx, cx.merchant, &index, &hash).await? {
        return Ok(Entered::Wrong);
    }
    let known = find(tx, cx.merchant, &index).await?;
    let (member, joined) = match (known, join) {
        (Some(brief), _) => (brief.id, false),
        (None, Some(join)) => (enrol(tx, cx, vault, phone, join).await?, true),
        (None, None) => {
            store::untry_code(tx, cx.merchant, &index).await?;
            let policy: CardPolicy = setting::ops::get(tx, cx.merchant).await?;
            return Ok(if policy.join { Entered::Stranger } else { Entered::Wrong });
        }
    };
    if !store::use_code(tx, cx.merchant, &index, &hash).await? {
        return Ok(Entered::Wrong);
    }
    let token = begin(tx, cx, vault, member).await?;
    Ok(Entered::Begun { token, joined })
}

/// Begins a session of a member who has shown who they are.
pub async fn begin(tx: &mut Tx, cx: &Cx, vault: &Vault, member: MemberId) -> Result<MemberToken> {
    let token = MemberToken::new(vault, cx.merchant, member);
    store::insert(tx, cx.merchant, &token.hash(vault), member, cx.now).await?;
    let own = Cx { actor: Actor::Member(member.0), ..cx.clone() };
    audit::ops::record(tx, &own, &Entry::new("member.signed_in", member)).await?;
    Ok(token)
}

async fn enrol(tx: &mut Tx, cx: &Cx, vault: &Vault, phone: &Phone, join: &Join) -> Result<MemberId> {
    let policy: CardPolicy = setting::ops::get(tx, cx.merchant).await?;
    if !policy.join {
        return Err(wrong());
    }
    if let Some(terms) = latest_terms(tx, cx).await?.filter(|terms| join.terms_version.as_ref() != Some(&terms.version)) {
        let error = Error::refused("terms_needed", "accept the shop's terms to join");
        return Err(error.field("/join/terms_version", "terms_needed", format!("the version is {}", terms.version)));
    }
    let request = EnrolRequest {
        phone: Some(phone.as_str().to_owned()),
        name: join.name.clone(),
        birthday: join.birthday.clone(),
        birthday_lunar: join.birthday_lunar,
        gender: join.gender,
        store: join.store,
        source: Some("card".to_owned()),
        terms_version: join.terms_version.clone(),
        consents: join.consents.clone(),
        ..EnrolRequest::default()
    };
    let ground = crate::ground(tx, cx.merchant).await?;
    Ok(member::ops::enrol(tx, cx, vault, &ground, &request.parse(&ground, ground.today(cx))?).await?.id)
}

/// The terms that are in force: those published last.
pub async fn latest_terms(tx: &mut Tx, cx: &Cx) -> Result<Option<Terms>> {
    Ok(consent::ops::list(tx, cx, None, Limit::new(Some(1))?).await?.items.into_iter().next())
}

/// The error for an attempt that did not get in.
pub(super) fn refused(entered: &Entered) -> Error {
    match entered {
        Entered::Stranger => {
            Error::refused("join_needed", "nobody has this phone number here yet; send the same code again with `join` to become a member")
        }
        _ => wrong(),
    }
}

/// The member of a session: two rows by their keys, in one round trip.
///
/// Errors: `session_ended`.
pub(super) async fn me(app: &AppInner, token: &MemberToken) -> Result<Me> {
    let (now, hash) = (app.clock.now(), token.hash(&app.vault));
    let (session, brief) = app
        .db
        .read(&(token, &hash), |tx, (token, hash)| {
            Box::pin(async move {
                let [session, brief] =
                    tx.all([store::find(token.merchant, hash), members::brief_stmt(token.merchant, token.member)]).await?;
                let brief: Option<MemberBrief> = brief.first().map(members::brief_read).transpose()?;
                Ok((session.first().map(store::session).transpose()?, brief))
            })
        })
        .await?;
    let session = session.filter(|session| session.member == token.member && session.lives(now)).ok_or_else(ended)?;
    brief.filter(|brief| matches!(brief.state, MemberState::Active | MemberState::Frozen)).ok_or_else(ended)?;
    if now.since_ms(session.seen_at) > SEEN_LAG_MS_MAX {
        let input = (token.merchant, &hash, now);
        app.db.write(&input, |tx, (merchant, hash, now)| Box::pin(store::seen(tx, *merchant, hash, *now))).await?;
    }
    let cx = Cx { merchant: token.merchant, actor: Actor::Member(token.member.0), now, random: app.random.clone() };
    Ok(Me { cx, member: token.member.0 })
}

/// Ends one session. One that is gone already is ended.
pub(super) async fn end(tx: &mut Tx, token: &MemberToken, vault: &Vault) -> Result<()> {
    store::remove(tx, token.merchant, &token.hash(vault)).await
}

/// Ends every session of a member, and what would begin another: who is erased, is merged, or gets another phone.
pub(crate) async fn clear(tx: &mut Tx, merchant: MerchantId, member: MemberId) -> Result<()> {
    wechat::ops::clear(tx, merchant, member).await?;
    store::remove_all(tx, merchant, member).await
}

/// Removes codes and sessions that have ended by themselves. Returns how many.
pub(crate) async fn prune(tx: &mut Tx, cx: &Cx) -> Result<u64> {
    let codes = store::prune_codes(tx, cx.merchant, cx.now).await?;
    Ok(codes + store::prune(tx, cx.merchant, cx.now.plus_ms(-SESSION_MS_MAX), cx.now.plus_ms(-IDLE_MS_MAX)).await?)
}
