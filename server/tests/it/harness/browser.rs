//! A browser without script: it keeps its cookie and says where its requests come from.

use axum::{
    body::Body,
    http::{Method, Request},
};

use super::{Answer, App, ORIGIN};

pub struct Browser<'a> {
    app: &'a App,
    pub cookie: Option<String>,
}

impl<'a> Browser<'a> {
    pub fn new(app: &'a App) -> Self {
        Self { app, cookie: None }
    }

    pub async fn get(&mut self, path: &str) -> Answer {
        self.send(Method::GET, path, None).await
    }

    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.send(Method::POST, path, Some(fields)).await
    }

    pub async fn sign_in(&mut self, email: &str, password: &str) -> Answer {
        self.post("/sign-in", &[("email", email), ("password", password)]).await
    }

    /// Opens the page at `path` and posts `fields` with its hidden value to `action`.
    pub async fn submit(&mut self, path: &str, action: &str, fields: &[(&str, &str)]) -> Answer {
        let page = self.get(path).await;
        assert_eq!(page.status, 200, "{path}: {}", page.body);
        let value = hidden_value(&page.body);
        let fields: Vec<_> = fields.iter().copied().chain([("form", value.as_str())]).collect();
        self.post(action, &fields).await
    }

    pub async fn send(&mut self, method: Method, path: &str, fields: Option<&[(&str, &str)]>) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header("host", "localhost:3000");
        if let Some(cookie) = &self.cookie {
            request = request.header("cookie", format!("sid={cookie}"));
        }
        let body = match fields {
            None => Body::empty(),
            Some(fields) => {
                request = request
                    .header("origin", ORIGIN)
                    .header("sec-fetch-site", "same-origin")
                    .header("content-type", "application/x-www-form-urlencoded");
                let encoded = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
                Body::from(encoded)
            }
        };
        let answer = self.app.send(request.body(body).expect("a request")).await;
        for cookie in answer.headers.get_all("set-cookie") {
            let cookie = cookie.to_str().expect("ASCII");
            if let Some(rest) = cookie.strip_prefix("sid=") {
                let value = rest.split(';').next().unwrap_or_default();
                self.cookie = (!value.is_empty()).then(|| value.to_owned());
            }
        }
        answer
    }
}

/// The value of the last hidden field `form` of a page, which is that of its own form, not of the frame.
pub fn hidden_value(page: &str) -> String {
    let at = page.rfind(r#"name="form""#).expect("a hidden field");
    let tag_start = page[..at].rfind('<').expect("a tag");
    let tag_end = at + page[at..].find('>').expect("a tag ends");
    let (_, value) = page[tag_start..tag_end].split_once(r#"value=""#).expect("a value");
    value.split('"').next().expect("a quote ends it").to_owned()
}

/// The secret on a page, found by its shape.
pub fn secret_in(page: &str) -> Option<String> {
    let words = page.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    words.filter(|word| domain::secret::Secret::parse(word).is_some()).map(str::to_owned).next()
}

/// The first client id on a page.
pub fn client_id_in(page: &str) -> String {
    let words = page.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    words.filter(|word| word.starts_with("kl_ci_")).map(str::to_owned).next().expect("a client id")
}
