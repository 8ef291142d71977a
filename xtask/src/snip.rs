//! The published client of snip against our server: once as the contract says, once with every unknown answered the other way.

use crate::process::lines;
use crate::server::{Server, fresh_demo};
use crate::tally::Tally;
use crate::tools::{self, Python};
use crate::workspace::{Workspace, empty_folder};
use anyhow::{Context, Result, bail, ensure};
use std::path::Path;

/// Who acts, in the demo's data.
const FIRST: &str = "demo-carol";

/// Another person, who is with the first in the group below.
const SECOND: &str = "demo-dave";

/// A group that the first owns, with the second and two others in it.
const SHARED_GROUP: &str = "2";

/// Runs the script in tests/snip_client twice.
pub fn run(workspace: &Workspace, server: &Path) -> Tally {
    eprintln!("\n== snip's own client");
    let mut tally = Tally::new("snip client");
    let client = tools::snip_client(workspace);
    match client {
        Err(error) => tally.step("snip's client", Err(error)),
        Ok(client) => {
            for quirks in [false, true] {
                let name = if quirks {
                    "snip's client, with quirks"
                } else {
                    "snip's client"
                };
                if let Err(error) = against(workspace, server, &client, quirks, &mut tally) {
                    tally.step(name, Err(error));
                }
            }
        }
    }
    tally.or_none_ran()
}

fn against(
    workspace: &Workspace,
    program: &Path,
    client: &Python,
    quirks: bool,
    tally: &mut Tally,
) -> Result<()> {
    let folder = workspace
        .target
        .join(if quirks { "snip-quirks" } else { "snip-plain" });
    empty_folder(&folder)?;
    // The client reads settings in the folder it runs in and in its home: both are empty.
    let home = folder.join("home");
    empty_folder(&home)?;
    let server = Server::start(
        program,
        &folder,
        fresh_demo(&folder.join("demo.sqlite"), quirks)?,
    )?;
    let rc = folder.join("rc");
    let address = &server.address;
    std::fs::write(
        &rc,
        format!("[local]\ntype = account\ntoken = {FIRST}\ndeployment = {address}\n"),
    )
    .with_context(|| format!("cannot write {}", rc.display()))?;
    let mut command = workspace.command(&client.program);
    command
        .current_dir(&home)
        .arg(workspace.root.join("tests/snip_client/run.py"))
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", &home)
        .env("NO_PROXY", "127.0.0.1")
        .env("SNIPRC", &rc)
        .env("SNIP_DEPLOYMENT_URL", address)
        .env("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
        .env("SNIP_ADDITIONAL_REQUEST_ARGS", r#"{"timeout": 10}"#)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("PYTHONUNBUFFERED", "1")
        .env("MUSTER_OTHER_TOKEN", SECOND)
        .env("MUSTER_GROUP", SHARED_GROUP);
    if let Some(packages) = &client.packages {
        command.env("PYTHONPATH", packages);
    }
    let (mut passed, mut closing, mut failure) = (0, None, None);
    let status = lines(&mut command, |line| {
        passed += u64::from(line.starts_with("ok "));
        closing = closing_count(line).or(closing);
        if let Some(name) = line.strip_prefix("FAILED ") {
            failure = Some(name.to_owned());
        }
    })?;
    tally.pass(passed);
    // The first check that fails ends the script.
    if let Some(name) = failure {
        bail!("{name}");
    }
    ensure!(
        status.success() && closing == Some(passed) && passed > 0,
        "tests/snip_client/run.py ended ({status}) before all its checks had run"
    );
    Ok(())
}

/// The number in the script's last line, `N checks passed`.
fn closing_count(line: &str) -> Option<u64> {
    line.strip_suffix(" checks passed")?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::closing_count;

    #[test]
    fn the_last_line_of_the_script_is_understood() {
        assert_eq!(closing_count("7 checks passed"), Some(7));
        assert_eq!(closing_count("all checks passed"), None);
    }
}
