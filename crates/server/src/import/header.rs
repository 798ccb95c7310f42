//! Which column means what: guessed from the header, or told with `FIELD=COLUMN`.

use super::Row;
use super::fields::{self, Field};
use super::values::narrow;
use shuke_kernel::{Error, Result};

/// What a file brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Members with their cards, and opening balances where the file has them.
    Members,
    /// The catalogue.
    Products,
    /// Past sales, one line a row.
    Orders,
    /// Opening balances of members that are there already.
    Balances,
}

/// The columns of a file, by field.
#[derive(Clone, Debug)]
pub struct Mapping {
    kind: Kind,
    columns: Vec<Option<usize>>,
    header: Vec<String>,
}

impl Mapping {
    /// Guesses the column of each field from the header; `overrides` are (field, column) pairs that win,
    /// the column by its name or, where the file has no such name, by its number from 1. An empty column
    /// leaves the field out.
    ///
    /// Errors, of kind invalid: `field_unknown`, `column_unknown`, `column_ambiguous` and, where a field
    /// that this kind of file must have has no column, `column_missing`.
    pub fn guess(kind: Kind, header: &[String], overrides: &[(String, String)]) -> Result<Self> {
        let mapping = Self::settle(kind, header, overrides)?;
        mapping.check_required()?;
        Ok(mapping)
    }

    /// The same as far as it goes: a field that must have a column may be without.
    ///
    /// Errors: those of [`Mapping::guess`] but `column_missing`.
    pub fn settle(kind: Kind, header: &[String], overrides: &[(String, String)]) -> Result<Self> {
        let fields = fields::of(kind);
        let mut columns = vec![None; fields.len()];
        let mut settled = vec![false; fields.len()];
        let mut taken = vec![false; header.len()];
        for (name, column) in overrides {
            let index = fields.iter().position(|field| field.name == name.trim()).ok_or_else(|| field_unknown(name, fields))?;
            settled[index] = true;
            if !column.trim().is_empty() {
                let column = find_column(header, column)?;
                columns[index] = Some(column);
                taken[column] = true;
            }
        }
        let names: Vec<String> = header.iter().map(|name| normal(name)).collect();
        for (index, field) in fields.iter().enumerate().filter(|(index, _)| !settled[*index]) {
            let own = normal(field.name);
            let column = std::iter::once(own.as_str())
                .chain(field.columns.iter().copied())
                .find_map(|wanted| (0..names.len()).find(|column| !taken[*column] && names[*column] == wanted));
            if let Some(column) = column {
                columns[index] = Some(column);
                taken[column] = true;
            }
        }
        Ok(Self { kind, columns, header: header.to_owned() })
    }

    fn check_required(&self) -> Result<()> {
        for group in fields::required(self.kind) {
            if group.iter().all(|name| self.column(name).is_none()) {
                let wanted = group.join(" or ");
                let detail = format!("no column for {wanted}; say which with --map {}=COLUMN; {}", group[0], columns_of(&self.header));
                return Err(Error::invalid("column_missing", detail));
            }
        }
        Ok(())
    }

    /// The column of a field, counted from 0; none where the file does not bring the field.
    pub fn column(&self, field: &str) -> Option<usize> {
        let index = fields::of(self.kind).iter().position(|known| known.name == field)?;
        self.columns[index]
    }

    /// The cell of a field in a row; empty where the file does not bring the field.
    pub fn cell<'a>(&self, row: &'a Row, field: &str) -> &'a str {
        self.column(field).map_or("", |column| row.cell(column))
    }

    /// The field of each column of the file; none where nothing is read from it.
    pub fn by_column(&self) -> Vec<Option<&'static str>> {
        let fields = fields::of(self.kind);
        let field = |column| self.columns.iter().position(|of| *of == Some(column)).map(|index| fields[index].name);
        (0..self.header.len()).map(field).collect()
    }

    /// Each field that has a column, with that column's name in the file.
    pub fn fields(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let named = fields::of(self.kind).iter().zip(&self.columns);
        named.filter_map(|(field, column)| Some((field.name, self.header[(*column)?].as_str())))
    }

    /// The columns that nothing is read from.
    pub fn unused(&self) -> impl Iterator<Item = &str> {
        let names = self.header.iter().enumerate();
        names.filter(|(column, _)| !self.columns.contains(&Some(*column))).map(|(_, name)| name.as_str())
    }
}

/// Reads one `--map FIELD=COLUMN`. Errors: `map_malformed`.
pub fn parse_override(text: &str) -> Result<(String, String)> {
    let malformed = || Error::invalid("map_malformed", format!("{text:?} is no mapping; write it like phone=手机号"));
    let (field, column) = text.split_once('=').ok_or_else(malformed)?;
    Ok((field.trim().to_owned(), column.trim().to_owned()))
}

