//! The delivery of a case about webhooks.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::vars::Vars;

/// The methods of a verifier, as a case's `operation` names them.
const OPERATIONS: &[&str] = &["webhook.verify", "webhook.unwrap", "webhook.forget"];

/// The member `webhook` of a case. The testee is told it as it stands, with the server's address put in.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Webhook {
    /// The address that the verifier is for.
    pub url: String,
    /// The other settings of the verifier, durations in milliseconds with the unit in the name.
    #[serde(default)]
    pub settings: Map<String, Value>,
    /// The headers of the delivery: pairs of a name and a value.
    #[serde(default)]
    pub headers: Vec<(String, String)>,
    /// The body of the delivery.
    #[serde(default)]
    pub body: String,
    /// The methods that are called first, with the same delivery and whatever comes of them: `unwrap`, `verify` or `forget`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub before: Vec<String>,
}

impl Webhook {
    /// Puts the server's address into the settings.
    ///
    /// # Errors
    /// Names a variable that does not exist.
    pub fn fill(&mut self, vars: &Vars) -> Result<(), String> {
        for value in self.settings.values_mut() {
            if let Value::String(text) = value {
                *text = vars.fill(text)?;
            }
        }
        Ok(())
    }
}

/// Judges the operation and the delivery of a case: it has both or none.
///
/// # Errors
/// Says what does not go together.
pub fn judge(operation: &str, webhook: Option<&Webhook>) -> Result<(), String> {
    let is_known = |operation: &str| OPERATIONS.contains(&operation);
    if is_known(operation) != webhook.is_some() {
        return Err(format!(
            "a `webhook` and one of the operations {} go together",
            OPERATIONS.join(", ")
        ));
    }
    let before = webhook.into_iter().flat_map(|webhook| &webhook.before);
    match before
        .into_iter()
        .find(|name| !is_known(&format!("webhook.{name}")))
    {
        Some(name) => Err(format!("`before` names the unknown method {name}")),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_delivery_goes_with_a_method_of_a_verifier() {
        let webhook = |before: Value| -> Webhook {
            serde_json::from_value(json!({"url": "https://a.example/", "before": before})).unwrap()
        };
        let good = webhook(json!(["unwrap", "forget"]));
        assert!(judge("webhook.unwrap", Some(&good)).is_ok());
        assert!(judge("forms.get", None).is_ok());
        assert!(judge("forms.get", Some(&good)).is_err());
        assert!(judge("webhook.unwrap", None).is_err());
        assert!(judge("webhook.unwrapped", Some(&good)).is_err());
        assert!(judge("webhook.unwrap", Some(&webhook(json!(["send"])))).is_err());
    }

    #[test]
    fn the_servers_address_is_put_into_the_settings() {
        let told = json!({"url": "https://a.example/", "settings": {"keys_url": "${ORIGIN}/keys", "leeway_ms": 0}});
        let mut webhook: Webhook = serde_json::from_value(told).unwrap();
        webhook.fill(&Vars { port: 8 }).unwrap();
        assert_eq!(webhook.settings["keys_url"], "http://127.0.0.1:8/keys");
        assert_eq!(webhook.settings["leeway_ms"], 0);
        assert!(serde_json::from_value::<Webhook>(json!({"url": "u", "bodi": ""})).is_err());
    }
}
