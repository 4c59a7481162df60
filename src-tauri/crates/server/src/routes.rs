//! The one list of routes: what the router, the description and the documents are made from.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::Request;
use axum::http::Method;
use model::key::Permission;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::call::{Answer, Call, Nothing, Reply, read_body, read_query};
use crate::contract::Contract;
use crate::dialect;
use crate::fault::Fault;
use crate::host::Host;
use crate::limits::Count;
use crate::once::{Named, once};

/// Features that routes wait for.
pub mod waits_for {
    /// Texts and pictures drafted by a language model.
    pub const DRAFTING: &str = "language-model drafting";
    /// Numbers of networks, and what follows from them.
    pub const METRICS: &str = "metrics and insights";
    /// Campaigns.
    pub const CAMPAIGNS: &str = "campaigns";
    /// Several people and their yes.
    pub const TEAMS: &str = "teams and approvals";
    /// Posts that come again.
    pub const RECURRING: &str = "recurring posts";
    /// Templates.
    pub const TEMPLATES: &str = "templates";
    /// Paying for a hosted server.
    pub const PAYMENT: &str = "payment";
}

/// Whether a route does something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It does what its document says.
    Served,
    /// It waits for a feature and says so.
    Waits(&'static str),
}

pub(crate) type Work = Pin<Box<dyn Future<Output = Result<Answer, Fault>> + Send>>;
type JsonWork = dyn Fn(Call, &str, &Bytes) -> Result<Work, Fault> + Send + Sync;
type StreamWork = dyn Fn(Call, Request, Option<Named>) -> Work + Send + Sync;
type OpenWork = dyn Fn(Arc<Host>, HashMap<String, String>, Request) -> Work + Send + Sync;
type SchemaOf = fn(&mut SchemaGenerator) -> Schema;

/// A body that tells itself from others, however it was packed on the way.
pub(crate) trait Fingerprint {
    /// What it holds, in order.
    fn parts(&self) -> Vec<Vec<u8>>;
}

/// What a route does.
pub(crate) enum Handler {
    /// Reads query and JSON body whole.
    Json(Box<JsonWork>),
    /// Reads its body itself, while it arrives.
    Stream(Box<StreamWork>),
    /// Needs no key: its address is one.
    Open(Box<OpenWork>),
    /// Says what it waits for.
    Waits(&'static str),
}

/// Shapes of what a route takes and gives.
#[derive(Default, Clone, Copy)]
pub(crate) struct Shapes {
    /// Its query.
    pub query: Option<SchemaOf>,
    /// Its body.
    pub body: Option<SchemaOf>,
    /// Its answer.
    pub answer: Option<SchemaOf>,
}

/// A route.
pub struct Route {
    /// Its contract.
    pub contract: Contract,
    /// Its method.
    pub method: Method,
    /// Its path as the checklist writes it.
    pub path: &'static str,
    /// Where else it is served; first where the checklist's path is none.
    pub also: &'static [&'static str],
    /// What it is for.
    pub what: &'static str,
    /// What a key needs besides being good.
    pub(crate) needs: Option<Permission>,
    pub(crate) handler: Handler,
    /// Its answer follows from the store alone, so that it can be given again until something is written.
    pub(crate) from_store: bool,
    pub(crate) shapes: Shapes,
}

fn shape<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

fn unless_nothing<T: JsonSchema + 'static>() -> Option<SchemaOf> {
    let nothing = std::any::TypeId::of::<T>() == std::any::TypeId::of::<Nothing>();
    (!nothing).then_some(shape::<T> as SchemaOf)
}

impl Route {
    fn new(
        contract: Contract,
        method: Method,
        path: &'static str,
        what: &'static str,
        handler: Handler,
    ) -> Self {
        Self {
            contract,
            method,
            path,
            also: &[],
            what,
            needs: None,
            handler,
            from_store: false,
            shapes: Shapes::default(),
        }
    }

