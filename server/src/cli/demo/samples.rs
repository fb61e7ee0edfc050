//! Who uses keys at two made-up companies.

use domain::key::Kind;

/// A key and what has happened to it. Days and seconds count back from now.
pub(super) struct Sample {
    pub name: &'static str,
    pub description: &'static str,
    pub environment: &'static str,
    pub kind: Kind,
    pub scopes: &'static str,
    pub days_old: i64,
    pub end: End,
    pub last_used_s: Option<i64>,
    pub address: &'static str,
    pub story: Story,
    pub last_change_days: i64,
    /// Whether it is the member's own, and not the organization's.
    pub owned: bool,
    /// Whether it is the member's API credentials, which have their name.
    pub personal: bool,
    pub suspend_on_sign_out: bool,
}

/// When a key ends, counted from now; a negative number lies in the past.
#[derive(Clone, Copy)]
pub(super) enum End {
    Never,
    InDays(i64),
}

/// What was done to a key after it was made and used.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Story {
    Plain,
    /// Its secret was never displayed.
    NeverShown,
    Suspended,
    /// Its owner signed out.
    SignedOut,
    Rotated,
    Removed,
}

pub(super) const PLAIN: Sample = Sample {
    name: "",
    description: "",
    environment: "production",
    kind: Kind::Client,
    scopes: "",
    days_old: 1,
    end: End::Never,
    last_used_s: None,
    address: "",
    story: Story::Plain,
    last_change_days: 0,
    owned: false,
    personal: false,
    suspend_on_sign_out: false,
};

pub(super) const ACME: &[Sample] = &[
    Sample {
        name: "Billing sync",
        description: "Copies invoices into the ledger every five minutes",
        days_old: 140,
        end: End::InDays(89),
        last_used_s: Some(240),
        address: "203.0.113.7",
        ..PLAIN
    },
    Sample {
        name: "Warehouse loader",
        description: "Nightly load of orders and stock",
        days_old: 88,
        end: End::InDays(2),
        last_used_s: Some(30_000),
        address: "203.0.113.24",
        ..PLAIN
    },
    Sample {
        name: "Nightly export",
        description: "Writes the customer file for the auditors",
        days_old: 60,
        end: End::InDays(40),
        last_used_s: Some(500_000),
        address: "203.0.113.24",
        story: Story::Suspended,
        last_change_days: 3,
        ..PLAIN
    },
    Sample {
        name: "Old CI",
        description: "Build server before the move",
        days_old: 200,
        end: End::InDays(-20),
        last_used_s: Some(1_900_000),
        address: "198.51.100.9",
        ..PLAIN
    },
    Sample {
        name: "Deploy pipeline",
        description: "Releases to production",
        scopes: "keys:read",
        days_old: 45,
        end: End::InDays(45),
        last_used_s: Some(5_400),
        address: "198.51.100.31",
        ..PLAIN
    },
    Sample {
        name: "Fraud scoring",
        description: "Scores payments as they arrive",
        days_old: 300,
        last_used_s: Some(60),
        address: "203.0.113.80",
        ..PLAIN
    },
    Sample {
        name: "Search indexer",
        days_old: 30,
        end: End::InDays(60),
        last_used_s: Some(700),
        address: "203.0.113.81",
        ..PLAIN
    },
    Sample {
        name: "Mobile backend",
        description: "Talks for the iOS and Android apps",
        days_old: 75,
        end: End::InDays(290),
        last_used_s: Some(15),
        address: "203.0.113.90",
        story: Story::Rotated,
        ..PLAIN
    },
    Sample {
        name: "Partner gateway",
        description: "Requests of logistics partners",
        days_old: 20,
        end: End::InDays(70),
        last_used_s: Some(3_600),
        address: "192.0.2.44",
        ..PLAIN
    },
    Sample {
        name: "Status page",
        description: "Reads health for status updates",
        kind: Kind::Token,
        days_old: 10,
        end: End::InDays(80),
        ..PLAIN
    },
    Sample {
        name: "Data science notebook",
        description: "Weekly churn model",
        days_old: 83,
        end: End::InDays(6),
        last_used_s: Some(260_000),
        address: "198.51.100.77",
        ..PLAIN
    },
    Sample {
        name: "Resource server",
        description: "Checks tokens for the order API",
        scopes: "tokens:introspect",
        days_old: 150,
        end: End::InDays(215),
        last_used_s: Some(8),
        address: "203.0.113.12",
        ..PLAIN
    },
    Sample {
        name: "Legacy SOAP bridge",
        description: "Kept for one customer until March",
        days_old: 350,
        last_used_s: Some(9_000_000),
        address: "192.0.2.9",
        ..PLAIN
    },
    Sample { name: "Loyalty import", days_old: 2, end: End::InDays(88), story: Story::NeverShown, ..PLAIN },
    Sample {
        name: "Reporting cube",
        description: "Replaced by the warehouse loader",
        days_old: 120,
        end: End::InDays(60),
        last_used_s: Some(4_000_000),
        address: "203.0.113.30",
        story: Story::Removed,
        last_change_days: 40,
        ..PLAIN
    },
    Sample {
        name: "Tax connector",
        description: "Rates for the checkout",
        days_old: 64,
        end: End::InDays(301),
        last_used_s: Some(1_200),
        address: "203.0.113.61",
        ..PLAIN
    },
    Sample {
        name: "Billing sync",
        description: "Staging copy",
        environment: "staging",
        days_old: 140,
        end: End::InDays(89),
        last_used_s: Some(4_000),
        address: "203.0.113.107",
        ..PLAIN
    },
    Sample {
        name: "Load test",
        description: "Runs before each release",
        environment: "staging",
        days_old: 25,
        end: End::InDays(5),
        last_used_s: Some(86_000),
        address: "198.51.100.200",
        ..PLAIN
    },
    Sample {
        name: "Deploy pipeline",
        environment: "staging",
        scopes: "keys:read",
        days_old: 45,
        end: End::InDays(45),
        last_used_s: Some(5_000),
        address: "198.51.100.31",
        ..PLAIN
    },
    Sample {
        name: "Contract tests",
        description: "Partners run these",
        environment: "staging",
        days_old: 33,
        end: End::InDays(57),
        last_used_s: Some(172_000),
        address: "192.0.2.45",
        ..PLAIN
    },
    Sample {
        name: "Old CI",
        environment: "staging",
        days_old: 210,
        end: End::InDays(-30),
        last_used_s: Some(2_700_000),
        address: "198.51.100.9",
        ..PLAIN
    },
    Sample {
        name: "Screenshots",
        description: "Renders the release notes",
        environment: "staging",
        kind: Kind::Token,
        days_old: 12,
        end: End::InDays(18),
        ..PLAIN
    },
    Sample {
        name: "Experiment 14",
        environment: "staging",
        days_old: 55,
        end: End::InDays(35),
        last_used_s: Some(900_000),
        address: "198.51.100.14",
        story: Story::Suspended,
        last_change_days: 20,
        ..PLAIN
    },
    Sample {
        name: "Sandbox",
        description: "Trying things out",
        environment: "development",
        days_old: 5,
        end: End::InDays(2),
        last_used_s: Some(40_000),
        address: "198.51.100.50",
        ..PLAIN
    },
    Sample {
        name: "Ana's laptop",
        environment: "development",
        scopes: "keys:read keys:write",
        days_old: 15,
        end: End::InDays(15),
        last_used_s: Some(20_000),
        address: "198.51.100.51",
        ..PLAIN
    },
    Sample {
        name: "Tom's laptop",
        environment: "development",
        days_old: 40,
        end: End::InDays(50),
        last_used_s: Some(600_000),
        address: "198.51.100.52",
        ..PLAIN
    },
    Sample {
        name: "Integration tests",
        description: "Every pull request",
        environment: "development",
        days_old: 90,
        end: End::InDays(275),
        last_used_s: Some(1_000),
        address: "198.51.100.60",
        ..PLAIN
    },
    Sample {
        name: "Seed script",
        description: "Fills new databases",
        environment: "development",
        days_old: 70,
        end: End::InDays(20),
        last_used_s: Some(1_500_000),
        address: "198.51.100.61",
        ..PLAIN
    },
    Sample {
        name: "Mock partner",
        environment: "development",
        kind: Kind::Token,
        days_old: 9,
        end: End::InDays(81),
        ..PLAIN
    },
    Sample {
        name: "Hackathon",
        description: "Two days in May",
        environment: "development",
        days_old: 180,
        end: End::InDays(-90),
        last_used_s: Some(15_000_000),
        address: "198.51.100.62",
        ..PLAIN
    },
    Sample {
        name: "Load generator",
        environment: "development",
        days_old: 50,
        end: End::InDays(40),
        last_used_s: Some(90_000),
        address: "198.51.100.63",
        story: Story::Removed,
        last_change_days: 10,
        ..PLAIN
    },
    Sample {
        name: "Docs examples",
        description: "The keys in the tutorials",
        environment: "development",
        days_old: 33,
        last_used_s: Some(300_000),
        address: "198.51.100.64",
        ..PLAIN
    },
];

