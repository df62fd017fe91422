//! What checks on the tenant see: the cloud object as it will be, the one that is there now, and what is exported.
//!
//! | name | value |
//! |---|---|
//! | `userPrincipalName`, `mailNickname`, `mail`, `proxyAddresses` | as the cloud will hold them |
//! | `cloudMatch` | `existing`, `hard`, `soft` or `new` |
//! | `cloudUserPrincipalName`, `cloudMailNickname`, `cloudMail`, `cloudProxyAddresses` | as the cloud holds them now |
//! | `cloudRecipientTypeDetails`, `cloudExchangeGuid`, `cloudArchiveGuid` | what Exchange Online says of it now |
//! | any other | the attribute that is exported |

use std::borrow::Cow;

use crate::directory::{AttributeId, AttributeNames};
use crate::entra::stage::{CloudState, Predicted};
use crate::expression::{EvaluationError, Scope, Value};
use crate::sync::{AnyScope, MetaverseId};
use crate::tenant::{CloudObject, CloudProperty};

/// The scope of one exported object that the tenant holds something for.
pub(super) struct TenantScope<'s, 'd> {
    pub(super) export: AnyScope<'s, 'd>,
    names: &'s AttributeNames,
    row: &'s CloudObject,
    state: Option<CloudState>,
}

impl<'s, 'd> TenantScope<'s, 'd> {
    /// `None` when the tenant holds nothing for the object.
    pub(super) fn new(
        predicted: Predicted<'s, '_>,
        names: &'s AttributeNames,
        export: AnyScope<'s, 'd>,
        metaverse: MetaverseId,
    ) -> Option<Self> {
        let row = predicted.stage.tenant().object(predicted.stage.fate(metaverse.0).own()?);
        let state = predicted.stage.cloud(predicted.exports, metaverse.0, None);
        Some(Self { export, names, row, state })
    }

    /// `None`: not a name of the cloud.
    fn cloud_value(&self, name: &str) -> Option<Value<'d>> {
        let after = |read: fn(&CloudState) -> Option<String>| self.state.as_ref().and_then(read);
        let now = |property| self.row.text(property).map(str::to_owned);
        let one = match name {
            "userPrincipalName" => after(|state| state.user_principal_name.clone()),
            "mailNickname" => after(|state| state.mail_nickname.clone()),
            "mail" => after(|state| state.mail.clone()),
            "cloudMatch" => after(|state| Some(state.matched.id().to_owned())),
            "proxyAddresses" => {
                let all = self.state.as_ref().map(|state| state.proxy_addresses.clone());
                return Some(list(all.unwrap_or_default()));
            }
            "cloudProxyAddresses" => {
                return Some(list(
                    self.row.texts(CloudProperty::ProxyAddresses).map(str::to_owned).collect(),
                ));
            }
            "cloudUserPrincipalName" => now(CloudProperty::UserPrincipalName),
            "cloudMailNickname" => now(CloudProperty::MailNickname),
            "cloudMail" => now(CloudProperty::Mail),
            "cloudRecipientTypeDetails" => now(CloudProperty::RecipientTypeDetails),
            "cloudExchangeGuid" => now(CloudProperty::ExchangeGuid),
            "cloudArchiveGuid" => now(CloudProperty::ArchiveGuid),
            _ => return None,
        };
        Some(one.map_or(Value::Null, |text| Value::Text(Cow::Owned(text))))
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

impl<'d> CheckScope<'_, 'd> {
    fn inner(&self) -> &dyn Scope<'d> {
        match self {
            Self::Engine(scope) => scope,
            Self::Tenant(scope) => &**scope,
        }
    }
}

impl<'d> Scope<'d> for CheckScope<'_, 'd> {
    fn attribute(&self, id: AttributeId) -> Result<Value<'d>, EvaluationError> {
        self.inner().attribute(id)
    }

    fn is_present(&self, id: AttributeId) -> Result<bool, EvaluationError> {
        self.inner().is_present(id)
    }

    fn parameter(&self, name: &str) -> Option<Cow<'d, str>> {
        self.inner().parameter(name)
    }

    fn contributor(&self, of: AttributeId, from: AttributeId) -> Result<Value<'d>, EvaluationError> {
        self.inner().contributor(of, from)
    }

    fn value_count(&self, id: AttributeId) -> Result<usize, EvaluationError> {
        self.inner().value_count(id)
    }

    fn visit(
        &self,
        id: AttributeId,
        visitor: &mut dyn FnMut(Value<'d>) -> std::ops::ControlFlow<()>,
    ) -> Result<(), EvaluationError> {
        self.inner().visit(id, visitor)
    }
}
