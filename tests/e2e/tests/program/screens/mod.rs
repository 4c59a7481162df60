//! Every room and every layer of the real window, light and dark, narrow and enlarged: no fault that
//! axe knows, nothing that runs out of its box, and a picture of each to look at.

mod ahead;
mod calendar;
mod composer;
mod faults;
mod files;
mod forms;
mod layers;
mod programs;
mod refused;
mod rooms;
mod stage;
mod standing;
