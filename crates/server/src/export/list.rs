//! The lists that can be taken out.

use super::{Cell, Headings, Sheet};
use serde::Serialize;
use shuke_http::AppInner;
use shuke_kernel::{Actor, Currency, Cursor, Cx, Date, Instant, Limit, MerchantId, Money, Result, Uuid, Zone};
use shuke_ledger::{AccountKind, lot};
use shuke_member::MemberId;
use shuke_member::member::{Exported, ops as members};
use shuke_org::audit::{self, Entry};
use shuke_org::{merchant, store};
use shuke_sales::order::Order;
use shuke_sales::order::export::{self as orders, Returned, Wanted};
use shuke_sales::product::SaleState;
use shuke_sales::{category, product};
use std::collections::HashMap;
use std::path::Path;

/// Rows that one read takes.
const PAGE_ROWS: i64 = 500;

/// What is taken out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Kind {
    /// 会员: one a row
    Members,
    /// 订单: one line of an order a row
    Orders,
    /// 退款: refunds, and returns without their order
    Refunds,
    /// 商品: one variant a row
    Products,
    /// 余额: what members hold, by expiry
    Balances,
}

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Request {
    /// Which list.
    pub kind: Kind,
    /// Whose.
    pub merchant: MerchantId,
    /// Who takes it out.
    pub actor: Actor,
    /// With names, phones and the like.
    pub personal: bool,
    /// How the columns are headed.
    pub headings: Headings,
    /// Orders and refunds from this day on.
    pub from: Option<Date>,
    /// Orders and refunds up to and with this day.
    pub until: Option<Date>,
}

/// What the audit log is told.
#[derive(Serialize)]
struct Told<'a> {
    list: &'a str,
    personal: bool,
}

struct Export<'a> {
    app: &'a AppInner,
    cx: Cx,
    request: &'a Request,
    currency: Currency,
    stores: Vec<(Uuid, String, Zone)>,
    sheet: Sheet,
}

/// Writes a list into a file; the number of its rows.
///
/// Errors: `merchant_not_found`, `export_format_unknown`, `export_unwritable`, `export_too_long`.
pub async fn write(app: &AppInner, request: &Request, path: &Path) -> Result<u64> {
    let cx = Cx { actor: request.actor, ..Cx::system(request.merchant, app.clock.now(), app.random.clone()) };
    let (found, stores) = app
        .db
        .read(&cx, |tx, cx| {
            Box::pin(async move { Ok((merchant::ops::show(tx, cx.merchant).await?, store::ops::zones(tx, cx.merchant).await?)) })
        })
        .await?;
    let names = app.db.read(&cx, |tx, cx| Box::pin(store_names(tx, cx))).await?;
    let stores = stores.into_iter().map(|(id, zone)| (id.0, names.get(&id.0).cloned().unwrap_or_default(), zone)).collect();
    let (name, names) = head(request.kind, request.personal);
    let header = request.headings.of(name, names);
    let input = (&cx, Told { list: name, personal: request.personal });
    app.db
        .write(&input, |tx, (cx, told)| {
            Box::pin(async move { audit::ops::record(tx, cx, &Entry::new("list.exported", told.list).new_value(told)).await })
        })
        .await?;
    let sheet = Sheet::create(path, &header)?;
    let mut export = Export { app, cx, request, currency: found.parsed_currency()?, stores, sheet };
    match request.kind {
        Kind::Members => export.members().await?,
        Kind::Orders => export.orders().await?,
        Kind::Refunds => export.refunds().await?,
        Kind::Products => export.products().await?,
        Kind::Balances => export.balances().await?,
    }
    export.sheet.finish()
}

async fn store_names(tx: &mut shuke_db::Tx, cx: &Cx) -> Result<HashMap<Uuid, String>> {
    let mut names = HashMap::new();
    let mut after = None;
    loop {
        let page = store::ops::list(tx, cx, after, Limit::new(Some(200))?).await?;
        names.extend(page.items.iter().map(|store| (store.id.0, store.name.clone())));
        after = page.items.last().map(|store| store.id);
        if page.next.is_none() {
            return Ok(names);
        }
    }
}

