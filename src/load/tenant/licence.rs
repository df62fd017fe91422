//! Whether Exchange is licensed, from what the several exports say of plans and products (`entra-outcomes` section F.2,
//! read 2026-11-25).

use crate::tenant::{CloudDraft, CloudProperty};

/// Service plans of the service `exchange` that do not count: Bookings, `MyAnalytics`, Premium Encryption (F.2). The ids
/// are those of Microsoft's list of product names and service plan identifiers for licensing.
const PLANS_THAT_DO_NOT_COUNT: [&str; 5] = [
    "199a5c09-e0ca-4e37-8f7c-b05d533e1ea2", // MICROSOFTBOOKINGS
    "33c4f319-9bdd-48d6-9c4d-410b750a4a5a", // MYANALYTICS_P2
    "34c0d7a0-a70f-4668-9238-47f9fc208882", // EXCHANGE_ANALYTICS
    "617b097b-4b93-4ede-83de-5f075bb5fb2f", // PREMIUM_ENCRYPTION
    "6e5b7995-bd4f-4cbd-9d19-0e32010c72f0", // MYANALYTICS_P2_GOV
];

/// One entry of `assignedPlans`.
#[derive(Debug, Default)]
pub(super) struct Plan {
    pub(super) service: String,
    pub(super) status: String,
    pub(super) id: String,
}

impl Plan {
    /// Takes one of its fields, by its name in any letter case.
    pub(super) fn set(&mut self, name: &str, value: &str) {
        let names = [
            ("service", &mut self.service),
            ("capabilityStatus", &mut self.status),
            ("servicePlanId", &mut self.id),
        ];
        if let Some((_, field)) = names.into_iter().find(|(own, _)| own.eq_ignore_ascii_case(name)) {
            field.clear();
            field.push_str(value);
        }
    }

    fn is_exchange(&self) -> bool {
        let is_enabled = ["Enabled", "Warning"].iter().any(|own| own.eq_ignore_ascii_case(&self.status));
        let counts = !PLANS_THAT_DO_NOT_COUNT.iter().any(|own| own.eq_ignore_ascii_case(&self.id));
        is_enabled && counts && self.service.eq_ignore_ascii_case("exchange")
    }
}

/// What is known so far of one object.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Licence {
    /// The plans are listed; a plan of Exchange is among them.
    plans: Option<bool>,
    /// Whether there is any product.
    any_product: Option<bool>,
    has_mailbox: bool,
}

impl Licence {
    /// The plans follow, as far as there are any.
    pub(super) fn list_plans(&mut self) {
        self.plans.get_or_insert(false);
    }

    pub(super) fn add_plan(&mut self, plan: &Plan) {
        self.plans = Some(self.plans == Some(true) || plan.is_exchange());
    }

    /// The list turned out to hold names of types: it tells nothing.
    pub(super) fn lose_plans(&mut self) {
        self.plans = self.plans.filter(|is_exchange| *is_exchange);
    }

    pub(super) fn set_products(&mut self, has_any: bool) {
        self.any_product = Some(self.any_product == Some(true) || has_any);
    }

    /// Exchange Online shows a mailbox, or a licence for one.
    pub(super) fn set_mailbox(&mut self) {
        self.has_mailbox = true;
    }

    /// The names of products as the admin centre lists them; of a product that always holds a mailbox it is known what
    /// it means.
    pub(super) fn set_product_names(&mut self, names: &str) {
        let mut products = names.split(['+', ';', ',']).map(str::trim).filter(|name| !name.is_empty());
        self.set_products(products.clone().any(|name| !name.eq_ignore_ascii_case("Unlicensed")));
        self.has_mailbox |= products.any(|name| {
            ["Exchange Online (Plan", "Exchange Online Plan", "Exchange Online Kiosk"]
                .iter()
                .any(|own| name.get(..own.len()).is_some_and(|start| start.eq_ignore_ascii_case(own)))
        });
    }

    /// Sets the flag. That there is some product tells no more than that somebody looked.
    pub(super) fn write(self, object: &mut CloudDraft) {
        let flag = match self {
            Self { plans: Some(true), .. } | Self { has_mailbox: true, .. } => Some(true),
            Self { plans: Some(false), .. } | Self { any_product: Some(false), .. } => Some(false),
            Self { any_product: Some(true), .. } => {
                return object.tell(CloudProperty::ExchangeLicensed);
            }
            Self { plans: None, any_product: None, has_mailbox: false } => None,
        };
        if let Some(flag) = flag {
            object.set_flag(CloudProperty::ExchangeLicensed, flag);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flag(fill: impl FnOnce(&mut Licence)) -> (bool, Option<bool>) {
        let mut licence = Licence::default();
        fill(&mut licence);
        let mut object = CloudDraft::default();
        licence.write(&mut object);
        (object.tells(CloudProperty::ExchangeLicensed), object.flag(CloudProperty::ExchangeLicensed))
    }

    fn plan(service: &str, status: &str, id: &str) -> Plan {
        Plan { service: service.into(), status: status.into(), id: id.into() }
    }

    #[test]
    fn a_plan_of_exchange_counts_unless_it_is_no_mailbox() {
        let exchange = "efb87545-963c-4e0d-99df-69c6916d9eb0";
        for (plan, is_exchange) in [
            (plan("exchange", "Enabled", exchange), true),
            (plan("Exchange", "warning", exchange), true),
            (plan("exchange", "Deleted", exchange), false),
            (plan("exchange", "Suspended", exchange), false),
            (plan("SharePoint", "Enabled", exchange), false),
            (plan("exchange", "Enabled", "199A5C09-e0ca-4e37-8f7c-b05d533e1ea2"), false),
            (plan("exchange", "Enabled", "33c4f319-9bdd-48d6-9c4d-410b750a4a5a"), false),
            (plan("exchange", "Enabled", "617b097b-4b93-4ede-83de-5f075bb5fb2f"), false),
        ] {
            let found = flag(|licence| licence.add_plan(&plan));
            assert_eq!(found, (true, Some(is_exchange)), "{plan:?}");
        }
    }

    #[test]
    fn products_tell_only_that_there_is_none() {
        assert_eq!(flag(|_| {}), (false, None));
        assert_eq!(flag(Licence::list_plans), (true, Some(false)));
        assert_eq!(flag(|licence| licence.set_products(false)), (true, Some(false)));
        assert_eq!(flag(|licence| licence.set_products(true)), (true, None));
        assert_eq!(flag(|licence| licence.set_product_names("Unlicensed")), (true, Some(false)));
        assert_eq!(flag(|licence| licence.set_product_names("Visio Plan 2+Power BI")), (true, None));
        let mailbox = "Power BI+Exchange Online (Plan 1)";
        assert_eq!(flag(|licence| licence.set_product_names(mailbox)), (true, Some(true)));
        assert_eq!(
            flag(|licence| licence.set_product_names("Exchange Online Protection")),
            (true, None),
            "no mailbox in it"
        );
        let lost = |licence: &mut Licence| {
            licence.list_plans();
            licence.lose_plans();
        };
        assert_eq!(flag(lost), (false, None));
    }
}
