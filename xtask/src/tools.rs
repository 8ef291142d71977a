//! The tools that building and testing take. One that is on the PATH in the right version is used; any other is installed
//! under `target/tools`, or by the system's package manager, and what is installed and why is said.

use crate::process::{capture, run, run_in_foreground};
use crate::workspace::{Workspace, empty_folder, remove_folder};
use anyhow::{Context, Result, bail, ensure};
use sha2::{Digest, Sha256};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The last release of trunk that Rust 1.90 builds (0.22 asks for 1.96).
const TRUNK: &str = "0.21.14";

/// The published client whose calls the server has to answer.
const SNIP: &str = "snip-python==0.4.0";

/// The target that browsers run.
pub const WASM: &str = "wasm32-unknown-unknown";

/// Says what is installed and what for.
fn installing(what: &str, why: &str) {
    eprintln!("installing {what}: {why}");
}

/// The first program of this name on the PATH.
pub fn on_path(name: &str) -> Option<PathBuf> {
    std::env::split_paths(&std::env::var_os("PATH")?)
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
}

/// The PATH with some folders before it.
pub fn path_with(folders: &[&Path]) -> Result<OsString> {
    let rest = std::env::var_os("PATH").unwrap_or_default();
    let all = folders
        .iter()
        .map(|folder| folder.to_path_buf())
        .chain(std::env::split_paths(&rest));
    std::env::join_paths(all).context("a folder with a colon in its name cannot be on the PATH")
}

/// The standard library for WebAssembly.
pub fn wasm_target(workspace: &Workspace) -> Result<()> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let sysroot = capture(workspace.command(rustc).args(["--print", "sysroot"]))?;
    let library = Path::new(sysroot.trim()).join("lib/rustlib").join(WASM);
    if library.join("lib").is_dir() {
        return Ok(());
    }
    installing(WASM, "the app is compiled to WebAssembly");
    run(workspace.command("rustup").args(["target", "add", WASM])).with_context(|| {
        format!("Rust's standard library for {WASM} is missing, and rustup could not add it")
    })
}

/// rustfmt and clippy, which a minimal toolchain comes without.
pub fn lints(workspace: &Workspace) -> Result<()> {
    for component in ["rustfmt", "clippy"] {
        let cargo_name = if component == "rustfmt" {
            "fmt"
        } else {
            component
        };
        if capture(&mut workspace.cargo([cargo_name, "--version"])).is_ok() {
            continue;
        }
        installing(component, "formatting and lints are part of the tests");
        run(workspace
            .command("rustup")
            .args(["component", "add", component]))
        .with_context(|| format!("{component} is missing, and rustup could not add it"))?;
    }
    Ok(())
}

/// A program of a crate in exactly this version (with one that comes beside it), from the PATH, from `target/tools`, or
/// installed there.
fn from_crate(
    workspace: &Workspace,
    name: &str,
    version: &str,
    install: &[&str],
    companion: Option<&str>,
    why: &str,
) -> Result<PathBuf> {
    let tools = workspace.tools();
    let ours = tools.join("bin").join(name);
    let right = |program: &Path| {
        companion.is_none_or(|name| program.with_file_name(name).is_file())
            && capture(Command::new(program).arg("--version"))
                .is_ok_and(|text| text.split_whitespace().any(|word| word == version))
    };
    if let Some(found) = on_path(name).filter(|program| right(program)) {
        return Ok(found);
    }
    if ours.is_file() && right(&ours) {
        return Ok(ours);
    }
    installing(&format!("{name} {version}"), why);
    run(workspace
        .cargo(["install", "--version", version])
        .args(install)
        .arg("--root")
        .arg(&tools))
    .with_context(|| format!("{name} {version} could not be installed"))?;
    ensure!(
        right(&ours),
        "{} was installed and is not version {version} with all that belongs to it",
        ours.display()
    );
    Ok(ours)
}

/// Trunk, which makes the page out of the app's crate.
pub fn trunk(workspace: &Workspace) -> Result<PathBuf> {
    // A debug trunk is fast enough and compiles in a third of the time.
    let install = ["--locked", "--debug", "trunk"];
    from_crate(
        workspace,
        "trunk",
        TRUNK,
        &install,
        None,
        "it bundles the app (some minutes, once)",
    )
}

