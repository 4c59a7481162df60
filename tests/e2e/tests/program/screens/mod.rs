//! Every room and every layer of the real window, light and dark, narrow and enlarged: no fault that
//! axe knows, nothing that runs out of its box, and a picture of each to look at.

mod calendar;
mod composer;
mod files;
mod forms;
mod layers;
mod rooms;
mod stage;