/// A list's name and its columns.
pub(super) fn head(kind: Kind, personal: bool) -> (&'static str, Vec<&'static str>) {
    match kind {
        Kind::Members => {
            let mut header = vec![
                "number",
                "card_number",
                "gender",
                "tags",
                "joined_on",
                "store",
                "province",
                "city",
                "district",
                "source",
                "state",
                "stage",
                "orders",
                "amount",
                "first_purchase_on",
                "last_purchase_on",
            ];
            if personal {
                header.extend(["phone", "name", "email", "birthday", "birthday_calendar", "note"]);
            }
            ("members", header)
        }
        Kind::Orders => (
            "orders",
            vec![
                "order_number",
                "time",
                "store",
                "channel",
                "customer",
                "sku",
                "description",
                "quantity",
                "unit_price",
                "gross",
                "amount",
                "points_earned",
                "returned_quantity",
            ],
        ),
        Kind::Refunds => (
            "refunds",
            vec!["number", "time", "date", "store", "customer", "order_id", "amount", "points_returned", "points_taken_back", "reason"],
        ),
        Kind::Products => (
            "products",
            vec![
                "code",
                "sku",
                "name",
                "variant_name",
                "barcode",
                "category",
                "price",
                "member_price",
                "cost",
                "unit",
                "brand",
                "kind",
                "state",
            ],
        ),
        Kind::Balances => ("balances", vec!["member", "points", "principal", "bonus", "expires_on"]),
    }
}

fn text(value: impl Into<String>) -> Cell {
    let value = value.into();
    if value.is_empty() { Cell::Empty } else { Cell::Text(value) }
}

fn number(value: i64) -> Cell {
    Cell::Number(value.to_string())
}

fn day(value: Option<Date>) -> Cell {
    value.map_or(Cell::Empty, |day| Cell::Text(day.to_string()))
}

/// Thousandths as a decimal number.
fn thousandths(milli: i64) -> Cell {
    let (whole, rest) = (milli / 1_000, (milli % 1_000).abs());
    let digits = if rest == 0 { whole.to_string() } else { format!("{whole}.{rest:03}").trim_end_matches('0').to_owned() };
    Cell::Number(digits)
}

