use async_trait::async_trait;
use service::mail::{Letter, Mailer, NotSent};

use super::words;

/// Says in the log which mail would be sent if there were a mail server: to whom and its subject, never its contents.
#[derive(Clone, Copy, Debug)]
pub struct Log;

#[async_trait]
impl Mailer for Log {
    async fn send(&self, letter: &Letter) -> Result<(), NotSent> {
        let text = words(letter, "");
        tracing::info!(to = letter.to.as_str(), subject = text.subject, "would send mail; smtp_url is not set");
        Ok(())
    }
}
