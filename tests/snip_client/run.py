"""The published client of snip, snip-python 0.4.0, against a server that speaks snip's account API.

It lists, creates, reads, modifies, deletes and leaves groups through the client alone and checks each result.
The groups it makes are removed again.

Run it with a Python that has snip-python, and these variables:

  SNIP_DEPLOYMENT_URL  the server, without a trailing slash
  SNIPRC               a file with one section of type "account": the token of the person who acts
  MUSTER_OTHER_TOKEN   the token of a second person, who is in GROUP with the first
  MUSTER_GROUP         the id of a group of which the first is owner, with the second and two others in it

It passes against `muster-server` with and without `--quirks`. With the demo's data the values are the tokens
demo-carol and demo-dave and the group 2. GROUP is changed: use a database of its own.
Set HOME to an empty folder, PYTHON_KEYRING_BACKEND=keyring.backends.null.Keyring and NO_PROXY, so that nothing
but the file is read.

One line `ok NAME` a check, at the end `N checks passed`; the first that fails ends the run with exit status 1.
"""

import os
import sys
import traceback
from datetime import datetime

import requests
from snip.api import account
from snip.api.exceptions import AuthenticationError, BadRequestError
from snip.token import AccountToken, get_all_tokens

passed = 0


def check(name, condition, shown=None):
    global passed
    if not condition:
        print(f"FAILED {name}: {shown!r:.1000}", flush=True)
        sys.exit(1)
    passed += 1
    print(f"ok {name}", flush=True)


def refused(name, error, call):
    """The call has to raise this error, with words of the server in it."""
    try:
        result = call()
    except error as caught:
        # Not the words that the client puts where it finds none.
        check(name, caught.args[0] not in STAND_INS, caught)
    else:
        check(name, False, result)


def gone(name, call):
    """Gone, or not mine to see: 404, or 403 where a server does not tell the two apart."""
    try:
        result = call()
    except AuthenticationError as caught:
        check(name, caught.args[0] not in STAND_INS, caught)
    except requests.HTTPError as caught:
        check(name, caught.response.status_code == 404, caught)
    else:
        check(name, False, result)


def roles(group):
    return {member["user_id"]: member["role"] for member in group["members"]}


def me(group):
    return next(member["user_id"] for member in group["members"] if member["self"])


def dated(moment):
    """A moment with an offset, whichever: a contract that allows several must be read in each."""
    return isinstance(moment, datetime) and moment.utcoffset() is not None


STAND_INS = {
    "",
    "Bad request",
    "Authentication failed!",
    "You do not have permission to access this resource!",
}
MEMBER_KEYS = {
    "user_id", "group_id", "role", "joined_at", "primary_credential_id", "emails", "emails_verified",
    "credential_ids", "credential_types", "group_name", "group_description", "self",
}


