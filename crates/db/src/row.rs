//! A row of an answer, from either database.

use shuke_kernel::value::{FromValue, Value};
use shuke_kernel::{Error, Result, Uuid};
use std::borrow::Cow;
use tokio_postgres::types::{FromSql, Type};

/// One row.
#[derive(Debug)]
pub struct Row(pub(crate) Inner);

#[derive(Debug)]
pub(crate) enum Inner {
    Sqlite(Vec<Value>),
    Postgres(tokio_postgres::Row),
}

impl Row {
    /// The value of a column, counted from 0. A wrong type or number is a fault of ours.
    pub fn get<T: FromValue>(&self, column: usize) -> Result<T> {
        T::from_value(self.value(column)?)
    }

    /// How many columns the row has.
    pub fn width(&self) -> usize {
        match &self.0 {
            Inner::Sqlite(values) => values.len(),
            Inner::Postgres(row) => row.len(),
        }
    }

    fn value(&self, column: usize) -> Result<Value> {
        match &self.0 {
            Inner::Sqlite(values) => values.get(column).cloned().ok_or_else(|| Error::internal(format!("no column {column}"))),
            Inner::Postgres(row) => {
                row.try_get::<_, Read>(column).map(|read| read.0).map_err(|error| Error::internal(format!("column {column}: {error}")))
            }
        }
    }
}

struct Read(Value);

impl<'a> FromSql<'a> for Read {
    fn from_sql(ty: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(match *ty {
            Type::INT8 => Value::Int(i64::from_sql(ty, raw)?),
            Type::INT4 => Value::Int(i32::from_sql(ty, raw)?.into()),
            Type::BOOL => Value::Bool(bool::from_sql(ty, raw)?),
            Type::UUID => Value::Uuid(Uuid::from_sql(ty, raw)?),
            _ => Value::Text(Cow::Owned(String::from_sql(ty, raw)?)),
        }))
    }
    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(Value::Null))
    }
    fn accepts(ty: &Type) -> bool {
        matches!(*ty, Type::INT8 | Type::INT4 | Type::BOOL | Type::UUID | Type::TEXT | Type::VARCHAR | Type::NAME)
    }
}
