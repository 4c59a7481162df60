//! Forms made from data: signing in and the options of a target.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Which part of the program fills a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    /// One line of text.
    Text,
    /// Several lines of text.
    LongText,
    /// A whole number.
    Number,
    /// Several short texts, kept as a list of texts.
    List,
    /// A web address.
    Address,
    /// A secret, shown as dots and kept in the keyring.
    Secret,
    /// A folder on this computer.
    Folder,
    /// Yes or no.
    Toggle,
    /// One of `choices`.
    Choice,
    /// One of what the network offers this account, such as a board: found by
    /// [`Connector::choices`](crate::connector::Connector::choices) under the field's name.
    Lookup,
}

/// A field of the sign-in form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SignInField {
    /// Name in `SignInFields`.
    pub name: String,
    /// Label on screen.
    pub label: String,
    /// What it is and where to find it, one sentence.
    pub help: String,
    /// How it is entered.
    pub kind: FieldKind,
    /// May stay empty.
    pub optional: bool,
    /// Shown while empty.
    pub placeholder: String,
    /// Belongs to the person's app and not to the account: kept in the keyring for the next account of
    /// this network.
    pub of_app: bool,
}

impl SignInField {
    /// A field that has to be filled in.
    #[must_use]
    pub fn new(name: &str, label: &str, kind: FieldKind, help: &str) -> Self {
        Self {
            name: name.to_owned(),
            label: label.to_owned(),
            help: help.to_owned(),
            kind,
            optional: false,
            placeholder: String::new(),
            of_app: false,
        }
    }

    /// The same, which may stay empty.
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.optional = true;
        self
    }

    /// The same with an example.
    #[must_use]
    pub fn like(mut self, example: &str) -> Self {
        example.clone_into(&mut self.placeholder);
        self
    }

    /// The same as a part of the person's app.
    #[must_use]
    pub fn of_app(mut self) -> Self {
        self.of_app = true;
        self
    }
}

/// Where a browser comes back to after the person agreed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(
    tag = "kind",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
pub enum Redirect {
    /// This computer, where Almanac listens once. The first port that is free is taken; 0 stands for any.
    Loopback {
        /// `127.0.0.1` or `localhost`, as the network wants it spelt; it listens on 127.0.0.1.
        host: String,
        /// Ports in order. With more than one, each has to be registered.
        ports: Vec<u16>,
        /// The path, such as `/callback`.
        path: String,
    },
    /// An address that leads nowhere: the person copies the final address out of the browser.
    Pasted {
        /// The address to register.
        address: String,
    },
}

/// Signing in through the browser.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Browser {
    /// Where it comes back to.
    pub redirect: Redirect,
    /// Where a person registers an app of their own; none where nothing has to be registered.
    pub register_at: Option<String>,
    /// What the network is asked to allow, in its own words; empty where it has no such words.
    pub scopes: Vec<String>,
}

/// One way to sign in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SignInMethod {
    /// Key, such as `oauth` or `token`; stable for ever.
    pub key: String,
    /// Label on screen, such as "With your browser".
    pub label: String,
    /// What to do, in steps, as shown above the form.
    pub guide: Vec<String>,
    /// The form.
    pub fields: Vec<SignInField>,
    /// Goes through the browser; none when the form is all.
    pub browser: Option<Browser>,
}

impl SignInMethod {
    /// A way whose form is all.
    #[must_use]
    pub fn form(key: &str, label: &str, guide: &[&str], fields: Vec<SignInField>) -> Self {
        Self {
            key: key.to_owned(),
            label: label.to_owned(),
            guide: guide.iter().map(|&step| step.to_owned()).collect(),
            fields,
            browser: None,
        }
    }

    /// The same way through the browser.
    #[must_use]
    pub fn through(mut self, redirect: Redirect, register_at: Option<&str>) -> Self {
        self.browser = Some(Browser {
            redirect,
            register_at: register_at.map(str::to_owned),
            scopes: vec![],
        });
        self
    }

    /// The same, asking the network to allow this. Nothing is asked where a form is all.
    #[must_use]
    pub fn asking_for(mut self, scopes: &[&str]) -> Self {
        if let Some(browser) = &mut self.browser {
            browser.scopes = scopes.iter().map(|&scope| scope.to_owned()).collect();
        }
        self
    }
}

/// How one signs in: at least one way, the best first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SignIn {
    /// The ways.
    pub methods: Vec<SignInMethod>,
}

impl SignIn {
    /// A way by its key; the first one when none is named.
    #[must_use]
    pub fn method(&self, key: &str) -> Option<&SignInMethod> {
        if key.is_empty() {
            return self.methods.first();
        }
        self.methods.iter().find(|m| m.key == key)
    }

    /// Every field of every way.
    pub fn fields(&self) -> impl Iterator<Item = &SignInField> {
        self.methods.iter().flat_map(|m| &m.fields)
    }
}

/// Another option that has to have one of these values.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ShownWhen {
    /// Name of the other option.
    pub option: String,
    /// Its values.
    #[ts(type = "unknown[]")]
    pub values: Vec<serde_json::Value>,
}

/// An option of a target.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OptionField {
    /// Name in the target's options.
    pub name: String,
    /// Label on screen.
    pub label: String,
    /// One sentence of help.
    pub help: String,
    /// How it is entered.
    pub kind: FieldKind,
    /// Values of a choice, each with its label.
    pub choices: Vec<(String, String)>,
    /// Value while none is set.
    #[ts(type = "unknown")]
    pub default: serde_json::Value,
    /// Longest text in graphemes, largest number, or most entries of a list; none without limit.
    pub max: Option<u32>,
    /// Shown only when this holds; always when none.
    pub when: Option<ShownWhen>,
    /// Has to be set before anything can be published.
    pub required: bool,
}

impl OptionField {
    /// An option; `default` is the value while none is set.
    #[must_use]
    pub fn new(
        name: &str,
        label: &str,
        kind: FieldKind,
        default: serde_json::Value,
        help: &str,
    ) -> Self {
        Self {
            name: name.to_owned(),
            label: label.to_owned(),
            help: help.to_owned(),
            kind,
            choices: vec![],
            default,
            max: None,
            when: None,
            required: false,
        }
    }

    /// The same with these values to choose from, each with its label. The first is the default.
    #[must_use]
    pub fn choice(name: &str, label: &str, choices: &[(&str, &str)], help: &str) -> Self {
        let first = choices.first().map(|c| c.0).unwrap_or_default();
        Self {
            choices: choices
                .iter()
                .map(|&(value, label)| (value.to_owned(), label.to_owned()))
                .collect(),
            ..Self::new(name, label, FieldKind::Choice, first.into(), help)
        }
    }

    /// The same with a limit.
    #[must_use]
    pub fn max(mut self, max: u32) -> Self {
        self.max = Some(max);
        self
    }

    /// The same, which has to be set.
    #[must_use]
    pub fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// The same, shown only when another option has one of these values.
    #[must_use]
    pub fn when(mut self, option: &str, values: &[serde_json::Value]) -> Self {
        self.when = Some(ShownWhen {
            option: option.to_owned(),
            values: values.to_vec(),
        });
        self
    }
}
