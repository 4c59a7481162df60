//! The real program on a virtual desktop. One test program for all, so that it is built once and those
//! that wait for a minute to come do so together.

mod backup;
mod bad_days;
mod bad_start;
mod contracts;
mod desktop;
mod drag;
mod drops;
mod hidden;
mod import;
mod late_page;
mod library;
mod likeness;
mod networks;
mod news;
mod pds;
mod pictures;
mod proxy;
mod publish;
mod quit;
mod reopen;
mod restart;
mod screens;
mod taking_in;
mod tray;
mod undo;
mod video;
