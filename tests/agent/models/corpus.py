"""A made-up company's papers, with questions that they answer and questions that they do not."""

from collections.abc import Sequence
from typing import Any

from agent.models.passages import Passage


def _passage(number: int, title: str, text: str, page: str = "") -> Passage:
    return Passage(id=str(number), title=title, page=page, text=text)


PASSAGES = (
    _passage(
        1,
        "Leave policy",
        "# Parental leave\nEvery employee may take sixteen weeks of paid parental leave. It can be split into "
        "two parts.\n"
        "# Sick leave\nTell your manager before 9:30 on the first day. A doctor's note is needed from the "
        "fourth day on.",
    ),
    _passage(
        2,
        "Leave policy",
        "# Annual leave\nFull-time staff have 28 days of annual leave. Up to five unused days can be carried "
        "over until "
        "31 March.\n# Unpaid leave\nUnpaid leave of up to three months needs the approval of the head of department.",
        "2",
    ),
    _passage(
        3,
        "Travel policy",
        "Trips under 600 km are made by train. Flights need approval by the travel desk.\n\nYou may claim:\n"
        "- hotels up to 140 EUR a night\n- meals up to the daily allowance\n- taxis after 22:00\n\nDaily "
        "allowance by country\n"
        "Country | 2025 | 2026\nFrance | 58 EUR | 60 EUR\nGermany | 44 EUR | 46 EUR\nItaly | 52 EUR | 52 EUR",
        "1",
    ),
    _passage(
        4,
        "Supply agreement with Norrland Steel AB",
        "This agreement begins on 1 May 2025 and runs for 24 months. Either party may end it with three "
        "months' notice.\n"
        "Payment is due within 45 days of the invoice. Late payments bear interest of 4 % a year.\n"
        "Signed for Norrland Steel AB by Eva Lindqvist, Managing Director.",
        "3",
    ),
    _passage(
        5,
        "Questions about warranty",
        "How long is the warranty?\nFrames are covered for ten years, all other parts for two years.\n\n"
        "What is not covered?\nWear of tyres, chains and brake pads, and damage from racing.\n\n"
        "Where do I send a claim?\nWrite to claims@tamarackcycles.example with a photo and the frame number.",
    ),
    _passage(
        6,
        "Tamarack Ridge product sheet",
        "The Ridge is a touring bicycle with a steel frame. It weighs 13.4 kg and carries 30 kg of luggage.\n"
        "Gears: 2 x 11, range 526 %.\nPrice: 2,190 EUR including VAT.",
        "1",
    ),
    _passage(
        7,
        "Minutes of 12 February 2026",
        "Present: Marta Oduya, Jonas Weil, Priya Raman.\nThe board approved the new paint shop in Linz. The budget is "
        "1.3 million EUR.\nJonas Weil will report on the delivery delays by 15 March.",
    ),
    _passage(
        8,
        "Quarterly report Q3 2025",
        "(in thousand EUR) | Q3 2025 | Q3 2024\nRevenue | 8,412 | 7,960\nCost of goods sold | 5,103 | 4,988\n"
        "Operating profit | 911 | 640\n\nRevenue grew because touring bicycles sold well in Austria.",
        "4",
    ),
    _passage(
        9,
        "Hausordnung",
        "Die Werkstatt ist von 7 bis 19 Uhr geöffnet. Besucher melden sich am Empfang an. Rauchen ist nur im "
        "Hof erlaubt.",
    ),
    _passage(
        10,
        "Consignes de sécurité",
        "Le port de lunettes de protection est obligatoire dans l'atelier. En cas d'incendie, quittez le bâtiment par "
        "l'escalier nord.",
    ),
)

