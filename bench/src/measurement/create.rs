//! Creating keys: each is on the disk before the answer.

use std::{
    net::SocketAddr,
    rc::Rc,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use axum::http::StatusCode;
use serde_json::json;
use service::signing::Algorithm;
use tokio::task::JoinSet;

use crate::{
    client::Client,
    paced::Latencies,
    place::Engine,
    program::Keyline,
    report::{Bar, Table, milliseconds, rate, thousands},
    request::{Request, host},
    scene::{self, LIST, Scene},
    stage::Stage,
    wrk::CONNECTIONS,
};

const MOST: Duration = Duration::from_millis(50);

/// How keys are created.
#[derive(Clone)]
enum How {
    /// `POST /api/v1/keys` with this access token.
    Api(String),
    /// The console's form with this session. Each one is fetched first, which is not counted.
    Console(String),
}

pub async fn measure(stage: &mut Stage) -> Result<()> {
    let mut table = Table::new(
        "Creating keys",
        "16 connections, each creating one key after the other; the key, its activity and its place in the limits are \
         on the disk before the answer.",
        &["", "keys before", "through", "keys/s", "p50", "p99", "errors"],
    );
    for engine in Engine::BOTH {
        let few = Rc::new(stage.new_scene(engine, Algorithm::Es256, stage.plan.few).await?);
        let most = stage.scene(engine, stage.plan.most).await?;
        for (keys, scene) in [(stage.plan.few, few), (stage.plan.most, most)] {
            let server = stage.serve(&scene)?;
            let how = How::offered(&scene, &server).await?;
            let latencies = create_for(stage.plan.steady, server.address, &how).await?;
            stage.report.count(latencies.count(), latencies.errors);
            let keys = thousands(keys.into());
            let judged = format!("creating a key, {engine}, {keys} keys before, p99");
            stage.report.at_most(Bar::Must, judged, MOST, latencies.per_mille(990));
            #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
            let per_second = latencies.count() as f64 / stage.plan.steady.as_secs_f64();
            table.row([
                engine.to_string(),
                keys,
                how.name().to_owned(),
                rate(per_second),
                milliseconds(latencies.per_mille(500)),
                milliseconds(latencies.per_mille(990)),
                latencies.errors.to_string(),
            ]);
        }
    }
    stage.report.add(table);
    Ok(())
}

impl How {
    /// Through the API where there is one.
    async fn offered(scene: &Scene, server: &Keyline) -> Result<Self> {
        Ok(match scene::api_token(scene, server.address).await? {
            Some(token) => Self::Api(token),
            None => Self::Console(scene::session(server.address).await?),
        })
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Api(_) => "`/api/v1/keys`",
            Self::Console(_) => "the console",
        }
    }

    async fn request(&self, client: &mut Client, host: &str, name: &str) -> Result<Request> {
        match self {
            Self::Api(token) => {
                let body = json!({ "name": name, "environment": "production" });
                Ok(Request::json("/api/v1/keys", &body).bearer(token))
            }
            Self::Console(cookie) => {
                let form = Request::get(&format!("{LIST}/new")).header("cookie", cookie.clone());
                let answer = client.send(&form).await?;
                let hidden = hidden_value(answer.text(StatusCode::OK)?).context("no hidden value")?;
                let fields = [("name", name), ("kind", "client"), ("expiration", "90"), ("form", hidden)];
                Ok(Request::form(LIST, &fields)
                    .header("cookie", cookie.clone())
                    .header("origin", format!("http://{host}")))
            }
        }
    }
}

/// Creates keys over all connections for a while.
async fn create_for(time: Duration, address: SocketAddr, how: &How) -> Result<Latencies> {
    check(address, how).await?;
    let end = Instant::now() + time;
    let mut creators = JoinSet::new();
    for creator in 0..CONNECTIONS {
        creators.spawn(create_until(end, address, how.clone(), creator));
    }
    let mut all = Vec::new();
    while let Some(creator) = creators.join_next().await {
        all.extend(creator??);
    }
    let errors = all.iter().filter(|(_, created)| !created).count();
    Ok(Latencies::new(all.into_iter().map(|(latency, _)| latency), errors))
}

/// A refusal would be fast.
async fn check(address: SocketAddr, how: &How) -> Result<()> {
    let mut client = Client::connect(address).await?;
    let request = how.request(&mut client, &host(address), "The first").await?;
    client.send(&request).await?.text(StatusCode::CREATED)?;
    Ok(())
}

async fn create_until(end: Instant, address: SocketAddr, how: How, creator: u32) -> Result<Vec<(Duration, bool)>> {
    let (mut client, host) = (Client::connect(address).await?, host(address));
    let mut created = Vec::new();
    while Instant::now() < end {
        let name = format!("Created by {creator}, number {}", created.len());
        let request = how.request(&mut client, &host, &name).await?;
        let started = Instant::now();
        let answer = client.send(&request).await;
        let latency = started.elapsed();
        created.push((latency, answer.as_ref().is_ok_and(|answer| answer.status == StatusCode::CREATED)));
        if answer.is_err() {
            client = Client::connect(address).await?;
        }
    }
    Ok(created)
}

/// The value of the last hidden field `form` of a page, that of its own form.
fn hidden_value(page: &str) -> Option<&str> {
    let at = page.rfind(r#"name="form""#)?;
    let tag = &page[page[..at].rfind('<')?..at + page[at..].find('>')?];
    tag.split_once(r#"value=""#)?.1.split('"').next()
}

#[cfg(test)]
mod tests {
    use super::hidden_value;

    #[test]
    fn the_last_hidden_value_counts() {
        let page = r#"<input type="hidden" name="form" value="a"><p><input value="b" name="form" type="hidden"><p>"#;
        assert_eq!(hidden_value(page), Some("b"));
        assert_eq!(hidden_value("<p>"), None);
    }
}
