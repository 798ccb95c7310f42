//! Members as values: the record with its sealed texts, the person inside it, and what a caller may
//! see of them.

use super::birthday::Birthday;
use super::name;
use super::phone::Phone;
use crate::purchase::Totals;
use crate::stage::Stage;
use serde::{Deserialize, Serialize};
use shuke_http::{Caller, Permission, Vault};
use shuke_kernel::{Date, Error, Instant, MerchantId, Money, Result, id, text_enum};
use shuke_org::StoreId;
use utoipa::ToSchema;

id!(MemberId, "A member.");

text_enum! {
    /// Whether a member is one person.
    pub enum MemberKind {
        /// A person.
        Individual = "individual",
        /// A household or a company.
        Group = "group",
    }
}

text_enum! {
    /// Whether a member may be used.
    pub enum MemberState {
        /// May buy and spend.
        Active = "active",
        /// May be seen, may not spend.
        Frozen = "frozen",
        /// The person is gone, the numbers stay.
        Erased = "erased",
        /// Merged into another member, whom everything now belongs to.
        Merged = "merged",
    }
}

text_enum! {
    /// A member's gender, where they say it.
    pub enum Gender {
        /// 女.
        Female = "female",
        /// 男.
        Male = "male",
        /// Another one.
        Other = "other",
    }
}

/// How much of a person a caller sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// Nothing personal: callers without `member:identify`, such as analysts.
    Nothing,
    /// Enough to address somebody: 王*芳, 138****0042.
    Masked,
    /// Everything; only with `member:reveal`, and the look is recorded.
    Full,
}

impl View {
    /// What a caller sees without asking for more.
    pub fn of(caller: &Caller) -> Self {
        if caller.permissions.has(Permission::MemberIdentify) { Self::Masked } else { Self::Nothing }
    }
}

/// The names of the sealed columns; each is authenticated with its text.
pub(crate) mod seal {
    pub const PHONE: &str = "member.phone";
    pub const NAME: &str = "member.name";
    pub const EMAIL: &str = "member.email";
    pub const NOTE: &str = "member.note";
    pub const BIRTHDAY: &str = "member.birthday";
    pub const DEPENDENT: &str = "dependent.name";
}

/// Where a member lives, as coarse as the merchant likes: names or codes of the region tree.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Region {
    /// 省.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub province: Option<String>,
    /// 市.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// 区、县.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub district: Option<String>,
}

/// What a member's purchases add up to, and the stage that follows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stat {
    /// Purchases that count: not refunded wholly.
    pub orders: i64,
    /// Their sum, net of refunds.
    pub amount: Money,
    /// Local date of the first purchase.
    pub first_purchase_on: Option<Date>,
    /// Local date of the last one.
    pub last_purchase_on: Option<Date>,
    /// The stage.
    pub stage: Stage,
    /// Since when.
    pub stage_since: Date,
    /// The day on which the stage changes if nothing is bought.
    pub stage_due_on: Option<Date>,
}

impl Stat {
    /// Nothing bought yet.
    pub fn none(since: Date) -> Self {
        Self {
            orders: 0,
            amount: Money::ZERO,
            first_purchase_on: None,
            last_purchase_on: None,
            stage: Stage::Prospect,
            stage_since: since,
            stage_due_on: None,
        }
    }
    /// The figures without the stage.
    pub(crate) fn totals(&self) -> Totals {
        Totals { orders: self.orders, amount: self.amount, first_on: self.first_purchase_on, last_on: self.last_purchase_on }
    }
}

/// A member's record. Personal texts are sealed.
#[derive(Clone, Debug)]
pub struct Member {
    /// The id.
    pub id: MemberId,
    /// The number that people see.
    pub number: String,
    /// One person, or a group.
    pub kind: MemberKind,
    /// Active, frozen or erased.
    pub state: MemberState,
    /// The sealed person.
    pub person: SealedPerson,
    /// Gender.
    pub gender: Option<Gender>,
    /// Region.
    pub region: Region,
    /// Where the member came from: `store`, `wechat`, `referral`, …
    pub source: Option<String>,
    /// The store that the member belongs to.
    pub home_store: Option<StoreId>,
    /// Local date of the enrolment.
    pub joined_on: Date,
    /// When the record was made.
    pub created_at: Instant,
    /// When it was last changed.
    pub changed_at: Instant,
    /// The member into whom this one was merged.
    pub merged_into: Option<MemberId>,
    /// Purchases and stage.
    pub stat: Stat,
}

/// Personal texts as the database holds them.
#[derive(Clone, Debug, Default)]
pub struct SealedPerson {
    /// Sealed E.164.
    pub phone: Option<String>,
    /// Sealed name.
    pub name: Option<String>,
    /// Sealed address.
    pub email: Option<String>,
    /// Sealed note.
    pub note: Option<String>,
    /// Sealed birthday.
    pub birthday: Option<String>,
    /// Whether the birthday is lunar.
    pub birthday_lunar: bool,
}

