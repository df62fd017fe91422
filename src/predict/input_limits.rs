//! What `[input]` of the settings sets, over the defaults of the loaders.

use crate::config::Settings;
use crate::load::Limits;

/// The bounds of a run.
pub fn input_limits(settings: &Settings) -> Limits {
    let mut limits = Limits::default();
    let own = &settings.input;
    let set = |target: &mut usize, number: Option<u64>| {
        *target = number.and_then(|number| usize::try_from(number).ok()).unwrap_or(*target);
    };
    set(&mut limits.line_bytes, own.line_bytes);
    set(&mut limits.value_bytes, own.value_bytes);
    set(&mut limits.values_per_attribute, own.values_per_attribute);
    set(&mut limits.attributes_per_record, own.attributes_per_record);
    set(&mut limits.record_bytes, own.record_bytes);
    set(&mut limits.json_depth, own.json_depth);
    set(&mut limits.xml_depth, own.xml_depth);
    set(&mut limits.csv_columns, own.csv_columns);
    limits
}
