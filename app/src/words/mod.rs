//! What pages and islands say, the strings of a page together.
//!
//! A language is a folder of the same names beside `en`; the compiler tells which ones it lacks.

mod en;

pub use en::*;
