//! Members: profile, card, tags, tier and opening balances, one member a row.
//!
//! Somebody who is a member already, by phone or by card, is left as they are and reported with the
//! line; so is a phone or card that stands in the file twice. Tags that don't exist are made.

use super::balances::{BalanceColumns, Wanted, cell, counted, opening};
use super::dates::{self, DateOrder};
use super::ground::{Ground, Shop, open_shops};
use super::people::{Customers, card_number};
use super::task::{Effects, Planned, Refusal};
use super::values::{self, narrow};
use super::{Mapping, Row, phone};
use crate::export::word;
use shuke_db::{Db, Tx};
use shuke_kernel::{Cx, Date, Error, Limit, Result, Uuid, time};
use shuke_ledger::journal::ops as journal;
use shuke_loyalty::tier::{TierId, TierScheme, ops as tiers};
use shuke_member::MemberId;
use shuke_member::member::{Birthday, Enrol, EnrolOutcome, EnrolRequest, Gender, Region, ops as members};
use shuke_member::tag::{TagDraft, TagId, ops as tags};
use shuke_org::setting;
use std::collections::{BTreeMap, HashMap};

/// For how long a tier that the file gives is kept, before purchases decide.
const TIER_MONTHS: i32 = 12;

struct Columns {
    phone: Option<usize>,
    name: Option<usize>,
    card_number: Option<usize>,
    birthday: Option<usize>,
    gender: Option<usize>,
    tier: Option<usize>,
    tags: Option<usize>,
    joined_on: Option<usize>,
    store: Option<usize>,
    note: Option<usize>,
    email: Option<usize>,
    birthday_calendar: Option<usize>,
    source: Option<usize>,
    region: [Option<usize>; 3],
}

/// A member of the batch.
struct Draft {
    row: usize,
    line: u64,
    enrol: Enrol,
    phone: Option<String>,
    card: Option<String>,
    shop: Option<usize>,
    tags: Vec<String>,
    tier: Option<String>,
    balances: Vec<Wanted>,
}

/// The work on a file of members.
pub(super) struct Members {
    columns: Columns,
    balances: BalanceColumns,
    order: DateOrder,
    shops: Vec<Shop>,
    shops_known: bool,
    /// Lines by phone and card, as far as this start has read.
    seen: HashMap<String, u64>,
    drafts: Vec<Draft>,
    /// Tags and tiers by name, as they were when the batch was planned.
    tags: BTreeMap<String, Option<TagId>>,
    tiers: BTreeMap<String, TierId>,
}

impl Members {
    pub(super) fn new(mapping: &Mapping, sample: &[Row]) -> Result<Self> {
        let columns = Columns {
            phone: mapping.column("phone"),
            name: mapping.column("name"),
            card_number: mapping.column("card_number"),
            birthday: mapping.column("birthday"),
            gender: mapping.column("gender"),
            tier: mapping.column("tier"),
            tags: mapping.column("tags"),
            joined_on: mapping.column("joined_on"),
            store: mapping.column("store"),
            note: mapping.column("note"),
            email: mapping.column("email"),
            birthday_calendar: mapping.column("birthday_calendar"),
            source: mapping.column("source"),
            region: ["province", "city", "district"].map(|field| mapping.column(field)),
        };
        let dates = [columns.birthday, columns.joined_on];
        let order = DateOrder::of(sample.iter().flat_map(|row| dates.map(|column| cell(row, column))))?;
        Ok(Self {
            columns,
            balances: BalanceColumns::of(mapping, sample)?,
            order,
            shops: Vec::new(),
            shops_known: false,
            seen: HashMap::new(),
            drafts: Vec::new(),
            tags: BTreeMap::new(),
            tiers: BTreeMap::new(),
        })
    }

    pub(super) fn begin(&mut self, _run: Uuid, _resumed: bool, _dry: bool) {
        self.seen.clear();
    }

    pub(super) fn clear(&mut self) {
        self.drafts.clear();
    }

    pub(super) fn take(&mut self, ground: &Ground, index: usize, row: &Row) -> Result<()> {
        if !self.shops_known {
            self.shops.clone_from(&ground.shops);
            self.shops_known = true;
        }
        let columns = &self.columns;
        let phone = values::optional(cell(row, columns.phone), phone::parse)?;
        let card = values::optional(cell(row, columns.card_number), card_number)?.map(|card| card.as_str().to_owned());
        if phone.is_none() && card.is_none() {
            return Err(Error::invalid("member_unidentifiable", "the row has neither a phone nor a card number"));
        }
        for key in [&phone, &card].into_iter().flatten() {
            if let Some(line) = self.seen.get(key).filter(|line| **line != row.line()) {
                return Err(Error::conflict("member_twice", format!("line {line} has the same phone or card number")));
            }
        }
        let enrol = self.request(ground, row, phone.clone(), card.clone())?.parse(&ground.members, ground.members.today(&ground.cx))?;
        let balances = self.balances.read(ground, row)?;
        let shop = self.shop(ground, cell(row, self.columns.store))?;
        for key in [&phone, &card].into_iter().flatten() {
            self.seen.insert(key.clone(), row.line());
        }
        let tier = Some(cell(row, self.columns.tier)).filter(|name| !name.is_empty()).map(str::to_owned);
        self.drafts.push(Draft {
            row: index,
            line: row.line(),
            enrol: Enrol { id: Some(ground.cx.id()), ..enrol },
            phone,
            card,
            shop,
            tags: values::list(cell(row, self.columns.tags)),
            tier,
            balances,
        });
        Ok(())
    }

