//! Two small systems that do what the contracts say: what a call changes is really changed, so that a claim can be held
//! against it.

use std::collections::{BTreeMap, BTreeSet};

use group_api::{Method, Request};
use serde_json::{Value, json};

/// What a healthy server answers.
#[derive(Clone, Debug)]
pub struct Healthy {
    pub status: u16,
    /// None for an empty body.
    pub body: Option<Value>,
}

impl Healthy {
    fn ok(body: Value) -> Self {
        Self {
            status: 200,
            body: Some(body),
        }
    }

    fn told(status: u16, words: &str) -> Self {
        Self {
            status,
            body: Some(json!({ "message": words })),
        }
    }
}

/// A system with groups and people in it.
pub trait System {
    /// Answers a request and does what it asks for.
    fn answer(&mut self, request: &Request) -> Healthy;
    /// The roles of a person in a group, `a+b`; empty for none.
    fn holds(&self, group: &str, person: &str) -> String;
    /// A field of a group, by the wire's own name; none where there is no such group.
    fn field(&self, group: &str, field: &str) -> Option<String>;
}

fn body_of(request: &Request) -> Value {
    let bytes = request.body.as_deref().unwrap_or(b"null");
    serde_json::from_slice(bytes).unwrap()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

#[derive(Clone, Debug, Default)]
struct Named {
    fields: BTreeMap<String, String>,
    people: BTreeMap<&'static str, BTreeSet<String>>,
}

/// Instabase's: groups by name, refusals in HTTP 200.
#[derive(Clone, Debug, Default)]
pub struct ByName {
    groups: BTreeMap<String, Named>,
}

impl ByName {
    /// `eng` with the admins ann and ada and the member bob, and `ops` with the member bob.
    pub fn seeded() -> Self {
        let mut all = Self::default();
        for (name, title) in [("eng", "Engineering"), ("ops", "Operations")] {
            let mut group = Named::default();
            group
                .fields
                .insert("full_name".to_owned(), title.to_owned());
            group
                .fields
                .insert("description".to_owned(), "Everybody there".to_owned());
            group
                .people
                .entry("member")
                .or_default()
                .insert("bob".to_owned());
            if name == "eng" {
                group
                    .people
                    .entry("admin")
                    .or_default()
                    .extend(["ann".to_owned(), "ada".to_owned()]);
            }
            all.groups.insert(name.to_owned(), group);
        }
        all
    }

    fn shown(&self, name: &str) -> Value {
        let group = &self.groups[name];
        let people = |role: &str| -> Vec<Value> {
            let people = group.people.get(role).into_iter().flatten();
            people
                .map(|name| json!({"type": "user", "name": name}))
                .collect()
        };
        let mut shown =
            json!({"name": name, "admins": people("admin"), "members": people("member")});
        for (field, value) in &group.fields {
            shown[field] = json!(value);
        }
        shown
    }

    fn error(words: &str) -> Healthy {
        Healthy::ok(json!({"status": "ERROR", "msg": words}))
    }
}

impl System for ByName {
    fn answer(&mut self, request: &Request) -> Healthy {
        let done = || Healthy::ok(json!({"status": "OK"}));
        let (path, query) = request
            .target
            .split_once('?')
            .unwrap_or((&request.target, ""));
        let rest = path.strip_prefix("/api/v1/groups/").unwrap();
        if rest == "list" {
            let who = query
                .split('&')
                .find_map(|part| part.strip_prefix("username="));
            let in_it = |group: &Named| {
                who.is_none_or(|who| group.people.values().any(|people| people.contains(who)))
            };
            let mut groups: Vec<Value> = self
                .groups
                .iter()
                .filter(|(_, group)| in_it(group))
                .map(|(name, _)| self.shown(name))
                .collect();
            if !query.contains("get_members=true") {
                for group in &mut groups {
                    group
                        .as_object_mut()
                        .unwrap()
                        .retain(|field, _| field != "admins" && field != "members");
                }
            }
            return Healthy::ok(json!({"status": "OK", "groups": groups}));
        }
        let rest = rest.strip_prefix("group/").unwrap();
        let (name, members) = match rest.strip_suffix("/members") {
            Some(name) => (name, true),
            None => (rest, false),
        };
        let there = self.groups.contains_key(name);
        if request.method == Method::Post && !members {
            if there {
                return Self::error("Group already exists");
            }
            let mut group = Named::default();
            for (field, value) in body_of(request).as_object().unwrap() {
                group.fields.insert(field.clone(), text(value));
            }
            self.groups.insert(name.to_owned(), group);
            return done();
        }
        if !there {
            return Self::error("Group does not exist");
        }
        match request.method {
            Method::Get => Healthy::ok(json!({"status": "OK", "group": self.shown(name)})),
            Method::Delete => {
                self.groups.remove(name);
                done()
            }
            Method::Patch => {
                let mut group = self.groups.remove(name).unwrap();
                let mut name = name.to_owned();
                for (field, value) in body_of(request).as_object().unwrap() {
                    if field == "new_name" {
                        name = text(value);
                    } else {
                        group.fields.insert(field.clone(), text(value));
                    }
                }
                self.groups.insert(name, group);
                done()
            }
            Method::Post => {
                let body = body_of(request);
                let group = self.groups.get_mut(name).unwrap();
                for role in ["admin", "member"] {
                    for (person, wanted) in body[role].as_object().into_iter().flatten() {
                        let people = group.people.entry(role).or_default();
                        if wanted == &json!(true) {
                            people.insert(person.clone());
                        } else {
                            people.remove(person);
                        }
                    }
                }
                done()
            }
        }
    }

    fn holds(&self, group: &str, person: &str) -> String {
        let Some(group) = self.groups.get(group) else {
            return String::new();
        };
        let held = |role: &&str| {
            group
                .people
                .get(role)
                .is_some_and(|people| people.contains(person))
        };
        let roles: Vec<&str> = ["admin", "member"].into_iter().filter(held).collect();
        roles.join("+")
    }

    fn field(&self, group: &str, field: &str) -> Option<String> {
        Some(
            self.groups
                .get(group)?
                .fields
                .get(field)
                .cloned()
                .unwrap_or_default(),
        )
    }
}

/// snip's: groups by number, refusals by status. The token's own user is 1.
#[derive(Clone, Debug, Default)]
pub struct ById {
    groups: BTreeMap<i64, (String, String, BTreeMap<i64, String>)>,
}

impl ById {
    /// `9` with me as owner, 2 as moderator and 3 as member; `7` with me as member and 2 as owner.
    pub fn seeded() -> Self {
        let people = |of: &[(i64, &str)]| {
            of.iter()
                .map(|(id, role)| (*id, (*role).to_owned()))
                .collect()
        };
        let group = |name: &str, of: &[(i64, &str)]| {
            (name.to_owned(), "Everybody there".to_owned(), people(of))
        };
        Self {
            groups: BTreeMap::from([
                (7, group("Optics", &[(1, "member"), (2, "owner")])),
                (
                    9,
                    group(
                        "Engineering",
                        &[(1, "owner"), (2, "moderator"), (3, "member")],
                    ),
                ),
            ]),
        }
    }

    fn shown(&self, id: i64) -> Value {
        let (name, description, people) = &self.groups[&id];
        let members: Vec<Value> = people
            .iter()
            .map(|(user, role)| {
                json!({
                    "user_id": user, "group_id": id, "role": role, "joined_at": "2025-10-14T13:08:20.000Z",
                    "primary_credential_id": user, "emails": [format!("u{user}@example.org")], "emails_verified": [true],
                    "credential_ids": [user], "credential_types": ["password"], "group_name": name,
                    "group_description": description, "self": *user == 1,
                })
            })
            .collect();
        json!({
            "id": id, "name": name, "description": description, "created": "2025-10-14T13:08:20.000Z",
            "last_updated": "2025-10-14T13:08:20.000Z", "members": members,
        })
    }
}

impl System for ById {
    fn answer(&mut self, request: &Request) -> Healthy {
        let rest = request.target.strip_prefix("/api/account/groups").unwrap();
        if rest.is_empty() {
            if request.method == Method::Get {
                let mine = self
                    .groups
                    .iter()
                    .filter(|(_, (_, _, people))| people.contains_key(&1));
                let groups: Vec<Value> = mine.map(|(id, _)| self.shown(*id)).collect();
                return Healthy::ok(json!(groups));
            }
            let id = self.groups.keys().max().unwrap() + 1;
            let people = BTreeMap::from([(1, "owner".to_owned())]);
            self.groups
                .insert(id, (text(&body_of(request)["name"]), String::new(), people));
            return Healthy::ok(self.shown(id));
        }
        let rest = rest.strip_prefix('/').unwrap();
        let (id, leaves) = match rest.strip_suffix("/leave") {
            Some(id) => (id, true),
            None => (rest, false),
        };
        let id: i64 = id.parse().unwrap();
        let mine =
            |(_, _, people): &(String, String, BTreeMap<i64, String>)| people.contains_key(&1);
        if !self.groups.get(&id).is_some_and(mine) {
            return Healthy::told(404, "Not found");
        }
        match request.method {
            Method::Get => Healthy::ok(self.shown(id)),
            Method::Delete => {
                self.groups.remove(&id);
                Healthy {
                    status: 204,
                    body: None,
                }
            }
            Method::Post if leaves => {
                self.groups.get_mut(&id).unwrap().2.remove(&1);
                Healthy {
                    status: 204,
                    body: None,
                }
            }
            Method::Post => Healthy::told(404, "No such call"),
            Method::Patch => {
                let body = body_of(request);
                let (name, description, people) = self.groups.get_mut(&id).unwrap();
                if let Some(new) = body["name"].as_str() {
                    new.clone_into(name);
                }
                if let Some(new) = body["description"].as_str() {
                    new.clone_into(description);
                }
                for change in body["update_member_roles"].as_array().into_iter().flatten() {
                    people.insert(change["user_id"].as_i64().unwrap(), text(&change["role"]));
                }
                for gone in body["remove_members"].as_array().into_iter().flatten() {
                    people.remove(&gone.as_i64().unwrap());
                }
                if let Some(heir) = body["transfer_ownership"].as_i64() {
                    people.insert(1, "moderator".to_owned());
                    people.insert(heir, "owner".to_owned());
                }
                Healthy::ok(self.shown(id))
            }
        }
    }

    fn holds(&self, group: &str, person: &str) -> String {
        let (Ok(group), Ok(person)) = (group.parse::<i64>(), person.parse::<i64>()) else {
            return String::new();
        };
        let group = self.groups.get(&group);
        group
            .and_then(|(_, _, people)| people.get(&person))
            .cloned()
            .unwrap_or_default()
    }

    fn field(&self, group: &str, field: &str) -> Option<String> {
        let by_name = |name: &str| {
            self.groups
                .iter()
                .find(|(_, (known, ..))| known == name)
                .map(|(id, _)| *id)
        };
        // A group that was just made is known by its name alone.
        let id = group.parse().ok().or_else(|| by_name(group))?;
        let (name, description, _) = self.groups.get(&id)?;
        Some(if field == "name" {
            name.clone()
        } else {
            description.clone()
        })
    }
}
