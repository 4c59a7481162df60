//! The words of the command line.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

pub use crate::role::Role;

/// What the program ends with, for people and scripts.
pub const EXIT_STATUS: &str = "\
Exit status:
  0   it is done
  1   a fault of Almanac itself; the log has the detail
  2   the command line was not understood
  3   something that was given breaks a rule
  4   there is no such thing
  5   the state of the thing does not allow it
  6   the key may not
  7   too many requests; try later
  8   a network or the internet did not answer
  9   an account needs attention
  10  a file cannot be used
  11  the disk or the database refused, or is damaged
  12  another Almanac has the data folder, and cannot be reached
  13  a post did not go out, or nobody can tell yet
  14  doctor found something to mend
  15  the backup that was chosen could not be put back; the next start goes on without it";

/// Almanac without a window: plans posts and publishes each at its minute.
///
/// The data folder belongs to one program at a time. While `serve` or the desktop program has it, the other
/// commands go to that one over HTTP, with the key in the variable `ALMANAC_KEY` or in the
/// file of --key-file.
#[derive(Debug, Parser)]
#[command(name = "almanac-server", version, after_help = EXIT_STATUS)]
pub struct Cli {
    /// Options of every command.
    #[command(flatten)]
    pub common: Common,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Options of every command.
#[derive(Debug, Clone, Default, Args)]
pub struct Common {
    /// The data folder
    #[arg(long, global = true, value_name = "DIR", env = "ALMANAC_DATA_DIR")]
    pub data: Option<PathBuf>,
    /// Answer in JSON
    #[arg(long, global = true)]
    pub json: bool,
    /// Say nothing but answers and errors
    #[arg(long, short, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Log more; twice for everything
    #[arg(long, short, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
    /// A file that holds the key for the Almanac that is running
    #[arg(long, global = true, value_name = "FILE", env = "ALMANAC_KEY_FILE")]
    pub key_file: Option<PathBuf>,
    /// A file that holds the key under which passwords are sealed
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "ALMANAC_SECRET_KEY_FILE"
    )]
    pub secret_key_file: Option<PathBuf>,
    /// Read the key under which passwords are sealed from standard input, one line
    #[arg(long, global = true, conflicts_with = "secret_key_file")]
    pub secret_key_stdin: bool,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Keep the calendar and publish until told to stop
    Serve(Serve),
    /// Publish something now and wait until it is out
    Post(Writing),
    /// Put something on the calendar, to go out at its time
    Schedule(Schedule),
    /// Show what stands on the calendar
    List(List),
    /// Take a CSV file or a full export in
    Import(Import),
    /// Write a CSV file, a calendar file or a full export
    Export(Export),
    /// Accounts on networks
    Accounts(Accounts),
    /// Keys with which other programs and browsers work with this Almanac
    Keys(Keys),
    /// Look whether everything is well, and say what to do where it is not
    Doctor,
    /// Make a backup of the database now
    Backup,
    /// Go back to a backup; everything is held afterwards
    Restore(Restore),
    /// Offer the commands as tools of the Model Context Protocol over standard input and output
    Mcp,
    /// Print what completes this command line in a shell
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Print the manual page, or write the pages of all commands into a folder
    Manual {
        /// The folder
        #[arg(long = "into", value_name = "DIR")]
        folder: Option<PathBuf>,
    },
}

/// How to listen.
#[derive(Debug, Args)]
pub struct Serve {
    /// The port on this computer; that of the settings when missing
    #[arg(long)]
    pub port: Option<u16>,
    /// Listen at this address as well, such as 0.0.0.0:8437; needs TLS or --behind-proxy
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub listen: Vec<SocketAddr>,
    /// Certificate for --listen, as PEM
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    pub tls_cert: Option<PathBuf>,
    /// Its private key, as PEM
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    pub tls_key: Option<PathBuf>,
    /// A program in front takes the requests and speaks TLS
    #[arg(long, conflicts_with = "tls_cert")]
    pub behind_proxy: bool,
    /// Answer under this name as well, such as almanac.example.org
    #[arg(long = "host", value_name = "NAME")]
    pub hosts: Vec<String>,
    /// The folder of the built screen
    #[arg(long, value_name = "DIR", env = "ALMANAC_SCREEN")]
    pub screen: Option<PathBuf>,
    /// Serve no screen
    #[arg(long, conflicts_with = "screen")]
    pub no_screen: bool,
}

/// What to write.
#[derive(Debug, Args)]
pub struct Writing {
    /// The text; from standard input when missing or -
    pub text: Option<String>,
    /// An account, by handle, name, network:handle or id; those of the calendar when missing
    #[arg(long = "account", short, value_name = "ACCOUNT")]
    pub accounts: Vec<String>,
    /// The calendar, by name or id
    #[arg(long, short, value_name = "CALENDAR")]
    pub calendar: Option<String>,
    /// A picture or video; may be given several times
    #[arg(long = "media", short, value_name = "FILE")]
    pub media: Vec<PathBuf>,
    /// What the picture shows, in the order of --media
    #[arg(long = "alt", value_name = "TEXT")]
    pub alts: Vec<String>,
    /// A title, for networks that want one
    #[arg(long, default_value = "")]
    pub title: String,
    /// A label; may be given several times
    #[arg(long = "label", value_name = "LABEL")]
    pub labels: Vec<String>,
    /// How long to wait for it to be out, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 120)]
    pub wait: u64,
}