    fn request(&self, ground: &Ground, row: &Row, phone: Option<String>, card_number: Option<String>) -> Result<EnrolRequest> {
        let columns = &self.columns;
        let [province, city, district] = columns.region;
        let text = |column| Some(cell(row, column)).filter(|text| !text.is_empty()).map(str::to_owned);
        let lunar = word::meant("members", "birthday_calendar", cell(row, columns.birthday_calendar)) == Some("lunar");
        let (birthday, birthday_lunar) = self.birthday(cell(row, columns.birthday), lunar)?;
        let gender = values::gender(cell(row, columns.gender))?.map(|gender| match gender {
            values::Gender::Female => Gender::Female,
            values::Gender::Male => Gender::Male,
            values::Gender::Other => Gender::Other,
        });
        let joined_on = values::optional(cell(row, columns.joined_on), |text| dates::date(text, self.order))?;
        Ok(EnrolRequest {
            phone,
            name: text(columns.name),
            email: text(columns.email),
            note: text(columns.note),
            birthday,
            birthday_lunar,
            gender,
            source: match columns.source {
                Some(_) => text(columns.source).map(|text| word::meant("members", "source", &text).map_or(text, str::to_owned)),
                None => Some("import".to_owned()),
            },
            region: Region { province: text(province), city: text(city), district: text(district) },
            joined_on: joined_on.map(|day| day.min(ground.members.today(&ground.cx))),
            card_number,
            ..EnrolRequest::default()
        })
    }

    /// `1990-08-15`, `--08-15` or `8月15日`; 农历 or 阴历 before it says that it is lunar, where no column does.
    fn birthday(&self, text: &str, lunar: bool) -> Result<(Option<String>, bool)> {
        if text.is_empty() {
            return Ok((None, false));
        }
        let text = narrow(text);
        let bare = text.trim().trim_start_matches("农历").trim_start_matches("阴历").trim();
        let lunar = lunar || bare.len() < text.trim().len();
        // A lunar month has days that the solar one of its number may lack: 30 February.
        if lunar && Birthday::parse(bare, true).is_ok() {
            return Ok((Some(bare.to_owned()), true));
        }
        let yearless = bare.trim_start_matches("--").replace(['月', '/', '.'], "-").replace(['日', '号'], "");
        let parts: Vec<&str> = yearless.split('-').collect();
        if let [month, day] = parts[..]
            && let (Ok(month), Ok(day)) = (month.parse::<u8>(), day.parse::<u8>())
        {
            return Ok((Some(format!("--{month:02}-{day:02}")), lunar));
        }
        Ok((Some(dates::date(bare, self.order)?.to_string()), lunar))
    }

    fn shop(&mut self, ground: &Ground, name: &str) -> Result<Option<usize>> {
        let name = if name.is_empty() { ground.store.as_deref() } else { Some(name) };
        let Some(name) = name else { return Ok(None) };
        if let Some(index) = self.shops.iter().position(|shop| shop.name == name) {
            return Ok(Some(index));
        }
        self.shops.push(Shop::wanted(name, &ground.zone)?);
        Ok(Some(self.shops.len() - 1))
    }