ANSWERABLE = (
    ("How many weeks of parental leave do I get?", "sixteen weeks"),
    ("Can parental leave be split?", "split into two parts"),
    ("When do I need a doctor's note if I'm ill?", "fourth day"),
    ("How many vacation days do full-time employees have?", "28 days"),
    ("Until when can I use leave I carried over?", "31 March"),
    ("Who has to approve unpaid leave?", "head of department"),
    ("How much can I spend on a hotel?", "140 EUR"),
    ("What is the daily allowance for Germany in 2026?", "46 EUR"),
    ("What is the per diem in France?", "France"),
    ("Should I fly or take the train for a 400 km trip?", "train"),
    ("How long does the contract with Norrland Steel run?", "24 months"),
    ("What is the notice period of the supply agreement?", "three months"),
    ("When are Norrland's invoices due?", "45 days"),
    ("Who signed the supply agreement?", "Eva Lindqvist"),
    ("What interest is charged on late payments?", "4 %"),
    ("How long is the warranty on frames?", "ten years"),
    ("Are brake pads covered by the warranty?", "brake pads"),
    ("Where do I send a warranty claim?", "claims@"),
    ("How heavy is the Ridge?", "13.4 kg"),
    ("What does the Tamarack Ridge cost?", "2,190 EUR"),
    ("What did the board decide about the paint shop?", "approved"),
    ("What is the budget for the paint shop in Linz?", "1.3 million"),
    ("Who reports on delivery delays?", "Jonas Weil"),
    ("Who was present at the meeting in February?", "Marta Oduya"),
    ("What was revenue in Q3 2025?", "8,412"),
    ("What was the operating profit in the third quarter of 2024?", "640"),
    ("Why did revenue grow?", "touring bicycles"),
    ("Wann ist die Werkstatt geöffnet?", "7 bis 19 Uhr"),
    ("Wo darf man rauchen?", "Hof"),
    ("Que faire en cas d'incendie ?", "escalier nord"),
)

UNANSWERABLE = (
    "What is the capital of Mongolia?",
    "How do I cook risotto?",
    "Who won the world cup in 1998?",
    "What is the daily allowance for Japan?",
    "What does the Tamarack Summit cost?",
    "How long is the notice period for employees?",
    "What is the salary of the managing director?",
    "Who signed the lease of the Linz office?",
    "What was revenue in Q3 2019?",
    "How many employees does the company have?",
    "What is the wifi password?",
    "Is there a dental plan?",
    "How much is the mileage rate for private cars?",
    "What is the dress code?",
    "When was the company founded?",
    "Does the Ridge come in red?",
    "What is the maximum speed of the e-bike?",
    "Who is the data protection officer?",
    "What are the payment terms with Baltic Rubber?",
    "How many sick days were taken in 2025?",
    "What is the battery capacity of the Ridge?",
    "Which insurance covers company laptops?",
    "How do I reset my password?",
    "What is the refund policy for tickets?",
    "Can I bring my dog to the office?",
    "What is the headcount budget for 2027?",
    "Wer ist der Betriebsrat?",
    "Wie hoch ist die Kaution?",
    "Quel est le numéro de téléphone de l'accueil ?",
    "What is the meaning of life?",
)


def shown(passages: Sequence[Passage], *lines: str) -> str:
    """Passages as the graph shows them to a model."""
    out = [*lines, f"{len(passages)} passages, best first."]
    for passage in passages:
        page = f' page="{passage.page}"' if passage.page else ""
        out += [f'<passage id="{passage.id}" title="{passage.title}"{page}>', passage.text, "</passage>"]
    return "\n".join(out)


def _tool(
    name: str, about: str, examples: Sequence[str], required: Sequence[str] = (), **properties: Any
) -> dict[str, Any]:
    lines = "\n".join(f"- {example}" for example in examples)
    return {
        "type": "function",
        "function": {
            "name": name,
            "description": f"{about}\n\nExamples:\n{lines}",
            "parameters": {"type": "object", "properties": properties, "required": list(required)},
        },
    }


_STRING = {"type": "string"}
SEARCH = _tool(
    "search_documents",
    "Find passages in the library's documents.",
    [
        "How many days of annual leave do I get?",
        "What is the hotel limit in the travel policy?",
        "What were the total revenues in 2023?",
        "When does the supplier contract end?",
        "Who attended the meeting in March?",
        "What does the attached report say about risks?",
        "Find the clause about confidentiality",
        "Does the handbook mention working from home?",
    ],
    ["query"],
    query=_STRING,
    document=_STRING,
)
LIST = _tool(
    "list_documents",
    "List the documents.",
    ["What documents do you have?", "Which files can you see?", "Show me what is in the library", "List the documents"],
)
TOOLS = (
    SEARCH,
    LIST,
    _tool(
        "summarize_document",
        "Summarise a document.",
        [
            "Summarise the contract",
            "Give me a summary of this file",
            "What are the key points of the report?",
            "tl;dr of the minutes",
        ],
        document=_STRING,
    ),
    _tool(
        "generate_image",
        "Make a picture.",
        ["Draw a picture of a fox", "Generate an image of a mountain", "Create a logo", "paint a sunset"],
        ["prompt"],
        prompt=_STRING,
    ),
    _tool(
        "check_job",
        "Tell how far a job is.",
        ["Is my job done?", "How far is the summary?", "Check the status of my job"],
        ["job"],
        job={"type": "string", "description": "The job's id."},
    ),
)
