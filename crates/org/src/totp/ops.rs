//! Setting up, asking for, spending, resetting.

use super::model::{Shared, recovery_codes, tidied};
use super::{Enrolment, SignInPolicy, TotpStatus, store};
use crate::staff::Staff;
use crate::{StaffId, audit, merchant, session, setting, staff};
use shuke_db::Tx;
use shuke_http::{Role, Vault};
use shuke_kernel::{Cx, Error, MerchantId, Result};

const FIELD: &str = "totp";

fn wrong() -> Error {
    Error::unauthenticated("code_wrong", "this code is wrong or was used already; wait for the next one")
}

fn hash(vault: &Vault, staff: StaffId, code: &str) -> String {
    vault.secret_hash(&format!("recovery {staff} {code}"))
}

/// Lets a person in who has shown their password: with a code, where they have an authenticator.
/// Answers whether they have.
///
/// Errors: `code_needed`, `code_wrong`.
pub(crate) async fn admit(tx: &mut Tx, cx: &Cx, vault: &Vault, id: StaffId, code: Option<&str>) -> Result<bool> {
    let Some(secret) = store::find(tx, cx.merchant, id).await?.and_then(|found| found.secret) else { return Ok(false) };
    let code = code.filter(|code| !code.trim().is_empty()).ok_or_else(|| {
        Error::unauthenticated("code_needed", "type the code that your authenticator app shows, or one of your recovery codes")
    })?;
    let code = tidied(code);
    let shared = Shared::parse(&vault.open(cx.merchant, FIELD, &secret)?)?;
    let taken = match shared.step_of(&code, cx.now)? {
        Some(step) => store::advance(tx, cx.merchant, id, step).await?,
        None => {
            let used = store::use_recovery(tx, cx.merchant, id, &hash(vault, id, &code)).await?;
            if used {
                audit::ops::record(tx, cx, &audit::Entry::new("staff.recovery_code_used", id)).await?;
            }
            used
        }
    };
    if taken { Ok(true) } else { Err(wrong()) }
}

/// Whether a session of a person is for setting up a second factor only.
pub(crate) async fn limits(tx: &mut Tx, merchant: MerchantId, id: StaffId, role: Role) -> Result<bool> {
    let policy: SignInPolicy = setting::ops::get(tx, merchant).await?;
    if !policy.totp_roles.contains(&role) {
        return Ok(false);
    }
    Ok(store::find(tx, merchant, id).await?.and_then(|found| found.secret).is_none())
}

/// Whether you have one.
pub async fn status(tx: &mut Tx, merchant: MerchantId, id: StaffId, role: Role) -> Result<TotpStatus> {
    let policy: SignInPolicy = setting::ops::get(tx, merchant).await?;
    let enrolled = store::find(tx, merchant, id).await?.and_then(|found| found.secret).is_some();
    let left = store::recovery_left(tx, merchant, id).await?;
    Ok(TotpStatus { enrolled, required: policy.totp_roles.contains(&role), recovery_codes_left: u32::try_from(left).unwrap_or(0) })
}

/// Begins: makes a secret that counts once it is confirmed. Who has an authenticator shows a code of it.
///
/// Errors: `code_needed`, `code_wrong`.
pub async fn begin(tx: &mut Tx, cx: &Cx, vault: &Vault, person: &Staff, code: Option<&str>) -> Result<Enrolment> {
    admit(tx, cx, vault, person.id, code).await?;
    let shared = Shared::new(&cx.random);
    store::begin(tx, cx.merchant, person.id, &vault.seal(cx.merchant, FIELD, &shared.text())?).await?;
    let merchant = merchant::ops::show(tx, cx.merchant).await?;
    shared.enrolment(&merchant.name, &person.username)
}

/// Confirms with the app's first code. Answers new recovery codes; those before count no more.
///
/// Errors: `totp_not_begun`, `code_wrong`.
pub async fn confirm(tx: &mut Tx, cx: &Cx, vault: &Vault, id: StaffId, code: &str) -> Result<Vec<String>> {
    let not_begun = || Error::refused("totp_not_begun", "begin first: POST /api/v1/session/totp shows the secret to put into the app");
    let pending = store::find(tx, cx.merchant, id).await?.and_then(|found| found.pending).ok_or_else(not_begun)?;
    let shared = Shared::parse(&vault.open(cx.merchant, FIELD, &pending)?)?;
    let step = shared.step_of(&tidied(code), cx.now)?.ok_or_else(wrong)?;
    if !store::confirm(tx, cx.merchant, id, &pending, step, cx.now).await? {
        return Err(wrong());
    }
    let codes = recovery_codes(&cx.random);
    let hashes: Vec<String> = codes.iter().map(|code| hash(vault, id, &tidied(code))).collect();
    store::replace_recovery(tx, cx.merchant, id, &hashes).await?;
    session::ops::set_limited(tx, cx.merchant, id, false).await?;
    audit::ops::record(tx, cx, &audit::Entry::new("staff.totp_set", id)).await?;
    Ok(codes)
}

/// Takes somebody's authenticator away, for a phone that is lost, and signs them out everywhere.
///
/// Errors: `staff_not_found`.
pub async fn reset(tx: &mut Tx, cx: &Cx, id: StaffId) -> Result<()> {
    staff::ops::show(tx, cx, id, None).await?;
    store::remove(tx, cx.merchant, id).await?;
    session::ops::end_all(tx, cx.merchant, id).await?;
    audit::ops::record(tx, cx, &audit::Entry::new("staff.totp_reset", id)).await
}

/// Changes who needs a second factor. It holds at once: sessions of those who need one now and have
/// none are for setting one up only.
pub async fn set_policy(tx: &mut Tx, cx: &Cx, policy: &SignInPolicy) -> Result<()> {
    setting::ops::put(tx, cx, policy).await?;
    let enrolled = store::enrolled(tx, cx.merchant).await?;
    for person in staff::ops::all(tx, cx.merchant).await? {
        let limited = policy.totp_roles.contains(&person.role) && !enrolled.contains(&person.id);
        session::ops::set_limited(tx, cx.merchant, person.id, limited).await?;
    }
    Ok(())
}