impl Export<'_> {
    fn money(&self, amount: Money) -> Cell {
        Cell::Number(self.currency.format(amount))
    }

    /// A code, or the word for it.
    fn word(&self, column: &str, code: &str) -> Cell {
        let (list, _) = head(self.request.kind, false);
        text(self.request.headings.value(list, column, code))
    }

    fn store(&self, id: Option<Uuid>) -> Cell {
        let name = id.and_then(|id| self.stores.iter().find(|(store, _, _)| *store == id)).map(|(_, name, _)| name.clone());
        Cell::from(name)
    }

    async fn members(&mut self) -> Result<()> {
        let mut after = MemberId(Uuid::nil());
        loop {
            let input = (&self.cx, &self.app.vault, self.request.personal, after);
            let page = self
                .app
                .db
                .read(&input, |tx, (cx, vault, personal, after)| {
                    Box::pin(members::export_page(tx, cx, vault, *personal, *after, PAGE_ROWS))
                })
                .await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = last.member.id;
            for exported in &page {
                let row = self.member(exported);
                self.sheet.add(&row)?;
            }
        }
    }

    fn member(&self, exported: &Exported) -> Vec<Cell> {
        let (member, person) = (&exported.member, &exported.person);
        let mut row = vec![
            text(member.number.as_str()),
            Cell::from(exported.cards.first().cloned()),
            self.word("gender", member.gender.map_or("", |gender| gender.as_str())),
            text(exported.tags.join("、")),
            day(Some(member.joined_on)),
            self.store(member.home_store.map(|store| store.0)),
            Cell::from(member.region.province.clone()),
            Cell::from(member.region.city.clone()),
            Cell::from(member.region.district.clone()),
            self.word("source", member.source.as_deref().unwrap_or_default()),
            self.word("state", member.state.as_str()),
            self.word("stage", member.stat.stage.as_str()),
            number(member.stat.orders),
            self.money(member.stat.amount),
            day(member.stat.first_purchase_on),
            day(member.stat.last_purchase_on),
        ];
        if self.request.personal {
            let lunar = person.birthday.map(|birthday| if birthday.lunar { "lunar" } else { "solar" });
            row.extend([
                Cell::from(person.phone.as_ref().map(|phone| phone.national().to_owned())),
                Cell::from(person.name.clone()),
                Cell::from(person.email.clone()),
                Cell::from(person.birthday.map(|birthday| birthday.to_string())),
                self.word("birthday_calendar", lunar.unwrap_or_default()),
                Cell::from(person.note.clone()),
            ]);
        }
        row
    }

    /// The first page of a store's documents.
    fn wanted(&self, store: Uuid, zone: &Zone) -> Wanted {
        // The first place after the moment before: ids have no smallest one that a document could have.
        let from = self.request.from.map_or(Instant(i64::MIN), |day| zone.start(day).plus_ms(-1));
        let until = self.request.until.map_or(Instant(i64::MAX), |day| zone.end(day));
        Wanted { store, zone: zone.clone(), after: (from, Uuid::max()), until, limit: PAGE_ROWS }
    }

    async fn numbers(&self, ids: Vec<MemberId>) -> Result<HashMap<MemberId, String>> {
        let input = (&self.cx, ids);
        self.app.db.read(&input, |tx, (cx, ids)| Box::pin(members::numbers(tx, cx, ids))).await
    }

    async fn orders(&mut self) -> Result<()> {
        for (store, name, zone) in self.stores.clone() {
            let mut wanted = self.wanted(store, &zone);
            loop {
                let input = (self.cx.merchant, &wanted);
                let page = self.app.db.read(&input, |tx, (merchant, wanted)| Box::pin(orders::orders(tx, *merchant, wanted))).await?;
                let Some((last, _)) = page.last() else { break };
                wanted.after = (last.at, last.id.0);
                let numbers = self.numbers(page.iter().filter_map(|(order, _)| order.member).collect()).await?;
                for (order, external) in &page {
                    let customer = order.member.and_then(|id| numbers.get(&id)).cloned();
                    self.lines(order, external.as_deref(), customer, &name, &zone)?;
                }
            }
        }
        Ok(())
    }

    fn lines(&mut self, order: &Order, external: Option<&str>, customer: Option<String>, store: &str, zone: &Zone) -> Result<()> {
        for line in &order.lines {
            let row = [
                text(external.unwrap_or(&order.number)),
                text(zone.local(order.at).strftime("%Y-%m-%d %H:%M:%S").to_string()),
                text(store),
                self.word("channel", order.channel.as_str()),
                Cell::from(customer.clone()),
                text(line.sku.as_str()),
                text(line.name.as_str()),
                thousandths(line.quantity_milli),
                self.money(line.unit_price),
                self.money(line.gross),
                self.money(line.net),
                number(line.points_earned.0),
                thousandths(line.refunded_milli),
            ];
            self.sheet.add(&row)?;
        }
        Ok(())
    }

    async fn refunds(&mut self) -> Result<()> {
        for (store, name, zone) in self.stores.clone() {
            let mut wanted = self.wanted(store, &zone);
            loop {
                let input = (self.cx.merchant, &wanted);
                let page = self.app.db.read(&input, |tx, (merchant, wanted)| Box::pin(orders::returned(tx, *merchant, wanted))).await?;
                let Some(last) = page.last() else { break };
                wanted.after = (last.at, last.id);
                let numbers = self.numbers(page.iter().filter_map(|returned| returned.member).collect()).await?;
                for returned in &page {
                    let customer = returned.member.and_then(|id| numbers.get(&id)).cloned();
                    let row = self.refund(returned, customer, &name, &zone);
                    self.sheet.add(&row)?;
                }
            }
        }
        Ok(())
    }

    fn refund(&self, returned: &Returned, customer: Option<String>, store: &str, zone: &Zone) -> Vec<Cell> {
        vec![
            text(returned.external_number.clone().unwrap_or_else(|| returned.id.to_string())),
            text(zone.local(returned.at).strftime("%Y-%m-%d %H:%M:%S").to_string()),
            day(Some(returned.date)),
            text(store),
            Cell::from(customer),
            Cell::from(returned.order.map(|order| order.to_string())),
            self.money(returned.amount),
            number(returned.points_returned.0),
            number(returned.points_clawed.0),
            self.word("reason", returned.reason.as_str()),
        ]
    }

    async fn products(&mut self) -> Result<()> {
        let categories = self.app.db.read(&self.cx, |tx, cx| Box::pin(category::store::all(tx, cx.merchant))).await?;
        let names: HashMap<Uuid, &str> = categories.iter().map(|category| (category.id.0, category.name.as_str())).collect();
        let paths: HashMap<Uuid, String> = categories
            .iter()
            .map(|category| (category.id.0, category.path.iter().filter_map(|id| names.get(&id.0).copied()).collect::<Vec<_>>().join("/")))
            .collect();
        let mut after: Option<(String, Uuid)> = None;
        loop {
            let input = (&self.cx, after.clone());
            let page = self
                .app
                .db
                .read(&input, |tx, (cx, after)| {
                    Box::pin(async move {
                        product::ops::list(tx, cx, &product::ops::Filter::default(), Limit::new(Some(200))?, after.clone()).await
                    })
                })
                .await?;
            for product in &page.items {
                for variant in &product.variants {
                    // What is off sale as a whole sells in no variant.
                    let state = if product.state == SaleState::OffSale { product.state } else { variant.state };
                    let row = [
                        text(product.code.as_str()),
                        text(variant.sku.as_str()),
                        text(product.name.as_str()),
                        text(variant.name.as_str()),
                        text(variant.barcodes.join("、")),
                        Cell::from(product.category.and_then(|id| paths.get(&id)).cloned()),
                        self.money(variant.price),
                        variant.member_price.map_or(Cell::Empty, |price| self.money(price)),
                        variant.cost.map_or(Cell::Empty, |cost| self.money(cost)),
                        text(product.unit.as_str()),
                        text(product.brand.as_str()),
                        self.word("kind", product.kind.as_str()),
                        self.word("state", state.as_str()),
                    ];
                    self.sheet.add(&row)?;
                }
            }
            match page.next {
                Some(next) => after = Some(Cursor::decode(&next)?),
                None => return Ok(()),
            }
        }
    }

    async fn balances(&mut self) -> Result<()> {
        let mut after = Uuid::nil();
        loop {
            let input = (&self.cx, after);
            let page = self.app.db.read(&input, |tx, (cx, after)| Box::pin(lot::held(tx, cx, *after, PAGE_ROWS))).await?;
            let Some((last, ..)) = page.last() else { return Ok(()) };
            after = *last;
            let numbers = self.numbers(page.iter().map(|(owner, ..)| MemberId(*owner)).collect()).await?;
            for part in page.chunk_by(|a, b| (a.0, a.2) == (b.0, b.2)) {
                let Some((owner, _, expires_on, _)) = part.first() else { continue };
                let held = |kind: AccountKind| part.iter().find(|(_, of, ..)| *of == kind).map(|(.., amount)| *amount);
                let amount = |kind| held(kind).map_or(Cell::Empty, |amount| self.money(Money(amount)));
                let row = [
                    text(numbers.get(&MemberId(*owner)).cloned().unwrap_or_default()),
                    held(AccountKind::Points).map_or(Cell::Empty, number),
                    amount(AccountKind::Principal),
                    amount(AccountKind::Bonus),
                    day(*expires_on),
                ];
                self.sheet.add(&row)?;
            }
        }
    }
}