/// Personal texts in the clear.
#[derive(Clone, Debug, Default)]
pub struct Person {
    /// The phone number.
    pub phone: Option<Phone>,
    /// The name.
    pub name: Option<String>,
    /// The e-mail address.
    pub email: Option<String>,
    /// The note.
    pub note: Option<String>,
    /// The birthday.
    pub birthday: Option<Birthday>,
}

impl SealedPerson {
    /// Opens everything.
    pub fn open(&self, vault: &Vault, merchant: MerchantId) -> Result<Person> {
        let open = |field: &str, sealed: &Option<String>| sealed.as_ref().map(|text| vault.open(merchant, field, text)).transpose();
        let birthday = open(seal::BIRTHDAY, &self.birthday)?;
        Ok(Person {
            phone: open(seal::PHONE, &self.phone)?.map(Phone::sealed),
            name: open(seal::NAME, &self.name)?,
            email: open(seal::EMAIL, &self.email)?,
            note: open(seal::NOTE, &self.note)?,
            birthday: birthday.map(|text| Birthday::parse(&text, self.birthday_lunar)).transpose()?,
        })
    }
}

/// What a caller sees of a person: in full, masked, or nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PersonView {
    /// The name, or 王*芳.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// E.164, or 138****0042.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// The address, or j****@example.com.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The note; never masked, only there in full.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// `1990-08-15` or `--08-15`; masked, the month only: `--08`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub birthday: Option<String>,
    /// Whether the birthday is counted in the lunar calendar.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub birthday_lunar: Option<bool>,
    /// Whole years, where the year is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub age_years: Option<i64>,
}

impl Person {
    /// What a view shows.
    pub fn view(&self, view: View, today: Date) -> PersonView {
        match view {
            View::Nothing => PersonView::default(),
            View::Masked => PersonView {
                name: self.name.as_deref().map(name::masked),
                phone: self.phone.as_ref().map(Phone::masked),
                email: self.email.as_deref().map(masked_email),
                note: None,
                birthday: self.birthday.map(|birthday| format!("--{:02}", birthday.month)),
                birthday_lunar: self.birthday.map(|birthday| birthday.lunar),
                age_years: None,
            },
            View::Full => PersonView {
                name: self.name.clone(),
                phone: self.phone.as_ref().map(|phone| phone.as_str().to_owned()),
                email: self.email.clone(),
                note: self.note.clone(),
                birthday: self.birthday.map(|birthday| birthday.to_string()),
                birthday_lunar: self.birthday.map(|birthday| birthday.lunar),
                age_years: self.birthday.and_then(|birthday| birthday.age_on(today)),
            },
        }
    }
}

fn masked_email(email: &str) -> String {
    match email.split_once('@') {
        Some((local, domain)) => format!("{}****@{domain}", local.chars().next().unwrap_or('*')),
        None => "****".to_owned(),
    }
}

/// A member in a list or at the till.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MemberBrief {
    /// The id.
    pub id: MemberId,
    /// The number that people see.
    pub number: String,
    /// One person, or a group.
    pub kind: MemberKind,
    /// Active, frozen or erased.
    pub state: MemberState,
    /// The name, masked as the caller's role asks; absent for those who may see none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The phone, masked likewise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// The stage.
    pub stage: Stage,
    /// Purchases that count.
    pub orders: i64,
    /// Their sum, net of refunds, in minor units.
    pub amount: Money,
    /// Local date of the last purchase.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub last_purchase_on: Option<Date>,
    /// The store that the member belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub home_store: Option<StoreId>,
}

impl MemberBrief {
    /// Whether the member may buy and spend.
    pub fn is_active(&self) -> bool {
        self.state == MemberState::Active
    }
}

/// A brief as the database holds it: name and phone sealed, the initials as the list's key.
#[derive(Clone, Debug)]
pub struct SealedBrief {
    /// Everything but name and phone.
    pub brief: MemberBrief,
    /// Sealed name.
    pub name: Option<String>,
    /// Sealed phone.
    pub phone: Option<String>,
    /// The key that a search by initials is ordered by.
    pub initials: Option<String>,
}

impl SealedBrief {
    /// The brief as a view shows it.
    pub fn view(self, vault: &Vault, merchant: MerchantId, view: View) -> Result<MemberBrief> {
        let mut brief = self.brief;
        if view != View::Nothing {
            let name = self.name.map(|text| vault.open(merchant, seal::NAME, &text)).transpose()?;
            let phone = self.phone.map(|text| vault.open(merchant, seal::PHONE, &text)).transpose()?.map(Phone::sealed);
            let full = view == View::Full;
            brief.name = name.map(|name| if full { name } else { name::masked(&name) });
            brief.phone = phone.map(|phone| if full { phone.as_str().to_owned() } else { phone.masked() });
        }
        Ok(brief)
    }
}

/// The error for an id that names no member of this merchant.
pub fn not_found() -> Error {
    Error::not_found("member_not_found", "there is no such member")
}