    pub(super) async fn plan(&mut self, db: Option<&Db>, ground: &Ground) -> Result<Planned> {
        let mut planned = Planned::default();
        let (mut by_phone, mut by_card) = (HashMap::new(), HashMap::new());
        self.tags.clear();
        if let Some(db) = db {
            let names = |of: fn(&Draft) -> Option<&str>| self.drafts.iter().filter_map(of).collect::<Vec<_>>();
            by_phone = Customers::Phones.known(db, ground, &names(|draft| draft.phone.as_deref())).await?;
            by_card = Customers::Numbers.known(db, ground, &names(|draft| draft.card.as_deref())).await?;
            (self.tags, self.tiers) = db.read(&ground.cx, |tx, cx| Box::pin(configured(tx, cx))).await?;
        }
        let known = |draft: &Draft| {
            let by = |found: &HashMap<String, MemberId>, key: &Option<String>| key.as_ref().and_then(|key| found.get(key)).copied();
            by(&by_phone, &draft.phone).or(by(&by_card, &draft.card))
        };
        let (tags, tiers) = (&self.tags, &self.tiers);
        let fault = |draft: &Draft| {
            if known(draft).is_some() {
                return Some(Error::conflict(
                    "member_there",
                    "somebody with this phone or card number is a member already, and was left as they are",
                ));
            }
            if let Some(tag) = draft.tags.iter().find(|tag| tags.get(*tag).is_some_and(Option::is_none)) {
                return Some(Error::refused("tag_not_manual", format!("the tag {tag:?} is given by a rule, or archived")));
            }
            let tier = draft.tier.as_ref().filter(|tier| !tiers.contains_key(*tier) && db.is_some())?;
            Some(Error::refused(
                "tier_unknown",
                format!("there is no tier {tier:?}; make it first, or leave the column out with --map tier="),
            ))
        };
        self.drafts.retain(|draft| match fault(draft) {
            None => true,
            Some(error) => {
                if error.code() == "member_there" {
                    planned.counts.push(("members_there", 1));
                    planned.there.push(format!("line {}", draft.line));
                }
                planned.refusals.push(Refusal { row: draft.row, error });
                false
            }
        });
        planned.counts.push(("members_new", i64::try_from(self.drafts.len()).unwrap_or(i64::MAX)));
        for draft in &self.drafts {
            let id = draft.enrol.id.unwrap_or(MemberId(Uuid::nil()));
            let openings: Vec<_> = draft.balances.iter().map(|wanted| opening(ground, id, wanted)).collect();
            planned.counts.extend(counted(&openings));
        }
        Ok(planned)
    }

    pub(super) async fn write(&self, tx: &mut Tx, ground: &Ground) -> Result<Effects> {
        let cx = &ground.cx;
        let shops = open_shops(tx, cx, &self.shops).await?;
        let mut tag_ids: BTreeMap<&str, TagId> = self.tags.iter().filter_map(|(name, id)| Some((name.as_str(), (*id)?))).collect();
        for name in self.drafts.iter().flat_map(|draft| &draft.tags) {
            if !tag_ids.contains_key(name.as_str()) {
                let draft = TagDraft { name: name.clone(), rule: None, archived: false };
                tag_ids.insert(name, tags::create(tx, cx, &draft).await?.id);
            }
        }
        let enrol = |draft: &Draft| Enrol {
            home_store: draft.shop.and_then(|shop| shops[shop].id),
            tags: draft.tags.iter().filter_map(|name| tag_ids.get(name.as_str()).copied()).collect(),
            ..draft.enrol.clone()
        };
        let inputs: Vec<Enrol> = self.drafts.iter().map(enrol).collect();
        let outcomes = members::enrol_many(tx, cx, &ground.vault, &inputs).await?;
        let mut openings = Vec::new();
        for (draft, outcome) in self.drafts.iter().zip(outcomes) {
            let member = match outcome {
                EnrolOutcome::Enrolled(enrolled) => enrolled.id,
                EnrolOutcome::Known { .. } => {
                    let detail = format!("line {}: somebody enrolled this member just now; start the import again", draft.line);
                    return Err(Error::conflict("member_there", detail));
                }
                EnrolOutcome::Refused(error) => return Err(error),
            };
            openings.extend(draft.balances.iter().map(|wanted| opening(ground, member, wanted)));
            if let Some(tier) = draft.tier.as_ref().and_then(|name| self.tiers.get(name)) {
                let locked_until = time::add_months(ground.members.today(cx), TIER_MONTHS);
                tiers::set_by_hand(tx, cx, member.0, &by_hand(*tier, locked_until)).await?;
            }
        }
        journal::open_many(tx, cx, &openings).await?;
        Ok(Effects { shops, ..Effects::default() })
    }

    pub(super) fn committed(&mut self, effects: Effects) {
        self.shops = effects.shops;
    }

    pub(super) fn pretended(&mut self) {}
}

fn by_hand(tier: TierId, locked_until: Date) -> tiers::TierByHand {
    tiers::TierByHand { tier: Some(tier), locked_until, reason: "import".to_owned() }
}

/// The tags and tiers that there are, by name; a tag that nobody may give stands without an id.
async fn configured(tx: &mut Tx, cx: &Cx) -> Result<(BTreeMap<String, Option<TagId>>, BTreeMap<String, TierId>)> {
    let mut found = BTreeMap::new();
    let mut after = None;
    loop {
        let page = tags::list(tx, cx, after, Limit::new(Some(200))?).await?;
        for tag in &page.items {
            found.insert(tag.name.clone(), Some(tag.id).filter(|_| tag.rule.is_none() && !tag.archived));
        }
        after = page.items.last().map(|tag| tag.id);
        if page.next.is_none() {
            break;
        }
    }
    let scheme: TierScheme = setting::ops::get(tx, cx.merchant).await?;
    Ok((found, scheme.tiers.into_iter().map(|tier| (tier.name, tier.id)).collect()))
}
