//! `accounts`.

use std::collections::BTreeMap;

use app::programs::Network;
use app::types::accounts::{FoundAccount, SignInAnswer};
use app::types::ahead::Readiness;
use app::types::session::Boot;
use model::WorkspaceId;
use serde_json::{Value, json};

use crate::ask;
use crate::cli::{Accounts, AccountsWhat, Connect};
use crate::door::{self, Door, long_name, through};
use crate::place::Place;
use crate::say::Say;
use crate::trouble::Trouble;

/// Does what was asked.
pub async fn run(place: &Place, args: Accounts, say: &Say) -> Result<(), Trouble> {
    through(place, false, async |door: &Door| {
        let boot = door.boot().await?;
        match args.what {
            AccountsWhat::List => list(door, &boot, say).await,
            AccountsWhat::Networks { network } => networks(&boot, network.as_deref(), say),
            AccountsWhat::Connect(connect) => sign_in(door, &boot, connect, say).await,
        }
    })
    .await
}

async fn list(door: &Door, boot: &Boot, say: &Say) -> Result<(), Trouble> {
    let mut ready = Vec::new();
    for workspace in &boot.workspaces {
        let input = json!({ "id": workspace.id });
        let found: Readiness = door.call("accounts.readiness", input).await?;
        ready.extend(found.accounts);
    }
    say.answer(&boot.accounts, || {
        let lines = boot.accounts.iter().map(|account| {
            let known = ready.iter().find(|r| r.account_id == account.id);
            let state = match known.map(|r| (r.ready, r.lacks.first())) {
                Some((true, _)) => "ready",
                Some((false, Some(lack))) => lack.message.as_str(),
                _ => "",
            };
            format!("{}  {}  {state}", account.id, long_name(account))
        });
        lines.collect()
    });
    Ok(())
}

fn network<'a>(boot: &'a Boot, key: &str) -> Result<&'a Network, Trouble> {
    let found = boot.catalogue.iter().find(|entry| entry.key == key);
    found.ok_or_else(|| {
        let keys: Vec<&str> = boot.catalogue.iter().map(|e| e.key.as_str()).collect();
        Trouble::missing(format!(
            "There is no network {key}. There are: {}.",
            keys.join(", ")
        ))
    })
}

fn networks(boot: &Boot, only: Option<&str>, say: &Say) -> Result<(), Trouble> {
    let entries: Vec<&Network> = match only {
        Some(key) => vec![network(boot, key)?],
        None => boot.catalogue.iter().collect(),
    };
    say.answer(&entries, || {
        let mut lines = Vec::new();
        for entry in &entries {
            lines.push(format!("{}  {}", entry.key, entry.name));
            for method in &entry.sign_in.methods {
                lines.push(format!("  --method {}  {}", method.key, method.label));
                for field in &method.fields {
                    let secret = is_secret(field.kind);
                    let how = if secret { "asked for" } else { "--field" };
                    let may = if field.optional { ", may be empty" } else { "" };
                    lines.push(format!(
                        "    {} ({how}{may}): {}. {}",
                        field.name, field.label, field.help
                    ));
                }
            }
        }
        lines
    });
    Ok(())
}

/// Whether a field is a secret. The kinds themselves belong to the networks.
fn is_secret(kind: impl serde::Serialize) -> bool {
    serde_json::to_value(kind).is_ok_and(|kind| kind == "secret")
}

async fn sign_in(door: &Door, boot: &Boot, args: Connect, say: &Say) -> Result<(), Trouble> {
    let entry = network(boot, &args.network)?;
    let method = entry.sign_in.method(&args.method).ok_or_else(|| {
        Trouble::missing(format!(
            "{} has no way to sign in called {}. See: almanac-server accounts networks {}",
            entry.name, args.method, entry.key
        ))
    })?;
    let mut fields = BTreeMap::new();
    for pair in &args.fields {
        let (name, value) = pair
            .split_once('=')
            .ok_or_else(|| Trouble::Usage(format!("{pair} is no NAME=VALUE.")))?;
        let field = method.fields.iter().find(|field| field.name == name);
        match field {
            Some(field) if is_secret(field.kind) => {
                return Err(Trouble::Usage(format!(
                    "{name} is a secret and may not stand on the command line: it is asked for, or read from standard input."
                )));
            }
            Some(_) => fields.insert(name.to_owned(), value.to_owned()),
            None => {
                return Err(Trouble::Usage(format!(
                    "This sign-in has no field {name}. See: almanac-server accounts networks {}",
                    entry.key
                )));
            }
        };
    }
    for step in &method.guide {
        say.note(step);
    }
    let mut secrets = BTreeMap::new();
    for field in &method.fields {
        if is_secret(field.kind) {
            let typed = ask::secret(&field.label)?;
            secrets.insert(field.name.clone(), typed.reveal().to_owned());
        } else if !field.optional && !fields.contains_key(&field.name) {
            return Err(Trouble::invalid(format!(
                "{} is missing: --field {}=…",
                field.label, field.name
            )));
        }
    }
    let workspace = door::workspace(boot, args.workspace.as_deref())?.id;
    let answer: SignInAnswer = connect(door, workspace, &args, fields, secrets).await?;
    go_on(door, answer, &args, say).await
}

async fn connect(
    door: &Door,
    workspace_id: WorkspaceId,
    args: &Connect,
    fields: BTreeMap<String, String>,
    secrets: BTreeMap<String, String>,
) -> Result<SignInAnswer, Trouble> {
    let input = json!({
        "workspaceId": workspace_id,
        "network": args.network,
        "method": args.method,
        "fields": fields,
        "secrets": secrets,
    });
    door.call("accounts.connect", input).await
}

/// Goes on until the account is connected.
async fn go_on(
    door: &Door,
    mut answer: SignInAnswer,
    args: &Connect,
    say: &Say,
) -> Result<(), Trouble> {
    loop {
        answer = match answer {
            SignInAnswer::Connected { written } => {
                for note in &written.notes {
                    say.note(note);
                }
                let account = written.value;
                say.answer(&account, || {
                    vec![format!("Connected: {}", long_name(&account))]
                });
                return Ok(());
            }
            SignInAnswer::Choose { id, accounts } => {
                let remote_id = choose(&accounts, args, say)?;
                let input = json!({ "id": id, "remoteId": remote_id });
                door.call("accounts.sign_in_choose", input).await?
            }
            SignInAnswer::Browser { id, address, .. } => {
                // Not a note: without the address there is no way on.
                say.answer(&json!({ "open": address }), || {
                    vec![
                        "Open this address in a browser and say yes:".to_owned(),
                        address,
                    ]
                });
                let label = "Then paste the address at which the browser ends, whether its page loads or not";
                let pasted: Value = json!({ "id": id, "address": ask::line(say, label)? });
                door.call("accounts.sign_in_paste", pasted).await?
            }
        };
    }
}

fn choose(accounts: &[FoundAccount], args: &Connect, say: &Say) -> Result<String, Trouble> {
    let named = if let Some(named) = &args.choose {
        named.clone()
    } else {
        for account in accounts {
            say.note(&format!(
                "{}  {}  {}",
                account.remote_id, account.handle, account.display_name
            ));
        }
        ask::line(say, "Which of these accounts? Its id or handle")?
    };
    let found = accounts
        .iter()
        .find(|a| a.remote_id == named || a.handle == named);
    found
        .map(|a| a.remote_id.clone())
        .ok_or_else(|| Trouble::missing(format!("The sign-in gives no access to {named}.")))
}
