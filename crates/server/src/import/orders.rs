//! Past sales, one line a row: lines become orders and returns, customers members, stock codes products.
//!
//! - Lines belong together by store, order number and local date; they need not follow one another. A
//!   line that comes after its order was written joins it, since this run knows its own orders. An order
//!   that was there before the run is left as it is, and counted.
//! - A line without a customer is a sale without a member. A negative quantity, a `type` that says
//!   return, or a cancellation number (`C` and digits in a file whose numbers are digits) is a return.
//! - A price below zero, a quantity of nothing, a negative quantity without a price (a stock
//!   correction), another letter before a number that is digits elsewhere (an adjustment): a bad row.
//! - What a line comes to is its quantity times its exact price, rounded half away from zero once. Where
//!   the file has an amount, that is what was paid.
//! - A product comes into being with the first name that its code has, is not counted, and moves no stock.

mod batch;

use super::dates::{self, DateOrder};
use super::decimal::Decimal;
use super::ground::{Ground, Shop};
use super::ids;
use super::people::{Customers, Newcomer};
use super::task::{Effects, Planned, Refusal};
use super::values::{is_blank, narrow};
use super::{Mapping, Row};
use sha2::{Digest, Sha256};
use shuke_db::{Db, Tx};
use shuke_kernel::{Date, Error, Instant, Money, Result, Uuid};
use shuke_loyalty::rule::Channel;
use shuke_member::MemberId;
use shuke_sales::order::import::{self, Head, PastKind, PastLine, PastOrder};
use shuke_sales::product::{self, ImportProduct, Sold};
use std::collections::{HashMap, HashSet};

/// Longest SKU.
const SKU_CHARS_MAX: usize = 64;
/// Longest name of a product.
const NAME_CHARS_MAX: usize = 200;
/// Products and members that are remembered between batches.
const KNOWN_MAX: usize = 200_000;
/// Rows of one call that makes products.
const PRODUCTS_MAX: usize = 500;

/// How the file writes things.
struct Style {
    order: DateOrder,
    /// Order numbers are digits, but for those with a letter that says what they are.
    plain_numbers: bool,
    customers: Customers,
}

/// The columns, found once.
struct Columns {
    number: Option<usize>,
    sku: Option<usize>,
    description: Option<usize>,
    quantity: Option<usize>,
    time: Option<usize>,
    unit_price: Option<usize>,
    amount: Option<usize>,
    customer: Option<usize>,
    region: Option<usize>,
    store: Option<usize>,
    kind: Option<usize>,
    channel: Option<usize>,
}

impl Columns {
    fn of(mapping: &Mapping) -> Self {
        Self {
            number: mapping.column("order_number"),
            sku: mapping.column("sku"),
            description: mapping.column("description"),
            quantity: mapping.column("quantity"),
            time: mapping.column("time"),
            unit_price: mapping.column("unit_price"),
            amount: mapping.column("amount"),
            customer: mapping.column("customer"),
            region: mapping.column("region"),
            store: mapping.column("store"),
            kind: mapping.column("type"),
            channel: mapping.column("channel"),
        }
    }
}

fn cell(row: &Row, column: Option<usize>) -> &str {
    let text = column.map_or("", |column| row.cell(column));
    if is_blank(text) { "" } else { text }
}

/// A line of the file.
struct Line {
    row: usize,
    sku: String,
    name: String,
    quantity_milli: i64,
    unit_price: Money,
    amount: Money,
}

/// An order or return of the batch.
struct Draft {
    id: Uuid,
    kind: PastKind,
    number: String,
    shop: usize,
    customer: Option<String>,
    region: String,
    channel: Channel,
    at: Instant,
    date: Date,
    lines: Vec<Line>,
    before: Option<Head>,
    /// It was there before this run: left as it is.
    there: bool,
}

impl Draft {
    /// What its lines of this batch come to.
    fn amount(&self) -> Result<Money> {
        Money::sum(self.lines.iter().map(|line| line.amount))
    }
}

/// What names an order in the file.
#[derive(PartialEq, Eq)]
struct Key {
    kind: PastKind,
    number: String,
    date: Date,
    shop: usize,
}

/// The work on a file of past sales.
pub(super) struct Orders {
    style: Style,
    columns: Columns,
    shops: Vec<Shop>,
    run: Uuid,
    dry: bool,
    count_known: bool,
    goods: HashMap<String, Sold>,
    members: HashMap<String, MemberId>,
    /// What a dry run would have made, by hash.
    would: HashSet<u64>,
    last_time: (String, usize, Instant, Date),
    last_there: Uuid,
    drafts: Vec<Draft>,
    by_id: HashMap<Uuid, usize>,
    last: Option<(Key, usize)>,
    new_goods: Vec<ImportProduct>,
    newcomers: Vec<Newcomer>,
}

