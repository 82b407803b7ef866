//! From a defence file to the policy half of the plan.

use super::check::Check;
use super::site_part::SitePart;
use super::*;
use crate::defence::*;
use crate::site::Sourced;
use crate::text::Path;

/// Compiles a defence on a compiled site.
pub(super) fn compile(file: &DefenceFile, site: &SitePart, check: &mut Check<'_>) -> Policy {
    check.schema(file.schema);
    let mut compiler = Compiler { file, site, check };
    Policy {
        access: compiler.access(&file.access),
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
        identity: compiler.identity(&file.identity),
        changes: compiler.changes(&file.changes),
        analytics: file.analytics.as_ref().map(|a| compiler.analytics(a)),
        recovery: file.recovery.as_ref().map(|r| compiler.check.time(&Path::from("recovery"), r)),
        phase: file.phase.as_ref().map(|p| Phase { name: p.name.clone(), measure: p.measure }),
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
        let share = queue.cross_trained.as_ref().map_or(1.0, |share| {
            let share_path = path.child("cross_trained");
            let share = self.check.number(&share_path, share);
            if share > 1.0 {
                let help = "between 0 (no time at all) and 1 (as long as without)";
                self.check.problem(&share_path.child("value"), "cross-training may not slow a hand-off", help);
            }
            share
        });
        let escalation = queue.escalation.as_ref().map(|e| {
            let path = path.child("escalation");
            let to = self.check.find(&path.child("to"), "queue", &e.to, &self.file.queues).unwrap_or(0);
            Escalation {
                after: self.check.duration(&path.child("after"), &e.after),
                to: QueueId::from_index(to),
                lost: self.check.chance(&path.child("lost"), &e.lost),
                takes: self.check.time_or_zero(&path.child("takes"), e.takes.as_ref()),
                share,
            }
        });
        let tires_at = queue.tires_at.as_ref().map(|t| {
            let path = path.child("tires_at");
            let alarms = self.check.number(&path, t);
            if alarms <= 0.0 {
                self.check.problem(
                    &path.child("value"),
                    "nobody tires at no alarms at all",
                    "alarms per hour, above 0",
                );
            }
            alarms.max(f64::MIN_POSITIVE)
        });
        let handover = queue.handover.as_ref().map(|h| {
            let at = h.at.iter().map(|clock| clock.as_millis()).collect();
            (at, self.check.chance(&path.child("handover").child("lost"), &h.lost))
        });
        let close = self.check.time_or_zero(&path.child("close"), queue.close.as_ref());
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
            tires_at,
            handover,
            close,
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
            risk: rule.risk.as_ref().map_or(0, |r| self.check.whole(&path.child("risk"), r)),
            risk_from: rule.risk_from,
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
            ConditionFile::Without { first, within, by } => {
                Condition::Without { first: self.pattern(&path.child("first"), first), within: *within, by: *by }
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
            contact: file.contact.as_ref().map(|c| self.contact(&path.child("contact"), c)),
            patrol: file.patrols.as_ref().map(|p| {
                let path = path.child("patrols");
                let zones = self.site.zones.iter().enumerate();
                Patrol {
                    every: self.check.time(&path.child("every"), &p.every),
                    zones: zones
                        .filter(|(_, z)| !z.offsite() && z.level >= p.level_from)
                        .map(|(i, _)| ZoneId::from_index(i))
                        .collect(),
                    stays: self.check.time(&path.child("stays"), &p.stays),
                    hours: p.hours.clone(),
                }
            }),
        }
    }

    fn contact(&mut self, path: &Path, file: &ContactFile) -> Contact {
        let contact = Contact {
            complies: self.check.chance(&path.child("complies"), &file.complies),
            bluffs: self.check.chance(&path.child("bluffs"), &file.bluffs),
            flees: self.check.chance(&path.child("flees"), &file.flees),
            calls: file.calls.as_ref().map(|force| self.force(&path.child("calls"), force)),
        };
        let sum = contact.complies.value() + contact.bluffs.value() + contact.flees.value();
        if sum > 1.0 + 1e-9 {
            let help = "complies + bluffs + flees is at most 1; the rest resists";
            self.check.problem(path, format!("the outcomes of a meeting add up to {sum}"), help);
        }
        contact
    }

    fn force(&mut self, path: &Path, name: &str) -> ForceId {
        let found = self.site.forces.iter().position(|f| f.name == *name);
        if found.is_none() {
            self.check.dangling(path, "force", name, self.site.forces.iter().map(|f| f.name.as_str()));
        }
        ForceId::from_index(found.unwrap_or(0))
    }

    fn access(&mut self, file: &AccessFile) -> AccessPolicy {
        let path = Path::from("access");
        let clocks = |at: &[ClockTime]| at.iter().map(|clock| clock.as_millis()).collect::<Vec<_>>();
        let decisions = file.decisions.as_ref().map(|d| {
            let path = path.child("decisions");
            Decisions {
                place: d.place,
                from_level: d.from_level,
                latency: self.check.time(&path.child("latency"), &d.latency),
                timeout: self.check.duration(&path.child("timeout"), &d.timeout),
                fallback: d.fallback,
            }
        });
        let anti_passback = file.anti_passback.as_ref().map(|a| {
            let at = path.child("anti_passback").child("areas");
            if self.site.areas.is_empty() {
                let help = "add `areas` to the site: zones with readers both ways at their doors";
                self.check.problem(&path.child("anti_passback"), "the site has no areas", help);
            }
            let mut areas = IdSet::with_len(self.site.areas.len());
            for (index, area) in self.site.areas.iter().enumerate() {
                if a.areas.is_empty() || a.areas.contains(&area.name) {
                    areas.insert(index);
                }
            }
            for (i, name) in a.areas.iter().enumerate() {
                if !self.site.areas.iter().any(|area| area.name == *name) {
                    let names = self.site.areas.iter().map(|area| area.name.as_str());
                    self.check.dangling(&at.child(i.to_string()), "area", name, names);
                }
            }
            AntiPassback { areas, scope: a.scope, mode: a.mode, forgiven_at: clocks(&a.forgiven_at) }
        });
        let risk = file.risk.as_ref().map(|r| {
            let path = path.child("risk");
            RiskPolicy {
                half_life: self.check.duration(&path.child("half_life"), &r.half_life),
                step_up_from: self.check.whole(&path.child("step_up_from"), &r.step_up_from),
                deny_from: self.check.whole(&path.child("deny_from"), &r.deny_from),
                from_level: r.from_level,
            }
        });
        let check = &mut *self.check;
        let mut time = |field: &str, figure: &Option<Sourced<SimDuration>>| {
            figure.as_ref().map(|figure| check.duration(&path.child(field), figure))
        };
        AccessPolicy {
            off_shift: file.off_shift,
            off_shift_from_level: file.off_shift_from_level,
            vendors: file.vendors,
            second_factor_where_enrolled: file.second_factor_where_enrolled,
            unlock_needs_request: file.unlock_needs_request,
            decisions,
            anti_passback,
            door_factor_from_level: file.door_factor_from_level,
            two_person: time("two_person", &file.two_person),
            escorts: time("escorts", &file.escorts),
            work_order_from_level: file.work_order_from_level,
            guests_end: file.guests_end,
            reauthorise_every: time("reauthorise_every", &file.reauthorise_every),
            absent_logins: file.absent_logins,
            stale_devices: file.stale_devices,
            admin_workstations_only: file.admin_workstations_only,
            cabinets_refuse: file.cabinets_refuse,
            removal_passes: file.removal_passes,
            break_glass: file.break_glass,
            risk,
        }
    }

    fn identity(&mut self, file: &IdentityFile) -> IdentityPolicy {
        let path = Path::from("identity");
        let mut lag = |field: &str, lag: &Option<LagFile>| {
            let path = path.child(field);
            lag.as_ref().map(|lag| Lag {
                takes: self.check.time(&path.child("takes"), &lag.takes),
                fails: self.check.chance_or_zero(&path.child("fails"), lag.fails.as_ref()),
                by_hand: lag.by_hand.as_ref().map(|time| self.check.time(&path.child("by_hand"), time)),
            })
        };
        IdentityPolicy {
            linked: file.linked.clone(),
            accounts_end: lag("accounts_end", &file.accounts_end),
            badges_end: lag("badges_end", &file.badges_end),
            both_worlds: file.both_worlds,
            review_every: file
                .review_every
                .as_ref()
                .map(|every| self.check.duration(&path.child("review_every"), every)),
        }
    }

    fn changes(&mut self, file: &ChangesFile) -> Changes {
        let path = Path::from("changes").child("rollback");
        Changes {
            pilot: file.pilot,
            rollback: file.rollback.as_ref().map(|time| self.check.time(&path, time)),
            checklist: file.checklist,
            windows: file.windows.clone(),
        }
    }

    fn analytics(&mut self, file: &AnalyticsFile) -> Analytics {
        let path = Path::from("analytics");
        Analytics {
            detects: self.check.chance(&path.child("detects"), &file.detects),
            mistakes: self.check.chance(&path.child("mistakes"), &file.mistakes),
            takes: self.check.time(&path.child("takes"), &file.takes),
        }
    }
}
