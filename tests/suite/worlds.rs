//! Small sites with one attack each, and one where everything happens, for the modules that need a whole run.

/// Someone waits at a door where many come and go, follows through two of them, takes a laptop and leaves.
pub(crate) const TAILGATER: &str = "
start Mon 08:00
warmup 5min
horizon 40min
street -[badge 2s dps rex held=20s close=4s follow=1 name=front traffic=8/h:staff]-> lobby
lobby -[badge 2s dps rex held=20s close=4s follow=1 name=office-door traffic=4/h:staff]-> office
zone street offsite at 0,0
zone lobby at 10,0
zone office at 20,0
asset laptop in office 30s portable critical=3
role staff 8 zones lobby,office shift Mon-Fri 07:00-18:00
day staff home=street
role guard zones lobby,office
post desk in lobby guards 1
behaviour hold=0.7 report=0.8 delay=1min challenge=0.3
adversary thief at street wants theft laptop only=walk,follow-through,take-asset patience=20min
queue desk ack=10s assess=20s true=0.9 false=0.1
rule stranger when PersonReport raise desk 2
rule held when PortalHeld raise desk 4
play any -> Dispatch
guards search=60s finds=0.8 stops=0.9";

/// A cleaner's badge is stolen. It opens the lobby, not the vault; the thief then forces the hatch.
pub(crate) const STOLEN_BADGE: &str = "
start Sat 22:00
warmup 5min
horizon 1h
street -[badge 2s dps rex name=front]-> lobby -[badge 2s dps rex force=10min name=vault-door]-> vault
lobby -[free 5s name=passage]-> store -[lock N(90s,20s) dps name=hatch]-> vault
zone vault level 4
asset gold in vault U(20s,40s) portable critical=5
sensor seismic on hatch force=0.7 middle
role cleaner zones lobby,store
person ann cleaner
force police N(10min,2min)
adversary thief at street wants theft gold has badge:ann reported=30min
queue desk ack=10s assess=20s true=0.9 false=0.1
rule refused when AccessDenied raise desk 5
rule seismic when Sensor() raise desk 1
rule forced when PortalForced raise desk 1
play seismic,forced -> Call(\"police\")
play refused -> RevokeCredential
latency call=30s revoke=20s";

/// An operator on the internet uses a vendor's account to reach the access control server and opens doors for a walker.
pub(crate) const VENDOR: &str = "
start Thu 00:00
warmup 5min
horizon 1h
street -[badge 2s dps rex name=front]-> lobby -[badge 2s dps rex name=hall-door]-> hall
zone hall level 4 kind DataHall
asset racks in hall N(60s,10s) critical=5
role staff 3 zones lobby,hall
device gw in lobby on dmz kind Gateway service vpn:interactive logs siem
device siem in hall on security kind Siem
flow log gw -> siem syslog logs
flow dial-in internet -> gw vpn
flow tunnel gw -> acs acs-admin
account vendor on gw/vpn,acs/admin-console role Administrator vendor daily 00:00-01:00
adversary crew on internet wants sabotage racks knows account:vendor insider
actor walker of crew at street
queue desk ack=30s assess=1min true=0.9 false=0.1
rule vendor when Login(vendor: true, without_ticket: true) raise desk 3
rule unlock when RemoteUnlock(without_request: true) raise desk 2
play any -> EndSessions, DisableAccount
latency end-sessions=10s disable=20s";

/// A working day on a site where everything happens: all kinds of people and errands, all kinds of failure, and every
/// switch of the access policy on, while somebody follows through the doors.
///
/// Nobody can live like that; it is there to find what cannot be right under any policy.
pub(crate) fn busy() -> String {
    // An indented line goes on with the one before.
    BUSY.replace("\n    ", " ")
}

const BUSY: &str = r#"
start Mon 06:00
warmup 30min
horizon 14h
speed 1.2

street -[free 1s name=drive]-> yard
yard -[turnstile 2s read=1s reject=0.03 single dps name=gate panel=p-front follow=0.2 force=5min]-> hall
hall -[badge both 2s read=1s reject=0.03 dps held=20s held-chance=0.03 held-time=40s not-taken=0.03 close=6s follow=0.9
    break-glass name=office-door panel=p-front]-> office
hall -[badge 2s read=1s dps rex held=20s close=4s follow=0.6 fail-safe unlocked=Mon-Fri 09:00-11:00 first-in
    name=side-door panel=p-side]-> annex
annex -[badge 2s read=1s dps close=4s follow=0.6 name=annex-door panel=p-side]-> office
office -[free 1s name=passage]-> kitchen
office -[badge 2s read=1s dps held=20s close=4s follow=0.7 name=room-door panel=p-side]-> room
office -[exit delayed=15s dps name=fire-exit panel=p-side]-> yard
hall -[mantrap both 2s read=1s dps close=3s break-glass interlock=trap name=trap-outer panel=p-core]-> trap
trap -[mantrap both pin duress=0.05 2s read=1s dps close=3s break-glass interlock=trap name=trap-inner panel=p-core]-> core
zone street offsite at 0,0
zone yard level 0 at 30,0
zone hall level 1 kind Lobby at 50,0
zone office level 2 at 70,0
zone annex level 1 at 60,12
zone kitchen level 1 kind Welfare at 80,10
zone room level 2 kind Meeting bookable at 80,-10
zone trap level 3 at 50,15
zone core level 4 kind DataHall two-person at 50,30
area house zones hall,office,annex,kitchen,room
area inner zones trap,core
muster yard

asset laptop in office 30s portable critical=3
asset racks in core 5min critical=5
sensor door-contact on gate force=0.9 nuisance=2/day
sensor glass on office walk=0 nuisance=3/day
sensor eye on office-door follow=0.5

role staff 40 zones hall,annex,office,kitchen,room shift Mon-Fri 08:00-17:00 account=files/share,gw/vpn mfa
role engineer 6 zones hall,annex,office,kitchen,trap,core shift Mon-Fri 08:00-17:00 account=files/share,gw/vpn,acs/operator-console
role cleaner 3 zones hall,annex,office,kitchen,room shift Mon-Fri 06:10-10:00
role visitor 6 zones hall,office,kitchen valid=1h escorts=staff overstays=0.5/1h account=gear/web shift Mon-Fri 09:30-12:00
role guard zones yard,hall,annex,office,kitchen,room,trap,core shift daily 00:00-24:00
post desk in hall guards 1 stay=1
post rounds in hall guards 2 stay=0
person ann staff
person bob engineer
person eve staff
role auditor zones hall
person vic auditor
credential old-ann of=ann superseded
credential core-key badge=Key of=bob

day staff home=street base=office lead=30min arrives=U(0s,60min) leaves=U(0s,60min) attends=0.85 remote-share=0.8
    logs-in=files/share remote=gw/vpn desktop=0.4 wifi
errand lunch of=staff to=kitchen per-day=0.8 stays=U(10min,30min) hours daily 11:30-13:30
errand smoke of=staff to=yard per-day=1 stays=U(3min,6min) props=0.3
errand meeting of=staff to=room per-day=0.5 stays=U(15min,60min) booked=0.8
day engineer home=street base=annex lead=30min arrives=U(0s,45min) leaves=U(0s,60min) logs-in=files/share remote=gw/vpn wifi
errand job of=engineer to=core per-day=3 stays=U(5min,20min) work-order=0.7
errand called of=engineer to=core,office per-day=1.5 stays=U(5min,20min) hours daily 17:40-19:30 off-shift work-order=0.5
day cleaner home=street arrives=U(0s,15min) leaves=U(0s,5min)
errand round of=cleaner to=hall,office,kitchen,room per-day=3 stays=U(2min,5min) round
day visitor home=street base=office arrives=U(0s,20min) leaves=U(0s,20min) wifi
errand tour of=visitor to=hall,kitchen per-day=3 stays=U(5min,10min)
habits follows=0.4 forgets=0.05 loses=0.05 reports=U(10min,1h) old=0.7 help=U(20s,2min) session=0.3 wifi=0.5 stale=0.2
    leaves=0.02
behaviour hold=0.4 report=0.6 delay=U(10s,60s) challenge=0.3

panel p-front in=hall on=security buffer=60 battery=20min download=U(5s,60s) decision=200ms tamper
panel p-side in=annex on=security deny buffer=20 battery=20min download=U(5s,60s) tamper
panel p-core in=trap on=security facility battery=20min download=U(5s,60s)
segment lan watched
segment guests isolated
segment hq beyond
segment internet internet
device idp in hall on hq kind=IdentityProvider service login
device siem in hall on security kind=Siem
device files in office on lan service share:https:sensitive:directory logs siem
device gw in hall on dmz kind=Gateway service vpn:interactive:token=4h logs siem
device gear in hall on guests kind=NetworkEquipment service web logs siem
device air in hall on lan kind=NetworkEquipment service web logs siem
device box in hall on lan kind=KeyCabinet
device cam in hall on security kind=Camera views=hall,office logs siem
device admin-pc in annex on lan kind=Workstation admin
device pc in office on lan kind=Workstation detect=0.5 exploit=0.5/5min
wifi staff-air on=lan zones=office,kitchen,room,annex
wifi guest-air on=guests zones=hall,office,kitchen guests
flow uplink security -> hq login
flow lan-uplink lan -> hq login
flow logs lan -> siem syslog logs
flow dmz-logs dmz -> siem syslog logs
flow guest-logs guests -> siem syslog logs
flow dial-in internet -> gw vpn
flow inside gw -> files https
flow local lan -> files https
flow console lan -> acs acs-admin,acs-operator purpose=DirectAdministration
flow tunnel gw -> acs acs-admin purpose=VendorTunnel
flow wide dmz -> files https purpose=Permissive
account vendor on=gw/vpn,acs/admin-console role=Administrator vendor=daily 09:00-10:00
account root on=acs/admin-console role=Administrator person=bob from=admin-pc
account emergency on=files/share break-glass
jack port in office on lan open
cabinet keys device=box keys=core-key roles=engineer hours=daily 06:00-20:00 back=1h
feed wing zones=hall,office,annex,kitchen,room,trap,core backup=10min
force police U(10min,20min)

access off_shift: Deny, off_shift_from_level: 3, vendors: Ticketed, second_factor_where_enrolled: true,
    unlock_needs_request: true, anti_passback: Some((areas: ["house"], scope: Global, mode: Hard, forgiven_at: ["12:00"])),
    decisions: Some((place: Host, from_level: 2, latency: (value: Uniform(min: "100ms", max: "4s"), source: "fixture"),
        timeout: (value: "3s", source: "fixture"), fallback: Cached)),
    door_factor_from_level: Some(4), two_person: Some((value: "30s", source: "fixture")),
    escorts: Some((value: "20s", source: "fixture")), work_order_from_level: Some(4), guests_end: true,
    reauthorise_every: Some((value: "10min", source: "fixture")), absent_logins: Deny, stale_devices: DenyInCrowd(5),
    admin_workstations_only: true, cabinets_refuse: true, removal_passes: true, break_glass: true,
    risk: Some((half_life: (value: "1h", source: "fixture"), step_up_from: (value: 20, source: "fixture"),
        deny_from: (value: 60, source: "fixture"), from_level: 2))
identity linked: [Badges, Accounts, Bookings, Keys], both_worlds: true,
    accounts_end: Some((takes: (value: Uniform(min: "10min", max: "1h"), source: "fixture"),
        fails: Some((value: 0.3, source: "fixture")), by_hand: Some((value: Fixed("1h"), source: "fixture")))),
    badges_end: Some((takes: (value: Uniform(min: "10min", max: "2h"), source: "fixture"))),
    review_every: Some((value: "3h", source: "fixture"))
network closes: [Permissive], jacks_closed: true
changes pilot: true, checklist: true, rollback: Some((value: Fixed("10min"), source: "fixture")), windows: ["daily 13:00-13:30"]
analytics detects=0.8 mistakes=0.01 takes=5s
recovery 20min

queue desk operators=2 ack=U(5s,20s) assess=U(20s,90s) true=0.9 false=0.1 logs picture=LiveVideo tires=20
    handover=14:00/0.2 close=U(30s,2min) escalate=soc:5min:0.1:30s
queue soc ack=U(10s,60s) assess=U(1min,5min) true=0.9 false=0.2 logs cross=0.8 staffed=daily 07:00-19:00
rule forced when PortalForced raise desk 1 quiet=2min
rule held when PortalHeld raise desk 5
rule tailgate when Tailgate raise desk 3 risk=10
rule refused when AccessDenied() raise desk 6 condition=Count(k: 3, within: "10min", by: Identity) risk=15
rule stranger when PersonReport raise desk 1
rule kept-out when AccessDenied() raise soc 7 condition=Absence(of: AccessGranted(), within: "5min", by: Credential) quiet=30min
rule sensor when Sensor() raise desk 2
rule again when PassedBack raise soc 5
rule gap when LogGap raise soc 4
rule line when LineFault raise soc 4
rule tamper when Tamper raise desk 2
rule duress when Duress raise desk 1
rule down when DeviceDown raise soc 4
rule mains when MainsLost raise desk 4
rule login when LoginRefused raise soc 5 risk=5
rule odd when UnusualBehaviour raise soc 3 risk=30
rule lost when BadgeLost respond RevokeCredential
rule gone when IdentityEnded raise soc 7
rule stay when StayRefused raise desk 3
rule over when Overstay raise desk 5
rule key when KeyOverdue raise desk 5
rule item when ItemRemoved(without_pass: true) raise desk 2
rule stale when NetworkJoined(stale: true, crowd_from: 5) raise soc 6
rule plug when UnknownDevice raise soc 3
rule change when ConfigurationChanged(unplanned: true) raise soc 3
rule vendor when Login(vendor: true, without_ticket: true) raise soc 3
rule room when AccessGranted(without_booking: true) raise nobody
play stranger,forced -> Dispatch, Call("police"), LockDown(scope: Zone, lasts: "5min")
play sensor,tailgate -> Dispatch
play odd,login -> DisableAccount, EndSessions
play refused -> RevokeCredential
play plug -> IsolateDevice
latency annunciate=2s dispatch=30s call=30s revoke=20s disable=20s end-sessions=10s isolate=20s lock-down=5s
guards search=U(30s,2min) finds=0.8 stops=0.9
    contact=(complies: (value: 0.4, source: "fixture"), bluffs: (value: 0.2, source: "fixture"),
        flees: (value: 0.2, source: "fixture"), calls: "police")
    patrols=(every: (value: Uniform(min: "30min", max: "1h"), source: "fixture"), level_from: 1,
        stays: (value: Uniform(min: "10s", max: "1min"), source: "fixture"))

inject vendor at=Mon 09:15 {Act(VendorSession(account: "vendor", service: "gw/vpn",
    ticketed: (value: 0.5, source: "fixture"), lasts: (value: Fixed("20min"), source: "fixture")))}
inject unlock at=Mon 09:40 {Act(RemoteUnlock(account: "root", portals: ["office-door"], requested: (value: 1.0, source: "fixture")))}
inject draw at=Mon 10:00 {Act(KeyWithdrawal(cabinet: "keys", roles: ["engineer"], returns_after: (value: Fixed("2h"), source: "fixture")))}
inject late at=Mon 18:10 {Act(KeyWithdrawal(cabinet: "keys", roles: ["engineer"], returns_after: (value: Fixed("1h"), source: "fixture")))}
inject carry at=Mon 10:05 {Act(ItemRemoval(assets: ["laptop"], portals: ["gate"], passed: (value: 0.5, source: "fixture")))}
inject settings at=Mon 10:10 {Act(ConfigurationChange(account: "root", devices: ["files"], planned: (value: 0.5, source: "fixture")))}
inject backup at=Mon 10:15 {Act(HealthFailure(devices: ["files"], what: Backup))}
inject odd at=Mon 10:20 {Act(UnusualBehaviour(roles: ["staff"]))}
inject plug at=Mon 10:25 {Act(UnknownDevice(jacks: ["port"]))}
inject slow at=Mon 10:30 {Act(SlowSegment(segments: ["lan"]))}
inject typo at=Mon 10:35 {Act(MistypedPassword(accounts: ["root"]))}
inject edr at=Mon 10:40 {Act(EndpointFalseAlarm(devices: ["pc"]))}
inject refused at=Mon 10:45 {Act(RefusedConnection(services: ["acs/admin-console"]))}
inject card at=Mon 10:50 {Act(Enrolment(account: "root", credentials: ["old-ann"], requested: (value: 0.5, source: "fixture")))}
inject badge at=Mon 10:55 {Act(Badge(credentials: ["vic"], portals: ["gate"]))}
inject crisis at=Mon 10:56 {Act(Login(accounts: ["emergency"], service: "files/share"))}
inject alone at=Mon 08:20 panel-offline=p-front 15min
inject dead at=Mon 08:30 {ReaderFails(portal: "gate", lasts: "10min")}
inject box at=Mon 08:35 {Act(PanelOpened(panels: ["p-side"]))}
inject flaps at=Mon 09:00 {PanelFlaps(panel: "p-side", every: "4min", times: 4)}
inject wan at=Mon 11:00 {WanDown(lasts: "20min")}
inject stop at=Mon 11:10 {DeviceDown(device: "acs", lasts: "5min")}
inject patch at=Mon 12:00 {Patch(panels: ["p-side", "p-front"], devices: ["files"], breaks: (value: 1.0, source: "fixture"),
    takes: (value: Fixed("2min"), source: "fixture"), repair: (value: Fixed("15min"), source: "fixture"))}
inject sync at=Mon 09:20 {SyncDown(lasts: "1h")}
inject ends at=Mon 12:30 {SyncEnds(roles: ["engineer"], repair: (value: Fixed("30min"), source: "fixture"))}
inject fire at=Mon 14:10 {FireAlarm(lasts: "12min")}
inject dark at=Mon 15:00 {PowerLoss(feed: "wing", lasts: "50min")}
inject flood at=Mon 16:00 {VideoFloods(segment: "security", lasts: "10min")}
inject goes at=Mon 09:30 {Leaves(person: "eve")}
inject back at=Mon 13:00 {Returns(person: "eve")}
inject revoked at=Mon 13:30 {Revoked(credential: "ann")}

adversary thief at street begins=2h wants theft laptop insider patience=20min risk=100
"#;
