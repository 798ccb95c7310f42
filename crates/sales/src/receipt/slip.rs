//! From documents to receipts.

use super::model::{Goods, ReceiptPolicy, Slip};
use crate::order::{Order, OrderLine, Payment, Tender};
use crate::refund::Refund;
use crate::tax::{TaxMode, TaxRow};
use shuke_kernel::{Currency, Error, Instant, Money, Rate, Result, Zone, split};
use shuke_loyalty::wallet::TopUp;

/// What every receipt needs to know.
pub(super) struct Ground {
    pub(super) policy: ReceiptPolicy,
    pub(super) currency: Currency,
    pub(super) zone: Zone,
    pub(super) store: String,
    pub(super) till: Option<String>,
    /// The member's number.
    pub(super) member: Option<String>,
}

impl Ground {
    /// An amount in major units: `1,298.00`, without the thousands' comma.
    pub(super) fn amount(&self, amount: Money) -> String {
        let (unit, decimals) = (self.currency.minor_per_major().unsigned_abs(), usize::from(self.currency.decimals()));
        let (sign, minor) = (if amount.is_negative() { "-" } else { "" }, amount.0.unsigned_abs());
        match decimals {
            0 => format!("{sign}{minor}"),
            _ => format!("{sign}{}.{:0decimals$}", minor / unit, minor % unit),
        }
    }
    fn slip(&self, title: &'static str, at: Instant, number: (&'static str, String)) -> Slip {
        let local = self.zone.local(at);
        let time = format!(
            "{:04}-{:02}-{:02} {:02}:{:02}:{:02}",
            local.year(),
            local.month(),
            local.day(),
            local.hour(),
            local.minute(),
            local.second()
        );
        let mut facts = vec![number, ("时间", time)];
        facts.extend(self.till.clone().map(|till| ("收银台", till)));
        facts.extend(self.member.clone().map(|member| ("会员", member)));
        Slip {
            store: self.store.clone(),
            header: self.policy.header.clone(),
            footer: self.policy.footer.clone(),
            title,
            facts,
            ..Slip::default()
        }
    }
    fn paid(&self, payments: &[Payment], sign: i64) -> Result<Vec<(String, String)>> {
        payments.iter().map(|payment| Ok((tender(payment.tender).to_owned(), self.amount(payment.amount.times(sign)?)))).collect()
    }
}

/// Thousandths of a piece as people write them: `2`, `1.25`.
fn pieces(milli: i64) -> String {
    let (whole, rest) = (milli / 1_000, milli % 1_000);
    if rest == 0 {
        return whole.to_string();
    }
    format!("{whole}.{rest:03}").trim_end_matches('0').to_owned()
}

fn percent(rate: Rate) -> String {
    let (whole, rest) = (rate.0 / 100, rate.0 % 100);
    if rest == 0 {
        return format!("{whole}%");
    }
    format!("{}%", format!("{whole}.{rest:02}").trim_end_matches('0'))
}

/// What a tender is called on paper.
fn tender(tender: Tender) -> &'static str {
    match tender {
        Tender::Cash => "现金",
        Tender::WechatPay => "微信支付",
        Tender::Alipay => "支付宝",
        Tender::BankCard => "银行卡",
        Tender::Wallet => "储值",
        Tender::Principal => "储值本金",
        Tender::Bonus => "储值赠送金",
        _ => "其他",
    }
}

fn goods(ground: &Ground, line: &OrderLine, milli: i64, amount: Money) -> Result<Goods> {
    let part = |part: &crate::kit::LinePart| {
        let each = split::slice(Money(part.quantity_milli), line.quantity_milli, 0, milli)?;
        Ok(format!("{} x{}", part.name, pieces(each.0)))
    };
    Ok(Goods {
        name: line.name.clone(),
        count: format!("{} x {}", pieces(milli), ground.amount(line.unit_price)),
        amount: ground.amount(amount),
        parts: line.parts.iter().map(part).collect::<Result<_>>()?,
    })
}

fn taxes(ground: &Ground, rows: &[TaxRow]) -> Vec<(String, String)> {
    rows.iter().map(|row| (format!("税率{} 不含税{}", percent(row.rate), ground.amount(row.net)), ground.amount(row.tax))).collect()
}

