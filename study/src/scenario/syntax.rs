//! YAML text to a tree of nodes that remember where they stood.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::{DuplicateKeyPolicy, MergeKeyPolicy, NonFiniteFloatPolicy, Options, Spanned};

/// What one node of the tree holds.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Form {
    Null,
    Boolean(bool),
    Number(f64),
    Word(String),
    List(Vec<Node>),
    Map(Vec<(Key, Node)>),
}

/// A key of a map.
pub(crate) type Key = Spanned<String>;
/// A value with its place.
pub(crate) type Node = Spanned<Form>;

/// Deepest nesting accepted; the table needs four levels.
pub(crate) const MAX_DEPTH: usize = 16;
/// Most nodes accepted, aliases written out.
pub(crate) const MAX_NODES: usize = 20_000;

/// Reads one YAML document.
pub(crate) fn read(text: &str) -> Result<Node, serde_saphyr::Error> {
    serde_saphyr::from_str_with_options(text, options())
}

fn options() -> Options {
    serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_depth: MAX_DEPTH,
            flow_nesting_limit: 2 * MAX_DEPTH,
            max_nodes: MAX_NODES,
        },
        // Both places of a key written twice are wanted for the message, so the walk over the tree finds them.
        duplicate_keys: DuplicateKeyPolicy::PassThrough,
        merge_keys: MergeKeyPolicy::AsOrdinary,
        // `.nan` must reach the range check, where the key and its range are known.
        non_finite_float_policy: NonFiniteFloatPolicy::PassThrough,
        // `off` and `no` are words of some choices; keys that want true or false accept them too.
        strict_booleans: true,
        with_snippet: false,
    }
}

impl<'de> Deserialize<'de> for Form {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(FormVisitor)
    }
}

struct FormVisitor;

impl<'de> Visitor<'de> for FormVisitor {
    type Value = Form;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Form, E> {
        Ok(Form::Null)
    }

    fn visit_none<E>(self) -> Result<Form, E> {
        Ok(Form::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Form, E> {
        Ok(Form::Boolean(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Form, E> {
        Ok(Form::Number(value as f64))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Form, E> {
        Ok(Form::Number(value as f64))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Form, E> {
        Ok(Form::Number(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Form, E> {
        Ok(Form::Word(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Form, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Form::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Form, A::Error> {
        let mut map = Vec::new();
        while let Some(entry) = entries.next_entry()? {
            map.push(entry);
        }
        Ok(Form::Map(map))
    }
}