def main():
    tokens, sources = get_all_tokens()
    mine = [token for token in tokens if isinstance(token, AccountToken)]
    check("one account token is found", len(mine) == 1 and len(sources) >= 1, (tokens, sources))
    first = mine[0]
    # Others act through the same client, with only the token exchanged.
    second = AccountToken(name="other", token=os.environ["MUSTER_OTHER_TOKEN"], deployment_url=first.deployment_url)
    wrong = AccountToken(name="wrong", token="no-such-token", deployment_url=first.deployment_url)
    shared = int(os.environ["MUSTER_GROUP"])

    # list
    groups = account.get_groups(first)
    check("list: a list of groups", isinstance(groups, list) and len(groups) > 1, groups)
    check("list: the shared group is in it", shared in [group["id"] for group in groups], groups)
    check("list: in each there is me, once", all(sum(m["self"] for m in g["members"]) == 1 for g in groups), groups)
    check("list: datetimes are read", all(dated(g["created"]) and dated(g["last_updated"]) for g in groups), groups)
    check("list: joined_at is read", all(dated(m["joined_at"]) for g in groups for m in g["members"]), groups)
    check("list: every key of a member", all(set(m) == MEMBER_KEYS for g in groups for m in g["members"]), groups)
    check(
        "list: credentials run in parallel",
        all(
            len(m["emails"]) == len(m["emails_verified"]) == len(m["credential_ids"]) == len(m["credential_types"]) > 0
            and m["primary_credential_id"] in m["credential_ids"]
            for g in groups
            for m in g["members"]
        ),
        groups,
    )

    # create and get
    made = account.create_group(first, "Test Group")
    check("create: the name", made["name"] == "Test Group", made)
    check("create: no description", made["description"] is None, made)
    check("create: I am owner and alone", list(roles(made).values()) == ["owner"] and made["members"][0]["self"], made)
    twin = account.create_group(first, "Test Group")
    check("create: names repeat, ids do not", twin["id"] != made["id"], (made, twin))
    check("get: what was made", account.get_group(first, made["id"]) == made, made)
    check("list: what was made is there", {made["id"], twin["id"]} <= {g["id"] for g in account.get_groups(first)})
    check("list: not for others", made["id"] not in [g["id"] for g in account.get_groups(second)])

    # modify: fields
    changed = account.modify_group(first, made["id"], name="Modified Test Group")
    check("modify: the name", changed["name"] == "Modified Test Group" and changed["description"] is None, changed)
    changed = account.modify_group(first, made["id"], description="What it is for: Größen, 数")
    check("modify: the description", changed["description"] == "What it is for: Größen, 数", changed)
    check("modify: the name stayed", changed["name"] == "Modified Test Group", changed)
    check("modify: members repeat both", changed["members"][0]["group_description"] == changed["description"], changed)
    check("modify: created stays", changed["created"] == made["created"], changed)
    changed = account.modify_group(first, made["id"], name="Both", description="")
    check("modify: both, and \"\" clears", (changed["name"], changed["description"]) == ("Both", None), changed)
    check("modify: nothing is allowed", account.modify_group(first, made["id"])["name"] == "Both")

    # modify: people
    before = account.get_group(first, shared)
    others = [user for user, role in roles(before).items() if user != me(before)]
    him = me(account.get_group(second, shared))
    check("shared group: I own it, others are in it", roles(before)[me(before)] == "owner" and len(others) >= 3, before)
    away, rest = [user for user in others if user != him][:2]
    changed = account.modify_group(
        first,
        shared,
        update_member_roles=[{"user_id": him, "role": "member"}, {"user_id": rest, "role": "moderator"}],
    )
    check("modify: roles", (roles(changed)[him], roles(changed)[rest]) == ("member", "moderator"), changed)
    refused("modify: a member may not", AuthenticationError, lambda: account.modify_group(second, shared, name="Mine"))
    changed = account.modify_group(first, shared, remove_members=[away])
    check("modify: removal", set(roles(changed)) == set(roles(before)) - {away}, changed)
    changed = account.modify_group(
        first, shared, name="All at once", update_member_roles=[{"user_id": him, "role": "moderator"}]
    )
    check("modify: together", (changed["name"], roles(changed)[him]) == ("All at once", "moderator"), changed)
    check("modify: a moderator edits", account.modify_group(second, shared, description="By him")["description"] == "By him")
    refused(
        "modify: a moderator changes no roles",
        AuthenticationError,
        lambda: account.modify_group(second, shared, update_member_roles=[{"user_id": rest, "role": "member"}]),
    )
    refused("modify: nobody who is not in it", BadRequestError, lambda: account.modify_group(first, shared, remove_members=[away]))
    refused(
        "modify: whole or not at all",
        BadRequestError,
        lambda: account.modify_group(first, shared, name="Half", remove_members=[rest, away]),
    )
    after = account.get_group(first, shared)
    check("modify: nothing of it was applied", after["name"] == "All at once" and rest in roles(after), after)

    # leave and transfer
    refused("leave: an owner may not", BadRequestError, lambda: account.leave_group(first, shared))
    changed = account.modify_group(first, shared, transfer_ownership=him)
    check("transfer: he owns it", roles(changed)[him] == "owner", changed)
    check("transfer: I am in it still", roles(changed)[me(changed)] in ("moderator", "member"), changed)
    refused("transfer: I may not delete now", AuthenticationError, lambda: account.delete_group(first, shared))
    check("leave: I may now", account.leave_group(first, shared) is None)
    check("leave: it is gone from my list", shared not in [g["id"] for g in account.get_groups(first)])
    gone("leave: and cannot be read", lambda: account.get_group(first, shared))
    check("leave: he has it", shared in [g["id"] for g in account.get_groups(second)])

    # delete
    gone("delete: not by others", lambda: account.delete_group(second, twin["id"]))
    for group in (made, twin):
        check(f"delete: {group['name']}", account.delete_group(first, group["id"]) is None)
        gone("delete: it is gone", lambda: account.get_group(first, group["id"]))
    gone("delete: it cannot be deleted twice", lambda: account.delete_group(first, made["id"]))

    # refusals that the client gives words to
    refused("name: too short", BadRequestError, lambda: account.create_group(first, "ab"))
    refused("name: too long", BadRequestError, lambda: account.create_group(first, "x" * 256))
    refused("token: a wrong one", AuthenticationError, lambda: account.get_groups(wrong))

    print(f"{passed} checks passed", flush=True)


if __name__ == "__main__":
    try:
        main()
    except Exception:
        traceback.print_exc()
        print(f"FAILED after {passed} checks", flush=True)
        sys.exit(1)
