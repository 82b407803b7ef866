//! From technique libraries and the scenario to techniques and adversaries.

use indexmap::IndexMap;

use super::check::Check;
use super::names::Names;
use super::site_part::SitePart;
use super::*;
use crate::scenario::*;
use crate::site::{CredentialStatus, Sourced, Technology};
use crate::technique::*;
use crate::text::Path;

/// Compiles one library; the caller joins libraries, later ones overriding by name.
pub(super) fn techniques(file: &TechniqueLibraryFile, check: &mut Check<'_>) -> Vec<Technique> {
    check.schema(file.schema);
    let mut techniques = Vec::new();
    for (name, technique) in &file.techniques {
        let path = Path::from("techniques").child(name);
        let mut factors = |field: &str, factors: &Option<Sourced<FactorsFile>>| {
            let Some(figure) = factors else { return [1.0; 3] };
            let path = path.child(field);
            let value = check.figure(&path, figure);
            let values = [value.low, value.medium, value.high];
            if values.iter().any(|v| !v.is_finite() || *v <= 0.0 || *v > 100.0) {
                check.problem(
                    &path.child("value"),
                    "a factor must lie above 0 and be at most 100",
                    "1 leaves the figure as it is",
                );
            }
            if !(values[0] >= values[1] && values[1] >= values[2]) {
                check.problem(
                    &path.child("value"),
                    "more skill or better tools may not hinder",
                    "low >= medium >= high",
                );
            }
            values
        };
        let skill = factors("skill", &technique.skill);
        let tools = factors("tools", &technique.tools);
        let failure = factors("failure", &technique.failure);
        let duration = match &technique.duration {
            DurationFile::Target => None,
            DurationFile::Own(time) => Some(check.time(&path.child("duration").child("0"), time)),
        };
        let success = match &technique.success {
            SuccessFile::Target => None,
            SuccessFile::Own(chance) => Some(check.chance(&path.child("success").child("0"), chance)),
        };
        if technique.attempts == 0 {
            check.problem(&path.child("attempts"), "a technique needs at least one attempt", "use 1 or more");
        }
        techniques.push(Technique {
            name: name.clone(),
            title: technique.title.clone(),
            key: EntityKey::new("technique", name),
            act: technique.act.clone(),
            duration,
            success,
            skill,
            tools,
            team_member: technique.team_member.as_ref().map_or(1.0, |f| check.number(&path.child("team_member"), f)),
            failure,
            attempts: technique.attempts.max(1),
        });
    }
    techniques
}

/// Whether a figure of a technique changes anything: some adversary has to use the technique, and a factor has to be one.
pub(super) fn uses(techniques: &[Technique], adversaries: &[Adversary], path: &Path) -> bool {
    let [_, name, field, ..] = path.0.as_slice() else { return true };
    let Some(index) = techniques.iter().position(|t| t.name == *name) else { return false };
    let technique = &techniques[index];
    adversaries.iter().filter(|adversary| can_use(adversary, TechniqueId::from_index(index))).any(|adversary| {
        match field.as_str() {
            "skill" => technique.skill[adversary.skill as usize] != 1.0,
            "tools" => technique.tools[adversary.tools as usize] != 1.0,
            "failure" => technique.failure[adversary.skill as usize] != 1.0,
            "team_member" => sets_out_together(adversary),
            _ => true,
        }
    })
}

/// Whether an adversary could come to use a technique: a script uses those that it names.
fn can_use(adversary: &Adversary, technique: TechniqueId) -> bool {
    match &adversary.method {
        Method::Seek { .. } => adversary.techniques.contains(&technique),
        Method::Script(steps) => steps.iter().any(|step| match step.what {
            ScriptAct::Pass(_, used) | ScriptAct::Task(_, used) => used == technique,
            ScriptAct::Spend(..) => false,
        }),
    }
}

/// Whether two actors start on foot in one place, and so may work at one target.
fn sets_out_together(adversary: &Adversary) -> bool {
    let actors = &adversary.actors;
    (1..actors.len()).any(|i| {
        matches!(actors[i].start, Start::Zone(_)) && actors[..i].iter().any(|other| other.start == actors[i].start)
    })
}

