//! Which column is what: named, or guessed from the header in Chinese or English.

use shuke_kernel::{Error, Result};

/// What a column can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Column {
    /// Who bought.
    Member,
    /// The order's number.
    Order,
    /// When.
    Time,
    /// What: goods or service.
    Item,
    /// The goods' category.
    Category,
    /// How many.
    Quantity,
    /// For one, in major units.
    Price,
    /// For the line or order, in major units (minor where the name says so).
    Amount,
    /// The store.
    Store,
    /// The staff.
    Staff,
    /// For one before any discount, in major units.
    List,
    /// What was taken off the line or order, in major units.
    Discount,
}

/// How many kinds there are.
pub const KINDS: usize = 12;

impl Column {
    /// All, in order.
    pub const ALL: [Self; KINDS] = [
        Self::Member,
        Self::Order,
        Self::Time,
        Self::Item,
        Self::Category,
        Self::Quantity,
        Self::Price,
        Self::Amount,
        Self::Store,
        Self::Staff,
        Self::List,
        Self::Discount,
    ];

    /// The option's name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Order => "order",
            Self::Time => "time",
            Self::Item => "item",
            Self::Category => "category",
            Self::Quantity => "quantity",
            Self::Price => "price",
            Self::Amount => "amount",
            Self::Store => "store",
            Self::Staff => "staff",
            Self::List => "list",
            Self::Discount => "discount",
        }
    }

    /// Headers that mean it, best first, as [`normal`] writes them.
    const fn headers(self) -> &'static str {
        match self {
            Self::Member => {
                "\
                member memberid memberno membernumber customer customerid customerno custid userid user buyer \
                buyerid client clientid 会员 会员号 会员编号 会员卡号 会员id 卡号 顾客 顾客编号 客户 客户编号 客户id 买家 用户id 用户 手机号 手机 phone cardno \
                card id"
            }
            Self::Order => {
                "\
                order orderid orderno ordernumber invoice invoiceno invoiceid transaction transactionid receipt \
                receiptno basket basketid document 订单 订单号 订单编号 单号 小票号 流水号 交易号 销售单号"
            }
            Self::Time => {
                "\
                time orderedat ordertime orderdate invoicedate invoicetime transactiondate transactiontime datetime \
                timestamp date purchasedate paidat soldat createdat day 时间 下单时间 交易时间 销售时间 消费时间 付款时间 订单时间 日期 交易日期 \
                销售日期 消费日期 订单日期 下单日期"
            }
            Self::Item => {
                "\
                item itemid sku stockcode product productid productcode goods goodsid article articleid 商品 商品编码 商品编号 \
                货号 条码 商品名称 品名 商品名 项目 服务项目 productname itemname description"
            }
            Self::Category => "category categoryname department productcategory 类别 品类 分类 商品分类 商品类别 类目",
            Self::Quantity => "quantity qty count pieces units 数量 件数 销售数量 购买数量",
            Self::Price => "price unitprice saleprice 单价 售价 销售价 成交价 价格",
            Self::Amount => {
                "\
                amount amountminor amountcents total totalamount paid paidamount sales revenue spend value payment \
                ordertotal dollars linetotal 金额 实付 实付金额 实收 实收金额 销售额 消费金额 订单金额 成交金额 付款金额 小计 总金额 合计 总价"
            }
            Self::Store => "store storeid storename shop shopid branch 门店 店铺 门店名称 分店",
            Self::Staff => "staff staffid cashier employee operator salesperson 员工 收银员 导购 操作员 营业员 技师",
            Self::List => "list listprice originalprice regularprice tagprice retailprice 原价 吊牌价 标价 零售价 划线价",
            Self::Discount => "discount discountamount saved saving 优惠 优惠金额 折扣金额 让利 减免 减免金额",
        }
    }
}

/// The columns of a file.
#[derive(Clone, Debug, Default)]
pub struct Columns {
    at: [Option<usize>; KINDS],
    header: Vec<String>,
}

impl Columns {
    /// Takes the named columns and guesses the others.
    ///
    /// Errors: `column_unknown`, `column_missing`.
    pub fn guess(header: &[String], named: &[(Column, String)]) -> Result<Self> {
        let mut at = [None; KINDS];
        let mut taken = vec![false; header.len()];
        let mut settled = [false; KINDS];
        for (column, wanted) in named {
            settled[*column as usize] = true;
            if wanted.is_empty() {
                continue;
            }
            let found = find(header, wanted)?;
            at[*column as usize] = Some(found);
            taken[found] = true;
        }
        let names: Vec<String> = header.iter().map(|name| normal(name)).collect();
        for column in Column::ALL.into_iter().filter(|column| !settled[*column as usize]) {
            let found = column.headers().split(' ').find_map(|wanted| (0..names.len()).find(|i| !taken[*i] && names[*i] == wanted));
            if let Some(found) = found {
                at[column as usize] = Some(found);
                taken[found] = true;
            }
        }
        Ok(Self { at, header: header.to_owned() })
    }

