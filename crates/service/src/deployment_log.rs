//! What is done to the deployment as a whole stands in the Activity Log of each organization: its tokens depend on it.

use domain::{
    activity::{Actor, Entry, Event, Target},
    id::EventId,
    time::Timestamp,
};
use serde_json::Value;
use store::EntryFor;

use crate::clock::Draws;

/// Makes the row of each organization.
pub fn entries(draws: &Draws, at: Timestamp, actor: Actor, event: Event, target: Target, details: &Value) -> EntryFor {
    let (draws, details) = (draws.clone(), details.to_string());
    Box::new(move |organization| Entry {
        id: EventId::new(at, draws.u128()),
        organization: organization.clone(),
        at,
        event,
        actor: actor.clone(),
        target: target.clone(),
        environment: None,
        address: String::new(),
        request_id: String::new(),
        details: details.clone(),
    })
}