/// What a scenario adds to a site.
pub(super) struct ThreatPart {
    pub calendar: Calendar,
    pub warm_up_end: SimTime,
    pub horizon: SimTime,
    pub holiday: Option<bool>,
    pub behaviour: Behaviour,
    pub injects: Vec<Inject>,
    pub adversaries: Vec<Adversary>,
}

/// Compiles a scenario on a compiled site; blanks of actors become further credentials of the site.
pub(super) fn scenario(
    file: &ScenarioFile,
    site: &mut SitePart,
    techniques: &[Technique],
    check: &mut Check<'_>,
) -> ThreatPart {
    check.schema(file.schema);
    let year = SimDuration::from_secs(366 * 24 * 3600);
    if file.horizon == SimDuration::ZERO || file.horizon > year {
        check.problem(
            &Path::from("horizon"),
            format!("`{}` is no sensible horizon", file.horizon),
            "between a second and a year",
        );
    }
    if file.warm_up > year {
        check.problem(&Path::from("warm_up"), format!("`{}` is absurdly long", file.warm_up), "at most a year");
    }
    let calendar = Calendar { start: file.start };
    let warm_up_end = SimTime::ZERO + file.warm_up;
    let names = Names::of(site);
    let technique_names = techniques.iter().map(|t| (t.name.clone(), ())).collect();
    let mut compiler = Compiler { names, technique_names, site, techniques, check };
    let adversaries = file.adversaries.iter().map(|(name, a)| compiler.adversary(name, a)).collect();
    let injects = file.injects.iter().map(|(name, i)| compiler.inject(name, i, calendar)).collect();
    let behaviour = compiler.behaviour(file);
    let holiday = file.holiday.as_ref().map(|h| h.schedules_updated);
    ThreatPart { calendar, warm_up_end, horizon: warm_up_end + file.horizon, holiday, behaviour, injects, adversaries }
}

struct Compiler<'s, 't, 'c, 'd> {
    names: Names,
    technique_names: IndexMap<String, ()>,
    site: &'s mut SitePart,
    techniques: &'t [Technique],
    check: &'c mut Check<'d>,
}

impl Compiler<'_, '_, '_, '_> {
    fn asset(&mut self, path: &Path, name: &str) -> AssetId {
        AssetId::from_index(self.check.find(path, "asset", name, &self.names.assets).unwrap_or(0))
    }

    fn zone(&mut self, path: &Path, name: &str) -> ZoneId {
        ZoneId::from_index(self.check.find(path, "zone", name, &self.names.zones).unwrap_or(0))
    }

    fn technique(&mut self, path: &Path, name: &str) -> TechniqueId {
        TechniqueId::from_index(self.check.find(path, "technique", name, &self.technique_names).unwrap_or(0))
    }

