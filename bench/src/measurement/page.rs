//! The list of keys as a person sees it, on a slow machine and network.

use std::time::Duration;

use anyhow::Result;

use crate::{
    browser::Loaded,
    place::Engine,
    report::{Bar, Table, milliseconds},
    rounds::median,
    scene::{self, LIST},
    stage::Stage,
};

const LARGEST_PAINT: Duration = Duration::from_millis(1_200);
const FIRST_PAINT: Duration = Duration::from_millis(900);
const LAYOUT_SHIFT: f64 = 0.02;

pub async fn measure(stage: &mut Stage) -> Result<()> {
    let times = stage.plan.loads;
    let mut table = Table::new(
        "A page in a browser",
        format!(
            "The console's list with 50 rows in Chromium with a processor slowed down to a quarter and the network of \
             its *Fast 4G* (165 ms, 8.1 Mbit/s), nothing in its cache; {times} loads."
        ),
        &["", "median", "worst"],
    );
    let scene = stage.scene(Engine::Sqlite, stage.plan.thousand).await?;
    let server = stage.serve(&scene)?;
    let url = format!("http://localhost:{}{LIST}", server.address.port());
    let loads = stage.browser.load(&url, &scene::session(server.address).await?, times, &stage.folder)?;
    let times = |of: fn(&Loaded) -> Duration| {
        let all = || loads.iter().map(of);
        (Duration::from_secs_f64(median(all().map(|time| time.as_secs_f64()))), all().max().unwrap_or_default())
    };
    for (what, most, of) in [
        ("first contentful paint", FIRST_PAINT, Loaded::first_paint as fn(&Loaded) -> Duration),
        ("largest contentful paint", LARGEST_PAINT, Loaded::largest_paint),
    ] {
        let (middle, worst) = times(of);
        stage.report.at_most(Bar::Must, format!("{what} of the list, slowed down"), most, middle);
        table.row([what.to_owned(), milliseconds(middle), milliseconds(worst)]);
    }
    let shifts = || loads.iter().map(|load| load.layout_shift);
    let worst = shifts().fold(0.0, f64::max);
    stage.report.at_most_score(Bar::Must, "cumulative layout shift of the list", LAYOUT_SHIFT, worst);
    table.row(["cumulative layout shift".to_owned(), format!("{:.3}", median(shifts())), format!("{worst:.3}")]);
    stage.report.add(table);
    Ok(())
}
