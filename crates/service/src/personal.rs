//! Personal credentials: one `client` pair per member, which the member generates and generates again.

use domain::{
    expiration::Expiration,
    key::{Kind, Owner, VerbRefused},
    name::{Description, Name},
    scope::Scopes,
    slug::EnvironmentSlug,
    time::Timestamp,
};
use store::{InsertKey, IssuedTokens};

use crate::{
    Failure, Service,
    authority::{KeyManager, KeyOwner, Recent},
    keys::{ChangeRefused, IssuedKey, KeyWanted, Rotated, Rotation},
};

/// Where the pair belongs unless another environment is chosen.
const ENVIRONMENT: &str = "production";

/// Letters of the client id that tell apart people with one name.
const TELLING: usize = 6;

/// Why nothing was generated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GenerateRefused {
    /// The organization's plan does not include it. What was generated before goes on working.
    PlanRequired,
    /// The organization makes no keys that are exchanged for access tokens.
    KindNotOffered,
    /// There is no such environment.
    NoEnvironment,
    /// The person is no active member any more, or may not own keys any more.
    NotAllowed,
}

impl GenerateRefused {
    /// Stable machine-readable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::PlanRequired => "plan_required",
            Self::KindNotOffered => "kind_not_offered",
            Self::NoEnvironment => "not_found",
            Self::NotAllowed => "self_service_off",
        }
    }
}

impl Service {
    /// Makes the member's pair, or gives it a new secret and ends the present one at once. It has no end where policy
    /// allows that, and otherwise the longest life that policy allows, counted anew each time. A pair that is there stays
    /// in its environment.
    ///
    /// # Errors
    /// `Ok(Err(_))` when a rule forbids it.
    pub async fn generate_credentials(
        &self,
        owner: &Recent<'_, KeyOwner>,
        environment: Option<EnvironmentSlug>,
    ) -> Result<Result<IssuedKey, GenerateRefused>, Failure> {
        let organization = owner.organization();
        if !organization.plan.has_personal_credentials() {
            return Ok(Err(GenerateRefused::PlanRequired));
        }
        if !organization.policy.kinds.allow(Kind::Client) {
            return Ok(Err(GenerateRefused::KindNotOffered));
        }
        let environment =
            environment.unwrap_or_else(|| EnvironmentSlug::parse(ENVIRONMENT).expect("a default environment"));
        let expires_at = self.longest_end(owner);
        let mut name = owner.member().name.clone();
        // Another request of the same person, or a name given away meanwhile, sends this one round again.
        loop {
            if let Some(issued) = self.regenerate(owner, expires_at).await? {
                return Ok(Ok(issued));
            }
            let wanted = KeyWanted {
                name: name.clone(),
                description: Description::default(),
                kind: Kind::Client,
                owner: Owner::User(owner.member().user.clone()),
                scopes: Scopes::default(),
                access_token_format: organization.policy.access_token_format,
                expires_at,
                suspend_on_sign_out: false,
            };
            let (inserted, secret) = self.insert_key(owner, &environment, wanted, true, None).await?;
            match inserted {
                InsertKey::Inserted(key) => return Ok(Ok(IssuedKey { key: *key, secret })),
                InsertKey::PersonalTaken => {}
                InsertKey::NameTaken => name = self.telling_name(&owner.member().name),
                InsertKey::NoEnvironment => return Ok(Err(GenerateRefused::NoEnvironment)),
                InsertKey::OwnerInactive | InsertKey::SelfServiceOff => return Ok(Err(GenerateRefused::NotAllowed)),
                InsertKey::Replayed(_)
                | InsertKey::IdempotencyReused
                | InsertKey::EnvironmentFull { .. }
                | InsertKey::OwnerFull { .. } => unreachable!("it has no idempotency key and counts in no limit"),
            }
        }
    }

    /// A new secret for the pair that is there; `None` where there is none, or it has just ended.
    async fn regenerate(
        &self,
        owner: &Recent<'_, KeyOwner>,
        expires_at: Option<Timestamp>,
    ) -> Result<Option<IssuedKey>, Failure> {
        let personal = self.store.personal_key(&owner.organization().id, &owner.member().user, self.now()).await?;
        let Some(key) = personal else {
            return Ok(None);
        };
        let rotation = Rotation { grace_s: 0, expires_at: Some(expires_at), issued_tokens: IssuedTokens::RunOut };
        match self.rotate_key(owner, &key.client_id, rotation, None, None).await? {
            Ok(Rotated::Issued(issued)) => Ok(Some(*issued)),
            Err(ChangeRefused::State(VerbRefused::KeyRevoked | VerbRefused::KeyExpired, _)) => Ok(None),
            Ok(Rotated::Replayed(_)) | Err(_) => unreachable!("its owner rotates it, in no particular revision"),
        }
    }

    fn longest_end(&self, owner: &KeyOwner) -> Option<Timestamp> {
        let organization = owner.organization();
        let choices = [Expiration::Never, Expiration::Longest, Expiration::Year];
        let ends = choices
            .into_iter()
            .find_map(|choice| choice.ends_at(self.now(), &organization.zone(), organization.expiration_policy()).ok());
        ends.expect("policy allows the longest life it names, or a year")
    }

    /// The person's name with a few random letters.
    fn telling_name(&self, person: &Name) -> Name {
        let letters = format!("{:026x}", self.draws.u128());
        let letters = &letters[..TELLING];
        let with_letters = Name::parse(&format!("{person} {letters}"));
        with_letters.or_else(|_| Name::parse(letters)).expect("letters are a name")
    }
}
