//! One connection to a server, kept open.

use std::{net::SocketAddr, time::Duration};

use anyhow::{Context, Result, ensure};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::{
    body::Bytes,
    client::conn::http1::{self, SendRequest},
};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::{net::TcpStream, time::timeout};

use crate::request::{Request, host};

/// No answer after this long is an error.
const PATIENCE: Duration = Duration::from_secs(10);

/// One connection.
pub struct Client {
    sender: SendRequest<Full<Bytes>>,
    host: HeaderValue,
}

/// What came back.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Client {
    /// # Errors
    /// When nobody listens there.
    pub async fn connect(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        // It ends with the sender; what went wrong before is what `send` says.
        tokio::spawn(async move { connection.await.ok() });
        Ok(Self { sender, host: host(address).try_into()? })
    }

    /// Sends a request and reads the whole answer.
    ///
    /// # Errors
    /// When there is no answer; the connection is of no use then.
    pub async fn send(&mut self, request: &Request) -> Result<Answer> {
        let message = request.message(&self.host)?;
        timeout(PATIENCE, async {
            self.sender.ready().await?;
            let (head, body) = self.sender.send_request(message).await?.into_parts();
            let body = body.collect().await?.to_bytes();
            Ok(Answer { status: head.status, headers: head.headers, body })
        })
        .await
        .context("no answer")?
    }
}

impl Answer {
    /// The body as text.
    ///
    /// # Errors
    /// When the answer has another status or is no text.
    pub fn text(&self, wanted: StatusCode) -> Result<&str> {
        let text = std::str::from_utf8(&self.body)?;
        ensure!(self.status == wanted, "{} instead of {wanted}: {text}", self.status);
        Ok(text)
    }

    /// A member of a JSON answer with status 200.
    ///
    /// # Errors
    /// When the answer is another.
    pub fn member(&self, name: &str) -> Result<String> {
        let body: Value = serde_json::from_str(self.text(StatusCode::OK)?)?;
        Ok(body[name].as_str().with_context(|| format!("no {name} in the answer"))?.to_owned())
    }
}
