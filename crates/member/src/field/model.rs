//! Field definitions, and values on their way between JSON and typed columns.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use shuke_kernel::{Date, Error, FieldError, Instant, Result, id, text_enum, time};
use std::collections::BTreeMap;
use utoipa::ToSchema;

id!(FieldId, "A custom field.");

/// Values by key: a text, a number, `true`, a date as text, a list of choices; null takes a value away.
pub type FieldValues = BTreeMap<String, Value>;

/// Characters in a text value.
const TEXT_CHARS_MAX: usize = 500;
/// Choices of one field.
const OPTIONS_MAX: usize = 200;
/// Digits after the point of a decimal.
const SCALE_MAX: i64 = 6;

text_enum! {
    /// What a field's values are.
    pub enum FieldKind {
        /// One line of text.
        Text = "text",
        /// A whole number.
        Integer = "integer",
        /// A number with `scale` digits after the point, sent as a whole number: 12.50 at scale 2 is 1250.
        Decimal = "decimal",
        /// A local date, 2026-11-22.
        Date = "date",
        /// One of the options.
        Choice = "choice",
        /// Some of the options.
        MultiChoice = "multi_choice",
        /// True or false.
        YesNo = "yes_no",
    }
}

text_enum! {
    /// What a field is about.
    pub enum FieldSubject {
        /// A member.
        Member = "member",
    }
}

/// A custom field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Field {
    /// Its id.
    pub id: FieldId,
    /// What it is about.
    pub subject: FieldSubject,
    /// The name that programs use: a–z, 0–9 and _, beginning with a letter.
    #[schema(example = "skin_type")]
    pub key: String,
    /// The name that people see.
    #[schema(example = "肤质")]
    pub label: String,
    /// What its values are.
    pub kind: FieldKind,
    /// What can be chosen.
    pub options: Vec<String>,
    /// Digits after the point of a decimal.
    pub scale: i64,
    /// Whether it is out of use.
    pub archived: bool,
    /// When it was defined.
    pub created_at: Instant,
}

/// What a field is made of, or changed to.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FieldDraft {
    /// The name that programs use; can't be changed.
    pub key: String,
    /// The name that people see.
    pub label: String,
    /// What its values are; can't be changed.
    pub kind: FieldKind,
    /// What can be chosen; for choices only. Options in use may be left out: values keep them.
    #[serde(default)]
    pub options: Vec<String>,
    /// Digits after the point, 1 to 6; for decimals only, can't be changed.
    #[serde(default)]
    pub scale: i64,
    /// Whether it is out of use.
    #[serde(default)]
    pub archived: bool,
}

/// One stored value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// Text, date, choice.
    pub text: Option<String>,
    /// Integer, decimal, yes or no.
    pub int: Option<i64>,
}

impl Cell {
    fn text(text: impl Into<String>) -> Self {
        Self { text: Some(text.into()), int: None }
    }
    fn int(number: i64) -> Self {
        Self { text: None, int: Some(number) }
    }
}

impl FieldDraft {
    /// The field that this makes.
    ///
    /// Errors: `field_malformed` with the place.
    pub fn field(&self, id: FieldId, created_at: Instant) -> Result<Field> {
        let fault = |place: &str, detail: &str| {
            Error::invalid("field_malformed", "a field can't be defined like this").field(format!("/{place}"), "field_malformed", detail)
        };
        let mut key = self.key.bytes();
        let starts = key.next().is_some_and(|b| b.is_ascii_lowercase());
        if !starts || self.key.len() > 40 || !key.all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_') {
            return Err(fault("key", "a key is a-z, 0-9 and _, begins with a letter, and has at most 40 characters"));
        }
        let label = self.label.trim();
        if label.is_empty() || label.chars().count() > 40 {
            return Err(fault("label", "a label has 1 to 40 characters"));
        }
        let chooses = matches!(self.kind, FieldKind::Choice | FieldKind::MultiChoice);
        let options: Vec<String> = self.options.iter().map(|option| option.trim().to_owned()).collect();
        let distinct = options.iter().collect::<std::collections::BTreeSet<_>>().len() == options.len();
        let sized = options.iter().all(|option| !option.is_empty() && option.chars().count() <= 60);
        if chooses == options.is_empty() || options.len() > OPTIONS_MAX || !distinct || !sized {
            return Err(fault("options", "a choice has 1 to 200 different options of 1 to 60 characters; other kinds have none"));
        }
        let scaled = self.kind == FieldKind::Decimal;
        if scaled != (1..=SCALE_MAX).contains(&self.scale) || (!scaled && self.scale != 0) {
            return Err(fault("scale", "a decimal has a scale of 1 to 6; other kinds have none"));
        }
        let (key, label) = (self.key.clone(), label.to_owned());
        let (kind, scale, archived) = (self.kind, self.scale, self.archived);
        Ok(Field { id, subject: FieldSubject::Member, key, label, kind, options, scale, archived, created_at })
    }
}

impl Field {
    /// The cells of a value, or what is wrong with it. Null has none.
    pub fn cells(&self, value: &Value) -> Result<Vec<Cell>, FieldError> {
        let cell = match (self.kind, value) {
            (_, Value::Null) => return Ok(Vec::new()),
            (FieldKind::Text, Value::String(text)) => self.line(text)?,
            (FieldKind::Integer | FieldKind::Decimal, Value::Number(number)) => {
                Cell::int(number.as_i64().ok_or_else(|| self.fault("send a whole number"))?)
            }
            (FieldKind::Date, Value::String(text)) => {
                let date: Date = time::parse_date(text).map_err(|error| self.fault(error.detail()))?;
                Cell::text(date.to_string())
            }
            (FieldKind::Choice, Value::String(text)) => self.option(text)?,
            (FieldKind::YesNo, Value::Bool(truth)) => Cell::int(i64::from(*truth)),
            (FieldKind::MultiChoice, Value::Array(values)) => return self.options(values),
            (kind, _) => return Err(self.fault(&format!("send {}", wanted(kind)))),
        };
        Ok(vec![cell])
    }

