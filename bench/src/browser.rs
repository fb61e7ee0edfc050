//! A browser on a slow machine and network, driven by the Playwright of the browser tests.

use std::{fs, path::PathBuf, process::Command, time::Duration};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use tempfile::TempDir;

/// The folder of the browser tests.
pub struct Browser(pub PathBuf);

/// What a person sees of one page that loads, each since the navigation began.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Loaded {
    /// First Contentful Paint, milliseconds.
    first_paint_ms: f64,
    /// Largest Contentful Paint, milliseconds.
    largest_paint_ms: f64,
    /// Cumulative Layout Shift.
    pub layout_shift: f64,
}

impl Loaded {
    pub fn first_paint(&self) -> Duration {
        Duration::from_secs_f64(self.first_paint_ms / 1e3)
    }

    pub fn largest_paint(&self) -> Duration {
        Duration::from_secs_f64(self.largest_paint_ms / 1e3)
    }
}

impl Browser {
    /// Opens a page as often as wanted, each time with nothing kept of the time before.
    ///
    /// # Errors
    /// When the browser or the page fails.
    pub fn load(&self, url: &str, cookie: &str, times: u32, folder: &TempDir) -> Result<Vec<Loaded>> {
        let result = folder.path().join("loaded.json");
        let output = Command::new(self.0.join("node_modules/.bin/playwright"))
            .args(["test", "--config", "measure.config.ts"])
            .current_dir(&self.0)
            .env("MEASURE_URL", url)
            .env("MEASURE_COOKIE", cookie)
            .env("MEASURE_TIMES", times.to_string())
            .env("MEASURE_RESULT", &result)
            .output()
            .context("cannot start Playwright")?;
        ensure!(output.status.success(), "the browser failed: {}", String::from_utf8_lossy(&output.stdout));
        Ok(serde_json::from_slice(&fs::read(&result)?)?)
    }
}