    fn adversary(&mut self, name: &str, file: &AdversaryFile) -> Adversary {
        let path = Path::from("adversaries").child(name);
        if file.actors.is_empty() {
            self.check.problem_at_key(&path, format!("`{name}` has no actors"), "an adversary is at least one person");
        }
        let actors: Vec<Actor> =
            file.actors.iter().map(|(n, a)| self.actor(&path.child("actors").child(n), name, n, a)).collect();
        let credentials = file
            .credentials
            .iter()
            .enumerate()
            .map(|(i, stolen)| {
                let path = path.child("credentials").child(i.to_string());
                let index = self.check.find(
                    &path.child("credential"),
                    "credential",
                    &stolen.credential,
                    &self.names.credentials,
                );
                Stolen {
                    credential: CredentialId::from_index(index.unwrap_or(0)),
                    reported_after: stolen
                        .reported_after
                        .as_ref()
                        .map(|t| self.check.time(&path.child("reported_after"), t)),
                    own: stolen.own,
                }
            })
            .collect();
        let accounts = file
            .accounts
            .iter()
            .enumerate()
            .map(|(i, a)| {
                let path = path.child("accounts").child(i.to_string());
                AccountId::from_index(self.check.find(&path, "account", a, &self.names.accounts).unwrap_or(0))
            })
            .collect();
        let techniques: Vec<TechniqueId> = if file.techniques.is_empty() {
            (0..self.techniques.len()).map(TechniqueId::from_index).collect()
        } else {
            let path = path.child("techniques");
            let names = file.techniques.iter().enumerate();
            names.map(|(i, t)| self.technique(&path.child(i.to_string()), t)).collect()
        };
        if techniques.is_empty() {
            self.check.problem_at_key(
                &path,
                format!("`{name}` knows no technique"),
                "list a library under `techniques`",
            );
        }
        let objective = self.objective(&path.child("objective"), &file.objective);
        let method = self.method(&path.child("plan"), &file.plan, file);
        Adversary {
            name: name.to_string(),
            key: EntityKey::new("adversary", name),
            about: file.about.clone(),
            skill: file.skill,
            tools: file.tools,
            knowledge: file.knowledge,
            actors,
            begins_after: self.check.time(&path.child("begins_after"), &file.begins_after),
            patience: self.check.time(&path.child("patience"), &file.patience),
            gives_up_after: self.check.time(&path.child("gives_up_after"), &file.gives_up_after),
            techniques,
            credentials,
            accounts,
            marks: self.marks(&path.child("marks"), &file.marks),
            prepares: self.preparations(&path.child("prepares"), &file.prepares),
            objective,
            method,
        }
    }

    fn preparations(&mut self, path: &Path, files: &[PreparationFile]) -> Vec<(TechniqueId, Job)> {
        let mut jobs = Vec::new();
        for (i, file) in files.iter().enumerate() {
            let path = path.child(i.to_string());
            let technique = self.technique(&path.child("technique"), &file.technique);
            let device = self.names.device(&path.child("device"), &file.device, self.check);
            let Some(known) = self.techniques.get(technique.index()) else { continue };
            match known.preparation(device) {
                Some(job) => jobs.push((technique, job)),
                None => self.check.problem(
                    &path.child("technique"),
                    format!("`{}` is nothing that is done for what follows from it alone", file.technique),
                    "name a technique that blinds cameras, mutes reports or floods alarms",
                ),
            }
        }
        jobs
    }

    fn marks(&mut self, path: &Path, names: &[String]) -> Vec<PersonId> {
        let each = names.iter().enumerate();
        each.map(|(i, name)| self.names.person(&path.child(i.to_string()), name, self.check)).collect()
    }

    fn actor(&mut self, path: &Path, adversary: &str, name: &str, file: &ActorFile) -> Actor {
        let starts = path.child("starts").child("0");
        let start = match &file.starts {
            StartFile::Zone(z) => Start::Zone(self.zone(&starts, z)),
            StartFile::Segment(s) => Start::Segment(SegmentId::from_index(
                self.check.find(&starts, "segment", s, &self.names.segments).unwrap_or(0),
            )),
        };
        let full = format!("{adversary}/{name}");
        let blank = file.blank_badge.then(|| {
            let id = CredentialId::from_index(self.site.credentials.len());
            self.site.credentials.push(Credential {
                name: format!("blank of {name}"),
                key: EntityKey::new("blank", &full),
                person: None,
                role: None,
                // A programmable card that every reader takes for its own kind.
                technology: Technology::Desfire,
                status: None::<CredentialStatus>,
            });
            id
        });
        Actor { name: name.to_string(), key: EntityKey::new("actor", &full), start, blank }
    }

    fn objective(&mut self, path: &Path, file: &ObjectiveFile) -> Objective {
        match file {
            ObjectiveFile::Theft { asset } => {
                let id = self.asset(&path.child("asset"), asset);
                if self.site.assets.get(id.index()).is_some_and(|a| !a.portable) {
                    self.check.problem(
                        &path.child("asset"),
                        format!("`{asset}` cannot be carried"),
                        "choose a portable asset",
                    );
                }
                Objective::Theft(id)
            }
            ObjectiveFile::Sabotage { asset } => Objective::Sabotage(self.asset(&path.child("asset"), asset)),
            ObjectiveFile::Exfiltration { device, takes } => {
                let index = self.check.find(&path.child("device"), "device", device, &self.names.devices);
                let time = self.check.time(&path.child("takes"), takes);
                Objective::Exfiltration(DeviceId::from_index(index.unwrap_or(0)), time)
            }
            ObjectiveFile::Reach { zone, hold } => Objective::Reach(self.zone(&path.child("zone"), zone), *hold),
        }
    }

