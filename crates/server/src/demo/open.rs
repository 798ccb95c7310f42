//! Opening the shop: everything that is there before the first customer comes, in one transaction.
//! A shop is there wholly or not at all, so an interrupted first start begins again from nothing.

use super::dice::{random, uuid};
use super::goods::{Line, Range};
use super::policy::Rules;
use super::script::{Script, Story};
use super::{Progress, ROLES, ZONE};
use shuke_db::Tx;
use shuke_http::{AppInner, Role};
use shuke_kernel::{Cx, Error, Instant, MerchantId, Result, Uuid, Zone};
use shuke_loyalty::{template, wallet};
use shuke_member::consent::{self, TermsDraft};
use shuke_member::field::{self, FieldDraft, FieldKind};
use shuke_member::tag;
use shuke_offer::offer;
use shuke_org::merchant::{self, Founding, Owner};
use shuke_org::message::{MessagePolicy, SmsWay};
use shuke_org::staff::{self, NewStaff, Password, PasswordHash, Username};
use shuke_org::store::{self, StoreDraft};
use shuke_org::till::{self, TillDraft};
use shuke_org::{StoreId, Trade, fixture, preset, setting};
use shuke_sales::category::{self, CategoryId};
use shuke_sales::product::{self, ProductId, ProductKind, VariantId};
use std::collections::BTreeMap;

/// The number of the demo's merchant.
const FIRST: MerchantId = MerchantId(1);

/// Stores: name and district.
const STORES: [(&str, &str); 3] = [("静安店", "静安区"), ("徐汇店", "徐汇区"), ("浦东店", "浦东新区")];

/// When the shop is opened: early on its first day.
pub(super) fn opening(story: &Story, zone: &Zone) -> Instant {
    zone.start(story.first).plus_ms(7 * 3_600_000)
}

/// The id of the variant with a place in the range.
pub(super) fn variant_id(story: &Story, zone: &Zone, place: usize) -> Uuid {
    uuid(story.seed, "variant", u64::try_from(place).unwrap_or(0), opening(story, zone))
}

fn category_id(story: &Story, at: Instant, key: &str) -> Uuid {
    let place = preset::of(story.trade).categories.iter().position(|category| category.key == key);
    uuid(story.seed, "category", u64::try_from(place.unwrap_or(usize::MAX)).unwrap_or(0), at)
}

/// The rules of the shop.
pub(super) fn rules<'s>(story: &'s Story, zone: &Zone) -> Rules<'s> {
    let at = opening(story, zone);
    let (thin, double) = match story.trade {
        Trade::MotherAndBaby => ("formula", "mother"),
        Trade::Beauty => ("device", "skincare"),
        Trade::Fashion => ("service", "accessory"),
        Trade::Grocery => ("staple", "fresh"),
    };
    Rules { story, at, thin: Some(category_id(story, at, thin)), double: Some(category_id(story, at, double)) }
}

struct Opening<'a> {
    story: &'a Story,
    zone: &'a Zone,
    range: &'a Range,
    hash: &'a PasswordHash,
}

/// Founds the shop, if nobody has meanwhile.
///
/// Errors: `merchant_pkey` where there is a merchant already.
pub(super) async fn open(app: &AppInner, story: &Story, zone: &Zone) -> Result<MerchantId> {
    let hash = Password::parse(fixture::PASSWORD, "")?.hash(&app.random).await?;
    let range = Range::of(story.trade);
    let opening = Opening { story, zone, range: &range, hash: &hash };
    app.db.write(&opening, |tx, opening| Box::pin(opening.open(tx))).await
}

const fn merchant_name(trade: Trade) -> &'static str {
    match trade {
        Trade::MotherAndBaby => "熟客母婴",
        Trade::Beauty => "熟客美肤",
        Trade::Fashion => "熟客衣橱",
        Trade::Grocery => "熟客超市",
    }
}