impl Orders {
    pub(super) fn new(ground: &Ground, mapping: &Mapping, sample: &[Row]) -> Result<Self> {
        let columns = Columns::of(mapping);
        let cells = |column: Option<usize>| sample.iter().map(move |row| cell(row, column)).filter(|text| !text.is_empty());
        let digits = |text: &&str| text.bytes().all(|b| b.is_ascii_digit());
        let (all, plain) = (cells(columns.number).count(), cells(columns.number).filter(digits).count());
        let style = Style {
            order: DateOrder::of(cells(columns.time))?,
            plain_numbers: plain * 10 >= all * 9 && all > 0,
            customers: Customers::of(cells(columns.customer)),
        };
        Ok(Self {
            style,
            columns,
            shops: ground.shops.clone(),
            run: Uuid::nil(),
            dry: false,
            count_known: true,
            goods: HashMap::new(),
            members: HashMap::new(),
            would: HashSet::new(),
            last_time: (String::new(), usize::MAX, Instant(0), Date::ZERO),
            last_there: Uuid::nil(),
            drafts: Vec::new(),
            by_id: HashMap::new(),
            last: None,
            new_goods: Vec::new(),
            newcomers: Vec::new(),
        })
    }

    pub(super) fn begin(&mut self, run: Uuid, resumed: bool, dry: bool) {
        (self.run, self.dry, self.count_known) = (run, dry, !resumed);
    }

    pub(super) fn clear(&mut self) {
        self.drafts.clear();
        self.by_id.clear();
        self.last = None;
        self.new_goods.clear();
        self.newcomers.clear();
        if !self.dry {
            for known in [self.goods.len(), self.members.len()] {
                if known > KNOWN_MAX {
                    self.goods.clear();
                    self.members.clear();
                }
            }
        }
    }

    /// Reads a row and puts its line to its order.
    pub(super) fn take(&mut self, ground: &Ground, index: usize, row: &Row) -> Result<()> {
        let shop = self.shop(ground, cell(row, self.columns.store))?;
        let (at, date) = self.moment(ground, row, shop)?;
        let number = cell(row, self.columns.number);
        if number.is_empty() {
            return Err(Error::invalid("order_number_missing", "the line names no order"));
        }
        let (kind, line) = self.line(ground, index, row, number)?;
        let customer = cell(row, self.columns.customer);
        let customer = if customer.is_empty() { None } else { Some(self.style.customers.name(customer)?) };
        let key = Key { kind, number: number.to_owned(), date, shop };
        let found = self.draft(ground, key, at);
        let draft = &mut self.drafts[found];
        match (&draft.customer, customer) {
            (Some(known), Some(other)) if *known != other => {
                return Err(Error::invalid("customer_differs", format!("the order belongs to customer {known}, this line to {other}")));
            }
            (None, Some(customer)) => draft.customer = Some(customer),
            _ => {}
        }
        if draft.region.is_empty() {
            cell(row, self.columns.region).clone_into(&mut draft.region);
        }
        if self.columns.channel.is_some() {
            draft.channel = channel(cell(row, self.columns.channel));
        }
        draft.lines.push(line);
        Ok(())
    }

    /// The lines at the end that belong to the last one's order: it is written whole, so that a file
    /// that breaks off leaves no half of an order. One that fills the batch is written in parts.
    pub(super) fn unfinished(&self, rows: &[Row]) -> usize {
        let number = |row: &Row| row.cell(self.columns.number.unwrap_or(usize::MAX)).to_owned();
        let Some(last) = rows.last().map(number) else { return 0 };
        let waiting = rows.iter().rev().take_while(|row| number(row) == last).count();
        if waiting == rows.len() { 0 } else { waiting }
    }

    /// The place of the line's store in the list, where it may be new.
    fn shop(&mut self, ground: &Ground, name: &str) -> Result<usize> {
        let name = if name.is_empty() { ground.store.as_deref() } else { Some(name) };
        let Some(name) = name else {
            return Err(Error::invalid("store_missing", "the line names no store and the shop has several; say which with --store"));
        };
        if let Some(index) = self.shops.iter().position(|shop| shop.name == name) {
            return Ok(index);
        }
        self.shops.push(Shop::wanted(name, &ground.zone)?);
        Ok(self.shops.len() - 1)
    }

    fn moment(&mut self, ground: &Ground, row: &Row, shop: usize) -> Result<(Instant, Date)> {
        let text = cell(row, self.columns.time);
        if self.last_time.0 != text || self.last_time.1 != shop {
            let at = dates::moment(text, self.style.order, ground.file_zone.as_ref().unwrap_or(&self.shops[shop].zone))?;
            self.last_time = (text.to_owned(), shop, at, self.shops[shop].zone.date(at));
        }
        Ok((self.last_time.2, self.last_time.3))
    }