    fn method(&mut self, path: &Path, plan: &PlanFile, adversary: &AdversaryFile) -> Method {
        match plan {
            PlanFile::Seek { time, risk } => {
                let good = |w: f64| w.is_finite() && w >= 0.0;
                if !good(*time) || !good(*risk) || *time + *risk <= 0.0 {
                    self.check.problem(
                        path,
                        "the weights of a search are at least 0, and one is above",
                        "such as time: 1, risk: 0",
                    );
                }
                Method::Seek { time: *time, risk: *risk }
            }
            PlanFile::Script(steps) => Method::Script(
                steps.iter().enumerate().map(|(i, s)| self.step(&path.child(i.to_string()), s, adversary)).collect(),
            ),
        }
    }

    fn step(&mut self, path: &Path, step: &StepFile, adversary: &AdversaryFile) -> ScriptStep {
        let (actor, what) = match step {
            StepFile::Pass { actor, portal, technique } => {
                let at = path.child("portal");
                let portal_id =
                    PortalId::from_index(self.check.find(&at, "portal", portal, &self.names.portals).unwrap_or(0));
                let technique_id = self.technique(&path.child("technique"), technique);
                if let (Some(p), Some(t)) =
                    (self.site.portals.get(portal_id.index()), self.techniques.get(technique_id.index()))
                {
                    let works =
                        matches!(&t.act, Act::Breach(method) if p.delay(method).is_some() || t.duration.is_some());
                    if !works {
                        self.check.problem(
                            &path.child("technique"),
                            format!("`{technique}` does not get through `{portal}`"),
                            "name a technique whose method the barrier states a delay for",
                        );
                    }
                }
                (actor, ScriptAct::Pass(portal_id, technique_id))
            }
            StepFile::Spend { actor, name, takes } => {
                (actor, ScriptAct::Spend(name.clone(), self.check.time(&path.child("takes"), takes)))
            }
            StepFile::Task { actor, asset, technique } => {
                let asset = self.asset(&path.child("asset"), asset);
                (actor, ScriptAct::Task(asset, self.technique(&path.child("technique"), technique)))
            }
        };
        let index =
            actor.as_ref().map_or(Some(0), |a| self.check.find(&path.child("actor"), "actor", a, &adversary.actors));
        ScriptStep { actor: ActorId::from_index(index.unwrap_or(0)), what }
    }

    fn inject(&mut self, name: &str, file: &InjectFile, calendar: Calendar) -> Inject {
        let path = Path::from("injects").child(name);
        let what_path = path.child("what");
        let what = self.inject_act(&what_path.child("0"), &what_path, &file.what);
        Inject {
            name: name.to_string(),
            key: EntityKey::new("inject", name),
            at: calendar.next(SimTime::ZERO, file.at),
            chance: file.chance.as_ref().map_or(Probability::ONE, |c| self.check.chance(&path.child("chance"), c)),
            what,
        }
    }

