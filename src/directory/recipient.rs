//! What msExchRecipientTypeDetails calls a recipient.
//!
//! Names and bits: `entra-outcomes` section I.1 (read 2026-11-25); those after `RoleGroup` but for the four remote
//! mailboxes rest on the order of names in public scripts. The number is a signed 64-bit one: read as 32 bits, every
//! remote mailbox would be lost.

/// Names in the order of their bits, from bit 0; empty: no document names the bit.
const NAMES: [&str; 46] = [
    "UserMailbox",
    "LinkedMailbox",
    "SharedMailbox",
    "LegacyMailbox",
    "RoomMailbox",
    "EquipmentMailbox",
    "MailContact",
    "MailUser",
    "MailUniversalDistributionGroup",
    "MailNonUniversalGroup",
    "MailUniversalSecurityGroup",
    "DynamicDistributionGroup",
    "PublicFolder",
    "SystemAttendantMailbox",
    "SystemMailbox",
    "MailForestContact",
    "User",
    "Contact",
    "UniversalDistributionGroup",
    "UniversalSecurityGroup",
    "NonUniversalGroup",
    "DisabledUser",
    "MicrosoftExchange",
    "ArbitrationMailbox",
    "MailboxPlan",
    "LinkedUser",
    "",
    "",
    "RoomList",
    "DiscoveryMailbox",
    "RoleGroup",
    "RemoteUserMailbox",
    "Computer",
    "RemoteRoomMailbox",
    "RemoteEquipmentMailbox",
    "RemoteSharedMailbox",
    "PublicFolderMailbox",
    "TeamMailbox",
    "RemoteTeamMailbox",
    "MonitoringMailbox",
    "GroupMailbox",
    "LinkedRoomMailbox",
    "AuditLogMailbox",
    "RemoteGroupMailbox",
    "SchedulingMailbox",
    "GuestMailUser",
];

/// The name of a recipient type; `None` for a number that names none.
pub fn type_name(details: i64) -> Option<&'static str> {
    let bits = u64::try_from(details).ok().filter(|bits| bits.is_power_of_two())?;
    let name = NAMES.get(usize::try_from(bits.trailing_zeros()).ok()?)?;
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_at_their_bits() {
        for (details, name) in [
            (1, "UserMailbox"),
            (2048, "DynamicDistributionGroup"),
            (2_097_152, "DisabledUser"),
            (33_554_432, "LinkedUser"),
            (268_435_456, "RoomList"),
            (1_073_741_824, "RoleGroup"),
            (2_147_483_648, "RemoteUserMailbox"),
            (8_589_934_592, "RemoteRoomMailbox"),
            (34_359_738_368, "RemoteSharedMailbox"),
            (274_877_906_944, "RemoteTeamMailbox"),
            (35_184_372_088_832, "GuestMailUser"),
        ] {
            assert_eq!(type_name(details), Some(name));
        }
        for none in [0, 3, -1, 67_108_864, i64::MIN, 1 << 46] {
            assert_eq!(type_name(none), None, "{none}");
        }
    }
}
