//! Reading a member for themselves.

use super::{Profile, TermsAccepted};
use crate::MemberId;
use crate::member::{self, PersonView, View};
use crate::sign_in;
use shuke_db::Tx;
use shuke_http::Vault;
use shuke_kernel::{Cx, Result};

/// A member as they see themselves.
///
/// Errors: `member_not_found`.
pub async fn profile(tx: &mut Tx, cx: &Cx, vault: &Vault, id: MemberId) -> Result<Profile> {
    let shown = member::ops::show(tx, cx, vault, id, View::Full).await?;
    let latest = sign_in::ops::latest_terms(tx, cx).await?;
    let terms_due = latest.filter(|terms| shown.terms.iter().all(|accepted| accepted.version != terms.version));
    Ok(Profile {
        id: shown.id,
        number: shown.number,
        kind: shown.kind,
        state: shown.state,
        // What staff noted is theirs.
        person: PersonView { note: None, ..shown.person },
        gender: shown.gender,
        region: shown.region,
        joined_on: shown.joined_on,
        cards: shown.cards,
        dependents: shown.dependents,
        consents: shown.consents,
        terms: shown.terms.into_iter().map(|accepted| TermsAccepted { version: accepted.version, at: accepted.at }).collect(),
        terms_due,
    })
}
