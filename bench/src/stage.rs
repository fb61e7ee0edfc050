//! What every measurement needs: the programs, the deployments made so far, the report.

use std::{
    collections::{HashMap, hash_map::Entry},
    net::SocketAddr,
    rc::Rc,
    sync::Arc,
};

use anyhow::Result;
use service::signing::Algorithm;
use tempfile::TempDir;

use crate::{
    browser::Browser,
    floor::{Floor, Premise},
    paced::{self, Paced},
    place::{Engine, Place},
    plan::Plan,
    program::{Keyline, Program},
    report::Report,
    request::Request,
    rounds::{self, Series},
    scene::{self, Scene},
    wrk::{CONNECTIONS, Target, Wrk},
};

/// What every measurement needs.
pub struct Stage {
    pub plan: Plan,
    pub program: Program,
    pub wrk: Wrk,
    /// Address of the PostgreSQL server.
    pub postgres: String,
    pub browser: Browser,
    pub folder: TempDir,
    pub report: Report,
    scenes: HashMap<(Engine, u32), Rc<Scene>>,
}

impl Stage {
    pub fn new(plan: Plan, program: Program, wrk: Wrk, postgres: String, browser: Browser, folder: TempDir) -> Self {
        Self { plan, program, wrk, postgres, browser, folder, report: Report::default(), scenes: HashMap::new() }
    }

    /// A deployment with so many keys, shared by all measurements that do not change that.
    ///
    /// # Errors
    /// When it cannot be set up.
    pub async fn scene(&mut self, engine: Engine, keys: u32) -> Result<Rc<Scene>> {
        if let Entry::Occupied(known) = self.scenes.entry((engine, keys)) {
            return Ok(Rc::clone(known.get()));
        }
        let scene = Rc::new(self.new_scene(engine, Algorithm::Es256, keys).await?);
        self.scenes.insert((engine, keys), Rc::clone(&scene));
        Ok(scene)
    }

    /// A deployment of one's own.
    ///
    /// # Errors
    /// When it cannot be set up.
    pub async fn new_scene(&self, engine: Engine, algorithm: Algorithm, keys: u32) -> Result<Scene> {
        eprintln!("  setting up {engine}, {}, {keys} keys", algorithm.as_str());
        let place = Place::make(engine, algorithm, &self.folder, &self.postgres).await?;
        Scene::set(&self.program, place, &self.plan, keys).await
    }

    /// A server on a deployment.
    ///
    /// # Errors
    /// When it does not start.
    pub fn serve(&self, scene: &Scene) -> Result<Keyline> {
        self.program.serve(&scene.place)
    }

    /// The floor under a server.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn floor(&self, scene: &Scene, server: &Keyline, token_keys: u32) -> Result<Floor> {
        Floor::start(&Premise::of(scene, server.address, token_keys as usize).await?).await
    }

    /// Drives servers in turn.
    ///
    /// # Errors
    /// When a run fails.
    pub fn alternate(&mut self, targets: &[Target]) -> Result<Vec<Series>> {
        let series = rounds::alternate(&self.wrk, &self.plan, targets)?;
        self.report.count_all(&series);
        Ok(series)
    }

    /// Sends requests to a server at a fixed rate, after a while that counts for nothing.
    ///
    /// # Errors
    /// When it cannot be reached.
    pub async fn pace(&mut self, address: SocketAddr, requests: Vec<Request>, rate: u32) -> Result<Paced> {
        let requests: Arc<[Request]> = requests.into();
        paced::drive(address, Arc::clone(&requests), rate, self.plan.warm_up).await?;
        let paced = paced::drive(address, requests, rate, self.plan.steady).await?;
        self.report.count(paced.latencies.count(), paced.latencies.errors);
        Ok(paced)
    }
}

/// A server as a target.
pub fn target<'a>(name: impl Into<String>, server: &'a Keyline, requests: Vec<Request>) -> Target<'a> {
    Target { name: name.into(), process: &server.process, address: server.address, requests, connections: CONNECTIONS }
}

/// People who sign in to a server. More of them at once, to one account from one address, count as guessing.
pub fn sign_in_target(server: &Keyline) -> Target<'_> {
    Target { connections: 4, ..target("", server, vec![scene::sign_in()]) }
}

/// A floor as a target.
pub fn floor_target(floor: &Floor, requests: Vec<Request>) -> Target<'_> {
    let connections = CONNECTIONS;
    Target { name: "floor".to_owned(), process: &floor.process, address: floor.address, requests, connections }
}