/// A column name without what differs between programs: `单价（元）`, `Unit Price` and `unit_price`.
pub(super) fn normal(name: &str) -> String {
    let name = narrow(name);
    let mut depth = 0_usize;
    let mut kept = String::new();
    for c in name.chars() {
        match c {
            '(' | '[' | '【' => depth += 1,
            ')' | ']' | '】' => depth = depth.saturating_sub(1),
            _ if depth == 0 && c.is_alphanumeric() => kept.extend(c.to_lowercase()),
            _ => {}
        }
    }
    kept
}

fn find_column(header: &[String], wanted: &str) -> Result<usize> {
    let wanted = wanted.trim();
    let exact: Vec<usize> = (0..header.len()).filter(|column| header[*column] == wanted).collect();
    let close: Vec<usize> = (0..header.len()).filter(|column| normal(&header[*column]) == normal(wanted)).collect();
    let by_number = || wanted.parse::<usize>().ok().and_then(|number| number.checked_sub(1)).filter(|column| *column < header.len());
    match (exact.as_slice(), close.as_slice()) {
        ([column], _) | ([], [column]) => Ok(*column),
        ([], []) => by_number()
            .ok_or_else(|| Error::invalid("column_unknown", format!("the file has no column {wanted:?}; {}", columns_of(header)))),
        _ => {
            let detail = format!("several columns are named {wanted:?}; give the column's number instead; {}", columns_of(header));
            Err(Error::invalid("column_ambiguous", detail))
        }
    }
}

fn columns_of(header: &[String]) -> String {
    let names: Vec<String> = header.iter().enumerate().map(|(column, name)| format!("{} {name}", column + 1)).collect();
    format!("its columns: {}", names.join(", "))
}

fn field_unknown(name: &str, fields: &[Field]) -> Error {
    let known: Vec<&str> = fields.iter().map(|field| field.name).collect();
    Error::invalid("field_unknown", format!("there is no field {name:?}; fields: {}", known.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(names: &str) -> Vec<String> {
        names.split(',').map(str::to_owned).collect()
    }
    fn guess(kind: Kind, names: &str, overrides: &[(&str, &str)]) -> Result<Vec<(String, String)>> {
        let overrides: Vec<_> = overrides.iter().map(|(f, c)| ((*f).to_owned(), (*c).to_owned())).collect();
        let mapping = Mapping::guess(kind, &header(names), &overrides)?;
        Ok(mapping.fields().map(|(field, column)| (field.to_owned(), column.to_owned())).collect())
    }
    fn pairs(text: &str) -> Vec<(String, String)> {
        text.split(',').map(|pair| parse_override(pair).unwrap()).collect()
    }

    #[test]
    fn online_retail_is_understood() {
        let found = guess(Kind::Orders, "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country", &[]);
        let wanted = "order_number=InvoiceNo,sku=StockCode,description=Description,quantity=Quantity,time=InvoiceDate,\
                      unit_price=UnitPrice,customer=CustomerID,region=Country";
        assert_eq!(found.unwrap(), pairs(wanted));
    }

    #[test]
    fn chinese_headers_are_understood_whatever_their_dress() {
        let found = guess(Kind::Members, "序号,* 会员姓名,手机 号码,生日（公历）,积分,储值余额（元）,赠送金(元),推荐人手机", &[]);
        let wanted = "phone=手机 号码,name=* 会员姓名,birthday=生日（公历）,points=积分,principal=储值余额（元）,bonus=赠送金(元)";
        assert_eq!(found.unwrap(), pairs(wanted));
        let found = guess(Kind::Products, "货号,品名,Retail Price,会员价,ＳＴＯＣＫ", &[]);
        assert_eq!(found.unwrap(), pairs("sku=货号,name=品名,price=Retail Price,member_price=会员价,stock=ＳＴＯＣＫ"));
    }

    #[test]
    fn what_is_told_wins_over_the_guess() {
        let found = guess(Kind::Members, "手机,备用手机,姓名", &[("phone", "备用手机"), ("name", "")]);
        assert_eq!(found.unwrap(), pairs("phone=备用手机"));
        let found = guess(Kind::Members, "手机,姓名,姓名", &[("name", "3")]).unwrap();
        assert_eq!(found.len(), 2);
    }

    #[test]
    fn mistakes_are_named_with_what_there_is() {
        let code = |result: Result<Vec<_>>| result.map_err(|error| (error.code(), error.detail().to_owned())).unwrap_err();
        let (unknown, detail) = code(guess(Kind::Members, "手机,姓名", &[("telefon", "手机")]));
        assert!(unknown == "field_unknown" && detail.contains("card_number"));
        let (unknown, detail) = code(guess(Kind::Members, "手机,姓名", &[("phone", "电话")]));
        assert!(unknown == "column_unknown" && detail.contains("1 手机, 2 姓名"));
        let (missing, detail) = code(guess(Kind::Orders, "a,b", &[]));
        assert!(missing == "column_missing" && detail.contains("order_number"));
        assert_eq!(code(guess(Kind::Members, "手机,手机", &[("phone", "手机")])).0, "column_ambiguous");
        assert_eq!(parse_override("phone").unwrap_err().code(), "map_malformed");
    }
}
