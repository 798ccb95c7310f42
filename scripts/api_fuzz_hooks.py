"""Hooks of schemathesis: requests name things that are there.

Random ids name nothing, and every answer would be 404. So an id that could be one is replaced, mostly,
by one of the things that the test made: in a path by what stands before it (`/members/{id}`), in a body
or a query by its name (`"member": …`). An Idempotency-Key that could be one is made unique, mostly, so
that a short one drawn again does not replay. What is malformed on purpose stays so.

SHUKE_FUZZ_THINGS: a JSON file {"segments": {"members": "member", …}, "things": {"member": "…", …}}.
SHUKE_SEED: the same seed replaces the same.
"""

import ast
import gc
import json
import os
import random
import re
import threading
import uuid

import schemathesis


def parse_alone():
    """CPython up to some 3.11 and 3.12 (3.11.7 among them) counts the depth of a syntax tree for the whole process.

    Two threads that parse at once, or a collection in the middle that lets the other go on, end in
    "SystemError: AST constructor recursion depth mismatch" (CPython's issue 106905). hypothesis parses the
    sources of lambdas in each worker; here one parses at a time, and nothing is collected meanwhile.
    """
    lock, parse = threading.RLock(), ast.parse

    def alone(*args, **kwargs):
        with lock:
            collects = gc.isenabled()
            gc.disable()
            try:
                return parse(*args, **kwargs)
            finally:
                if collects:
                    gc.enable()

    ast.parse = alone


parse_alone()

with open(os.environ["SHUKE_FUZZ_THINGS"], encoding="utf-8") as file:
    GIVEN = json.load(file)
SEGMENTS, THINGS = GIVEN["segments"], GIVEN["things"]
DICE = random.Random(int(os.environ.get("SHUKE_SEED", "1")))
UUID = re.compile(r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", re.IGNORECASE)
KEY = re.compile(r"^[!-~]{1,128}$")
# Names in bodies and queries that stand for a thing of another name.
ALIASES = {
    "survivor": "member", "absorbed": "person", "from_store": "store", "to_store": "other_store", "to": "person",
    "from_member": "member", "to_member": "person", "referrer": "person", "product": "product", "seller": "cashier",
    "staff": "cashier", "batch": "coupon_batch", "subject": "member", "approver": "cashier",
}
# After these the thing is of little use: they get it rarely.
FINAL = re.compile(r"erase|merge|revoke|void|block|return|undo|cancel|refund|close|discard|remove|unshare|transfer|clear")
# The key of the fuzzer itself is not to be revoked.
OWN = {"revoke_api_key", "rotate_api_key"}


def known(name):
    return THINGS.get(ALIASES.get(name, name))


def replaced(value, name, chance):
    if isinstance(value, dict):
        return {key: replaced(item, key, chance) for key, item in value.items()}
    if isinstance(value, list):
        return [replaced(item, name.rstrip("s"), chance) for item in value]
    if isinstance(value, str) and UUID.match(value):
        thing = known(name)
        if thing is not None and DICE.random() < chance:
            return thing
    return value


@schemathesis.hook
def before_call(context, case, kwargs):
    operation = case.operation
    name = operation.definition.raw.get("operationId", "")
    chance = 0.1 if FINAL.search(name) else 0.85
    if name in OWN:
        chance = 1.0
    parts = operation.path.split("/")
    if case.path_parameters:
        for before, part in zip(parts, parts[1:]):
            thing = THINGS.get(SEGMENTS.get(before, ""))
            parameter = part.strip("{}")
            if part.startswith("{") and thing is not None and parameter in case.path_parameters:
                value = case.path_parameters[parameter]
                if isinstance(value, str) and (UUID.match(value) or parameter == "code") and DICE.random() < chance:
                    case.path_parameters[parameter] = thing
    if case.query:
        case.query.update({key: replaced(value, key, chance) for key, value in case.query.items()})
    if isinstance(case.body, (dict, list)):
        case.body = replaced(case.body, "", chance)
    for header in list(case.headers or {}):
        value = case.headers[header]
        if header.lower() == "idempotency-key" and isinstance(value, str) and KEY.match(value) and DICE.random() < 0.95:
            case.headers[header] = str(uuid.UUID(int=DICE.getrandbits(128), version=4))
