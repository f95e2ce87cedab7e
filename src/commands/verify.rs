//! `verify`: probe a running stack, every promise that can be seen from outside.

use camino::Utf8Path;

use super::project::Project;
use super::{Failure, World};
use crate::certificates::authority_certificate;
use crate::cli::{Common, VerifyArgs, VerifyFormat};
use crate::compose::conventions::project_name;
use crate::engine::{Docker, Inspection};
use crate::secrets::SecretValue;
use crate::stack::TlsIssuer;
use crate::verify::{self, Doors, Given, NoDoor, Target, Trust};

/// Where distributions keep the authorities that their programs believe (Debian, Fedora, SUSE,
/// Alpine), as in Go's `crypto/x509/root_linux.go`.
const SYSTEM_AUTHORITIES: [&str; 4] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
];

pub(super) fn run(
    args: &VerifyArgs,
    common: &Common,
    world: &mut World<'_>,
) -> Result<(), Failure> {
    let project = Project::open(common, world)?;
    let stack = project.stack();
    let doors = Doors::find(stack, &args.url).map_err(no_door)?;
    let trust = trust(args, &project, world)?;
    let bearer = args.bearer.as_deref().map(token).transpose()?;
    let inspection = match &args.inspect {
        Some(file) => Ok(saved(file)?.of_project(&project_name(stack))),
        None => running(&project_name(stack)),
    };
    world.say(&format!("asking {}", doors.shown))?;
    let load = !args.no_load;
    let given = Given { doors, trust, bearer, inspection, today: world.today, load };
    let account = verify::run(&Target::new(stack, given));
    world.print(&match args.format {
        VerifyFormat::Text => account.text(),
        VerifyFormat::Json => format!("{:#}\n", account.json()),
    })?;
    if account.is_broken() { Err(Failure::Found(String::new())) } else { Ok(()) }
}

/// Who is believed: whom the command line names, the stack's own authority, or the system's.
fn trust(args: &VerifyArgs, project: &Project, world: &World<'_>) -> Result<Trust, Failure> {
    let wrong = |error: verify::TrustError| Failure::Input(format!("error: {error}"));
    if let Some(file) = &args.cacert {
        return Trust::read(&read(file)?, file.as_str()).map_err(wrong);
    }
    if *project.stack().gateway.tls.issuer == TlsIssuer::Internal {
        let index = project.bundle.index();
        let own = authority_certificate(project.stack(), &index).ok_or_else(|| {
            Failure::Input("error: the bundle has no certificate authority yet\n  help: run `portcullis generate`, or name one with --cacert".to_owned())
        })?;
        return Trust::read(own.as_bytes(), "the stack's own authority").map_err(wrong);
    }
    let named = (world.variable)("SSL_CERT_FILE");
    let mut places = named.iter().map(String::as_str).chain(SYSTEM_AUTHORITIES);
    let place = places.find(|place| Utf8Path::new(place).is_file()).ok_or_else(|| {
        Failure::Machine(
            "error: this system has no list of authorities\n  help: name one with --cacert"
                .to_owned(),
        )
    })?;
    Trust::read(&read(Utf8Path::new(place))?, place).map_err(wrong)
}

fn read(file: &Utf8Path) -> Result<Vec<u8>, Failure> {
    fs_err::read(file).map_err(|error| Failure::Input(format!("error: {error}")))
}

/// One line that can stand in a header (RFC 6750 section 2.1); never repeated in a message.
fn token(file: &Utf8Path) -> Result<SecretValue, Failure> {
    let value = SecretValue::new(read(file)?);
    let fits = value.text().is_some_and(|text| {
        !text.is_empty() && text.len() <= 8192 && text.chars().all(|c| c.is_ascii_graphic())
    });
    let words = "holds no token: one line of visible ASCII characters without spaces";
    if fits { Ok(value) } else { Err(Failure::Input(format!("error: {file} {words}"))) }
}

fn saved(file: &Utf8Path) -> Result<Inspection, Failure> {
    let bytes = read(file)?;
    Inspection::read(&String::from_utf8_lossy(&bytes))
        .map_err(|error| Failure::Input(format!("error: {file}: {error}")))
}

/// What the engine of this machine says; the stack may well run on another one.
fn running(project: &str) -> Result<Inspection, String> {
    let engine = Docker::default().with_patience(std::time::Duration::from_secs(2));
    let inspection = engine.project(project).map_err(|error| format!("{error}: --inspect FILE"))?;
    if inspection.containers.is_empty() {
        return Err("the engine here runs no container of this project: --inspect FILE".to_owned());
    }
    Ok(inspection)
}

fn no_door(error: NoDoor) -> Failure {
    let text = format!("error: {error}");
    if error.is_mistake() { Failure::Input(text) } else { Failure::Machine(text) }
}
