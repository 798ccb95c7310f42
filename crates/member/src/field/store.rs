//! SQL of custom fields and their values.

use super::ops::FieldCells;
use super::{Cell, Field, FieldId, FieldSubject};
use crate::member::store::{keyed, placeholders};
use shuke_db::{Row, Stmt, ToValue as _, Tx, insert, sql};
use shuke_kernel::{Error, MerchantId, Result, Uuid};

fn field(row: &Row) -> Result<Field> {
    let options: String = row.get(5)?;
    Ok(Field {
        id: row.get(0)?,
        subject: row.get(1)?,
        key: row.get(2)?,
        label: row.get(3)?,
        kind: row.get(4)?,
        options: serde_json::from_str(&options).map_err(|error| Error::internal(format!("a field's options: {error}")))?,
        scale: row.get(6)?,
        archived: row.get(7)?,
        created_at: row.get(8)?,
    })
}

fn options(field: &Field) -> Result<String> {
    serde_json::to_string(&field.options).map_err(|error| Error::internal(error.to_string()))
}

pub(super) async fn insert_field(tx: &mut Tx, merchant: MerchantId, field: &Field) -> Result<()> {
    tx.queue(sql!(
        "INSERT INTO field (merchant_id, id, subject, key, label, kind, options, scale, archived, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        merchant,
        field.id,
        field.subject,
        field.key,
        field.label,
        field.kind,
        options(field)?,
        field.scale,
        field.archived,
        field.created_at
    ))
    .await
}

pub(super) async fn update_field(tx: &mut Tx, merchant: MerchantId, field: &Field) -> Result<()> {
    tx.queue(sql!(
        "UPDATE field SET label = $3, options = $4, archived = $5 WHERE merchant_id = $1 AND id = $2",
        merchant,
        field.id,
        field.label,
        options(field)?,
        field.archived
    ))
    .await
}

pub(super) async fn lock(tx: &mut Tx, merchant: MerchantId, id: FieldId) -> Result<Option<Field>> {
    let stmt = sql!(
        "SELECT id, subject, key, label, kind, options, scale, archived, created_at FROM field
         WHERE merchant_id = $1 AND id = $2 FOR UPDATE",
        merchant,
        id
    );
    tx.row(stmt).await?.as_ref().map(field).transpose()
}

/// Every field of a subject, by key. There are tens of them, not thousands.
pub(super) async fn all(tx: &mut Tx, merchant: MerchantId, subject: FieldSubject) -> Result<Vec<Field>> {
    let stmt = sql!(
        "SELECT id, subject, key, label, kind, options, scale, archived, created_at FROM field
         WHERE merchant_id = $1 AND subject = $2 ORDER BY key",
        merchant,
        subject
    );
    tx.rows(stmt).await?.iter().map(field).collect()
}

/// The values of a subject with their fields; read them with [`value`].
pub(crate) fn values_stmt(merchant: MerchantId, subject: Uuid) -> Stmt {
    sql!(
        "SELECT f.id, f.subject, f.key, f.label, f.kind, f.options, f.scale, f.archived, f.created_at, v.text_value, v.int_value
         FROM field_value v JOIN field f ON f.merchant_id = v.merchant_id AND f.id = v.field_id
         WHERE v.merchant_id = $1 AND v.subject_id = $2 ORDER BY f.key, v.place",
        merchant,
        subject
    )
}

/// Reads a row of [`values_stmt`].
pub(super) fn value(row: &Row) -> Result<(Field, Cell)> {
    Ok((field(row)?, Cell { text: row.get(9)?, int: row.get(10)? }))
}

/// Takes the values of some fields away.
pub(super) async fn delete_values(tx: &mut Tx, merchant: MerchantId, subject: Uuid, fields: &[FieldId]) -> Result<()> {
    if fields.is_empty() {
        return Ok(());
    }
    let text =
        format!("DELETE FROM field_value WHERE merchant_id = $1 AND subject_id = $2 AND field_id IN ({})", placeholders(3, fields.len()));
    tx.queue(keyed(text, merchant, std::iter::once(subject.to_value()).chain(fields.iter().map(|id| id.to_value())))).await
}

/// Takes all values of a subject away.
pub(super) async fn delete_all(tx: &mut Tx, merchant: MerchantId, subject: Uuid) -> Result<()> {
    tx.queue(sql!("DELETE FROM field_value WHERE merchant_id = $1 AND subject_id = $2", merchant, subject)).await
}

/// Writes values of subjects that have none in these fields.
pub(super) async fn insert_values(tx: &mut Tx, merchant: MerchantId, values: &[(Uuid, &FieldCells)]) -> Result<()> {
    let mut rows = Vec::new();
    for (subject, value) in values {
        for (place, cell) in (0_i64..).zip(&value.cells) {
            rows.push(vec![
                merchant.to_value(),
                subject.to_value(),
                value.field.to_value(),
                place.to_value(),
                cell.text.to_value(),
                cell.int.to_value(),
            ]);
        }
    }
    if rows.is_empty() {
        return Ok(());
    }
    tx.queue(insert("field_value", &["merchant_id", "subject_id", "field_id", "place", "text_value", "int_value"], rows)).await
}
