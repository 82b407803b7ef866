//! Small sites with one attack each, for the modules that need a whole run.

/// Someone waits at a door where many come and go, follows through two of them, takes a laptop and leaves.
pub(crate) const TAILGATER: &str = "
start Mon 08:00
warmup 5min
horizon 40min
street -[badge 2s dps rex held=20s close=4s follow=1 name=front traffic=20/h:staff inward=0.8]-> lobby
lobby -[badge 2s dps rex held=20s close=4s follow=1 name=office-door traffic=15/h:staff inward=0.6]-> office
zone street offsite at 0,0
zone lobby at 10,0
zone office at 20,0
asset laptop in office 30s portable critical=3
role staff 8 zones lobby,office shift Mon-Fri 07:00-18:00
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