    /// Where a column is.
    pub const fn at(&self, column: Column) -> Option<usize> {
        self.at[column as usize]
    }

    /// Refuses a file that lacks a needed column: `column_missing`.
    pub fn need(&self, columns: &[Column]) -> Result<()> {
        match columns.iter().find(|column| self.at(**column).is_none()) {
            None => Ok(()),
            Some(missing) => {
                let name = missing.name();
                let detail = format!("no column for {name}; say which it is with --{name} COLUMN; {}", listed(&self.header));
                Err(Error::invalid("column_missing", detail))
            }
        }
    }

    /// Whether the amount is in minor units already: its header says so.
    pub fn amount_is_minor(&self) -> bool {
        self.at(Column::Amount).is_some_and(|at| {
            let name = normal(&self.header[at]);
            ["minor", "cents", "fen"].iter().any(|end| name.ends_with(end))
                || self.header[at].contains("(分)")
                || self.header[at].contains("（分）")
        })
    }

    /// Each column that was found, with its header.
    pub fn found(&self) -> Vec<(&'static str, String)> {
        Column::ALL.into_iter().filter_map(|column| Some((column.name(), self.header[self.at(column)?].clone()))).collect()
    }
}

/// A header without what differs between programs: case, spaces, marks, brackets with their text.
fn normal(name: &str) -> String {
    let mut depth = 0_u32;
    let mut kept = String::new();
    for c in name.chars() {
        match c {
            '(' | '[' | '（' | '【' => depth += 1,
            ')' | ']' | '）' | '】' => depth = depth.saturating_sub(1),
            _ if depth == 0 && c.is_alphanumeric() => kept.extend(c.to_lowercase()),
            _ => {}
        }
    }
    kept
}

fn find(header: &[String], wanted: &str) -> Result<usize> {
    let exact = header.iter().position(|name| name == wanted);
    let close = || header.iter().position(|name| normal(name) == normal(wanted) && !normal(wanted).is_empty());
    let numbered = || wanted.parse::<usize>().ok().and_then(|n| n.checked_sub(1)).filter(|n| *n < header.len());
    exact
        .or_else(close)
        .or_else(numbered)
        .ok_or_else(|| Error::invalid("column_unknown", format!("the file has no column {wanted:?}; {}", listed(header))))
}

fn listed(header: &[String]) -> String {
    let names: Vec<String> = header.iter().take(40).enumerate().map(|(at, name)| format!("{} {name}", at + 1)).collect();
    format!("its columns: {}", names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guess(header: &str, named: &[(Column, &str)]) -> Result<Vec<(&'static str, String)>> {
        let header: Vec<String> = header.split(',').map(str::to_owned).collect();
        let named: Vec<_> = named.iter().map(|(column, name)| (*column, (*name).to_owned())).collect();
        Columns::guess(&header, &named).map(|columns| columns.found())
    }

    #[test]
    fn headers_are_understood() {
        let found = guess("InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country", &[]).unwrap();
        let wanted = [
            ("member", "CustomerID"),
            ("order", "InvoiceNo"),
            ("time", "InvoiceDate"),
            ("item", "StockCode"),
            ("quantity", "Quantity"),
            ("price", "UnitPrice"),
        ];
        assert_eq!(found, wanted.map(|(a, b)| (a, b.to_owned())));
        let found = guess("会员编号,消费日期,实付金额（元）,门店", &[]).unwrap();
        assert_eq!(found.iter().map(|(name, _)| *name).collect::<Vec<_>>(), ["member", "time", "amount", "store"]);
    }

    #[test]
    fn what_is_named_wins_and_what_is_missing_is_said() {
        let found = guess("id,who,date,amount", &[(Column::Member, "who"), (Column::Order, "1"), (Column::Store, "")]).unwrap();
        assert_eq!(found[0], ("member", "who".into()));
        assert_eq!(found[1], ("order", "id".into()));
        let error = guess("a,b", &[(Column::Member, "c")]).unwrap_err();
        assert!(error.code() == "column_unknown" && error.detail().contains("1 a, 2 b"));
        let columns = Columns::guess(&["a".into()], &[]).unwrap();
        let error = columns.need(&[Column::Time]).unwrap_err();
        assert!(error.code() == "column_missing" && error.detail().contains("--time COLUMN"), "{error}");
    }
}