    fn inject_act(&mut self, act: &Path, path: &Path, file: &InjectKindFile) -> InjectAct {
        let Self { names, site, check, .. } = self;
        match file {
            InjectKindFile::Act(kind) => InjectAct::Act(compile_acts::act(kind, act, site, names, check)),
            InjectKindFile::PanelOffline { panel, lasts } => {
                InjectAct::PanelOffline { panel: names.panel(&path.child("panel"), panel, check), lasts: *lasts }
            }
            InjectKindFile::PanelFlaps { panel, every, times } => {
                if *times == 0 || *times > 10_000 {
                    check.problem(&path.child("times"), format!("{times} times is out of range"), "from 1 to 10,000");
                }
                let panel = names.panel(&path.child("panel"), panel, check);
                InjectAct::PanelFlaps { panel, every: *every, times: *times }
            }
            InjectKindFile::ReaderFails { portal: name, lasts } => {
                let path = path.child("portal");
                let portal = names.portal(&path, name, check);
                let known = names.portals.contains_key(name);
                if known && site.portals[portal.index()].readers.iter().all(Option::is_none) {
                    check.problem(&path, "that portal has no reader", "name a portal with an `entry` or `exit` reader");
                }
                InjectAct::ReaderFails { portal, lasts: *lasts }
            }
            InjectKindFile::WanDown { lasts } => InjectAct::WanDown { lasts: *lasts },
            InjectKindFile::PowerLoss { feed, lasts } => {
                InjectAct::PowerLoss { feed: names.feed(&path.child("feed"), feed, check), lasts: *lasts }
            }
            InjectKindFile::DeviceDown { device, lasts } => {
                InjectAct::DeviceDown { device: names.device(&path.child("device"), device, check), lasts: *lasts }
            }
            InjectKindFile::Patch { panels, devices, breaks, takes, repair } => {
                if panels.is_empty() && devices.is_empty() {
                    check.problem(path, "the patch is put on nothing", "name panels or devices");
                }
                InjectAct::Patch {
                    panels: names.each(&path.child("panels"), panels, check, Names::panel),
                    devices: names.each(&path.child("devices"), devices, check, Names::device),
                    breaks: check.chance(&path.child("breaks"), breaks),
                    takes: check.time(&path.child("takes"), takes),
                    repair: check.time(&path.child("repair"), repair),
                }
            }
            InjectKindFile::SyncDown { lasts } => InjectAct::SyncDown { lasts: *lasts },
            InjectKindFile::SyncEnds { roles, repair } => InjectAct::SyncEnds {
                people: names.members(&path.child("roles"), roles, site, check),
                repair: check.time(&path.child("repair"), repair),
            },
            InjectKindFile::FireAlarm { lasts } => InjectAct::FireAlarm { lasts: *lasts },
            InjectKindFile::VideoFloods { segment, lasts } => {
                InjectAct::VideoFloods { segment: names.segment(&path.child("segment"), segment, check), lasts: *lasts }
            }
            InjectKindFile::Leaves { person } => {
                InjectAct::Leaves { person: names.person(&path.child("person"), person, check) }
            }
            InjectKindFile::Returns { person } => {
                InjectAct::Returns { person: names.person(&path.child("person"), person, check) }
            }
            InjectKindFile::Revoked { credential } => {
                InjectAct::Revoked { credential: names.credential(&path.child("credential"), credential, check) }
            }
        }
    }

    /// Where nobody follows and nobody is about, nothing needs to be assumed.
    fn behaviour(&mut self, file: &ScenarioFile) -> Behaviour {
        let path = Path::from("behaviour");
        match &file.behaviour {
            Some(b) => Behaviour {
                holds_door: self.check.chance(&path.child("holds_door"), &b.holds_door),
                reports_refused: self.check.chance(&path.child("reports_refused"), &b.reports_refused),
                report_delay: self.check.time(&path.child("report_delay"), &b.report_delay),
                challenges: self.check.chance(&path.child("challenges"), &b.challenges),
            },
            None => {
                let seeks = file.adversaries.iter().find(|(_, a)| matches!(a.plan, PlanFile::Seek { .. }));
                if let Some((name, _)) = seeks {
                    self.check.problem(
                        &Path::from("adversaries").child(name).child("plan"),
                        "an adversary that seeks its way meets people, and the scenario does not say what they do",
                        "add `behaviour: (holds_door: .., reports_refused: .., report_delay: .., challenges: ..)`; \
                         no rate was ever measured, so there is no default",
                    );
                }
                Behaviour {
                    holds_door: Probability::ZERO,
                    reports_refused: Probability::ZERO,
                    report_delay: Distribution::fixed(SimDuration::ZERO),
                    challenges: Probability::ZERO,
                }
            }
        }
    }
}
