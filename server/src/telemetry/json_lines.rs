use std::fmt;

use serde::Serialize;
use tracing::{
    Event, Subscriber,
    field::{Field, Visit},
    span::Record,
};
use tracing_log::NormalizeEvent;
use tracing_subscriber::{
    field::RecordFields,
    fmt::{
        FmtContext, FormatEvent, FormatFields, FormattedFields,
        format::Writer,
        time::{FormatTime, SystemTime},
    },
    registry::LookupSpan,
};

/// One JSON object a line: time, level, what the event says, where it comes from, and the request it belongs to.
///
/// The library's own form of the same line costs a tenth of a request that does little else: it is written piece by piece,
/// and the fields of the request are read again from their JSON.
pub(super) struct JsonLines;

impl<S: Subscriber + for<'a> LookupSpan<'a>> FormatEvent<S, Self> for JsonLines {
    fn format_event(
        &self,
        context: &FmtContext<'_, S, Self>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let of_the_log_crate = event.normalized_metadata();
        let metadata = of_the_log_crate.as_ref().unwrap_or_else(|| event.metadata());
        writer.write_str(r#"{"timestamp":""#)?;
        SystemTime.format_time(&mut writer)?;
        write!(writer, r#"","level":"{}""#, metadata.level())?;
        let mut fields = Fields(Vec::with_capacity(256));
        event.record(&mut fields);
        fields.member("target", metadata.target());
        writer.write_str(fields.text()?)?;
        if let Some(span) = context.lookup_current() {
            write!(writer, r#","span":{{"name":"{}""#, span.name())?;
            if let Some(fields) = span.extensions().get::<FormattedFields<Self>>() {
                writer.write_str(fields)?;
            }
            writer.write_char('}')?;
        }
        writer.write_str("}\n")
    }
}

impl<'w> FormatFields<'w> for JsonLines {
    fn format_fields<R: RecordFields>(&self, mut writer: Writer<'w>, record: R) -> fmt::Result {
        let mut fields = Fields(Vec::new());
        record.record(&mut fields);
        writer.write_str(fields.text()?)
    }

    fn add_fields(&self, current: &'w mut FormattedFields<Self>, record: &Record<'_>) -> fmt::Result {
        self.format_fields(current.as_writer(), record)
    }
}

/// Members of an object that is begun already: each with a comma before it.
struct Fields(Vec<u8>);

impl Fields {
    fn field<T: Serialize + ?Sized>(&mut self, field: &Field, value: &T) {
        // What the crate `log` says about its lines stands in their metadata.
        if !field.name().starts_with("log.") {
            self.member(field.name(), value);
        }
    }

    fn member<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) {
        self.0.push(b',');
        self.json(name);
        self.0.push(b':');
        self.json(value);
    }

    fn json<T: Serialize + ?Sized>(&mut self, value: &T) {
        serde_json::to_writer(&mut self.0, value).expect("texts and numbers can be written to memory");
    }

    fn text(&self) -> Result<&str, fmt::Error> {
        str::from_utf8(&self.0).map_err(|_| fmt::Error)
    }
}

impl Visit for Fields {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.field(field, &value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.field(field, &value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.field(field, &value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.field(field, &value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.field(field, value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.field(field, &format!("{value:?}"));
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io::{self, Seek},
        sync::Arc,
    };

    use serde_json::{Value, json};
    use tracing_subscriber::{fmt, layer::SubscriberExt};

    use super::JsonLines;

    fn lines(log: impl FnOnce()) -> Vec<Value> {
        let file = Arc::new(tempfile::tempfile().expect("a file"));
        let layer = fmt::layer().fmt_fields(JsonLines).event_format(JsonLines).with_writer(Arc::clone(&file));
        tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), log);
        (&*file).rewind().expect("the beginning");
        let written = io::read_to_string(&*file).expect("text");
        written.lines().map(|line| serde_json::from_str(line).expect("an object a line")).collect()
    }

    #[test]
    fn a_line_is_an_object_whatever_it_says() {
        let hostile = "a\r\n{\"b\":\u{1b}[31m\"}";
        let lines = lines(|| {
            tracing::info!("nothing beside");
            let span = tracing::info_span!("request", request_id = %"f00");
            let _entered = span.enter();
            tracing::warn!(text = hostile, shown = %hostile, debug = ?Some(1), number = -1, yes = true, part = 0.5, "all");
        });
        assert_eq!(lines[0]["message"], "nothing beside");
        assert_eq!((&lines[0]["level"], &lines[0]["span"]), (&json!("INFO"), &Value::Null));
        let mut all = lines[1].clone();
        let timestamp = all["timestamp"].take();
        assert!(timestamp.as_str().is_some_and(|at| at.len() == 27 && at.ends_with('Z')), "{timestamp}");
        let expected = json!({
            "timestamp": null,
            "level": "WARN",
            "message": "all",
            "text": hostile,
            "shown": hostile,
            "debug": "Some(1)",
            "number": -1,
            "yes": true,
            "part": 0.5,
            "target": module_path!(),
            "span": { "name": "request", "request_id": "f00" },
        });
        assert_eq!(all, expected);
    }
}
