//! Mail, to a mail server of the tests' own.

mod links;
mod notices;
mod smtp;
