//! What a till takes along for when it is alone.

use super::OfflinePolicy;
use crate::book::{Books, SaleBook};
use crate::category::{self, Category};
use crate::order::store as orders;
use crate::product::{self, Product, SaleState, ops::Filter};
use crate::shift::ShiftPolicy;
use crate::tax::TaxPolicy;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use shuke_db::Tx;
use shuke_http::Vault;
use shuke_kernel::{Cx, Error, Instant, Limit, MerchantId, Money, Result, Uuid};
use shuke_ledger::{AccountKind, account};
use shuke_loyalty::rule::RoundingOff;
use shuke_loyalty::tier::{self, TierId, TierScheme};
use shuke_member::member::{self, View};
use shuke_member::{MemberBrief, MemberId};
use shuke_offer::offer::Offer;
use shuke_org::merchant::{self, Merchant};
use shuke_org::store::{self as stores, Store};
use shuke_org::till::Till;
use shuke_org::{TillId, setting};
use utoipa::ToSchema;

const PREFIX: &str = "SKO.";
/// How far a till's clock may be behind the server's when it fetched the snapshot.
const SKEW_MS: i64 = 5 * 60_000;
/// Who bought in this time is a recent member.
const RECENT_MS: i64 = 90 * 86_400_000;
/// Products that a till knows.
const PRODUCTS_MAX: usize = 20_000;

/// Which till may sell from when until when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    till: Uuid,
    from: Instant,
    until: Instant,
}

impl Token {
    fn signature(self, vault: &Vault, merchant: MerchantId) -> [u8; 16] {
        let (from, until) = (self.from.0.to_be_bytes(), self.until.0.to_be_bytes());
        vault.sign(merchant, "offline-snapshot", &[self.till.as_bytes(), &from, &until])
    }
    /// The token's text.
    fn text(self, vault: &Vault, merchant: MerchantId) -> String {
        let mac = URL_SAFE_NO_PAD.encode(self.signature(vault, merchant));
        format!("{PREFIX}{}.{}.{}.{mac}", self.till.simple(), self.from.0, self.until.0)
    }
    /// The token of a text that we signed.
    pub(super) fn read(vault: &Vault, merchant: MerchantId, text: &str) -> Option<Self> {
        let mut parts = text.strip_prefix(PREFIX)?.split('.');
        let till = Uuid::parse_str(parts.next()?).ok()?;
        let (from, until) = (Instant(parts.next()?.parse().ok()?), Instant(parts.next()?.parse().ok()?));
        let token = Self { till, from, until };
        let mac = URL_SAFE_NO_PAD.decode(parts.next()?).ok()?;
        let right = token.signature(vault, merchant);
        let differ = mac.iter().zip(&right).fold(u8::from(mac.len() != right.len()), |differ, (a, b)| differ | (a ^ b));
        (std::hint::black_box(differ) == 0 && parts.next().is_none()).then_some(token)
    }
    /// Whether a till may have sold by it at a moment.
    pub(super) fn covers(self, till: TillId, at: Instant) -> bool {
        self.till == till.0 && at.0 >= self.from.0 - SKEW_MS && at < self.until
    }
}

/// A price of the store's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SnapshotPrice {
    /// The variant.
    pub variant: Uuid,
    /// Minor units for one piece.
    pub price: Money,
}

/// The catalogue and the rules.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct SnapshotRules {
    /// The merchant, with its currency.
    pub merchant: Merchant,
    /// All categories.
    pub categories: Vec<Category>,
    /// What is on sale, with barcodes and initials, in the order of the initials; at most 20,000.
    pub products: Vec<Product>,
    /// Prices of the store's own, which come before those of the variants.
    pub store_prices: Vec<SnapshotPrice>,
    /// Published offers. A till alone applies those that ask nothing of a member's past and have no budget.
    pub offers: Vec<Offer>,
    /// The tiers, with what they take off.
    pub tiers: TierScheme,
    /// Down to which unit a total is rounded off.
    pub rounding: RoundingOff,
    /// How sales are taxed.
    pub tax: TaxPolicy,
    /// How shifts are kept.
    pub shift: ShiftPolicy,
}

/// A member that a till knows when it is alone.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct SnapshotMember {
    /// The member, masked: found by number, by the last four digits of the phone, by initials.
    pub member: MemberBrief,
    /// The initials of the name, lower case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub initials: Option<String>,
    /// The tier that holds.
    pub tier: Option<TierId>,
    /// Points that could be spent, for showing: none are spent offline.
    pub points: i64,
    /// What the wallet holds that can be spent, in minor units.
    pub wallet: Money,
}

/// What a till takes along.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Snapshot {
    /// To be sent with every sale that is made by it.
    pub token: String,
    /// When it was taken.
    pub issued_at: Instant,
    /// From this moment on the till may not sell alone.
    pub expires_at: Instant,
    /// What may be decided offline.
    pub policy: OfflinePolicy,
    /// The store.
    pub store: Store,
    /// The till.
    pub till: Till,
    /// The version of catalogue and rules: pass it as `book` next time.
    pub book: i64,
    /// The catalogue and the rules; left out where the till has those of this version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rules: Option<SnapshotRules>,
    /// The store's latest buyers, those who bought last first.
    pub members: Vec<SnapshotMember>,
}

