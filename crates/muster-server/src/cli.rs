//! The command line.

use crate::seed::{self, seed};
use crate::{
    Limits, NewUser, Options, Others, Upstream, add_user, create_token, remove_user, start,
};
use clap::{Args, Parser, Subcommand};
use std::io::Write as _;
use std::path::PathBuf;

/// Groups of users over two HTTP contracts and one SQLite file, with the app to manage them.
#[derive(Debug, Parser)]
#[command(name = "muster-server", version, about)]
pub struct Cli {
    /// The SQLite file, or :memory:
    #[arg(
        long,
        value_name = "FILE",
        default_value = "muster.sqlite",
        global = true
    )]
    db: PathBuf,
    #[command(flatten)]
    serve: Serve,
    #[command(subcommand)]
    command: Option<Command>,
}

/// What concerns serving alone.
#[derive(Debug, Args)]
struct Serve {
    /// Address and port; port 0 takes any that is free
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:8080")]
    listen: String,
    /// The folder of the built app
    #[arg(long, value_name = "DIR", default_value = "dist")]
    site: PathBuf,
    /// Fill an empty database with believable people and well-known tokens; loopback addresses only
    #[arg(long)]
    demo: bool,
    /// Answer what the contracts leave unknown the other way
    #[arg(long)]
    quirks: bool,
    /// Let pages of this origin call; repeatable
    #[arg(long = "allow-origin", value_name = "ORIGIN")]
    allow_origins: Vec<String>,
    /// Pass calls under /up/NAME/ on to a real system (instabase or snip); repeatable
    #[arg(long = "upstream", value_name = "NAME=SYSTEM,URL")]
    upstreams: Vec<Upstream>,
    /// Let the page connect to this server and the upstreams alone
    #[arg(long)]
    only_offered: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Add or remove people
    #[command(subcommand)]
    User(UserCommand),
    /// Make tokens
    #[command(subcommand)]
    Token(TokenCommand),
    /// Fill an empty database with a generated site (the site admin is site.admin; tokens are made as ever)
    Seed(SeedSize),
}

/// How large a generated site is.
#[derive(Debug, Args)]
struct SeedSize {
    /// Groups, one of them large
    #[arg(long, default_value_t = 100_000)]
    groups: u32,
    /// People
    #[arg(long, default_value_t = 25_000)]
    people: u32,
    /// People of the large group
    #[arg(long, default_value_t = 20_000)]
    large: u32,
    /// Another number, another site
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

#[derive(Debug, Subcommand)]
enum UserCommand {
    /// Add a person
    Add {
        /// The unique name
        name: String,
        /// E-mail address; repeatable, the first is the primary one
        #[arg(long = "email", value_name = "E", required = true)]
        emails: Vec<String>,
        /// May do everything on the Instabase side
        #[arg(long)]
        site_admin: bool,
        /// May create, change and delete every Instabase group
        #[arg(long)]
        manage_groups: bool,
    },
    /// Remove an account and its tokens; the name stays in its groups
    Remove {
        /// The unique name
        name: String,
    },
}

#[derive(Debug, Subcommand)]
enum TokenCommand {
    /// Make a token for a person and print it, once
    Create {
        /// The person's name
        user: String,
    },
}

/// Does what the command line asks for. The error is a sentence for a person.
pub fn run(cli: Cli) -> Result<(), String> {
    let Cli { db, serve, command } = cli;
    match command {
        None => serve_until_told(Options {
            listen: serve.listen,
            db,
            site: serve.site,
            demo: serve.demo,
            quirks: serve.quirks,
            allow_origins: serve.allow_origins,
            upstreams: serve.upstreams,
            others: if serve.only_offered {
                Others::Refused
            } else {
                Others::Allowed
            },
            limits: Limits::default(),
        }),
        Some(Command::User(UserCommand::Add {
            name,
            emails,
            site_admin,
            manage_groups,
        })) => {
            let user = NewUser {
                name,
                // Whoever may write the database vouches for the address.
                emails: emails.into_iter().map(|email| (email, true)).collect(),
                site_admin,
                manage_groups,
            };
            add_user(&db, &user)
        }
        Some(Command::User(UserCommand::Remove { name })) => remove_user(&db, &name),
        Some(Command::Token(TokenCommand::Create { user })) => say(&create_token(&db, &user)?),
        Some(Command::Seed(size)) => seed(
            &db,
            seed::Size {
                groups: size.groups,
                people: size.people,
                large: size.large,
                seed: size.seed,
            },
        ),
    }
}

/// One line on standard output, at once.
fn say(line: &str) -> Result<(), String> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")
        .and_then(|()| out.flush())
        .map_err(|e| format!("Standard output cannot be written: {e}."))
}

fn serve_until_told(options: Options) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|e| format!("The server cannot start: {e}."))?;
    let result = runtime.block_on(async {
        // Before the line is printed: whoever reads it may send a signal at once.
        let told = told_to_stop()?;
        let running = start(options).await?;
        say(&format!("listening on http://{}", running.addr))?;
        told.await;
        running.stop().await;
        Ok(())
    });
    runtime.shutdown_timeout(std::time::Duration::from_secs(2));
    result
}

/// Listens for the signals now; the future ends when one comes.
#[cfg(unix)]
fn told_to_stop() -> Result<impl Future<Output = ()>, String> {
    use tokio::signal::unix::{SignalKind, signal};
    let fail = |e| format!("Signals cannot be caught: {e}.");
    let mut interrupt = signal(SignalKind::interrupt()).map_err(fail)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(fail)?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// The future ends when the program is interrupted.
#[cfg(not(unix))]
fn told_to_stop() -> Result<impl Future<Output = ()>, String> {
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
    })
}
