//! Kinds of report that a rule can watch for: what rules are dispatched by.

use doorward_model::defence::LogKind;
use doorward_model::plan::Pattern;
use doorward_model::signal::Report;

/// A kind of report.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    AccessGranted,
    AccessDenied,
    PortalForced,
    PortalHeld,
    SensorActive,
    PanelOffline,
    Login,
    LoginRefused,
    FlowRefused,
    EndpointAlert,
    RemoteUnlock,
    BadgeEnrolled,
    PersonReport,
}

impl Kind {
    /// How many there are.
    pub(crate) const COUNT: usize = Kind::PersonReport as usize + 1;

    /// The kind of a report; none where no pattern can watch for it.
    pub(crate) fn of(report: &Report) -> Option<Self> {
        match report {
            Report::AccessGranted { .. } => Some(Kind::AccessGranted),
            Report::AccessDenied { .. } => Some(Kind::AccessDenied),
            Report::PortalForced { .. } => Some(Kind::PortalForced),
            Report::PortalHeld { .. } => Some(Kind::PortalHeld),
            Report::SensorActive { .. } => Some(Kind::SensorActive),
            Report::PanelLink { panel: _, up } => (!up).then_some(Kind::PanelOffline),
            Report::Login { .. } => Some(Kind::Login),
            Report::LoginRefused { .. } => Some(Kind::LoginRefused),
            Report::FlowRefused { .. } => Some(Kind::FlowRefused),
            Report::EndpointAlert { .. } => Some(Kind::EndpointAlert),
            Report::RemoteUnlock { .. } => Some(Kind::RemoteUnlock),
            Report::BadgeEnrolled { .. } => Some(Kind::BadgeEnrolled),
            Report::PersonReport { .. } => Some(Kind::PersonReport),
            Report::AccessNotTaken { .. }
            | Report::PortalOpened { .. }
            | Report::PortalClosed { .. }
            | Report::RequestToExit { .. }
            | Report::Assessed { .. }
            | Report::GuardReport { .. } => None,
        }
    }

    /// The kind that a pattern watches for.
    pub(crate) fn watched_by(pattern: &Pattern) -> Self {
        match pattern {
            Pattern::AccessGranted { .. } => Kind::AccessGranted,
            Pattern::AccessDenied { .. } => Kind::AccessDenied,
            Pattern::PortalForced => Kind::PortalForced,
            Pattern::PortalHeld => Kind::PortalHeld,
            Pattern::Sensor { .. } => Kind::SensorActive,
            Pattern::RemoteUnlock { .. } => Kind::RemoteUnlock,
            Pattern::BadgeEnrolled { .. } => Kind::BadgeEnrolled,
            Pattern::Login { .. } => Kind::Login,
            Pattern::LoginRefused => Kind::LoginRefused,
            Pattern::FlowRefused => Kind::FlowRefused,
            Pattern::EndpointAlert => Kind::EndpointAlert,
            Pattern::PanelOffline => Kind::PanelOffline,
            Pattern::PersonReport => Kind::PersonReport,
        }
    }

    /// The log that it is read from.
    pub(crate) fn log(self) -> LogKind {
        match self {
            Kind::AccessGranted | Kind::AccessDenied | Kind::PortalForced | Kind::PortalHeld | Kind::PanelOffline => {
                LogKind::AccessControl
            }
            Kind::SensorActive => LogKind::Intrusion,
            Kind::RemoteUnlock | Kind::BadgeEnrolled => LogKind::Administration,
            Kind::Login | Kind::LoginRefused => LogKind::Logins,
            Kind::FlowRefused => LogKind::Firewall,
            Kind::EndpointAlert => LogKind::Endpoints,
            Kind::PersonReport => LogKind::People,
        }
    }
}
