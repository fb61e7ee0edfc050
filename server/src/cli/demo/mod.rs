//! Sample data, made by the same use cases as everything else, at the times it is said to be from.

mod own;
mod past;
mod samples;

use std::{
    cmp::Reverse,
    fs::{self, File, TryLockError},
    sync::Arc,
};

use anyhow::{Context, anyhow};
use async_trait::async_trait;
use domain::{
    email::Email,
    key::{Kind, Owner},
    name::{Contact, Description, Name},
    organization::{Organization, Plan, Policy},
    slug::{EnvironmentSlug, OrganizationSlug},
    user::Role,
    zone::ZoneName,
};
use serde_json::json;
use service::{
    Service,
    authority::{InSession, KeyManager, KeyOwner, Operator, OrgAdmin, Origin, Reach, Visitor},
    clock::{Draws, SystemRandom},
    keys::{ChangeRefused, Created, IssuedKey, KeyWanted, Rotation},
    mail::{Letter, Mailer, NotSent},
    organizations::OrganizationWanted,
    personal::PairThere,
    sessions::Opening,
    store::IssuedTokens,
    tokens::{Presented, Wanted},
    users::UserWanted,
};
use zeroize::Zeroizing;

use self::{
    own::MIA,
    past::Past,
    samples::{ACME, End, GLOBEX, Sample, Story},
};
use super::{Failure, Output, open};
use crate::config::{Config, PublicUrl};

const DAY_S: i64 = 24 * 3600;

/// How long ago it all began: before the first sample.
const BEGINNING_S: i64 = 400 * DAY_S;

/// Name of the sessions in which it is all done.
const SESSION: &str = "sample data";

const ADMINISTRATOR: (&str, &str) = ("ana@example.test", "Ana Reyes");
const SECOND_ADMINISTRATOR: (&str, &str) = ("tom@example.test", "Tom Okafor");
const MEMBER: (&str, &str) = ("mia@example.test", "Mia Lindqvist");

/// Where sample data is kept, for one process at a time.
pub(super) struct Place {
    /// The configuration with a directory of its own.
    pub(super) config: Config,
    _lock: File,
}

impl Place {
    /// A directory of its own, empty.
    ///
    /// # Errors
    /// When the configuration is not for this machine alone, another process has the directory, or it cannot be made.
    pub(super) fn prepare(config: &Config) -> Result<Self, Failure> {
        let config = config.for_demo()?;
        let directory = &config.data_dir;
        let why = || format!("sample data in {}", directory.display());
        fs::create_dir_all(directory).with_context(why)?;
        // Beside the directory, which is emptied.
        let lock = File::create(directory.with_extension("lock")).with_context(why)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let sentence = format!("Sample data in {} is being served already.", directory.display());
                return Err(Failure::refused(sentence));
            }
            Err(TryLockError::Error(error)) => Err(error).with_context(why)?,
        }
        fs::remove_dir_all(directory).with_context(why)?;
        fs::create_dir_all(directory).with_context(why)?;
        Ok(Self { config, _lock: lock })
    }
}

/// Fills the database and prints who may sign in.
pub(super) async fn fill(config: &Config, public_url: &PublicUrl, output: Output) -> Result<(), Failure> {
    let past = Arc::new(Past::now());
    past.go_back(BEGINNING_S);
    let service = open::service_at(config, public_url, Arc::<Past>::clone(&past)).await?;
    service.provide_signing_key().await?;
    let passwords = [(); 2].map(|()| draw_password());
    let [administrator, member] = &passwords;

    let acme = organization(&service, "acme", "Acme Corp").await?;
    let globex = organization(&service, "globex", "Globex").await?;
    for organization in [&acme, &globex] {
        person(&service, organization, ADMINISTRATOR, Role::Admin, administrator).await?;
    }
    person(&service, &acme, SECOND_ADMINISTRATOR, Role::Admin, &draw_password()).await?;
    person(&service, &acme, MEMBER, Role::Member, member).await?;

    let visitor = sign_in(&service, &past, ADMINISTRATOR.0, administrator).await?;
    let mia = sign_in(&service, &past, MEMBER.0, member).await?;
    let owner = service.key_owner(&mia, "acme").await?.map_err(|denied| anyhow!("the sample member: {denied:?}"))?;
    let mut shown = None;
    for (slug, samples, own) in [("acme", ACME, MIA), ("globex", GLOBEX, &[])] {
        let admin = service.org_admin(&visitor, slug).await?;
        let admin = admin.map_err(|denied| anyhow!("the sample administrator: {denied:?}"))?;
        let people = People { admin, owner: owner.clone(), member: mia.clone() };
        let samples: Vec<_> = samples.iter().chain(own).collect();
        let issued = tell(&service, &past, &people, &samples).await?;
        shown = shown.or(issued);
    }
    let shown = shown.context("there are samples")?;
    past.go_back(0);
    while service.send_mails(&Untold, || false).await? {}
    service.close().await?;
    print(public_url, &passwords, &shown, output)
}

