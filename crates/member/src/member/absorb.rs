//! Taking along what one record knows and another lacks, when two become one.

use super::enrol::{indexes, sealed};
use super::model::{Member, MemberId, Person};
use super::{Phone, ops, store};
use serde::{Deserialize, Serialize};
use shuke_db::Tx;
use shuke_http::Vault;
use shuke_kernel::{Cx, Result};

/// What was filled in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Filled {
    /// The parts of the profile that the one who stays has taken over.
    parts: Vec<String>,
    /// The phone that moved, sealed: two can't have it at once.
    phone: Option<String>,
}

/// The parts that are copied; the phone is moved.
const PARTS: &[&str] = &["name", "email", "note", "birthday", "gender", "region", "source", "store"];

/// Whether a record has a part.
fn has(part: &str, member: &Member, person: &Person) -> bool {
    match part {
        "name" => person.name.is_some(),
        "email" => person.email.is_some(),
        "note" => person.note.is_some(),
        "birthday" => person.birthday.is_some(),
        "gender" => member.gender.is_some(),
        "region" => member.region != super::Region::default(),
        "source" => member.source.is_some(),
        _ => member.home_store.is_some(),
    }
}

/// Whether two records agree in a part.
fn same(part: &str, a: (&Member, &Person), b: (&Member, &Person)) -> bool {
    match part {
        "name" => a.1.name == b.1.name,
        "email" => a.1.email == b.1.email,
        "note" => a.1.note == b.1.note,
        "birthday" => a.1.birthday == b.1.birthday,
        "gender" => a.0.gender == b.0.gender,
        "region" => a.0.region == b.0.region,
        "source" => a.0.source == b.0.source,
        _ => a.0.home_store == b.0.home_store,
    }
}

/// Writes a part of one record into another; without one, takes the part away.
fn put(part: &str, of: Option<(&Member, &Person)>, member: &mut Member, person: &mut Person) {
    match part {
        "name" => person.name = of.and_then(|(_, from)| from.name.clone()),
        "email" => person.email = of.and_then(|(_, from)| from.email.clone()),
        "note" => person.note = of.and_then(|(_, from)| from.note.clone()),
        "birthday" => person.birthday = of.and_then(|(_, from)| from.birthday),
        "gender" => member.gender = of.and_then(|(from, _)| from.gender),
        "region" => member.region = of.map(|(from, _)| from.region.clone()).unwrap_or_default(),
        "source" => member.source = of.and_then(|(from, _)| from.source.clone()),
        _ => member.home_store = of.and_then(|(from, _)| from.home_store),
    }
}

async fn opened(tx: &mut Tx, cx: &Cx, vault: &Vault, id: MemberId) -> Result<(Member, Person)> {
    let member = ops::find(tx, cx, id).await?;
    let person = member.person.open(vault, cx.merchant)?;
    Ok((member, person))
}

async fn write(tx: &mut Tx, cx: &Cx, vault: &Vault, mut member: Member, person: &Person) -> Result<()> {
    member.person = sealed(vault, cx.merchant, person)?;
    store::update(tx, cx, &member, &indexes(vault, cx.merchant, person)).await
}

/// Fills what one record lacks from another.
pub(crate) async fn fill(tx: &mut Tx, cx: &Cx, vault: &Vault, from: MemberId, into: MemberId) -> Result<Filled> {
    let (theirs, mut their_person) = opened(tx, cx, vault, from).await?;
    let (mut ours, mut our_person) = opened(tx, cx, vault, into).await?;
    let mut filled = Filled::default();
    for part in PARTS {
        if has(part, &theirs, &their_person) && !has(part, &ours, &our_person) {
            put(part, Some((&theirs, &their_person)), &mut ours, &mut our_person);
            filled.parts.push((*part).to_owned());
        }
    }
    if our_person.phone.is_none() && their_person.phone.is_some() {
        filled.phone = theirs.person.phone.clone();
        our_person.phone = their_person.phone.take();
        write(tx, cx, vault, theirs, &their_person).await?;
    }
    if filled != Filled::default() {
        write(tx, cx, vault, ours, &our_person).await?;
    }
    Ok(filled)
}

/// Takes away again what [`fill`] wrote, where it still stands so.
///
/// Errors: `member_phone_taken` where somebody else has the phone now.
pub(crate) async fn unfill(tx: &mut Tx, cx: &Cx, vault: &Vault, from: MemberId, into: MemberId, filled: &Filled) -> Result<()> {
    if *filled == Filled::default() {
        return Ok(());
    }
    let (theirs, mut their_person) = opened(tx, cx, vault, from).await?;
    let (mut ours, mut our_person) = opened(tx, cx, vault, into).await?;
    for part in &filled.parts {
        if same(part, (&ours, &our_person), (&theirs, &their_person)) {
            put(part, None, &mut ours, &mut our_person);
        }
    }
    let phone = filled.phone.as_ref().map(|text| vault.open(cx.merchant, super::seal::PHONE, text)).transpose()?.map(Phone::sealed);
    if phone.is_some() && our_person.phone == phone {
        our_person.phone = None;
    }
    write(tx, cx, vault, ours, &our_person).await?;
    if phone.is_some() {
        their_person.phone = phone;
        write(tx, cx, vault, theirs, &their_person).await?;
    }
    Ok(())
}
