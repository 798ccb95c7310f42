//! What the columns are called: by the names of the import's fields, or in Chinese. Either way the import
//! reads them as what they are.

use super::word;

/// How the columns are headed, and what stands in those that hold one of a few words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Headings {
    /// By the names of the import's fields.
    #[default]
    Names,
    /// In Chinese, the values too.
    Chinese,
}

/// Every column of every list, in Chinese.
const CHINESE: &[(&str, &str)] = &[
    ("amount", "金额"),
    ("barcode", "条码"),
    ("birthday", "生日"),
    ("birthday_calendar", "生日历法"),
    ("bonus", "赠送金"),
    ("brand", "品牌"),
    ("card_number", "会员卡号"),
    ("category", "分类"),
    ("channel", "渠道"),
    ("city", "城市"),
    ("code", "货号"),
    ("cost", "成本价"),
    ("customer", "会员号"),
    ("date", "营业日"),
    ("description", "商品名称"),
    ("district", "区县"),
    ("email", "邮箱"),
    ("expires_on", "到期日"),
    ("first_purchase_on", "首次消费日"),
    ("gender", "性别"),
    ("gross", "原价金额"),
    ("joined_on", "入会日期"),
    ("kind", "商品类型"),
    ("last_purchase_on", "最近消费日"),
    ("member", "会员号"),
    ("member_price", "会员价"),
    ("name", "姓名"),
    ("note", "备注"),
    ("number", "单号"),
    ("order_id", "原订单"),
    ("order_number", "订单号"),
    ("orders", "消费次数"),
    ("phone", "手机号"),
    ("points", "积分"),
    ("points_earned", "获得积分"),
    ("points_returned", "退回积分"),
    ("points_taken_back", "扣回积分"),
    ("price", "售价"),
    ("principal", "储值本金"),
    ("province", "省"),
    ("quantity", "数量"),
    ("reason", "原因"),
    ("returned_quantity", "已退数量"),
    ("sku", "SKU"),
    ("source", "来源"),
    ("stage", "会员阶段"),
    ("state", "状态"),
    ("store", "门店"),
    ("tags", "标签"),
    ("time", "时间"),
    ("unit", "单位"),
    ("unit_price", "单价"),
    ("variant_name", "规格"),
];

/// Columns that a list calls otherwise than the others do.
const OWN: &[(&str, &str, &str)] = &[
    ("members", "number", "会员号"),
    ("members", "amount", "累计消费"),
    ("products", "name", "商品名称"),
    ("refunds", "number", "退款单号"),
];

impl Headings {
    /// What a cell of a column says that holds one of a few words.
    pub(super) fn value<'a>(self, list: &str, column: &str, code: &'a str) -> &'a str {
        match self {
            Self::Names => code,
            Self::Chinese => word::chinese(list, column, code),
        }
    }
    /// The head of a list.
    pub(super) fn of(self, list: &str, names: Vec<&'static str>) -> Vec<&'static str> {
        match self {
            Self::Names => names,
            Self::Chinese => names.into_iter().map(|name| chinese(list, name)).collect(),
        }
    }
}

fn chinese(list: &str, name: &'static str) -> &'static str {
    let own = OWN.iter().find(|(of, column, _)| *of == list && *column == name).map(|(.., text)| *text);
    own.or_else(|| CHINESE.iter().find(|(column, _)| *column == name).map(|(_, text)| *text)).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::list::{self, Kind};
    use crate::import;

    /// Every list: what its columns are called in both ways.
    fn heads(kind: Kind) -> (Vec<String>, Vec<String>) {
        let (name, names) = list::head(kind, true);
        let text = |head: Vec<&str>| head.into_iter().map(str::to_owned).collect();
        (text(Headings::Names.of(name, names.clone())), text(Headings::Chinese.of(name, names)))
    }

    #[test]
    fn every_column_has_a_chinese_name_of_its_own() {
        for kind in [Kind::Members, Kind::Orders, Kind::Refunds, Kind::Products, Kind::Balances] {
            let (_, chinese) = heads(kind);
            let latin: Vec<&String> = chinese.iter().filter(|name| name.is_ascii() && *name != "SKU").collect();
            assert_eq!(latin, Vec::<&String>::new(), "{kind:?}");
            let mut once = chinese.clone();
            once.sort();
            once.dedup();
            assert_eq!(once.len(), chinese.len(), "{kind:?}: {chinese:?}");
        }
    }

    /// What went out of one shop comes into another, whichever way it is headed.
    #[test]
    fn the_import_reads_both_ways_alike() {
        let pairs = [
            (Kind::Members, import::Kind::Members),
            (Kind::Orders, import::Kind::Orders),
            (Kind::Products, import::Kind::Products),
            (Kind::Balances, import::Kind::Balances),
        ];
        for (out, back) in pairs {
            let (names, chinese) = heads(out);
            let read = |head: &[String]| import::Mapping::guess(back, head, &[]).unwrap().by_column();
            let told = |fields: Vec<Option<&'static str>>| names.iter().cloned().zip(fields).collect::<Vec<_>>();
            assert_eq!(told(read(&chinese)), told(read(&names)), "{out:?}");
        }
    }
}
