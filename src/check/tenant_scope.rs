//! What checks on the tenant see: the cloud object as it will be, the one that is there now, and what is exported.
//!
//! | name | value |
//! |---|---|
//! | `userPrincipalName`, `mailNickname`, `mail`, `proxyAddresses` | as the cloud will hold them |
//! | `cloudMatch` | `existing`, `hard`, `soft` or `new` |
//! | `cloudUserPrincipalName`, `cloudMailNickname`, `cloudMail`, `cloudProxyAddresses` | as the cloud holds them now |
//! | `cloudRecipientTypeDetails`, `cloudExchangeGuid`, `cloudArchiveGuid` | what Exchange Online says of it now |
//! | `cloudIsExchangeCloudManaged` | whether its Exchange attributes are managed in the cloud now |
//! | any other | the attribute that is exported |
//!
//! What a tenant file does not tell reads as NULL. A page that reads what the cloud holds now names under `needs` what it
//! cannot do without; where no file tells that, the check is not run.

use std::borrow::Cow;
use std::cell::OnceCell;

use crate::directory::{AttributeId, AttributeNames};
use crate::entra::stage::{CloudState, Predicted};
use crate::expression::{Delegate, EvaluationError, Scope, Value};
use crate::sync::{AnyScope, MetaverseId};
use crate::tenant::{CloudObject, CloudProperty};

/// The names for what the cloud holds now.
const NOW: [(&str, CloudProperty); 8] = [
    ("cloudUserPrincipalName", CloudProperty::UserPrincipalName),
    ("cloudMailNickname", CloudProperty::MailNickname),
    ("cloudMail", CloudProperty::Mail),
    ("cloudProxyAddresses", CloudProperty::ProxyAddresses),
    ("cloudRecipientTypeDetails", CloudProperty::RecipientTypeDetails),
    ("cloudExchangeGuid", CloudProperty::ExchangeGuid),
    ("cloudArchiveGuid", CloudProperty::ArchiveGuid),
    ("cloudIsExchangeCloudManaged", CloudProperty::ExchangeCloudManaged),
];

/// The property that a name reads as the cloud holds it now; `None` for any other name.
pub(super) fn property_now(name: &str) -> Option<CloudProperty> {
    NOW.iter().find(|(own, _)| *own == name).map(|(_, property)| *property)
}

/// The scope of one exported object that the tenant holds something for.
pub(super) struct TenantScope<'s, 'd> {
    pub(super) export: AnyScope<'s, 'd>,
    names: &'s AttributeNames,
    predicted: Predicted<'s, 's>,
    metaverse: MetaverseId,
    row: &'s CloudObject,
    /// Calculated when a page asks for it: most conditions are settled by what the cloud holds now.
    state: OnceCell<Option<CloudState>>,
}

impl<'s, 'd> TenantScope<'s, 'd> {
    /// `None` when the tenant holds nothing for the object.
    pub(super) fn new(
        predicted: Predicted<'s, 's>,
        names: &'s AttributeNames,
        export: AnyScope<'s, 'd>,
        metaverse: MetaverseId,
    ) -> Option<Self> {
        let row = predicted.stage.tenant().object(predicted.stage.fate(metaverse.0).own()?);
        Some(Self { export, names, predicted, metaverse, row, state: OnceCell::new() })
    }

    fn state(&self) -> Option<&CloudState> {
        let calculate = || self.predicted.stage.cloud(self.predicted.exports, self.metaverse.0, None);
        self.state.get_or_init(calculate).as_ref()
    }

    /// `None`: not a name of the cloud.
    fn cloud_value(&self, name: &str) -> Option<Value<'d>> {
        let after = |read: fn(&CloudState) -> Option<String>| self.state().and_then(read);
        let one = match name {
            "userPrincipalName" => after(|state| state.user_principal_name.clone()),
            "mailNickname" => after(|state| state.mail_nickname.clone()),
            "mail" => after(|state| state.mail.clone()),
            "cloudMatch" => after(|state| Some(state.matched.id().to_owned())),
            "proxyAddresses" => {
                return Some(list(
                    self.state().map(|state| state.proxy_addresses.clone()).unwrap_or_default(),
                ));
            }
            _ => return property_now(name).map(|property| self.value_now(property)),
        };
        Some(one.map_or(Value::Null, |text| Value::Text(Cow::Owned(text))))
    }

    fn value_now(&self, property: CloudProperty) -> Value<'d> {
        match property {
            CloudProperty::ProxyAddresses => list(self.row.texts(property).map(str::to_owned).collect()),
            CloudProperty::ExchangeCloudManaged => {
                self.row.flag(property).map_or(Value::Null, Value::Boolean)
            }
            _ => {
                let text = self.row.text(property);
                text.map_or(Value::Null, |text| Value::Text(Cow::Owned(text.to_owned())))
            }
        }
    }
}

fn list<'v>(texts: Vec<String>) -> Value<'v> {
    if texts.is_empty() {
        return Value::Null;
    }
    Value::List(texts.into_iter().map(|text| Value::Text(Cow::Owned(text))).collect())
}

impl<'d> Scope<'d> for TenantScope<'_, 'd> {
    fn attribute(&self, id: AttributeId) -> Result<Value<'d>, EvaluationError> {
        self.cloud_value(self.names.name(id)).map_or_else(|| self.export.attribute(id), Ok)
    }

    fn is_present(&self, id: AttributeId) -> Result<bool, EvaluationError> {
        Ok(self.attribute(id)?.is_present())
    }

    fn parameter(&self, name: &str) -> Option<Cow<'d, str>> {
        self.export.parameter(name)
    }

    fn contributor(&self, of: AttributeId, from: AttributeId) -> Result<Value<'d>, EvaluationError> {
        self.export.contributor(of, from)
    }
}

/// The scope of any check.
pub(super) enum CheckScope<'s, 'd> {
    /// Over the object, the metaverse or the export.
    Engine(AnyScope<'s, 'd>),
    /// Over the tenant.
    Tenant(Box<TenantScope<'s, 'd>>),
}

impl<'d> Delegate<'d> for CheckScope<'_, 'd> {
    fn inner(&self) -> &dyn Scope<'d> {
        match self {
            Self::Engine(scope) => scope,
            Self::Tenant(scope) => &**scope,
        }
    }
}