    /// Reads what was sold or brought back, and for how much.
    fn line(&self, ground: &Ground, index: usize, row: &Row, number: &str) -> Result<(PastKind, Line)> {
        let letter = self.style.plain_numbers.then(|| number.chars().next()).flatten().filter(|c| !c.is_ascii_digit());
        let cancelled = matches!(letter, Some('C' | 'c'));
        if letter.is_some() && !cancelled {
            return Err(Error::invalid(
                "order_number_unexpected",
                "the file's orders are numbered with digits and this one is not: an adjustment, not a sale",
            ));
        }
        let quantity = match cell(row, self.columns.quantity) {
            "" if self.columns.quantity.is_some() => return Err(Error::invalid("quantity_missing", "the line has no quantity")),
            "" => Decimal::parse("1")?,
            text => Decimal::parse(text)?,
        };
        let returned = says_return(cell(row, self.columns.kind)) || quantity.sign() < 0;
        if quantity.sign() == 0 {
            return Err(Error::invalid("quantity_zero", "nothing was sold"));
        }
        if cancelled && !returned {
            return Err(Error::invalid("cancellation_positive", "a cancellation that sells something: its quantity should be negative"));
        }
        let quantity_milli = quantity.abs().thousandths()?;
        let (unit_price, amount) = self.price(ground, row, quantity_milli)?;
        if returned && !cancelled && amount.is_zero() {
            return Err(Error::invalid("stock_correction", "a negative quantity without a price corrects the stock; it is not a sale"));
        }
        let (sku, name) = self.goods_named(row)?;
        let kind = if returned { PastKind::Return } else { PastKind::Sale };
        Ok((kind, Line { row: index, sku, name, quantity_milli, unit_price, amount }))
    }

    /// The price of one piece, rounded, and what the line comes to, exact.
    fn price(&self, ground: &Ground, row: &Row, quantity_milli: i64) -> Result<(Money, Money)> {
        let read = |column| match cell(row, column) {
            "" => Ok(None),
            text => Decimal::parse(text).map(Some),
        };
        let (price, amount) = (read(self.columns.unit_price)?, read(self.columns.amount)?);
        if price.is_some_and(|price| price.sign() < 0) {
            return Err(Error::invalid("price_negative", "a price below zero is an adjustment, not a sale"));
        }
        let currency = &ground.currency;
        match (price, amount.map(Decimal::abs)) {
            (None, None) => Err(Error::invalid("price_missing", "the line has neither a price nor an amount")),
            (Some(price), None) => Ok((price.money(currency)?, price.times(quantity_milli, currency)?)),
            (Some(price), Some(amount)) => Ok((price.money(currency)?, amount.money(currency)?)),
            (None, Some(amount)) => Ok((amount.for_one(quantity_milli, currency)?, amount.money(currency)?)),
        }
    }

    /// The stock code and name. Codes have no spaces; goods without a code are known by their name.
    fn goods_named(&self, row: &Row) -> Result<(String, String)> {
        let (sku, name) = (cell(row, self.columns.sku), cell(row, self.columns.description));
        let name: String =
            name.split_whitespace().collect::<Vec<_>>().join(" ").chars().filter(|c| !c.is_control()).take(NAME_CHARS_MAX).collect();
        let sku = match (sku, name.as_str()) {
            ("", "") => return Err(Error::invalid("sku_missing", "the line names no goods")),
            ("", name) => format!("N-{:012x}", hash(&[name]) >> 16),
            (sku, _) => sku.split_whitespace().collect::<Vec<_>>().join("_"),
        };
        if sku.chars().count() > SKU_CHARS_MAX || sku.chars().any(char::is_control) {
            return Err(Error::invalid("sku_malformed", format!("a stock code has at most {SKU_CHARS_MAX} characters")));
        }
        Ok((sku, name))
    }

    /// The order that a line belongs to.
    fn draft(&mut self, ground: &Ground, key: Key, at: Instant) -> usize {
        if let Some((last, index)) = &self.last
            && *last == key
        {
            return *index;
        }
        let word = if key.kind == PastKind::Sale { "order" } else { "return" };
        let id = ids::natural(ground.cx.merchant, word, &[&self.shops[key.shop].name, &key.number, &key.date.to_string()]);
        let index = *self.by_id.entry(id).or_insert(self.drafts.len());
        if index == self.drafts.len() {
            self.drafts.push(Draft {
                id,
                kind: key.kind,
                number: key.number.clone(),
                shop: key.shop,
                customer: None,
                region: String::new(),
                channel: Channel::Till,
                at,
                date: key.date,
                lines: Vec::new(),
                before: None,
                there: false,
            });
        }
        self.last = Some((key, index));
        index
    }
}

fn channel(text: &str) -> Channel {
    match narrow(text).to_lowercase().as_str() {
        "online" | "web" | "app" | "wechat" | "线上" | "网店" | "小程序" | "商城" | "微商城" | "微信" | "电商" => {
            Channel::Online
        }
        _ => Channel::Till,
    }
}

fn says_return(text: &str) -> bool {
    let text = text.to_lowercase();
    ["退", "return", "refund", "cancel", "credit"].iter().any(|word| text.contains(word))
}

fn hash(parts: &[&str]) -> u64 {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    u64::from_be_bytes(hash.finalize().first_chunk::<8>().copied().unwrap_or_default())
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
