//! Tools for a language-model program that starts this one and talks to it over standard input and output:
//! on the data folder itself, or, when somebody has it, passed on to them line by line.

use app::OpenTrouble;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};

use crate::client::Client;
use crate::door;
use crate::place::Place;
use crate::trouble::Trouble;

/// See the module. Everything is done with the key that the variable or `--key-file` gives.
pub async fn run(place: &Place) -> Result<(), Trouble> {
    let app = match place.open(true).await {
        Ok(app) => app,
        Err(error) if error.trouble == OpenTrouble::InUse => {
            return pass_on(door::owner_of(place)?).await;
        }
        Err(error) => return Err(Trouble::NotOpen(error)),
    };
    let key = door::key_of(place)?.ok_or_else(|| {
        Trouble::Usage(format!(
            "Tools work with a key: put one into the variable {}, or name a file that holds one with --key-file. `almanac-server keys create` makes one.",
            door::KEY
        ))
    });
    let done = match key {
        Ok(key) => {
            let (input, output) = (tokio::io::stdin(), tokio::io::stdout());
            let served = server::serve_over(app.clone(), key.reveal(), input, output).await;
            served.map_err(|error| Trouble::Usage(error.to_string()))
        }
        Err(trouble) => Err(trouble),
    };
    app.shutdown().await;
    done
}

/// Hands each line on to the Almanac that has the folder, and its answers back.
async fn pass_on(client: Client) -> Result<(), Trouble> {
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    let mut output = tokio::io::stdout();
    while let Some(line) = lines.next_line().await? {
        if line.trim().is_empty() {
            continue;
        }
        if let Some(answer) = client.message(line).await? {
            output.write_all(answer.as_bytes()).await?;
            output.write_all(b"\n").await?;
            output.flush().await?;
        }
    }
    Ok(())
}
