//! From a defence file to the policy half of the plan.

use super::check::Check;
use super::site_part::SitePart;
use super::*;
use crate::defence::*;
use crate::text::Path;

/// Compiles a defence on a compiled site.
pub(super) fn compile(file: &DefenceFile, site: &SitePart, check: &mut Check<'_>) -> Policy {
    check.schema(file.schema);
    let mut compiler = Compiler { file, site, check };
    Policy {
        access: file.access.clone(),
        reads: file.reads.clone(),
        queues: file.queues.iter().map(|(n, q)| compiler.queue(n, q)).collect(),
        rules: file.rules.iter().map(|(n, r)| compiler.rule(n, r)).collect(),
        plays: file.playbook.iter().map(|(n, p)| compiler.play(n, p)).collect(),
        latencies: compiler.latencies(),
        guards: file.guards.as_ref().map(|g| compiler.guards(g)),
        communication: file.communication.as_ref().map(|c| {
            let path = Path::from("communication").child("chance");
            (compiler.check.chance(&path, &c.chance), c.mode)
        }),
    }
}

struct Compiler<'f, 's, 'c, 'd> {
    file: &'f DefenceFile,
    site: &'s SitePart,
    check: &'c mut Check<'d>,
}

impl Compiler<'_, '_, '_, '_> {
    fn queue(&mut self, name: &str, queue: &QueueFile) -> Queue {
        let path = Path::from("queues").child(name);
        let matrix = path.child("assessment");
        let check = &mut *self.check;
        let mut verdicts = |field: &str, file: &VerdictFile| Verdicts {
            true_alarm: check.chance(&matrix.child(field).child("true_alarm"), &file.true_alarm),
            false_alarm: check.chance(&matrix.child(field).child("false_alarm"), &file.false_alarm),
        };
        let a = &queue.assessment;
        let by_picture = [
            verdicts("none", &a.none),
            verdicts("recorded_video", &a.recorded_video),
            verdicts("live_video", &a.live_video),
        ];
        let by_logs = verdicts("logs", &a.logs);
        let operators = self.check.whole(&path.child("operators"), &queue.operators);
        if operators == 0 || operators > 64 {
            self.check.problem(
                &path.child("operators").child("value"),
                format!("`{name}` has {operators} operators"),
                "between 1 and 64; leave out a queue that nobody works at",
            );
        }
        let escalation = queue.escalation.as_ref().map(|e| {
            let path = path.child("escalation");
            let after = self.check.duration(&path.child("after"), &e.after);
            let to = self.check.find(&path.child("to"), "queue", &e.to, &self.file.queues).unwrap_or(0);
            (after, QueueId::from_index(to), self.check.chance(&path.child("lost"), &e.lost))
        });
        Queue {
            name: name.to_string(),
            key: EntityKey::new("queue", name),
            operators,
            staffed: queue.staffed.clone(),
            picture: queue.picture,
            logs: queue.logs,
            acknowledge: self.check.time(&path.child("acknowledge"), &queue.acknowledge),
            assess: self.check.time(&path.child("assess"), &queue.assess),
            by_picture,
            by_logs,
            escalation,
        }
    }

    fn pattern(&mut self, path: &Path, file: &PatternFile) -> Pattern {
        let site = self.site;
        let check = &mut *self.check;
        // Kinds are asked for one by one, in the order of the file.
        let mut places = (0..).map(|i: usize| path.child("kinds").child(i.to_string()));
        Pattern::from_file(file, |kind| {
            let place = places.next()?;
            let found = site.sensor_types.iter().position(|t| t == kind);
            if found.is_none() {
                check.dangling(&place, "sensor type", kind, site.sensor_types.iter().map(String::as_str));
            }
            found.map(|i| i as u32)
        })
    }

    fn rule(&mut self, name: &str, rule: &RuleFile) -> Rule {
        let path = Path::from("rules").child(name);
        let pattern = self.pattern(&path.child("when"), &rule.when);
        let condition = self.condition(&path.child("condition"), &rule.condition);
        let place = path.child("place");
        let mut zones = IdSet::with_len(self.site.zones.len());
        for (index, zone) in self.site.zones.iter().enumerate() {
            let named = rule.place.zones.is_empty() || rule.place.zones.contains(&zone.name);
            if named && zone.level >= rule.place.level_from {
                zones.insert(index);
            }
        }
        for (i, zone) in rule.place.zones.iter().enumerate() {
            if !self.site.zones.iter().any(|z| z.name == *zone) {
                let names = self.site.zones.iter().map(|z| z.name.as_str());
                self.check.dangling(&place.child("zones").child(i.to_string()), "zone", zone, names);
            }
        }
        let portals = (!rule.place.portals.is_empty()).then(|| {
            let mut set = IdSet::with_len(self.site.portals.len());
            for (i, portal) in rule.place.portals.iter().enumerate() {
                match self.site.portals.iter().position(|p| p.name == *portal) {
                    Some(index) => {
                        set.insert(index);
                    }
                    None => {
                        let names = self.site.portals.iter().map(|p| p.name.as_str());
                        self.check.dangling(&place.child("portals").child(i.to_string()), "portal", portal, names);
                    }
                }
            }
            set
        });
        let raise = rule.raise.as_ref().map(|raise| {
            let path = path.child("raise");
            if !(1..=9).contains(&raise.priority) {
                self.check.problem(
                    &path.child("priority"),
                    format!("priority {} is out of range", raise.priority),
                    "from 1 (highest) to 9",
                );
            }
            let queue = raise.queue.as_ref().map(|q| {
                QueueId::from_index(self.check.find(&path.child("queue"), "queue", q, &self.file.queues).unwrap_or(0))
            });
            (queue, raise.priority)
        });
        Rule {
            name: name.to_string(),
            key: EntityKey::new("rule", name),
            pattern,
            zones,
            portals,
            during: rule.during.clone(),
            condition,
            quiet: rule.quiet,
            raise,
            respond: self.responses(&path.child("respond"), &rule.respond),
        }
    }