impl Opening<'_> {
    /// A context of its own for each thing: its ids come out the same however often it is tried.
    fn cx(&self, purpose: &str, index: u64) -> Cx {
        // A second for each, so that lists in the order of ids are in the order of this file.
        let at = opening(self.story, self.zone).plus_ms(i64::try_from(index).unwrap_or(0) * 1_000);
        Cx::system(FIRST, at, random(self.story.seed, purpose, index))
    }

    async fn open(&self, tx: &mut Tx) -> Result<MerchantId> {
        let cx = self.cx("founding", 0);
        let owner = Owner { username: Username::parse(Role::Owner.as_str())?, name: ROLES[0].2.to_owned(), password: self.hash.clone() };
        let name = merchant_name(self.story.trade);
        let mut founding = Founding::new(name, self.story.trade, "CNY", ZONE, STORES[0].0, owner)?;
        founding.number = Some(FIRST);
        let founded = merchant::ops::found(tx, cx.now, &cx.random, &founding).await?;
        let stores = self.stores(tx, founded.store).await?;
        self.staff(tx, &stores).await?;
        self.settings(tx).await?;
        self.catalogue(tx).await?;
        self.members(tx).await?;
        self.benefits(tx).await?;
        let cx = self.cx("progress", 0);
        setting::ops::put(tx, &cx, &Progress { story: Some(self.story.clone()), closed: None }).await?;
        Ok(FIRST)
    }

    async fn stores(&self, tx: &mut Tx, first: StoreId) -> Result<Vec<StoreId>> {
        let mut stores = vec![first];
        for (index, (name, district)) in (0_u64..).zip(STORES) {
            let address = format!("上海市{district}示例路{}号", 18 + index * 70);
            let draft = StoreDraft { region: "上海".to_owned(), address, ..StoreDraft::named(name) };
            let cx = self.cx("store", index);
            match index {
                0 => store::ops::change(tx, &cx, first, &draft).await.map(|_| ())?,
                _ => stores.push(store::ops::create(tx, &cx, &draft).await?.id),
            }
        }
        for (index, store) in (0_u64..).zip(&stores) {
            let cx = self.cx("till", index);
            till::ops::create(tx, &cx, &TillDraft { store: *store, name: "前台".to_owned(), active: true }).await?;
        }
        Ok(stores)
    }

    async fn staff(&self, tx: &mut Tx, stores: &[StoreId]) -> Result<()> {
        for (index, (username, role, name, at)) in (0_u64..).zip(ROLES).skip(1) {
            let stores = at.and_then(|place| stores.get(place)).map(|store| vec![*store]);
            let username = Username::parse(username)?;
            let new = NewStaff { username, name: name.to_owned(), role, stores, password: self.hash.clone() };
            staff::ops::create(tx, &self.cx("staff", index), &new).await?;
        }
        Ok(())
    }

    async fn settings(&self, tx: &mut Tx) -> Result<()> {
        // Members of a demo sign in on the card with codes that go nowhere but the log and the console.
        let messages = MessagePolicy { sms: SmsWay::Log, sign: merchant_name(self.story.trade).to_owned() };
        setting::ops::put(tx, &self.cx("messages", 0), &messages).await?;
        let rules = rules(self.story, self.zone);
        setting::ops::put(tx, &self.cx("stages", 0), &rules.stages()).await?;
        setting::ops::put(tx, &self.cx("tiers", 0), &rules.tiers()).await?;
        setting::ops::put(tx, &self.cx("earn", 0), &rules.earn()).await?;
        setting::ops::put(tx, &self.cx("spending", 0), &rules.spending()).await?;
        setting::ops::put(tx, &self.cx("wallet", 0), &rules.wallet()).await?;
        setting::ops::put(tx, &self.cx("checkout", 0), &rules.checkout()).await?;
        setting::ops::put(tx, &self.cx("refund", 0), &rules.refund()).await
    }

    async fn catalogue(&self, tx: &mut Tx) -> Result<()> {
        let at = opening(self.story, self.zone);
        let id = |key: &str| CategoryId(category_id(self.story, at, key));
        for (index, found) in (0_u64..).zip(preset::of(self.story.trade).categories) {
            let new = category::ops::NewCategory {
                id: Some(id(found.key)),
                parent: found.parent.map(id),
                name: found.name.zh.to_owned(),
                sort: i64::try_from(index).unwrap_or(0),
            };
            category::ops::create(tx, &self.cx("category.cx", index), &new).await?;
        }
        for (index, line) in (0_u64..).zip(&self.range.products) {
            let new = self.product(line, index, id(line.category));
            product::ops::create(tx, &self.cx("product.cx", index), &new).await?;
        }
        Ok(())
    }

    fn product(&self, line: &Line, index: u64, category: CategoryId) -> product::ops::NewProduct {
        let at = opening(self.story, self.zone);
        let variant = |place: &usize| {
            let good = self.range.goods.get(*place)?;
            Some(product::ops::NewVariant {
                id: Some(VariantId(variant_id(self.story, self.zone, *place))),
                sku: good.sku.clone(),
                name: good.variant.to_owned(),
                attributes: BTreeMap::new(),
                barcodes: good.barcode.clone().into_iter().collect(),
                price: good.price,
                member_price: good.member_price,
                activity: None,
                cost: Some(good.cost),
                track_stock: None,
                oversell: false,
                duration_minutes: line.minutes,
            })
        };
        product::ops::NewProduct {
            id: Some(ProductId(uuid(self.story.seed, "product", index, at))),
            code: Some(line.code.clone()),
            name: line.name.clone(),
            category: Some(category),
            kind: if line.minutes.is_some() { ProductKind::Service } else { ProductKind::Goods },
            unit: if line.minutes.is_some() { "次" } else { "件" }.to_owned(),
            brand: line.brand.to_owned(),
            tax_rate: None,
            special: false,
            variants: line.goods.iter().filter_map(variant).collect(),
        }
    }

    async fn members(&self, tx: &mut Tx) -> Result<()> {
        for (index, found) in (0_u64..).zip(preset::of(self.story.trade).fields) {
            let kind = match found.kind {
                preset::PresetFieldKind::Text => FieldKind::Text,
                preset::PresetFieldKind::Number => FieldKind::Integer,
                preset::PresetFieldKind::Date => FieldKind::Date,
                preset::PresetFieldKind::Choice => FieldKind::Choice,
            };
            let draft = FieldDraft {
                key: found.key.to_owned(),
                label: found.name.zh.to_owned(),
                kind,
                options: found.choices.iter().map(|choice| choice.zh.to_owned()).collect(),
                scale: 0,
                archived: false,
            };
            field::ops::create(tx, &self.cx("field", index), &draft).await?;
        }
        for (index, draft) in (0_u64..).zip(Rules::tags()) {
            tag::ops::create(tx, &self.cx("tag", index), &draft).await?;
        }
        let terms = TermsDraft { version: terms_version(self.story), title: "会员章程".to_owned(), body: TERMS.to_owned() };
        consent::ops::publish(tx, &self.cx("terms", 0), &terms).await.map(|_| ())
    }

    async fn benefits(&self, tx: &mut Tx) -> Result<()> {
        let rules = rules(self.story, self.zone);
        for (index, draft) in (0_u64..).zip(rules.templates()) {
            template::ops::create(tx, &self.cx("template.cx", index), &draft).await?;
        }
        for (index, plan) in (0_u64..).zip(rules.plans()) {
            wallet::ops::create_plan(tx, &self.cx("plan.cx", index), &plan).await?;
        }
        for (index, draft) in (0_u64..).zip(rules.offers()) {
            offer::ops::create(tx, &self.cx("offer.cx", index), &draft).await?;
        }
        Ok(())
    }
}

/// The version of the terms that members accept.
pub(super) fn terms_version(story: &Story) -> String {
    format!("{}-{:02}", story.first.year(), story.first.month())
}

const TERMS: &str = "一、消费1元积1分，积分自获得之日起12个月内有效，100积分可抵1元。\n\
    二、储值本金永久有效，赠送金自到账之日起24个月内有效；本金可退，赠送金不退。\n\
    三、等级按近12个月实付金额评定，达到后立即生效，保级12个月。\n\
    四、退货时，所用积分、优惠券、储值原路退回，所得积分相应扣回。\n\
    五、您的手机号、姓名、生日只用于会员服务，可随时要求导出或删除。";

impl Script {
    /// The day on which the marketer defines the tags that rules give: a month before the first start.
    pub(super) fn tag_day(story: &Story) -> shuke_kernel::Date {
        let end = shuke_kernel::time::add_months(story.first, story.months);
        shuke_kernel::time::add_days(end, -30).max(story.first)
    }
}

/// What an error means to whoever starts a demo where a shop is already.
pub(super) fn occupied() -> Error {
    Error::conflict("demo_place_taken", "this database holds a shop that is not a demo; give the demo a data folder of its own")
}
