//! What may be typed after the program's name.

use std::ffi::OsString;
use std::path::PathBuf;

use lexopt::prelude::*;

/// Shown by `--help`.
pub const HELP: &str = "\
Almanac, the calendar that publishes

  almanac [OPTIONS]

  --hidden             start in the tray, without a window
  --new-post           open the window with a new post
  --data-dir FOLDER    use this data folder (also: ALMANAC_DATA_DIR)
  --version            print the version
  --help               print this";

/// One parsed command line.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Args {
    /// Start without a window, as at login.
    pub hidden: bool,
    /// Open the composer.
    pub new_post: bool,
    /// The data folder, when it is not the usual one.
    pub data_dir: Option<PathBuf>,
    /// Only print the version.
    pub version: bool,
    /// Only print the help.
    pub help: bool,
}

impl Args {
    /// Reads a command line without the program's name. An address (what a desktop hands over for
    /// `%u`) is accepted and only brings up the window.
    pub fn parse(words: impl IntoIterator<Item = OsString>) -> Result<Self, lexopt::Error> {
        let mut args = Self::default();
        let mut parser = lexopt::Parser::from_args(words);
        while let Some(arg) = parser.next()? {
            match arg {
                Long("hidden") => args.hidden = true,
                Long("new-post") => args.new_post = true,
                Long("data-dir") => args.data_dir = Some(PathBuf::from(parser.value()?)),
                Long("version") | Short('V') => args.version = true,
                Long("help") | Short('h') => args.help = true,
                Value(_) => {}
                _ => return Err(arg.unexpected()),
            }
        }
        Ok(args)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(words: &[&str]) -> Result<Args, lexopt::Error> {
        Args::parse(words.iter().map(OsString::from))
    }

    #[test]
    fn options_are_read_and_an_address_is_no_mistake() {
        let args = parse(&["--hidden", "--data-dir", "a folder", "almanac://x"]).unwrap();
        assert!(args.hidden && !args.new_post);
        assert_eq!(args.data_dir, Some(PathBuf::from("a folder")));
        assert!(parse(&["--hiden"]).is_err());
    }
}
