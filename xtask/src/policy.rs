//! What hosts of static files and the page itself say to browsers: `_headers`, and a `<meta>` for hosts whose headers nobody
//! can set. Both are written from the site's `config.json`; whoever changes that runs `cargo xtask policy` again.

use crate::finish::{compress, read, write as write_file};
use anyhow::{Context, Result, anyhow};
use serde_json::Value;
use std::path::Path;
use std::process::ExitCode;

/// What stands before the policy in the page.
const META: &str = "<meta http-equiv=\"Content-Security-Policy\" content=\"";
/// The tag that the policy stands behind: it has to come before anything that it is about.
const CHARSET: &str = "<meta charset=\"utf-8\" />";
/// How long a browser may keep files whose names tell their contents.
const KEEP: &str = "public, max-age=31536000, immutable";

/// The command: writes it into a built site, and its compressed copies anew.
pub fn run(folder: &Path) -> Result<ExitCode> {
    write(folder)?;
    for file in ["index.html", "404.html", "config.json"] {
        for copy in ["br", "gz"] {
            // What is too small to be compressed has none.
            let _ = std::fs::remove_file(folder.join(format!("{file}.{copy}")));
        }
    }
    compress(folder)?;
    println!(
        "the policy of {} is that of its config.json",
        folder.display()
    );
    Ok(ExitCode::SUCCESS)
}

/// Writes `_headers`, and the policy into `index.html` and its copy for unknown paths.
pub fn write(folder: &Path) -> Result<()> {
    let config: Value = serde_json::from_str(&read(&folder.join("config.json"))?)
        .context("config.json is no JSON")?;
    let headers = page_policy::headers(&config).map_err(|words| anyhow!(words))?;
    let policy = page_policy::in_page(&config).map_err(|words| anyhow!(words))?;
    let index = folder.join("index.html");
    let html = with_policy(&read(&index)?, &policy)?;
    write_file(&index, &html)?;
    // Hosts of static files answer an unknown path with this file: a link into the app then still opens the app.
    write_file(&folder.join("404.html"), &html)?;
    write_file(&folder.join("_headers"), &rules(&headers))
}

/// The page with this policy, in place of the one that it may have.
fn with_policy(html: &str, policy: &str) -> Result<String> {
    let plain = match html.split_once(META) {
        Some((before, after)) => {
            let (_, after) = after
                .split_once("\" />")
                .context("index.html ends within its policy")?;
            format!("{before}{after}")
        }
        None => html.to_owned(),
    };
    let (before, after) = plain
        .split_once(CHARSET)
        .context("index.html names no character set")?;
    Ok(format!("{before}{CHARSET}{META}{policy}\" />{after}"))
}

/// The rules as Netlify, Cloudflare Pages and others read them. A file's own rules come on top of those of all files.
fn rules(headers: &[(&'static str, String)]) -> String {
    let mut text = String::from("/*\n");
    for (name, value) in headers {
        text.push_str(&format!("  {name}: {value}\n"));
    }
    for pattern in ["/muster-*", "/style-*", "/favicon-*"] {
        text.push_str(&format!("{pattern}\n  cache-control: {KEEP}\n"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{META, rules, with_policy};

    const PAGE: &str = "<head>\n    <meta charset=\"utf-8\" />\n    <link rel=\"stylesheet\" href=\"/a.css\" /></head>";

    #[test]
    fn the_policy_stands_before_what_it_is_about_and_is_replaced() {
        let once = with_policy(PAGE, "default-src 'none'").unwrap_or_default();
        let twice = with_policy(&once, "default-src 'self'").unwrap_or_default();
        for (page, policy) in [(&once, "'none'"), (&twice, "'self'")] {
            assert_eq!(page.matches(META).count(), 1, "{page}");
            assert!(
                page.contains(&format!("content=\"default-src {policy}\" />")),
                "{page}"
            );
            assert!(page.find(META) < page.find("<link"), "{page}");
        }
        assert!(with_policy("<head></head>", "x").is_err());
    }

    #[test]
    fn every_file_has_the_headers() {
        let text = rules(&[("x-a", "b".to_owned())]);
        assert!(
            text.starts_with("/*\n  x-a: b\n/muster-*\n  cache-control: "),
            "{text}"
        );
    }
}