/// Nobody is told of what is only a sample.
struct Untold;

#[async_trait]
impl Mailer for Untold {
    async fn send(&self, _: &Letter) -> Result<(), NotSent> {
        Ok(())
    }
}

async fn organization(service: &Service, slug: &str, name: &str) -> Result<Organization, Failure> {
    let wanted = OrganizationWanted {
        slug: OrganizationSlug::parse(slug).expect("a sample"),
        name: Name::parse(name).expect("a sample"),
        plan: Plan::Enterprise,
        api_keys: true,
        time_zone: ZoneName::default(),
        support_contact: Contact::default(),
        policy: Policy::default(),
    };
    let made = service.create_organization(Operator::at_the_command_line(), wanted).await?;
    made.ok_or_else(|| anyhow!("the sample organization {slug} is there already").into())
}

async fn person(
    service: &Service,
    organization: &Organization,
    (email, name): (&str, &str),
    role: Role,
    password: &Zeroizing<String>,
) -> Result<(), Failure> {
    let wanted = UserWanted {
        email: Email::parse(email).expect("a sample"),
        name: Name::parse(name).expect("a sample"),
        password: Some(password.clone()),
    };
    let added = service.create_user(Operator::at_the_command_line(), organization, wanted, role).await?;
    added.map_err(|refused| anyhow!("password of {email}: {refused}"))?;
    Ok(())
}

/// Somebody who signed in long ago, with a session of today: one that counts as recent whenever keys are made.
async fn sign_in(
    service: &Service,
    past: &Past,
    email: &str,
    password: &Zeroizing<String>,
) -> Result<Visitor, Failure> {
    let origin = Origin { address: "127.0.0.1".to_owned(), ..Origin::default() };
    let person = service.sign_in(email, password.clone(), &origin).await?;
    let person = person.map_err(|refused| anyhow!("{email}: {refused:?}"))?;
    past.go_back(0);
    let id = SESSION;
    let opening =
        Opening { person, data: "{}".to_owned(), address: origin.address.clone(), user_agent: "keyline".to_owned() };
    service.open_session(id, opening).await?;
    let resumed = service.resume_session(id, origin).await?.context("the session was just opened")?;
    service.end_session(id).await?;
    past.go_back(BEGINNING_S);
    Ok(resumed.visitor)
}

/// Who makes the keys of an organization.
struct People {
    admin: OrgAdmin,
    /// A member, as owner of keys and as somebody with a session.
    owner: KeyOwner,
    member: Visitor,
}

/// Makes the keys of an organization and lets happen to them what the samples say, in the order of time, as the Activity
/// Log has it. Gives the key that is printed, the first of the samples.
async fn tell(
    service: &Service,
    past: &Past,
    people: &People,
    samples: &[&Sample],
) -> Result<Option<IssuedKey>, Failure> {
    let made = (0..samples.len()).map(|n| (samples[n].days_old, n, true));
    let changed = (0..samples.len()).map(|n| (samples[n].last_change_days, n, false));
    let mut events: Vec<_> = made.chain(changed).collect();
    events.sort_by_key(|&(days_ago, n, is_made)| (Reverse(days_ago), !is_made, n));
    let mut keys: Vec<Option<IssuedKey>> = samples.iter().map(|_| None).collect();
    for (days_ago, n, is_made) in events {
        past.go_back(days_ago * DAY_S);
        let sample = samples[n];
        match &keys[n] {
            None if is_made && sample.personal => keys[n] = Some(generate(service, past, people, sample).await?),
            None if is_made && sample.owned => keys[n] = Some(make(service, past, &people.owner, sample).await?),
            None if is_made => keys[n] = Some(make(service, past, &people.admin, sample).await?),
            None => {}
            Some(key) => change(service, people, sample, key).await?,
        }
    }
    Ok(keys.into_iter().flatten().next())
}

async fn generate(service: &Service, past: &Past, people: &People, sample: &Sample) -> Result<IssuedKey, Failure> {
    let maker = service.recent(&people.owner).context("the member has just signed in")?;
    let generated = service.generate_credentials(&maker, None, PairThere::Stays, None).await?;
    let Created::Issued(issued) = generated.map_err(|refused| anyhow!("credentials: {refused:?}"))? else {
        return Err(anyhow!("the credentials were generated before").into());
    };
    service.acknowledge_key(&people.owner, &issued.key.client_id).await?;
    use_often(service, past, sample, &issued).await?;
    Ok(*issued)
}

