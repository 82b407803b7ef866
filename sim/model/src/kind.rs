//! Kinds of report that a rule can watch for, and the log that each is read from.

use crate::defence::LogKind;
use crate::plan::Pattern;
use crate::signal::Report;

/// A kind of report.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A granted badge.
    AccessGranted,
    /// A granted badge, and nobody went in.
    AccessNotTaken,
    /// A refused badge.
    AccessDenied,
    /// A forced portal.
    PortalForced,
    /// A held portal.
    PortalHeld,
    /// An active sensor.
    SensorActive,
    /// A panel out of reach.
    PanelOffline,
    /// A login.
    Login,
    /// A refused login.
    LoginRefused,
    /// A refused connection.
    FlowRefused,
    /// An endpoint alert.
    EndpointAlert,
    /// A remote unlock.
    RemoteUnlock,
    /// An enrolled badge.
    BadgeEnrolled,
    /// A report by a person.
    PersonReport,
    /// More people than badges.
    Tailgate,
    /// A drawn key.
    KeyDrawn,
    /// A refused key.
    KeyRefused,
    /// A dead line to a reader.
    LineFault,
    /// An opened panel.
    Tamper,
    /// A duress code.
    Duress,
    /// A key out for too long.
    KeyOverdue,
    /// An asset carried out.
    ItemRemoved,
    /// A guest who is still there.
    Overstay,
    /// Somebody inside without a right.
    StayRefused,
    /// A device on a network.
    NetworkJoined,
    /// A device kept off a network.
    NetworkRefused,
    /// A device that nobody knows.
    UnknownDevice,
    /// Changed settings.
    ConfigurationChanged,
    /// A failed backup, store or patch.
    Health,
    /// A slow segment.
    SlowSegment,
    /// Missing events.
    LogGap,
    /// A server down.
    DeviceDown,
    /// A panel on its battery.
    MainsLost,
    /// The fire alarm.
    FireAlarm,
    /// A lost badge.
    BadgeLost,
    /// Somebody gone.
    IdentityEnded,
    /// Unusual behaviour at a computer.
    UnusualBehaviour,
    /// A passback that was let in.
    PassedBack,
}

impl Kind {
    /// How many there are.
    pub const COUNT: usize = Kind::PassedBack as usize + 1;

    /// The kind of a report; none where no pattern can watch for it. A badge that was let in although its holder is
    /// inside already counts as [`Kind::AccessGranted`], and as [`Kind::PassedBack`] beside.
    #[inline]
    pub fn of(report: &Report) -> Option<Self> {
        // What doors say all day is of no kind, nor that something works again. Asked apart, so that the rest is a table.
        let none = matches!(
            report,
            Report::PortalOpened { .. }
                | Report::PortalClosed { .. }
                | Report::RequestToExit { .. }
                | Report::PanelLink { up: true, .. }
                | Report::DeviceDown { up: true, .. }
                | Report::PanelPower { mains: true, .. }
                | Report::FireAlarm { on: false }
        );
        if none {
            return None;
        }
        match report {
            Report::AccessGranted { .. } => Some(Kind::AccessGranted),
            Report::AccessNotTaken { .. } => Some(Kind::AccessNotTaken),
            Report::AccessDenied { .. } => Some(Kind::AccessDenied),
            Report::PortalForced { .. } => Some(Kind::PortalForced),
            Report::PortalHeld { .. } => Some(Kind::PortalHeld),
            Report::SensorActive { .. } => Some(Kind::SensorActive),
            Report::PanelLink { .. } => Some(Kind::PanelOffline),
            Report::Login { .. } => Some(Kind::Login),
            Report::LoginRefused { .. } => Some(Kind::LoginRefused),
            Report::FlowRefused { .. } => Some(Kind::FlowRefused),
            Report::EndpointAlert { .. } => Some(Kind::EndpointAlert),
            Report::RemoteUnlock { .. } => Some(Kind::RemoteUnlock),
            Report::BadgeEnrolled { .. } => Some(Kind::BadgeEnrolled),
            Report::PersonReport { .. } => Some(Kind::PersonReport),
            Report::Tailgate { .. } => Some(Kind::Tailgate),
            Report::KeyDrawn { .. } => Some(Kind::KeyDrawn),
            Report::KeyRefused { .. } => Some(Kind::KeyRefused),
            Report::LineFault { .. } => Some(Kind::LineFault),
            Report::Tamper { .. } => Some(Kind::Tamper),
            Report::Duress { .. } => Some(Kind::Duress),
            Report::KeyOverdue { .. } => Some(Kind::KeyOverdue),
            Report::ItemRemoved { .. } => Some(Kind::ItemRemoved),
            Report::Overstay { .. } => Some(Kind::Overstay),
            Report::StayRefused { .. } => Some(Kind::StayRefused),
            Report::NetworkJoined { .. } => Some(Kind::NetworkJoined),
            Report::NetworkRefused { .. } => Some(Kind::NetworkRefused),
            Report::UnknownDevice { .. } => Some(Kind::UnknownDevice),
            Report::ConfigurationChanged { .. } => Some(Kind::ConfigurationChanged),
            Report::Health { .. } => Some(Kind::Health),
            Report::SlowSegment { .. } => Some(Kind::SlowSegment),
            Report::LogGap { .. } => Some(Kind::LogGap),
            Report::DeviceDown { .. } => Some(Kind::DeviceDown),
            Report::PanelPower { .. } => Some(Kind::MainsLost),
            Report::FireAlarm { .. } => Some(Kind::FireAlarm),
            Report::BadgeLost { .. } => Some(Kind::BadgeLost),
            Report::IdentityEnded { .. } => Some(Kind::IdentityEnded),
            Report::UnusualBehaviour { .. } => Some(Kind::UnusualBehaviour),
            Report::PortalOpened { .. }
            | Report::PortalClosed { .. }
            | Report::RequestToExit { .. }
            | Report::KeyReturned { .. }
            | Report::Assessed { .. }
            | Report::GuardReport { .. } => None,
        }
    }

