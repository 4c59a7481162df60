//! Posts are moved on the real calendar, by a real pointer and by real keys. What became of them is
//! read from the program, not from the page.

mod keys;
mod pointer;
mod stage;