async fn make(
    service: &Service,
    past: &Past,
    person: &(impl KeyManager + InSession),
    sample: &Sample,
) -> Result<IssuedKey, Failure> {
    let environment = EnvironmentSlug::parse(sample.environment).expect("a sample");
    let expires_at = match sample.end {
        End::Never => None,
        End::InDays(days) => Some(past.real().plus_seconds(days * DAY_S)),
    };
    let wanted = KeyWanted {
        name: Name::parse(sample.name).expect("a sample"),
        description: Description::parse(sample.description).expect("a sample"),
        kind: sample.kind,
        owner: match person.reach() {
            Reach::Organization => Owner::Organization,
            Reach::OwnedBy(user) => Owner::User(user),
        },
        scopes: domain::scope::Scopes::parse(sample.scopes).expect("a sample"),
        access_token_format: person.organization().policy.access_token_format,
        expires_at,
        suspend_on_sign_out: sample.suspend_on_sign_out,
    };
    let maker = service.recent(person).context("whoever makes it has just signed in")?;
    let created = service.create_key(&maker, &environment, wanted, None).await?;
    let issued = match created.map_err(|refused| anyhow!("{}: {refused:?}", sample.name))? {
        Created::Issued(issued) => *issued,
        Created::Replayed(_) => return Err(anyhow!("{} was made before", sample.name).into()),
    };
    if sample.story != Story::NeverShown {
        service.acknowledge_key(person, &issued.key.client_id).await?;
    }
    use_often(service, past, sample, &issued).await?;
    Ok(issued)
}

async fn change(service: &Service, people: &People, sample: &Sample, issued: &IssuedKey) -> Result<(), Failure> {
    let (admin, id) = (&people.admin, &issued.key.client_id);
    let refused = |refused: ChangeRefused| anyhow!("{}: {refused:?}", sample.name);
    match sample.story {
        Story::Plain | Story::NeverShown => {}
        Story::Suspended => {
            let reason = Description::parse("Paused during the migration").expect("a sample");
            service.suspend_key(admin, id, Some(&reason), IssuedTokens::RunOut, None).await?.map_err(refused)?;
        }
        Story::SignedOut => service.sign_out(&people.member, SESSION).await?,
        Story::Rotated => {
            let rotation = Rotation { grace_s: 24 * 3600, expires_at: None, issued_tokens: IssuedTokens::RunOut };
            let maker = service.recent(admin).context("the administrator has just signed in")?;
            service.rotate_key(&maker, id, rotation, None, None).await?.map_err(refused)?;
            service.acknowledge_key(admin, id).await?;
        }
        Story::Removed => {
            service.revoke_key(admin, id, IssuedTokens::RunOut, None).await?.map_err(refused)?;
        }
    }
    Ok(())
}

/// Exchanges the key for tokens, some each day, up to its last use.
async fn use_often(service: &Service, past: &Past, sample: &Sample, issued: &IssuedKey) -> Result<(), Failure> {
    let (Some(last_used_s), Kind::Client) = (sample.last_used_s, sample.kind) else {
        return Ok(());
    };
    let origin = Origin { address: sample.address.to_owned(), ..Origin::default() };
    let presented = || Presented {
        client_id: Some(issued.key.client_id.to_string()),
        secret: Zeroizing::new(issued.secret.expose().to_owned()),
    };
    let days = ((sample.days_old * DAY_S - last_used_s) / DAY_S - 1).clamp(0, 30);
    for day in (0..=days).rev() {
        let uses = 1 + (day * 7 + sample.days_old) % 5;
        for n in 0..uses {
            past.go_back(last_used_s + day * DAY_S + n * 5_400);
            if let Ok(client) = service.authenticate(&presented(), &origin).await? {
                // A refusal would be a key that had expired by then.
                let _ = service.issue_token(&client, &Wanted::default(), &origin, service.ring().await).await?;
            }
        }
    }
    Ok(service.flush_uses().await?)
}

/// 25 letters and digits in groups that can be read out.
fn draw_password() -> Zeroizing<String> {
    const ALPHABET: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz234567899";
    let drawn = Draws(Arc::new(SystemRandom)).bytes::<20>();
    let letters: Vec<char> = drawn.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect();
    Zeroizing::new(letters.chunks(5).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-"))
}

fn print(
    public_url: &PublicUrl,
    [administrator, member]: &[Zeroizing<String>; 2],
    shown: &IssuedKey,
    output: Output,
) -> Result<(), Failure> {
    let curl = format!(
        "curl -u {}:{} -d grant_type=client_credentials {}",
        shown.key.client_id,
        shown.secret.expose(),
        public_url.join("/oauth/token")
    );
    let people = json!([
        { "email": ADMINISTRATOR.0, "role": Role::Admin, "password": **administrator },
        { "email": MEMBER.0, "role": Role::Member, "password": **member },
    ]);
    output.write(&json!({ "console": public_url.origin(), "people": people, "curl": curl }), || {
        format!(
            "Sample data, made anew at each start.\n\n\
             Console        {}\n\
             Administrator  {}  {}\n\
             Member         {}  {}\n\n\
             An access token:\n{curl}\n",
            public_url.origin(),
            ADMINISTRATOR.0,
            **administrator,
            MEMBER.0,
            **member
        )
    })
}
