//! Customers of the other system, found as members or enrolled: by the number that it knew them by, which
//! becomes the number of a card, or by their phone.

use super::ground::Ground;
use super::phone;
use shuke_db::{Db, Tx};
use shuke_kernel::{Date, Error, Result};
use shuke_member::MemberId;
use shuke_member::card::CardNumber;
use shuke_member::member::{Enrol, EnrolOutcome, Person, Phone, Region, ops as members};
use shuke_org::StoreId;
use std::collections::HashMap;

/// Fewest characters of a card's number; shorter customer numbers get zeros in front.
const CARD_CHARS_MIN: usize = 4;
/// Most characters of a region's name.
const REGION_CHARS_MAX: usize = 60;

/// How a file names its customers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Customers {
    /// By a number of its own.
    Numbers,
    /// By their phones.
    Phones,
}

/// A customer who is to become a member.
#[derive(Clone, Debug)]
pub(super) struct Newcomer {
    /// The customer's name in the file, as [`Customers::name`] gives it.
    pub name: String,
    /// The region that the file tells.
    pub region: String,
    /// The day of the first order.
    pub joined_on: Date,
    /// Its store, by place in the list of stores.
    pub shop: usize,
}

impl Customers {
    /// By phones where every one of these is a phone.
    pub(super) fn of<'a>(sample: impl Iterator<Item = &'a str>) -> Self {
        let mut any = false;
        for text in sample {
            if phone::parse(text).is_err() {
                return Self::Numbers;
            }
            any = true;
        }
        if any { Self::Phones } else { Self::Numbers }
    }

    /// The one spelling of a customer.
    ///
    /// Errors: `card_number_malformed`, `phone_malformed` and the like.
    pub(super) fn name(self, text: &str) -> Result<String> {
        match self {
            Self::Phones => phone::parse(text),
            Self::Numbers => card_number(text).map(|number| number.as_str().to_owned()),
        }
    }

    /// The members whom these names belong to.
    pub(super) async fn known(self, db: &Db, ground: &Ground, names: &[&str]) -> Result<HashMap<String, MemberId>> {
        let input = (self, ground, names);
        db.read(&input, |tx, (customers, ground, names)| Box::pin(customers.find(tx, ground, names))).await
    }

    async fn find(self, tx: &mut Tx, ground: &Ground, names: &[&str]) -> Result<HashMap<String, MemberId>> {
        if self == Self::Phones {
            let phones = names.iter().map(|name| Phone::parse(name, "CN")).collect::<Result<Vec<_>>>()?;
            let found = members::by_phones(tx, &ground.cx, &ground.vault, &phones).await?;
            return Ok(found.into_iter().map(|(phone, id)| (phone.as_str().to_owned(), id)).collect());
        }
        let numbers = names.iter().map(|name| CardNumber::parse(name)).collect::<Result<Vec<_>>>()?;
        let found = members::by_cards(tx, &ground.cx, &numbers).await?;
        Ok(found.into_iter().map(|(number, id)| (number.as_str().to_owned(), id)).collect())
    }

    /// Enrols customers; one who has become a member meanwhile is taken as found.
    pub(super) async fn enrol(
        self,
        tx: &mut Tx,
        ground: &Ground,
        newcomers: &[Newcomer],
        store: impl Fn(usize) -> Option<StoreId>,
    ) -> Result<HashMap<String, MemberId>> {
        let enrol = |newcomer: &Newcomer| {
            let (phone, card_number) = match self {
                Self::Phones => (Some(Phone::parse(&newcomer.name, "CN")?), None),
                Self::Numbers => (None, Some(CardNumber::parse(&newcomer.name)?)),
            };
            let region: String = newcomer.region.chars().filter(|c| !c.is_control()).take(REGION_CHARS_MAX).collect();
            Ok(Enrol {
                person: Person { phone, ..Person::default() },
                region: Region { province: Some(region).filter(|name| !name.is_empty()), city: None, district: None },
                source: Some("import".to_owned()),
                home_store: store(newcomer.shop),
                joined_on: Some(newcomer.joined_on),
                card_number,
                ..Enrol::default()
            })
        };
        let inputs = newcomers.iter().map(enrol).collect::<Result<Vec<Enrol>>>()?;
        let outcomes = members::enrol_many(tx, &ground.cx, &ground.vault, &inputs).await?;
        let mut made = HashMap::with_capacity(newcomers.len());
        for (newcomer, outcome) in newcomers.iter().zip(outcomes) {
            let id = match outcome {
                EnrolOutcome::Enrolled(enrolled) => enrolled.id,
                EnrolOutcome::Known { id, .. } => id,
                EnrolOutcome::Refused(error) => return Err(error),
            };
            made.insert(newcomer.name.clone(), id);
        }
        Ok(made)
    }
}

/// A customer's number as that of a card: without the `.0` that a spreadsheet program puts behind it.
///
/// Errors: `card_number_malformed`.
pub(super) fn card_number(text: &str) -> Result<CardNumber> {
    let bare = text.strip_suffix(".0").filter(|rest| rest.bytes().all(|b| b.is_ascii_digit())).unwrap_or(text);
    let wide = format!("{bare:0>CARD_CHARS_MIN$}");
    let malformed = |_| Error::invalid("card_number_malformed", format!("{text:?} can't be a card's number: 4 to 32 letters and digits"));
    CardNumber::parse(&wide).map_err(malformed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_names_customers_by_phone_or_by_number() {
        assert_eq!(Customers::of(["13800138000", "138 0013 8001"].into_iter()), Customers::Phones);
        assert_eq!(Customers::of(["13800138000", "17850"].into_iter()), Customers::Numbers);
        assert_eq!(Customers::of(std::iter::empty()), Customers::Numbers);
        assert_eq!(Customers::Phones.name("138-0013-8000").unwrap(), "+8613800138000");
        assert_eq!(Customers::Numbers.name("17850.0").unwrap(), "17850");
        assert_eq!(Customers::Numbers.name("17").unwrap(), "0017");
        assert_eq!(Customers::Numbers.name("会员一").unwrap_err().code(), "card_number_malformed");
    }
}
