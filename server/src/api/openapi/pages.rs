//! The operations as people read them: one page, and Markdown for each.

use std::fmt::Write;

use leptos::prelude::*;
use serde_json::Value;

use super::operation::{Access, Operation};
use crate::state::Site;

/// One row of a table of parameters or members.
struct Row {
    name: String,
    place: &'static str,
    kind: String,
    required: bool,
    description: String,
}

fn rows(operation: &Operation) -> Vec<Row> {
    let parameters = operation.parameters.iter().map(|parameter| Row {
        name: parameter.name.to_owned(),
        place: parameter.place,
        kind: kind(&parameter.schema),
        required: parameter.place == "path",
        description: parameter.description.to_owned(),
    });
    let schema = operation.body.as_ref().map(|body| &body.schema);
    let members = schema.and_then(|schema| schema["properties"].as_object()).into_iter().flatten();
    let required = |name: &str| {
        let required = schema.and_then(|schema| schema["required"].as_array()).into_iter().flatten();
        required.into_iter().any(|required| required == name)
    };
    let members = members.map(|(name, schema)| Row {
        name: name.clone(),
        place: "body",
        kind: kind(schema),
        required: required(name),
        description: schema["description"].as_str().unwrap_or_default().to_owned(),
    });
    parameters.chain(members).collect()
}

/// What a schema asks for, in few words.
fn kind(schema: &Value) -> String {
    let texts = |value: &Value| {
        let list = value.as_array().into_iter().flatten().filter_map(Value::as_str);
        list.map(str::to_owned).collect::<Vec<_>>().join(" | ")
    };
    match (&schema["enum"], &schema["type"], schema["format"].as_str()) {
        (Value::Array(_), ..) => texts(&schema["enum"]),
        (_, Value::String(_), Some(format)) => format.to_owned(),
        (_, Value::Array(_), Some(format)) => format!("{format} | null"),
        (_, Value::String(kind), None) => kind.clone(),
        (_, several, None) => texts(several),
        (_, _, Some(format)) => format.to_owned(),
    }
}

fn access(operation: &Operation) -> String {
    match operation.access {
        Access::Open => "Open to everybody.".to_owned(),
        Access::Client => "The client authenticates itself.".to_owned(),
        Access::Scope(scope) => format!("Needs the scope {scope}."),
    }
}

/// Writing to a text does not fail.
const INFALLIBLE: &str = "a text takes everything";

/// One operation as Markdown.
pub fn markdown(operation: &Operation, origin: &str) -> String {
    let Operation { method, path, summary, description, .. } = operation;
    let mut text = format!("# {summary}\n\n`{method} {origin}{path}`\n\n");
    if !description.is_empty() {
        writeln!(text, "{description}\n").expect(INFALLIBLE);
    }
    writeln!(text, "{}\n", access(operation)).expect(INFALLIBLE);
    let rows = rows(operation);
    if !rows.is_empty() {
        text.push_str("| name | in | type | required | meaning |\n|---|---|---|---|---|\n");
    }
    for Row { name, place, kind, required, description } in rows {
        let (kind, required) = (kind.replace('|', "\\|"), if required { "yes" } else { "no" });
        writeln!(text, "| `{name}` | {place} | {kind} | {required} | {description} |").expect(INFALLIBLE);
    }
    text.push_str("\n| status | meaning |\n|---|---|\n");
    for answer in &operation.answers {
        writeln!(text, "| {} | {} |", answer.status, answer.description).expect(INFALLIBLE);
    }
    text
}

/// All operations as one page, which needs no script.
pub fn html(operations: &[Operation], site: &Site) -> String {
    let owner = Owner::new();
    let page = owner.with(|| document(operations, site).to_html());
    owner.unset_with_forced_cleanup();
    page
}

fn document(operations: &[Operation], site: &Site) -> impl IntoView {
    let title = format!("{} API", site.product);
    let contents = operations.iter().map(|operation| {
        view! { <li><a href=format!("#{}", operation.id)>{operation.summary}</a></li> }
    });
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8" />
                <title>{title.clone()}</title>
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <link rel="icon" href=site.assets.favicon.clone() type="image/svg+xml" />
                <link rel="stylesheet" href=site.assets.css.clone() />
            </head>
            <body>
                <main id="content" class="docs">
                    <h1>{title}</h1>
                    <p>
                        "This page as "<a href="/api/v1/openapi.json">"OpenAPI 3.1"</a>
                        ". Each operation is also Markdown, at its name with .md."
                    </p>
                    <nav aria-label="Operations"><ul>{contents.collect_view()}</ul></nav>
                    {operations.iter().map(section).collect_view()}
                </main>
            </body>
        </html>
    }
}

fn section(operation: &Operation) -> impl IntoView + use<> {
    let rows = rows(operation);
    let parameters = (!rows.is_empty()).then(|| {
        view! {
            <table>
                <caption>"Request"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Name"</th>
                        <th scope="col">"In"</th>
                        <th scope="col">"Type"</th>
                        <th scope="col">"Meaning"</th>
                    </tr>
                </thead>
                <tbody>{rows.into_iter().map(row).collect_view()}</tbody>
            </table>
        }
    });
    let answers = operation.answers.iter().map(|answer| {
        view! { <tr><th scope="row">{answer.status}</th><td>{marked(answer.description)}</td></tr> }
    });
    view! {
        <section id=operation.id>
            <h2>{operation.summary}</h2>
            <p><code>{format!("{} {}", operation.method, operation.path)}</code></p>
            <p>{marked(operation.description)}</p>
            <p>{access(operation)}" "<a href=format!("/api/docs/{}.md", operation.id)>"As Markdown"</a></p>
            {parameters}
            <table>
                <caption>"Answers"</caption>
                <thead><tr><th scope="col">"Status"</th><th scope="col">"Meaning"</th></tr></thead>
                <tbody>{answers.collect_view()}</tbody>
            </table>
        </section>
    }
}

/// What stands between backticks is code.
fn marked(text: &str) -> impl IntoView + use<> {
    let parts = text.split('`').map(str::to_owned).enumerate();
    let part = |(index, part): (usize, String)| {
        if index % 2 == 1 { view! { <code>{part}</code> }.into_any() } else { part.into_any() }
    };
    parts.map(part).collect_view()
}

fn row(row: Row) -> impl IntoView {
    let name = if row.required { format!("{} (required)", row.name) } else { row.name };
    view! {
        <tr>
            <th scope="row"><code>{name}</code></th>
            <td>{row.place}</td>
            <td>{row.kind}</td>
            <td>{marked(&row.description)}</td>
        </tr>
    }
}