    fn line(&self, text: &str) -> Result<Cell, FieldError> {
        let text = text.trim();
        if text.is_empty() || text.chars().count() > TEXT_CHARS_MAX || text.chars().any(char::is_control) {
            return Err(self.fault("send one line of 1 to 500 characters, or null"));
        }
        Ok(Cell::text(text))
    }

    fn option(&self, text: &str) -> Result<Cell, FieldError> {
        if self.options.iter().any(|option| option == text) {
            return Ok(Cell::text(text));
        }
        Err(self.fault(&format!("choose one of {}", self.options.join(", "))))
    }

    fn options(&self, values: &[Value]) -> Result<Vec<Cell>, FieldError> {
        let mut cells: Vec<Cell> = Vec::with_capacity(values.len());
        for value in values {
            let text = value.as_str().ok_or_else(|| self.fault("send a list of options"))?;
            let cell = self.option(text)?;
            if !cells.contains(&cell) {
                cells.push(cell);
            }
        }
        Ok(cells)
    }

    fn fault(&self, detail: &str) -> FieldError {
        FieldError { field: format!("/fields/{}", self.key), code: "field_value_malformed".to_owned(), detail: detail.to_owned() }
    }

    /// The value of some cells.
    pub fn value(&self, cells: Vec<Cell>) -> Value {
        let one = |cell: Cell| match (self.kind, cell) {
            (FieldKind::YesNo, Cell { int: Some(number), .. }) => Value::Bool(number != 0),
            (_, Cell { int: Some(number), .. }) => Value::from(number),
            (_, Cell { text, .. }) => text.map_or(Value::Null, Value::String),
        };
        if self.kind == FieldKind::MultiChoice {
            return Value::Array(cells.into_iter().map(one).collect());
        }
        cells.into_iter().next().map_or(Value::Null, one)
    }
}

fn wanted(kind: FieldKind) -> &'static str {
    match kind {
        FieldKind::Text => "a text",
        FieldKind::Integer => "a whole number",
        FieldKind::Decimal => "a whole number of the smallest unit",
        FieldKind::Date => "a date like 2026-11-22",
        FieldKind::Choice => "one of the options",
        FieldKind::MultiChoice => "a list of options",
        FieldKind::YesNo => "true or false",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn field(kind: FieldKind, options: &[&str], scale: i64) -> Field {
        let options = options.iter().map(|option| (*option).to_owned()).collect();
        let draft = FieldDraft { key: "some_key".into(), label: "L".into(), kind, options, scale, archived: false };
        draft.field(FieldId(shuke_kernel::Uuid::nil()), Instant(0)).unwrap()
    }

    #[test]
    fn values_come_back_as_they_were_sent() {
        let cases = [
            (field(FieldKind::Text, &[], 0), json!("干性")),
            (field(FieldKind::Integer, &[], 0), json!(-3)),
            (field(FieldKind::Decimal, &[], 2), json!(1250)),
            (field(FieldKind::Date, &[], 0), json!("2026-02-28")),
            (field(FieldKind::Choice, &["a", "b"], 0), json!("b")),
            (field(FieldKind::MultiChoice, &["a", "b"], 0), json!(["b", "a"])),
            (field(FieldKind::YesNo, &[], 0), json!(false)),
        ];
        for (field, value) in cases {
            assert_eq!(field.value(field.cells(&value).unwrap()), value, "{:?}", field.kind);
            assert_eq!(field.cells(&Value::Null).unwrap(), []);
        }
    }

    #[test]
    fn values_of_another_kind_are_refused_with_their_place() {
        let cases = [
            (field(FieldKind::Text, &[], 0), json!(1)),
            (field(FieldKind::Text, &[], 0), json!("")),
            (field(FieldKind::Integer, &[], 0), json!(1.5)),
            (field(FieldKind::Decimal, &[], 2), json!("12.50")),
            (field(FieldKind::Date, &[], 0), json!("2026-02-30")),
            (field(FieldKind::Choice, &["a", "b"], 0), json!("c")),
            (field(FieldKind::MultiChoice, &["a", "b"], 0), json!(["a", "c"])),
            (field(FieldKind::YesNo, &[], 0), json!(0)),
        ];
        for (field, value) in cases {
            assert_eq!(field.cells(&value).unwrap_err().field, "/fields/some_key", "{:?} {value}", field.kind);
        }
    }

    #[test]
    fn definitions_that_make_no_sense_are_refused() {
        let draft = |key: &str, kind, options: &[&str], scale| {
            let options = options.iter().map(|option| (*option).to_owned()).collect();
            FieldDraft { key: key.into(), label: "L".into(), kind, options, scale, archived: false }
        };
        for bad in [
            draft("Key", FieldKind::Text, &[], 0),
            draft("1key", FieldKind::Text, &[], 0),
            draft("key", FieldKind::Text, &["a"], 0),
            draft("key", FieldKind::Choice, &[], 0),
            draft("key", FieldKind::Choice, &["a", "a"], 0),
            draft("key", FieldKind::Decimal, &[], 0),
            draft("key", FieldKind::Integer, &[], 2),
        ] {
            assert!(bad.field(FieldId(shuke_kernel::Uuid::nil()), Instant(0)).is_err(), "{bad:?}");
        }
    }
}
