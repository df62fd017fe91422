//! The `[input]` table: bounds on single records of the sources (`input-formats` section 13, read 2026-11-25).

use super::SettingValue;

/// Bounds that the settings set; `None`: the default of the loaders.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct InputLimits {
    /// A line of LDIF joined with its continuations, a row of a CSV, a piece of XML; bytes.
    pub line_bytes: Option<u64>,
    /// A value, decoded; bytes.
    pub value_bytes: Option<u64>,
    /// Values of one attribute of one object.
    pub values_per_attribute: Option<u64>,
    /// Attributes of one object.
    pub attributes_per_record: Option<u64>,
    /// One record; bytes.
    pub record_bytes: Option<u64>,
    /// Nesting of JSON.
    pub json_depth: Option<u64>,
    /// Nesting of XML.
    pub xml_depth: Option<u64>,
    /// Columns of a CSV.
    pub csv_columns: Option<u64>,
}

/// Keys of the table, each with the largest number: positions within a block are 32 bits, and each level of nesting of
/// JSON takes a part of the stack.
pub(super) const KEYS: [(&str, u64); 8] = [
    ("line-bytes", 1 << 31),
    ("value-bytes", 1 << 31),
    ("values-per-attribute", 1 << 31),
    ("attributes-per-record", 60_000),
    ("record-bytes", 1 << 31),
    ("json-depth", 128),
    ("xml-depth", 1_000),
    ("csv-columns", 60_000),
];

impl InputLimits {
    pub(super) fn from_numbers(numbers: [Option<u64>; 8]) -> Self {
        let [
            line_bytes,
            value_bytes,
            values_per_attribute,
            attributes_per_record,
            record_bytes,
            json_depth,
            xml_depth,
            csv_columns,
        ] = numbers;
        Self {
            line_bytes,
            value_bytes,
            values_per_attribute,
            attributes_per_record,
            record_bytes,
            json_depth,
            xml_depth,
            csv_columns,
        }
    }

    /// What is set, for the report.
    pub(super) fn effective(&self) -> Vec<(String, SettingValue)> {
        let numbers = [
            self.line_bytes,
            self.value_bytes,
            self.values_per_attribute,
            self.attributes_per_record,
            self.record_bytes,
            self.json_depth,
            self.xml_depth,
            self.csv_columns,
        ];
        let all = KEYS.iter().zip(numbers);
        all.filter_map(|((key, _), number)| Some((key.replace('-', "_"), SettingValue::Number(number?))))
            .collect()
    }
}
