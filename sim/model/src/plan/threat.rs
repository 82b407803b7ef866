//! Techniques and adversaries.

use super::{Job, Preparation};
use crate::base::*;
use crate::scenario::{Knowledge, Rank};
use crate::technique::Act;

/// A technique.
#[derive(Clone, Debug)]
pub struct Technique {
    /// Our own stable id.
    pub name: String,
    /// Name for people.
    pub title: String,
    /// Identity of its draws.
    pub key: EntityKey,
    /// The act.
    pub act: Act,
    /// A time of its own; none: the target's.
    pub duration: Option<Distribution>,
    /// A chance of its own; none: the target decides.
    pub success: Option<Probability>,
    /// Factors on the duration by [`Rank`] of skill.
    pub skill: [f64; 3],
    /// Factors on the duration by [`Rank`] of tools.
    pub tools: [f64; 3],
    /// Factor on the duration for each further member at the same place.
    pub team_member: f64,
    /// Factors on the chance of failure by [`Rank`] of skill.
    pub failure: [f64; 3],
    /// Attempts at one target before it is believed not to work.
    pub attempts: u32,
}

impl Technique {
    /// Factor on a duration for an adversary with `members` at the place.
    pub fn duration_factor(&self, skill: Rank, tools: Rank, members: u32) -> f64 {
        let mut factor = self.skill[skill as usize] * self.tools[tools as usize];
        for _ in 1..members {
            factor *= self.team_member;
        }
        factor
    }

    /// What it does on a device, of those that are done for what follows from them alone.
    pub fn preparation(&self, device: DeviceId) -> Option<Job> {
        let how = match self.act {
            Act::BlindCameras => Preparation::Blind,
            Act::WatchCameras => Preparation::Watch,
            Act::MuteReports => Preparation::Mute,
            Act::FloodAlarms => Preparation::Flood,
            Act::ClearLog => Preparation::Wipe,
            _ => return None,
        };
        Some(Job::Prepare { device, how })
    }

    /// A chance of success by skill. The factor on failure is that of an even chance; for any other the odds change by as
    /// much, so that skill never makes what hardly ever works an easy thing.
    pub fn success_for(&self, chance: Probability, skill: Rank) -> Probability {
        let failure = (self.failure[skill as usize] / 2.0).clamp(0.0, 1.0);
        let (won, lost) = (chance.value() * (1.0 - failure), (1.0 - chance.value()) * failure);
        if won + lost <= 0.0 {
            return chance;
        }
        Probability::new(won / (won + lost)).unwrap_or(chance)
    }
}

/// Where an actor starts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Start {
    /// On foot.
    Zone(ZoneId),
    /// At a computer on a segment.
    Segment(SegmentId),
}

/// One member of an adversary.
#[derive(Clone, Debug)]
pub struct Actor {
    /// Key in the file.
    pub name: String,
    /// Identity of their draws.
    pub key: EntityKey,
    /// Where they start.
    pub start: Start,
    /// The blank badge that they carry.
    pub blank: Option<CredentialId>,
}

/// A credential in the adversary's hands.
#[derive(Clone, Debug)]
pub struct Stolen {
    /// Credential.
    pub credential: CredentialId,
    /// From the start of the run until its owner reports it.
    pub reported_after: Option<Distribution>,
    /// It was issued to them.
    pub own: bool,
}

/// What an adversary wants.
#[derive(Clone, Debug)]
pub enum Objective {
    /// The asset crosses the boundary.
    Theft(AssetId),
    /// The task at the asset is complete.
    Sabotage(AssetId),
    /// The volume has left the device.
    Exfiltration(DeviceId, Distribution),
    /// The zone is held.
    Reach(ZoneId, SimDuration),
}

/// A step of a script.
#[derive(Clone, Debug)]
pub struct ScriptStep {
    /// Actor, by its place in the adversary.
    pub actor: ActorId,
    /// What to do.
    pub what: ScriptAct,
}

/// What a step of a script does.
#[derive(Clone, Debug)]
pub enum ScriptAct {
    /// Overcome a portal, in the direction that leads away from where the actor is.
    Pass(PortalId, TechniqueId),
    /// Spend time.
    Spend(String, Distribution),
    /// The task at an asset.
    Task(AssetId, TechniqueId),
}

/// How an adversary decides.
#[derive(Clone, Debug)]
pub enum Method {
    /// Search, with weights of time and risk.
    Seek {
        /// Weight of an expected second.
        time: f64,
        /// Weight of one unit of risk, in seconds.
        risk: f64,
    },
    /// A script.
    Script(Vec<ScriptStep>),
}

/// An adversary.
#[derive(Clone, Debug)]
pub struct Adversary {
    /// Key in the file.
    pub name: String,
    /// Identity of its draws.
    pub key: EntityKey,
    /// Who they are.
    pub about: String,
    /// Skill.
    pub skill: Rank,
    /// Tools.
    pub tools: Rank,
    /// What they believe.
    pub knowledge: Knowledge,
    /// Members; an [`ActorId`] is an index here.
    pub actors: Vec<Actor>,
    /// From the end of the warm-up to the first move.
    pub begins_after: Distribution,
    /// Longest wait at one door.
    pub patience: Distribution,
    /// They go home after this long.
    pub gives_up_after: Distribution,
    /// Techniques that they use.
    pub techniques: Vec<TechniqueId>,
    /// Credentials in their hands.
    pub credentials: Vec<Stolen>,
    /// Accounts whose secret they know.
    pub accounts: Vec<AccountId>,
    /// People whose badge or PIN they are after.
    pub marks: Vec<PersonId>,
    /// What is done, and with which technique, before anybody crosses the boundary.
    pub prepares: Vec<(TechniqueId, Job)>,
    /// What they want.
    pub objective: Objective,
    /// How they decide.
    pub method: Method,
}