/// Takes a snapshot for a till. `known` is the version of catalogue and rules that the till has; `identify` is whether
/// the caller may know members.
///
/// Errors: `store_not_found`.
pub async fn take(tx: &mut Tx, cx: &Cx, vault: &Vault, books: &Books, till: &Till, known: Option<i64>, identify: bool) -> Result<Snapshot> {
    let policy: OfflinePolicy = setting::ops::get(tx, cx.merchant).await?;
    let book = books.current(tx, cx.merchant).await?;
    let expires_at = cx.now.plus_ms(policy.hours * 3_600_000);
    let token = Token { till: till.id.0, from: cx.now, until: expires_at }.text(vault, cx.merchant);
    let rules = rules(tx, cx, &book, till).await?;
    let version = version(vault, cx.merchant, &rules)?;
    Ok(Snapshot {
        token,
        issued_at: cx.now,
        expires_at,
        policy,
        store: stores::ops::show(tx, cx, till.store).await?,
        book: version,
        rules: (known != Some(version)).then_some(rules),
        members: if identify { members(tx, cx, vault, &book, till, policy.members).await? } else { Vec::new() },
        till: till.clone(),
    })
}

/// A number that another catalogue, or other rules, do not have; small enough for a number of JavaScript.
fn version(vault: &Vault, merchant: MerchantId, rules: &SnapshotRules) -> Result<i64> {
    let content = serde_json::to_vec(rules).map_err(|error| Error::internal(error.to_string()))?;
    let [a, b, c, d, e, f, ..] = vault.sign(merchant, "snapshot-rules", &[&content]);
    Ok(i64::from_be_bytes([0, 0, a, b, c, d, e, f]))
}

async fn rules(tx: &mut Tx, cx: &Cx, book: &SaleBook, till: &Till) -> Result<SnapshotRules> {
    let filter = Filter { state: Some(SaleState::OnSale), ..Filter::default() };
    let (mut products, mut after): (Vec<Product>, Option<(String, Uuid)>) = (Vec::new(), None);
    loop {
        let page = product::ops::list(tx, cx, &filter, Limit::new(Some(200))?, after).await?;
        after = page.items.last().map(|product| (product.initials.clone(), product.id.0));
        products.extend(page.items);
        if page.next.is_none() || products.len() >= PRODUCTS_MAX {
            break;
        }
    }
    for variant in products.iter_mut().flat_map(|product| &mut product.variants) {
        // What goods cost the shop stays in the shop.
        variant.cost = None;
    }
    let prices = product::store::prices_of_store(tx, cx.merchant, till.store.0).await?;
    Ok(SnapshotRules {
        merchant: merchant::ops::show(tx, cx.merchant).await?,
        categories: category::store::all(tx, cx.merchant).await?,
        products,
        store_prices: prices.into_iter().map(|(variant, price)| SnapshotPrice { variant, price }).collect(),
        offers: book.offers.clone(),
        tiers: book.loyalty.scheme.clone(),
        rounding: book.loyalty.rounding,
        tax: book.tax,
        shift: book.shift,
    })
}

async fn members(tx: &mut Tx, cx: &Cx, vault: &Vault, book: &SaleBook, till: &Till, most: i64) -> Result<Vec<SnapshotMember>> {
    let buyers = orders::latest_buyers(tx, cx.merchant, till.store.0, cx.now.plus_ms(-RECENT_MS), most).await?;
    let mut briefs = member::ops::briefs(tx, cx, &buyers).await?;
    briefs.retain(|sealed| sealed.brief.is_active());
    let place = |id: MemberId| buyers.iter().position(|buyer| *buyer == id);
    briefs.sort_by_key(|sealed| place(sealed.brief.id));
    let mut stmts = Vec::with_capacity(briefs.len() * 3);
    for sealed in &briefs {
        let id = sealed.brief.id.0;
        stmts.extend(account::holdings_stmts(cx.merchant, id, false));
        stmts.push(tier::store::current_stmt(cx.merchant, id));
    }
    let answers = if stmts.is_empty() { Vec::new() } else { tx.batch(&stmts).await? };
    let today = book.zone(till.store.0).date(cx.now);
    let mut found = Vec::with_capacity(briefs.len());
    for (sealed, answer) in briefs.into_iter().zip(answers.chunks(3)) {
        let [accounts, lots, current] = answer else { break };
        let holdings = account::holdings_read(sealed.brief.id.0, accounts, lots)?;
        let held = |kind| holdings.available(kind, cx.now);
        found.push(SnapshotMember {
            initials: sealed.initials.clone(),
            tier: tier::store::effective_read(current, &book.loyalty.scheme, today)?,
            points: held(AccountKind::Points),
            wallet: Money(held(AccountKind::Principal) + held(AccountKind::Bonus)),
            member: sealed.view(vault, cx.merchant, View::Masked)?,
        });
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use shuke_kernel::Random;

    #[test]
    fn a_token_is_one_tills_and_one_times() {
        let vault = Vault::new([7; 32], Random::seeded(1));
        let (till, hour) = (TillId(Uuid::from_u128(5)), 3_600_000);
        let made = Token { till: till.0, from: Instant(hour), until: Instant(2 * hour) };
        let text = made.text(&vault, MerchantId(1));
        let read = Token::read(&vault, MerchantId(1), &text).unwrap();
        assert_eq!(read, made);
        let covers = |at| read.covers(till, Instant(at));
        assert_eq!([hour - SKEW_MS - 1, hour - SKEW_MS, 2 * hour - 1, 2 * hour].map(covers), [false, true, true, false]);
        assert!(!read.covers(TillId(Uuid::from_u128(6)), Instant(hour)));
        let longer = text.replace(&(2 * hour).to_string(), &(3 * hour).to_string());
        for forged in [longer.as_str(), "", "SKO.", &format!("{text}.x"), &text[..text.len() - 2]] {
            assert_eq!(Token::read(&vault, MerchantId(1), forged), None, "{forged}");
        }
        assert_eq!(Token::read(&vault, MerchantId(2), &text), None);
    }
}
