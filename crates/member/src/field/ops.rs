//! Defining fields, and putting values into them.

use super::{Cell, Field, FieldDraft, FieldId, FieldSubject, FieldValues, store};
use shuke_db::{Row, Tx};
use shuke_kernel::{Cx, Error, MerchantId, Result, Uuid};
use shuke_org::audit::{self, Entry};

pub(crate) use store::values_stmt;

/// Fields that a merchant may define on one subject.
const FIELDS_MAX: usize = 200;

/// A field's new value, checked: no cells take the value away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldCells {
    /// The field.
    pub field: FieldId,
    /// Its cells, in order.
    pub cells: Vec<Cell>,
}

/// Defines a field.
///
/// Errors: `field_malformed`, `field_key_taken`, `fields_too_many`.
pub async fn create(tx: &mut Tx, cx: &Cx, draft: &FieldDraft) -> Result<Field> {
    let field = draft.field(cx.id(), cx.now)?;
    if store::all(tx, cx.merchant, field.subject).await?.len() >= FIELDS_MAX {
        return Err(Error::refused("fields_too_many", format!("there can be {FIELDS_MAX} fields at most")));
    }
    store::insert_field(tx, cx.merchant, &field).await?;
    audit::ops::record(tx, cx, &Entry::new("field.created", field.id).new_value(&field)).await?;
    Ok(field)
}

/// Changes a field's label, options and archiving.
///
/// Errors: `field_not_found`, `field_malformed`, `field_kind_fixed` (refused).
pub async fn change(tx: &mut Tx, cx: &Cx, id: FieldId, draft: &FieldDraft) -> Result<Field> {
    let missing = || Error::not_found("field_not_found", "there is no such field");
    let old = store::lock(tx, cx.merchant, id).await?.ok_or_else(missing)?;
    let new = draft.field(id, old.created_at)?;
    if (&new.key, new.kind, new.scale) != (&old.key, old.kind, old.scale) {
        return Err(Error::refused("field_kind_fixed", "key, kind and scale stay, because values hang on them; define another field"));
    }
    store::update_field(tx, cx.merchant, &new).await?;
    audit::ops::record(tx, cx, &Entry::new("field.changed", id).old(&old).new_value(&new)).await?;
    Ok(new)
}

/// Every field of a subject, archived ones too, by key.
pub async fn list(tx: &mut Tx, cx: &Cx, subject: FieldSubject) -> Result<Vec<Field>> {
    store::all(tx, cx.merchant, subject).await
}

/// Checks values against the fields of a subject.
///
/// Errors: `field_values_malformed` with every fault at its place; an unknown key names those there are.
pub fn check(fields: &[Field], values: &FieldValues) -> Result<Vec<FieldCells>> {
    let mut found = Vec::with_capacity(values.len());
    let mut faults = Vec::new();
    for (key, value) in values {
        match fields.iter().find(|field| field.key == *key && !field.archived) {
            Some(field) => match field.cells(value) {
                Ok(cells) => found.push(FieldCells { field: field.id, cells }),
                Err(fault) => faults.push((fault.field, "field_value_malformed", fault.detail)),
            },
            None => {
                let known: Vec<&str> = fields.iter().filter(|field| !field.archived).map(|field| field.key.as_str()).collect();
                faults.push((
                    format!("/fields/{key}"),
                    "field_unknown",
                    format!("there is no such field; there are: {}", known.join(", ")),
                ));
            }
        }
    }
    if faults.is_empty() {
        return Ok(found);
    }
    let error = Error::invalid("field_values_malformed", "some custom fields can't be taken as they are");
    Err(faults.into_iter().fold(error, |error, (place, code, detail)| error.field(place, code, detail)))
}

/// Puts checked values into a subject's fields; the other fields stay as they are.
pub async fn put(tx: &mut Tx, merchant: MerchantId, subject: Uuid, values: &[FieldCells]) -> Result<()> {
    let fields: Vec<FieldId> = values.iter().map(|value| value.field).collect();
    store::delete_values(tx, merchant, subject, &fields).await?;
    put_new(tx, merchant, &values.iter().map(|value| (subject, value)).collect::<Vec<_>>()).await
}

/// Puts checked values into the fields of new subjects: one statement for all.
pub(crate) async fn put_new(tx: &mut Tx, merchant: MerchantId, values: &[(Uuid, &FieldCells)]) -> Result<()> {
    store::insert_values(tx, merchant, values).await
}

/// Takes all values of a subject away.
pub(crate) async fn clear(tx: &mut Tx, merchant: MerchantId, subject: Uuid) -> Result<()> {
    store::delete_all(tx, merchant, subject).await
}

/// Reads the answer of [`values_stmt`].
pub(crate) fn values(rows: &[Row]) -> Result<FieldValues> {
    let mut found: Vec<(Field, Vec<Cell>)> = Vec::new();
    for row in rows {
        let (field, cell) = store::value(row)?;
        match found.last_mut() {
            Some((last, cells)) if last.id == field.id => cells.push(cell),
            _ => found.push((field, vec![cell])),
        }
    }
    Ok(found.into_iter().map(|(field, cells)| (field.key.clone(), field.value(cells))).collect())
}

/// Gives a subject the values of another in the fields that it has none in. Answers which fields.
pub(crate) async fn copy_missing(tx: &mut Tx, merchant: MerchantId, from: Uuid, to: Uuid) -> Result<Vec<FieldId>> {
    let [theirs, ours] = tx.all([store::values_stmt(merchant, from), store::values_stmt(merchant, to)]).await?;
    let taken = ours.iter().map(|row| Ok(store::value(row)?.0.id)).collect::<Result<Vec<FieldId>>>()?;
    let mut missing: Vec<FieldCells> = Vec::new();
    for row in &theirs {
        let (field, cell) = store::value(row)?;
        match missing.last_mut() {
            _ if taken.contains(&field.id) => {}
            Some(last) if last.field == field.id => last.cells.push(cell),
            _ => missing.push(FieldCells { field: field.id, cells: vec![cell] }),
        }
    }
    put_new(tx, merchant, &missing.iter().map(|value| (to, value)).collect::<Vec<_>>()).await?;
    Ok(missing.into_iter().map(|value| value.field).collect())
}

/// Takes away again what [`copy_missing`] wrote.
pub(crate) async fn uncopy(tx: &mut Tx, merchant: MerchantId, subject: Uuid, fields: &[FieldId]) -> Result<()> {
    store::delete_values(tx, merchant, subject, fields).await
}