/// The folder of `wasm-bindgen` and `wasm-bindgen-test-runner`, in the version that `Cargo.lock` holds.
pub fn wasm_bindgen(workspace: &Workspace) -> Result<PathBuf> {
    let version = locked_version(workspace, "wasm-bindgen")?;
    let trunk_toml = std::fs::read_to_string(workspace.root.join("Trunk.toml"))
        .context("cannot read Trunk.toml")?;
    ensure!(
        trunk_toml.contains(&format!("wasm_bindgen = \"{version}\"")),
        "Cargo.lock holds wasm-bindgen {version}: write `wasm_bindgen = \"{version}\"` in Trunk.toml"
    );
    // Not `--locked`: its own lock has named crates that a registry did not hold yet.
    let install = ["wasm-bindgen-cli"];
    let why = "it joins the app to the browser and runs its tests (some minutes, once)";
    let runner = Some("wasm-bindgen-test-runner");
    let program = from_crate(workspace, "wasm-bindgen", &version, &install, runner, why)?;
    program
        .parent()
        .map(Path::to_path_buf)
        .context("wasm-bindgen has no folder")
}

/// The version of a package in `Cargo.lock`.
fn locked_version(workspace: &Workspace, package: &str) -> Result<String> {
    let lock = std::fs::read_to_string(workspace.root.join("Cargo.lock"))
        .context("cannot read Cargo.lock")?;
    version_in(&lock, package).with_context(|| {
        format!(
            "Cargo.lock holds no {package}: the app depends on nothing that runs in a browser yet"
        )
    })
}

fn version_in(lock: &str, package: &str) -> Option<String> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name);
    lines.next()?;
    let version = lines
        .next()?
        .strip_prefix("version = \"")?
        .strip_suffix('"')?;
    Some(version.to_owned())
}

/// Node, which runs the journeys, the tools from npm and the compressor.
pub fn node() -> Result<PathBuf> {
    let node = on_path("node").context(
        "Node 20 or newer is needed and there is no `node` on the PATH: https://nodejs.org",
    )?;
    let version = capture(Command::new(&node).arg("--version"))?;
    let mut parts = version.trim().trim_start_matches('v').split('.');
    let mut number = || {
        parts
            .next()
            .and_then(|part| part.parse::<u32>().ok())
            .unwrap_or(0)
    };
    ensure!(
        (number(), number()) >= (20, 11),
        "Node 20.11 or newer is needed and `node` on the PATH is {}",
        version.trim()
    );
    Ok(node)
}

/// The folder of the programs from npm (wasm-opt); Playwright and axe come with them.
pub fn npm_packages(workspace: &Workspace) -> Result<PathBuf> {
    node()?;
    let folder = workspace.journeys();
    let modules = folder.join("node_modules");
    let lock = std::fs::read(folder.join("package-lock.json"))
        .context("cannot read tests/e2e/package-lock.json")?;
    let wanted = hex(&Sha256::digest(&lock));
    // npm has no quick way to say "nothing to do", so the lock that was installed is noted beside what it brought.
    let note = modules.join(".installed-lock");
    if std::fs::read_to_string(&note).is_ok_and(|text| text == wanted) {
        return Ok(modules.join(".bin"));
    }
    installing(
        "npm packages (binaryen, playwright-core, axe-core)",
        "wasm-opt makes the app small, the others run the journeys",
    );
    run(Command::new("npm")
        .args(["ci", "--no-audit", "--no-fund"])
        .current_dir(&folder))
    .context("the npm packages of tests/e2e could not be installed")?;
    std::fs::write(&note, wanted).with_context(|| format!("cannot write {}", note.display()))?;
    Ok(modules.join(".bin"))
}

/// A browser and the driver that belongs to it.
pub struct Chromium {
    /// The browser itself.
    pub browser: PathBuf,
    /// Its WebDriver.
    pub driver: PathBuf,
}

/// Chromium (or Chrome) and its driver. `CHROMIUM` chooses another browser for the journeys, `CHROMEDRIVER` another driver
/// for the headless-browser tests (a driver finds its browser by itself).
pub fn chromium() -> Result<Chromium> {
    if let Some(found) = find_chromium()? {
        return Ok(found);
    }
    installing("chromium and its driver", "the tests run in a real browser");
    let by_hand =
        "install Chromium and chromedriver by hand, or name them in CHROMIUM and CHROMEDRIVER";
    let Some(apt) = on_path("apt-get") else {
        bail!(
            "there is no chromium with a chromedriver on the PATH and no apt-get to install them with: {by_hand}"
        );
    };
    let mut prefix: Vec<OsString> = Vec::new();
    if capture(Command::new("id").arg("-u"))?.trim() != "0" {
        let Some(sudo) = on_path("sudo") else {
            bail!(
                "there is no chromium with a chromedriver on the PATH, and installing them takes root or sudo: {by_hand}"
            );
        };
        prefix.push(sudo.into());
    }
    prefix.extend([
        "env".into(),
        "DEBIAN_FRONTEND=noninteractive".into(),
        apt.into(),
    ]);
    let apt_get = |arguments: &[&str]| {
        let mut words = prefix.iter();
        let mut command = Command::new(words.next().map_or("env".into(), Clone::clone));
        command.args(words).args(arguments);
        run_in_foreground(&mut command)
    };
    // An update may fail for one of several sources while the packages can still be had.
    if let Err(error) = apt_get(&["update"]) {
        eprintln!("{error:#}; trying to install all the same");
    }
    let packages = [
        "install",
        "-y",
        "--no-install-recommends",
        "chromium",
        "chromium-driver",
        "fonts-liberation",
    ];
    apt_get(&packages).context(by_hand)?;
    find_chromium()?
        .with_context(|| format!("the packages brought no chromium with a chromedriver: {by_hand}"))
}