/// What to write, and when it goes out.
#[derive(Debug, Args)]
pub struct Schedule {
    /// What to write.
    #[command(flatten)]
    pub writing: Writing,
    /// When: "2026-05-14 09:00", "fri 9:30", "+2d 18:00"
    #[arg(long, required_unless_present = "next")]
    pub at: Option<String>,
    /// Into the next free slot of the account
    #[arg(long, conflicts_with = "at")]
    pub next: bool,
    /// The zone of --at; the calendar's when missing
    #[arg(long, value_name = "ZONE")]
    pub zone: Option<String>,
}

/// What to show.
#[derive(Debug, Args)]
pub struct List {
    /// From this day on; today when missing
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub from: Option<jiff::civil::Date>,
    /// So many days
    #[arg(long, default_value_t = 30)]
    pub days: u16,
    /// What has no date instead
    #[arg(long, conflicts_with = "from")]
    pub drafts: bool,
    /// Only of this calendar, by name or id
    #[arg(long, short, value_name = "CALENDAR")]
    pub calendar: Option<String>,
}

/// Kinds of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// Posts as a table
    Csv,
    /// A calendar file
    Ics,
    /// Everything, files included, as zip
    All,
}

/// What to take in.
#[derive(Debug, Args)]
pub struct Import {
    /// The file
    pub file: PathBuf,
    /// Its kind; told by its name when missing
    #[arg(long, value_enum)]
    pub kind: Option<Kind>,
    /// The calendar that posts of a CSV file go to, by name or id
    #[arg(long, short, value_name = "CALENDAR")]
    pub calendar: Option<String>,
    /// Schedule the rows of a CSV file that are ready
    #[arg(long)]
    pub schedule: bool,
    /// Only show what would be taken in
    #[arg(long)]
    pub dry_run: bool,
}

/// What to write to a file.
#[derive(Debug, Args)]
pub struct Export {
    /// The file to write
    pub file: PathBuf,
    /// Its kind; told by its name when missing
    #[arg(long, value_enum)]
    pub kind: Option<Kind>,
    /// Only of this calendar, by name or id
    #[arg(long, short, value_name = "CALENDAR")]
    pub calendar: Option<String>,
}

/// Accounts.
#[derive(Debug, Args)]
pub struct Accounts {
    /// What to do with them.
    #[command(subcommand)]
    pub what: AccountsWhat,
}

/// What to do with accounts.
#[derive(Debug, Subcommand)]
pub enum AccountsWhat {
    /// Show them, and whether they can publish
    List,
    /// Show the networks, how to sign in to each, and which fields that takes
    Networks {
        /// Only this one
        network: Option<String>,
    },
    /// Sign in to a network. Passwords and tokens are asked for, or read from standard input, one a line
    Connect(Connect),
}

/// A sign-in.
#[derive(Debug, Args)]
pub struct Connect {
    /// The network, such as bluesky
    pub network: String,
    /// The way to sign in; the first when missing
    #[arg(long, default_value = "")]
    pub method: String,
    /// A field that is no secret, such as handle=ana.example.org
    #[arg(long = "field", short, value_name = "NAME=VALUE")]
    pub fields: Vec<String>,
    /// The account to take where the sign-in gives access to several, by its id or handle
    #[arg(long, value_name = "ACCOUNT")]
    pub choose: Option<String>,
    /// The workspace, by name or id
    #[arg(long, value_name = "WORKSPACE")]
    pub workspace: Option<String>,
}

/// Keys.
#[derive(Debug, Args)]
pub struct Keys {
    /// What to do with them.
    #[command(subcommand)]
    pub what: KeysWhat,
    /// The workspace, by name or id
    #[arg(long, global = true, value_name = "WORKSPACE")]
    pub workspace: Option<String>,
}

/// What to do with keys.
#[derive(Debug, Subcommand)]
pub enum KeysWhat {
    /// Show them
    List,
    /// Make one. It is shown once
    Create {
        /// What to call it
        name: String,
        /// What it is for
        #[arg(long, value_enum, default_value_t = Role::default())]
        role: Role,
        /// Days until it runs out; never when missing
        #[arg(long)]
        days: Option<u32>,
    },
    /// Revoke one at once
    Revoke {
        /// Its id, or its last characters
        key: String,
    },
}

/// Which backup.
#[derive(Debug, Args)]
pub struct Restore {
    /// The backup, as `backup` and `restore --list` name it; the newest when missing
    pub backup: Option<PathBuf>,
    /// Only show the backups
    #[arg(long)]
    pub list: bool,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_holds_together_and_takes_no_secret() {
        Cli::command().debug_assert();
        let help = Cli::command().render_long_help().to_string();
        for word in ["--password", "--token", "--key ", "--secret "] {
            assert!(!help.contains(word), "{word}");
        }
    }

    #[test]
    fn other_addresses_take_both_halves_of_tls_or_neither() {
        let read = |more: &[&str]| {
            let words = ["almanac-server", "serve"].iter().chain(more);
            Cli::try_parse_from(words)
        };
        assert!(read(&["--listen", "0.0.0.0:8437", "--behind-proxy"]).is_ok());
        assert!(read(&["--tls-cert", "a.pem"]).is_err());
        assert!(read(&["--tls-cert", "a", "--tls-key", "b", "--behind-proxy"]).is_err());
        assert!(read(&["--listen", "somewhere"]).is_err());
    }
}
