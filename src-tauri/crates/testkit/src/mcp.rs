//! What a program says to the tools of the Model Context Protocol before it uses them.

use serde_json::{Value, json};

/// What it says of itself: the parameters of `initialize`.
#[must_use]
pub fn hello() -> Value {
    json!({
        "protocolVersion": "2025-06-18", "capabilities": {},
        "clientInfo": { "name": "test", "version": "1" },
    })
}

/// The first request, which is answered, the word that it is ready, which is not, and the use of a tool.
#[must_use]
pub fn use_of(tool: &str, arguments: &Value) -> [Value; 3] {
    [
        json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello() }),
        json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }),
        json!({
            "jsonrpc": "2.0", "id": 2, "method": "tools/call",
            "params": { "name": tool, "arguments": arguments },
        }),
    ]
}