fn find_chromium() -> Result<Option<Chromium>> {
    let chosen = |variable: &str| -> Result<Option<PathBuf>> {
        let Some(path) = std::env::var_os(variable).map(PathBuf::from) else {
            return Ok(None);
        };
        ensure!(
            path.is_file(),
            "{variable} names {}, which is no file",
            path.display()
        );
        Ok(Some(path))
    };
    let names = [
        "chromium",
        "chromium-browser",
        "google-chrome",
        "google-chrome-stable",
    ];
    let browser = chosen("CHROMIUM")?.or_else(|| names.iter().find_map(|name| on_path(name)));
    let driver = chosen("CHROMEDRIVER")?.or_else(|| on_path("chromedriver"));
    Ok(browser
        .zip(driver)
        .map(|(browser, driver)| Chromium { browser, driver }))
}

/// A Python that has snip's published client.
pub struct Python {
    /// The interpreter.
    pub program: PathBuf,
    /// A folder for `PYTHONPATH`, where there could be no virtual environment.
    pub packages: Option<PathBuf>,
}

impl Python {
    fn has_client(&self) -> bool {
        let mut command = Command::new(&self.program);
        command.args(["-c", "import importlib.metadata as m; print('snip-python==' + m.version('snip-python')); import snip.api"]);
        if let Some(packages) = &self.packages {
            command.env("PYTHONPATH", packages);
        }
        capture(&mut command).is_ok_and(|text| text.trim() == SNIP)
    }
}

/// Python 3.11 or newer with snip's client, in an environment of its own.
pub fn snip_client(workspace: &Workspace) -> Result<Python> {
    let folder = workspace.tools().join("snip");
    let alone = Python {
        program: folder.join("bin/python"),
        packages: None,
    };
    if alone.program.is_file() && alone.has_client() {
        return Ok(alone);
    }
    let system = python()?;
    let beside = Python {
        program: system.clone(),
        packages: Some(folder.join("site")),
    };
    if beside.has_client() {
        return Ok(beside);
    }
    installing(
        SNIP,
        "the published client of snip has to work against muster-server",
    );
    let pip = [
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        SNIP,
    ];
    // Debian ships Python without what `-m venv` needs, so there are three ways.
    remove_folder(&folder)?;
    let venv = capture(Command::new(&system).args(["-m", "venv"]).arg(&folder))
        .or_else(|_| {
            remove_folder(&folder)?;
            capture(
                Command::new(&system)
                    .args(["-m", "virtualenv"])
                    .arg(&folder),
            )
        })
        .and_then(|_| run(Command::new(&alone.program).args(pip)));
    let Err(first) = venv else {
        ensure!(
            alone.has_client(),
            "{SNIP} was installed and cannot be imported"
        );
        return Ok(alone);
    };
    empty_folder(&folder)?;
    run(Command::new(&system).args(pip).arg("--target").arg(folder.join("site"))).with_context(|| {
        format!("{SNIP} could not be installed, neither in a virtual environment ({first:#}) nor by pip (on Debian: apt-get install python3-venv)")
    })?;
    ensure!(
        beside.has_client(),
        "{SNIP} was installed and cannot be imported"
    );
    Ok(beside)
}

/// A Python that is new enough for the client.
fn python() -> Result<PathBuf> {
    let names = ["python3", "python3.13", "python3.12", "python3.11"];
    let new_enough = "import sys; sys.exit(sys.version_info < (3, 11))";
    names
        .iter()
        .filter_map(|name| on_path(name))
        // A name on the PATH may be a shim for a version that is not there.
        .find(|program| capture(Command::new(program).args(["-c", new_enough])).is_ok())
        .with_context(|| {
            format!(
                "snip's client needs Python 3.11 or newer; none of {} on the PATH is",
                names.join(", ")
            )
        })
}

/// Bytes in hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::version_in;

    #[test]
    fn the_version_of_a_package_is_found_in_the_lock() {
        let lock = "[[package]]\nname = \"wasm-bindgen-macro\"\nversion = \"1.0.0\"\n\n[[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\n";
        assert_eq!(version_in(lock, "wasm-bindgen").as_deref(), Some("0.2.130"));
        assert_eq!(version_in(lock, "leptos"), None);
    }
}