    fn condition(&mut self, path: &Path, file: &ConditionFile) -> Condition {
        match file {
            ConditionFile::Once => Condition::Once,
            ConditionFile::Count { k, within, by } => {
                if !(2..=8).contains(k) {
                    self.check.problem(&path.child("k"), format!("a count of {k} is out of range"), "from 2 to 8");
                }
                Condition::Count { k: *k, within: *within, by: *by }
            }
            ConditionFile::After { first, within, by } => {
                Condition::After { first: self.pattern(&path.child("first"), first), within: *within, by: *by }
            }
            ConditionFile::Absence { of, within, by } => {
                Condition::Absence { of: self.pattern(&path.child("of"), of), within: *within, by: *by }
            }
        }
    }

    fn responses(&mut self, path: &Path, files: &[ResponseFile]) -> Vec<Response> {
        files
            .iter()
            .enumerate()
            .map(|(i, file)| match file {
                ResponseFile::Dispatch => {
                    if self.file.guards.is_none() {
                        self.check.problem(
                            &path.child(i.to_string()),
                            "guards are sent, but the defence does not say how they search",
                            "add `guards: (search_time: .., finds: .., stops: ..)`",
                        );
                    }
                    Response::Dispatch
                }
                ResponseFile::Call(force) => {
                    let found = self.site.forces.iter().position(|f| f.name == *force);
                    if found.is_none() {
                        let names = self.site.forces.iter().map(|f| f.name.as_str());
                        self.check.dangling(&path.child(i.to_string()).child("0"), "force", force, names);
                    }
                    Response::Call(ForceId::from_index(found.unwrap_or(0)))
                }
                ResponseFile::RevokeCredential => Response::RevokeCredential,
                ResponseFile::RevokeEnrolled => Response::RevokeEnrolled,
                ResponseFile::DisableAccount => Response::DisableAccount,
                ResponseFile::EndSessions => Response::EndSessions,
                ResponseFile::IsolateDevice => Response::IsolateDevice,
                ResponseFile::LockDown { scope, lasts } => Response::LockDown { scope: *scope, lasts: *lasts },
            })
            .collect()
    }

    fn play(&mut self, name: &str, play: &PlayFile) -> Play {
        let path = Path::from("playbook").child(name);
        let rules = (!play.rules.is_empty()).then(|| {
            let mut set = IdSet::with_len(self.file.rules.len());
            for (i, rule) in play.rules.iter().enumerate() {
                let at = path.child("rules").child(i.to_string());
                if let Some(index) = self.check.find(&at, "rule", rule, &self.file.rules) {
                    set.insert(index);
                }
            }
            set
        });
        Play { name: name.to_string(), rules, respond: self.responses(&path.child("respond"), &play.respond) }
    }

    fn latencies(&mut self) -> Latencies {
        let path = Path::from("latencies");
        let file = &self.file.latencies;
        let mut time = |field: &str, figure: &Option<crate::site::SourcedTime>| {
            self.check.time_or_zero(&path.child(field), figure.as_ref())
        };
        Latencies {
            annunciate: time("annunciate", &file.annunciate),
            dispatch: time("dispatch", &file.dispatch),
            call: time("call", &file.call),
            revoke: time("revoke", &file.revoke),
            disable: time("disable", &file.disable),
            end_sessions: time("end_sessions", &file.end_sessions),
            isolate: time("isolate", &file.isolate),
            lock_down: time("lock_down", &file.lock_down),
        }
    }

    fn guards(&mut self, file: &GuardsFile) -> Guards {
        let path = Path::from("guards");
        Guards {
            search_time: self.check.time(&path.child("search_time"), &file.search_time),
            finds: self.check.chance(&path.child("finds"), &file.finds),
            stops: self.check.chance(&path.child("stops"), &file.stops),
        }
    }
}
