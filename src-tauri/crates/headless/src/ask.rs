//! Asking whoever sits at the terminal; where nobody does, standard input is read line by line.

use std::io::{BufRead, IsTerminal};

use app::Secret;

use crate::say::Say;
use crate::trouble::Trouble;

/// A secret: typed without being shown, or the next line.
pub fn secret(label: &str) -> Result<Secret, Trouble> {
    if std::io::stdin().is_terminal() {
        let typed = rpassword::prompt_password(format!("{label}: "))?;
        return Ok(Secret::new(typed.trim()));
    }
    Ok(Secret::new(next_line(label)?))
}

/// A line of text.
pub fn line(say: &Say, label: &str) -> Result<String, Trouble> {
    if std::io::stdin().is_terminal() {
        say.note(&format!("{label}:"));
    }
    next_line(label)
}

fn next_line(label: &str) -> Result<String, Trouble> {
    let mut text = String::new();
    if std::io::stdin().lock().read_line(&mut text)? == 0 {
        return Err(Trouble::invalid(format!(
            "Standard input ended where this was expected: {label}."
        )));
    }
    Ok(text.trim().to_owned())
}
