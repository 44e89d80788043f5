"""What the embedded model answers without a tool: courtesies, questions about itself, and what nobody here can do."""

import re

_COURTESIES = {
    "greeting": (
        r"hi+|hello|hey|howdy|good (?:morning|afternoon|evening|day)|greetings|hallo|guten (?:morgen|tag|abend)|moin|"
        r"servus|bonjour|bonsoir|salut|hola|how are you(?: doing)?(?: today)?"
    ),
    "thanks": (
        r"(?:many |ok(?:ay)?,? )?thanks?(?: you)?(?: (?:so|very) much| a lot| again)?|thx|ty|cheers|much appreciated|"
        r"danke(?: schön| sehr)?|vielen dank|merci(?: beaucoup)?|that helps|great,? that'?s all"
    ),
    "goodbye": (
        r"(?:good)?bye(?: bye)?|see you(?: later| soon| tomorrow)?|good night|"
        r"have a (?:nice|good|great) (?:day|one|evening|weekend)|"
        r"tschüss?|auf wiedersehen|ciao|au revoir|bis (?:bald|später)"
    ),
    "filler": (
        r"there|please|pls|bitte|ok(?:ay)?|great|perfect|cool|nice|awesome|super|so|well|right|everyone|all|switchboard|"
        r"assistant|bot|for (?:your|the) help|got it|understood"
    ),
    "assent": r"yes|yep|yeah|no|nope|ja|nein|oui|non|sí|cancel|go ahead|do it",
}
_COURTESY = re.compile(
    r"[\s,;.!?:–—-]*(?:"
    + "|".join(f"(?P<{kind}>{words})" for kind, words in _COURTESIES.items())
    + r")(?![\w'’])[\s,;.!?:–—-]*",
    re.IGNORECASE,
)

_WEAK = frozenset({"filler", "assent"})
"""What tells less than the courtesies before it."""

ABOUT = (
    "what can you do",
    "who are you",
    "what are you",
    "help",
    "how do you work",
    "how can you help me",
    "what can I ask you",
    "what is this",
    "are you a bot",
    "are you human",
    "which model are you",
    "do you write by yourself",
    "what are your limits",
    "was kannst du",
    "wer bist du",
    "que peux-tu faire",
    "qui es-tu",
)
"""Questions about the assistant itself."""

BEYOND: dict[str, tuple[str, ...]] = {
    "make pictures": ("draw a picture of a cat", "generate an image", "create a logo for us", "paint me a landscape"),
    "send messages": (
        "send an email to my boss",
        "message the team",
        "write to her and tell her",
        "reply to this mail",
    ),
    "book or buy things": ("book a flight to Paris", "order a pizza", "reserve a table for two", "buy me a ticket"),
    "change calendars or set reminders": ("remind me to call her", "schedule a meeting tomorrow", "set an alarm"),
    "write texts": ("write a poem", "write an essay about", "compose a song", "tell me a story", "tell me a joke"),
    "write programs": ("write a python script", "fix this code", "write a function that sorts a list"),
    "translate": ("translate this into Spanish", "say this in French", "translate the following text"),
    "calculate": (
        "calculate 15 percent of 240",
        "solve this equation",
        "convert 10 miles to kilometres",
        "add these up",
    ),
    "change or delete anything": ("delete the file", "rename the document", "update the contract", "cancel my order"),
    "play or open things": ("play some music", "open the website", "turn on the lights", "call my mother"),
}
"""Requests that need a tool: what it would do, and how people ask for it."""
_TRAILING = re.compile(r"[\s,;.!?]+(?:please|pls|bitte|thanks?(?: you)?|thank you|danke|merci)[\s.!]*$", re.IGNORECASE)


def without_courtesies(text: str) -> tuple[str, str]:
    """The text without greetings and thanks at its ends, and which kind the last courtesy at its beginning was."""
    kind = ""
    rest = text.strip()
    while (match := _COURTESY.match(rest)) and match.end():
        kind = kind if kind and match.lastgroup in _WEAK else match.lastgroup or ""
        rest = rest[match.end() :]
    return _TRAILING.sub("", rest).strip(), kind
