//! Personal credentials: one `client` pair per member, which the member generates and generates again.

use domain::{
    expiration::Expiration,
    key::{ApiKey, Kind, VerbRefused},
    name::Name,
    slug::EnvironmentSlug,
    time::Timestamp,
};
use store::{Earlier, Idempotency, InsertKey, IssuedTokens};

use crate::{
    Failure, Service,
    authority::{KeyManager, KeyOwner, Recent},
    form::FormId,
    keys::{Admitted, ChangeRefused, Created, IssuedKey, Once, Rotated, Rotation},
    master_key::hash_of,
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
    /// There is a pair, which was not to be replaced.
    AlreadyThere,
}

/// What becomes of a pair that is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PairThere {
    /// It stays as it is, and no other is made.
    Stays,
    /// It gets a new secret; the present one ends at once, and the access tokens it was exchanged for as said here.
    Replaced(IssuedTokens),
}

impl GenerateRefused {
    /// Stable machine-readable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::PlanRequired => "plan_required",
            Self::KindNotOffered => "kind_not_offered",
            Self::NoEnvironment => "not_found",
            Self::NotAllowed => "self_service_off",
            Self::AlreadyThere => "already_generated",
        }
    }
}

impl Service {
    /// The member's pair, while it works or could.
    pub async fn personal_credentials(&self, owner: &KeyOwner) -> Result<Option<ApiKey>, Failure> {
        Ok(self.store.personal_key(&owner.organization().id, &owner.member().user, self.now()).await?)
    }

    /// Makes the member's pair; one that is there keeps its client id and its environment. It has no end where policy
    /// allows that, and otherwise the longest life that policy allows, counted anew each time. Sending the same `form`
    /// twice does it once.
    ///
    /// # Errors
    /// `Ok(Err(_))` when a rule forbids it.
    pub async fn generate_credentials(
        &self,
        owner: &Recent<'_, KeyOwner>,
        environment: Option<EnvironmentSlug>,
        there: PairThere,
        form: Option<FormId>,
    ) -> Result<Result<Created, GenerateRefused>, Failure> {
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
        let idempotency = form.map(|form| {
            let fingerprint = hash_of(format!("credentials\0{environment}").as_bytes());
            self.idempotency(owner, Once::Form(form), fingerprint)
        });
        let mut name = owner.member().name.clone();
        // Another request of the same person, or a name given away meanwhile, sends this one round again.
        loop {
            if let PairThere::Replaced(issued_tokens) = there
                && let Some(made) = self.regenerate(owner, expires_at, issued_tokens, idempotency.clone()).await?
            {
                return Ok(Ok(made));
            }
            let admitted = Admitted::personal(owner, name.clone(), expires_at);
            let (inserted, secret) = self.insert_key(owner, &environment, admitted, true, idempotency.clone()).await?;
            match inserted {
                InsertKey::Inserted(key) => {
                    return Ok(Ok(Created::Issued(Box::new(IssuedKey { key: *key, secret }))));
                }
                InsertKey::Earlier(Earlier::Same(key)) => return Ok(Ok(Created::Replayed(key))),
                InsertKey::PersonalTaken if there == PairThere::Stays => {
                    return Ok(Err(GenerateRefused::AlreadyThere));
                }
                InsertKey::PersonalTaken => {}
                InsertKey::NameTaken => name = self.telling_name(&owner.member().name),
                InsertKey::NoEnvironment => return Ok(Err(GenerateRefused::NoEnvironment)),
                InsertKey::OwnerInactive | InsertKey::SelfServiceOff => return Ok(Err(GenerateRefused::NotAllowed)),
                InsertKey::Earlier(Earlier::Other)
                | InsertKey::EnvironmentFull { .. }
                | InsertKey::OwnerFull { .. } => {
                    unreachable!("a form stands for one content, and the pair counts in no limit")
                }
            }
        }
    }

    /// A new secret for the pair that is there; `None` where there is none, or it has just ended.
    async fn regenerate(
        &self,
        owner: &Recent<'_, KeyOwner>,
        expires_at: Option<Timestamp>,
        issued_tokens: IssuedTokens,
        idempotency: Option<Idempotency>,
    ) -> Result<Option<Created>, Failure> {
        let Some(key) = self.personal_credentials(owner).await? else {
            return Ok(None);
        };
        let rotation = Rotation { grace_s: 0, expires_at: Some(expires_at), issued_tokens };
        match self.rotate(owner, &key.client_id, rotation, idempotency, None).await? {
            Ok(Rotated::Issued(issued)) => Ok(Some(Created::Issued(issued))),
            Ok(Rotated::Replayed(key)) => Ok(Some(Created::Replayed(key))),
            Err(ChangeRefused::State(VerbRefused::KeyRevoked | VerbRefused::KeyExpired, _)) => Ok(None),
            Err(_) => unreachable!("its owner rotates it, in no particular revision"),
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