/// An order's receipt.
pub(super) fn of_order(ground: &Ground, order: &Order) -> Result<Slip> {
    let mut slip = ground.slip("销售小票", order.at, ("单号", order.number.clone()));
    slip.goods = order.lines.iter().map(|line| goods(ground, line, line.quantity_milli, line.gross)).collect::<Result<_>>()?;
    slip.sums.push(("合计".to_owned(), ground.amount(order.gross)));
    for saving in &order.savings {
        let name = if saving.name.is_empty() { "优惠" } else { saving.name.as_str() };
        slip.sums.push((name.to_owned(), ground.amount(-saving.amount)));
    }
    if order.tax_mode == TaxMode::Exclusive {
        slip.sums.push(("税".to_owned(), ground.amount(order.tax)));
    }
    slip.total = Some(("应付", ground.amount(order.total)));
    slip.after = ground.paid(&order.payments, 1)?;
    if order.points_spent.is_positive() {
        slip.after.push(("使用积分".to_owned(), order.points_spent.to_string()));
    }
    if order.points_earned.is_positive() {
        slip.after.push(("获得积分".to_owned(), order.points_earned.to_string()));
    }
    slip.after.extend(taxes(ground, &order.tax_summary()?));
    if order.refunded.is_positive() {
        slip.after.push(("已退".to_owned(), ground.amount(-order.refunded)));
    }
    Ok(slip)
}

/// A refund's receipt; `before` are the thousandths of its lines that earlier refunds had taken back.
pub(super) fn of_refund(ground: &Ground, order: &Order, refund: &Refund) -> Result<Slip> {
    let tail = refund.id.0.simple().to_string();
    let mut slip = ground.slip("退货单", refund.at, ("退单号", tail[tail.len() - 12..].to_uppercase()));
    slip.facts.push(("原单号", order.number.clone()));
    for back in &refund.lines {
        let line = order.lines.iter().find(|line| line.line == back.line).ok_or_else(|| Error::internal("a refund's line is gone"))?;
        let count = format!("-{} x {}", pieces(back.quantity_milli), ground.amount(line.unit_price));
        slip.goods.push(Goods { name: line.name.clone(), count, ..Goods::default() });
    }
    slip.total = Some(("退款", ground.amount(refund.amount)));
    slip.after = ground.paid(&refund.payments, -1)?;
    if refund.tax.is_positive() {
        slip.after.push(("其中税额".to_owned(), ground.amount(-refund.tax)));
    }
    if refund.points_returned.is_positive() {
        slip.after.push(("退回积分".to_owned(), refund.points_returned.to_string()));
    }
    if refund.points_clawed.is_positive() {
        slip.after.push(("扣回积分".to_owned(), (-refund.points_clawed).to_string()));
    }
    slip.after.push(("原因".to_owned(), refund.reason.clone()));
    Ok(slip)
}

/// A top-up's receipt.
pub(super) fn of_top_up(ground: &Ground, top_up: &TopUp) -> Slip {
    let tail = top_up.id.simple().to_string();
    let mut slip = ground.slip("充值单", top_up.at, ("单号", tail[tail.len() - 12..].to_uppercase()));
    slip.sums.push(("储值本金".to_owned(), ground.amount(top_up.principal)));
    if top_up.bonus.is_positive() {
        slip.sums.push(("储值赠送金".to_owned(), ground.amount(top_up.bonus)));
    }
    slip.total = Some(("实付", ground.amount(top_up.principal)));
    let by = Tender::ALL.iter().find(|tender| tender.as_str() == top_up.tender.as_str());
    slip.after.push((by.map_or("其他", |by| tender(*by)).to_owned(), ground.amount(top_up.principal)));
    slip.after.extend(top_up.expires_on.map(|day| ("本金有效期至".to_owned(), day.to_string())));
    slip
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_written_as_people_write_them() {
        assert_eq!([1_000, 1_250, 355, 12_000].map(pieces), ["1", "1.25", "0.355", "12"]);
        assert_eq!([1_300, 600, 250, 1_305].map(|rate| percent(Rate(rate))), ["13%", "6%", "2.5%", "13.05%"]);
        let ground = |code: &str| Ground {
            policy: ReceiptPolicy::default(),
            currency: Currency::parse(code).unwrap(),
            zone: Zone::utc(),
            store: String::new(),
            till: None,
            member: None,
        };
        assert_eq!([4_750, -5, 0, 100].map(|amount| ground("CNY").amount(Money(amount))), ["47.50", "-0.05", "0.00", "1.00"]);
        assert_eq!((ground("JPY").amount(Money(1_200)), ground("KWD").amount(Money(-1_005))), ("1200".to_owned(), "-1.005".to_owned()));
    }
}