    /// The kind that a pattern watches for.
    pub fn watched_by(pattern: &Pattern) -> Self {
        match pattern {
            Pattern::AccessGranted { .. } => Kind::AccessGranted,
            Pattern::AccessNotTaken => Kind::AccessNotTaken,
            Pattern::AccessDenied { .. } => Kind::AccessDenied,
            Pattern::PortalForced => Kind::PortalForced,
            Pattern::PortalHeld => Kind::PortalHeld,
            Pattern::Sensor { .. } => Kind::SensorActive,
            Pattern::RemoteUnlock { .. } => Kind::RemoteUnlock,
            Pattern::BadgeEnrolled { .. } => Kind::BadgeEnrolled,
            Pattern::Login(_) => Kind::Login,
            Pattern::LoginRefused => Kind::LoginRefused,
            Pattern::FlowRefused => Kind::FlowRefused,
            Pattern::EndpointAlert => Kind::EndpointAlert,
            Pattern::PanelOffline => Kind::PanelOffline,
            Pattern::PersonReport => Kind::PersonReport,
            Pattern::Tailgate => Kind::Tailgate,
            Pattern::KeyDrawn { .. } => Kind::KeyDrawn,
            Pattern::KeyRefused => Kind::KeyRefused,
            Pattern::LineFault => Kind::LineFault,
            Pattern::Tamper => Kind::Tamper,
            Pattern::Duress => Kind::Duress,
            Pattern::KeyOverdue => Kind::KeyOverdue,
            Pattern::ItemRemoved { .. } => Kind::ItemRemoved,
            Pattern::Overstay => Kind::Overstay,
            Pattern::StayRefused => Kind::StayRefused,
            Pattern::NetworkJoined { .. } => Kind::NetworkJoined,
            Pattern::NetworkRefused => Kind::NetworkRefused,
            Pattern::UnknownDevice => Kind::UnknownDevice,
            Pattern::ConfigurationChanged { .. } => Kind::ConfigurationChanged,
            Pattern::Health { .. } => Kind::Health,
            Pattern::SlowSegment => Kind::SlowSegment,
            Pattern::LogGap => Kind::LogGap,
            Pattern::DeviceDown => Kind::DeviceDown,
            Pattern::MainsLost => Kind::MainsLost,
            Pattern::FireAlarm => Kind::FireAlarm,
            Pattern::BadgeLost => Kind::BadgeLost,
            Pattern::IdentityEnded => Kind::IdentityEnded,
            Pattern::UnusualBehaviour => Kind::UnusualBehaviour,
            Pattern::PassedBack => Kind::PassedBack,
        }
    }

    /// The log that it is read from.
    pub fn log(self) -> LogKind {
        match self {
            Kind::AccessGranted
            | Kind::AccessNotTaken
            | Kind::AccessDenied
            | Kind::PortalForced
            | Kind::PortalHeld
            | Kind::PanelOffline
            | Kind::LogGap
            | Kind::MainsLost
            | Kind::LineFault
            | Kind::Tamper
            | Kind::Duress
            | Kind::StayRefused
            | Kind::PassedBack => LogKind::AccessControl,
            Kind::SensorActive | Kind::FireAlarm => LogKind::Intrusion,
            Kind::RemoteUnlock | Kind::BadgeEnrolled | Kind::ConfigurationChanged => LogKind::Administration,
            Kind::Login | Kind::LoginRefused => LogKind::Logins,
            Kind::FlowRefused => LogKind::Firewall,
            Kind::EndpointAlert => LogKind::Endpoints,
            Kind::PersonReport | Kind::BadgeLost => LogKind::People,
            Kind::Tailgate => LogKind::Video,
            Kind::KeyDrawn | Kind::KeyRefused | Kind::KeyOverdue | Kind::ItemRemoved => LogKind::Cabinets,
            Kind::Overstay => LogKind::Visits,
            Kind::NetworkJoined | Kind::NetworkRefused | Kind::UnknownDevice => LogKind::Network,
            Kind::Health | Kind::SlowSegment | Kind::DeviceDown => LogKind::Health,
            Kind::IdentityEnded => LogKind::Identity,
            Kind::UnusualBehaviour => LogKind::Behaviour,
        }
    }
}