pub(super) const GLOBEX: &[Sample] = &[
    Sample {
        name: "Order feed",
        description: "Sends orders to the warehouse",
        days_old: 95,
        end: End::InDays(270),
        last_used_s: Some(120),
        address: "192.0.2.120",
        ..PLAIN
    },
    Sample {
        name: "Customs declarations",
        description: "Files exports with the broker",
        days_old: 62,
        end: End::InDays(28),
        last_used_s: Some(7_000),
        address: "192.0.2.121",
        ..PLAIN
    },
    Sample {
        name: "Forecast",
        days_old: 41,
        end: End::InDays(49),
        last_used_s: Some(88_000),
        address: "192.0.2.122",
        ..PLAIN
    },
    Sample {
        name: "Old gateway",
        days_old: 160,
        end: End::InDays(-10),
        last_used_s: Some(1_000_000),
        address: "192.0.2.123",
        ..PLAIN
    },
    Sample {
        name: "Order feed",
        environment: "staging",
        days_old: 95,
        end: End::InDays(270),
        last_used_s: Some(9_000),
        address: "192.0.2.120",
        ..PLAIN
    },
    Sample {
        name: "Robot arm 3",
        description: "Assembly line telemetry",
        environment: "staging",
        days_old: 14,
        end: End::InDays(3),
        last_used_s: Some(500),
        address: "192.0.2.130",
        ..PLAIN
    },
    Sample {
        name: "Simulator",
        environment: "development",
        days_old: 21,
        end: End::InDays(9),
        last_used_s: Some(50_000),
        address: "192.0.2.131",
        ..PLAIN
    },
    Sample {
        name: "Firmware builds",
        description: "Signs nightly images",
        environment: "development",
        days_old: 37,
        end: End::InDays(53),
        last_used_s: Some(30_000),
        address: "192.0.2.132",
        story: Story::Suspended,
        last_change_days: 1,
        ..PLAIN
    },
];