    /// A route that reads a query and a JSON body.
    pub(crate) fn json<Q, I, O, F, Fut>(
        contract: Contract,
        method: Method,
        path: &'static str,
        what: &'static str,
        work: F,
    ) -> Self
    where
        Q: DeserializeOwned + JsonSchema + Send + 'static,
        I: DeserializeOwned + JsonSchema + Send + 'static,
        O: Serialize + JsonSchema + Send + 'static,
        F: Fn(Call, Q, I) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Reply<O>, Fault>> + Send + 'static,
    {
        let run = move |call: Call, query: &str, body: &Bytes| -> Result<Work, Fault> {
            let query: Q = read_query(query)?;
            let body: I = read_body(body)?;
            let work = work(call, query, body);
            Ok(Box::pin(async move { Answer::of(&work.await?) }))
        };
        let mut route = Self::new(contract, method, path, what, Handler::Json(Box::new(run)));
        route.shapes = Shapes {
            query: unless_nothing::<Q>(),
            body: unless_nothing::<I>(),
            answer: Some(shape::<O>),
        };
        route
    }

    /// A route that reads its body while it arrives, and works once it is there.
    pub(crate) fn stream<B, O, R, Read, F, Fut>(
        contract: Contract,
        method: Method,
        path: &'static str,
        what: &'static str,
        read: R,
        work: F,
    ) -> Self
    where
        B: Fingerprint + Send + 'static,
        O: Serialize + JsonSchema + Send + 'static,
        R: Fn(Call, Request) -> Read + Send + Sync + 'static,
        Read: Future<Output = Result<(Call, B), Fault>> + Send + 'static,
        F: Fn(Call, B) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Reply<O>, Fault>> + Send + 'static,
    {
        let work = Arc::new(work);
        let run = move |call: Call, request: Request, named: Option<Named>| -> Work {
            let body = read(call, request);
            let work = Arc::clone(&work);
            Box::pin(async move {
                let (call, body) = body.await?;
                let Some(mut named) = named else {
                    return Answer::of(&work(call, body).await?);
                };
                for part in body.parts() {
                    named.print(&part);
                }
                let begin = move |call| -> Result<Work, Fault> {
                    let work = work(call, body);
                    Ok(Box::pin(async move { Answer::of(&work.await?) }))
                };
                once(call, named, begin).await
            })
        };
        let mut route = Self::new(contract, method, path, what, Handler::Stream(Box::new(run)));
        route.shapes.answer = Some(shape::<O>);
        route
    }

    /// A route whose address is known only to those who were told, or that reads itself who asks. It says what
    /// it counted the request against.
    pub(crate) fn open<O, F, Fut>(
        contract: Contract,
        method: Method,
        path: &'static str,
        what: &'static str,
        work: F,
    ) -> Self
    where
        O: Serialize + JsonSchema + Send + 'static,
        F: Fn(Arc<Host>, HashMap<String, String>, Request) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(Reply<O>, Count), Fault>> + Send + 'static,
    {
        let run = move |host, params, request| -> Work {
            let work = work(host, params, request);
            Box::pin(async move {
                let (reply, count) = work.await?;
                let answer = Answer::of(&reply)?;
                Ok(Answer {
                    count: Some(count),
                    ..answer
                })
            })
        };
        let mut route = Self::new(contract, method, path, what, Handler::Open(Box::new(run)));
        route.shapes.answer = Some(shape::<O>);
        route
    }

    /// A route that waits for a feature.
    pub(crate) fn waits(
        contract: Contract,
        method: Method,
        path: &'static str,
        what: &'static str,
        feature: &'static str,
    ) -> Self {
        Self::new(contract, method, path, what, Handler::Waits(feature))
    }

    /// The same, asking for a permission.
    pub(crate) fn needs(mut self, permission: Permission) -> Self {
        self.needs = Some(permission);
        self
    }

    /// The same, with an answer that follows from the store alone.
    pub(crate) fn read_from_store(mut self) -> Self {
        self.from_store = true;
        self
    }

    /// The same, served at other paths as well.
    pub(crate) fn also(mut self, paths: &'static [&'static str]) -> Self {
        self.also = paths;
        self
    }

    /// Whether it does something.
    #[must_use]
    pub fn state(&self) -> State {
        match self.handler {
            Handler::Waits(feature) => State::Waits(feature),
            _ => State::Served,
        }
    }

    /// Every path it is served at.
    #[must_use]
    pub fn paths(&self) -> Vec<&'static str> {
        let own = self.path.starts_with('/').then_some(self.path);
        own.into_iter().chain(self.also.iter().copied()).collect()
    }
}

/// Every route of every contract.
#[must_use]
pub fn all() -> Vec<Route> {
    let mut all = dialect::calendar_entries::routes();
    all.extend(dialect::content_calendar::routes());
    all.extend(dialect::instagram_editor::routes());
    all.extend(dialect::scheduler::routes());
    all.extend(dialect::social_publishing::routes());
    all
}
