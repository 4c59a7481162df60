//! Who calls, and which Pages they have by themselves and through a business.

use serde_json::{Value, json};

use super::{Page, SCOPES, State};
use crate::meta::login::Token;
use crate::meta::{Answer, Call, Refused};

/// The business that shows its Pages.
const BUSINESS: &str = "701";
/// One before it in the list, which lets nobody see its own.
const CLOSED_BUSINESS: &str = "700";

/// Whoever asks for businesses has to be allowed to see them.
fn may_manage(token: &Token) -> Result<(), Refused> {
    if token.kind == "user" && token.scopes.contains("business_management") {
        return Ok(());
    }
    Err(Refused::graph(
        200,
        0,
        "(#200) Requires business_management permission to manage the object",
    ))
}

impl State {
    /// A Page as lists show it, with its token.
    fn listed(&mut self, page: &Page) -> Value {
        let token = self.page_token(&page.id);
        json!({
            "id": page.id, "name": page.name, "username": page.username,
            "access_token": token, "tasks": page.tasks,
        })
    }

    pub(super) fn businesses(&self, call: &Call) -> Answer {
        may_manage(&self.caller(call)?)?;
        Ok(json!({ "data": [{ "id": CLOSED_BUSINESS }, { "id": BUSINESS }] }).into())
    }

    pub(super) fn of_business(&mut self, call: &Call, business: &str, edge: &str) -> Answer {
        may_manage(&self.caller(call)?)?;
        if business == CLOSED_BUSINESS {
            return Err(Refused::graph(
                10,
                0,
                "(#10) Application does not have permission for this action",
            ));
        }
        if business != BUSINESS {
            return Err(Refused::gone(business));
        }
        let pages = self.pages.iter().filter(|p| p.business == Some(edge));
        let pages: Vec<Page> = pages.cloned().collect();
        let data: Vec<Value> = pages.iter().map(|page| self.listed(page)).collect();
        Ok(json!({ "data": data }).into())
    }

    pub(super) fn me(&mut self, call: &Call) -> Answer {
        let token = self.caller(call)?;
        if token.kind == "user" {
            if call.get("fields").contains("category") {
                return Err(Refused::parameter(
                    "Tried accessing nonexisting field (category) on node type (User)",
                ));
            }
            return Ok(json!({ "id": "9", "name": "Ana" }).into());
        }
        let page = self.page(call, &token.owner)?;
        Ok(json!({ "id": page.id, "name": page.name, "username": page.username, "category": "Bakery" }).into())
    }

    pub(super) fn accounts(&mut self, call: &Call) -> Answer {
        let token = self.caller(call)?;
        if token.kind != "user" {
            return Err(Refused::parameter(
                "Tried accessing nonexisting field (accounts) on node type (Page)",
            ));
        }
        if !token.scopes.contains("pages_show_list") {
            return Ok(json!({ "data": [] }).into());
        }
        // One at a time, so that whoever reads the first list only misses the others.
        let at: usize = call.get("after").parse().unwrap_or(0);
        let own = |page: &&Page| page.business.is_none();
        let pages: Vec<Page> = self.pages.iter().filter(own).cloned().collect();
        let Some(page) = pages.get(at) else {
            return Ok(json!({ "data": [] }).into());
        };
        let mut answer = json!({
            "data": [self.listed(page)],
            "paging": { "cursors": { "before": at.to_string(), "after": (at + 1).to_string() } },
        });
        if at + 1 < pages.len() {
            answer["paging"]["next"] = json!("https://graph.facebook.com/next");
        }
        Ok(answer.into())
    }

    pub(super) fn permissions(&self, call: &Call) -> Answer {
        Ok(self.caller(call)?.permissions(SCOPES).into())
    }
}
