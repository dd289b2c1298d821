"""See it work: a bracelet approaches a victim's unit, live, with the monitoring centre's page."""

import argparse
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from host.base.catalogue import LANGUAGES, catalogue
from host.commands.config import load as load_settings
from simulator.scenario.scenario import load
from simulator.worlds.chronicle import Chronicle
from simulator.worlds.live import LiveWorld, end_on_signals
from simulator.worlds.report import Event
from simulator.worlds.scratch import scratch_folder

SCENARIO = Path(__file__).parents[1] / "scenarios" / "approach.yaml"
DURATION_S = 7 * 86_400.0

TEXTS = {
    "es": {
        "setting_up": "Se preparan un bróker MQTT, el centro y dos dispositivos con el firmware "
        "real en MicroPython;\nlos dispositivos generan sus claves y se inscriben por un cable "
        "serie...",
        "ready": "\nTodo está en marcha. Abra {url} en su navegador.\n\n"
        "Él (dispositivo B1) viene en bicicleta hacia ella (dispositivo V1) desde 1.140 m:\n"
        "  a los 25 s, a 1.000 m, prealerta para ella; para él, nada que le diga dónde buscar\n"
        "  a 1 min 50 s, a 500 m, la alerta: se avisa a los dos y al centro\n"
        "  a 2 min 55 s, a 100 m, la infracción; después se aleja, y todo vuelve a empezar.\n"
        "Atienda las alarmas en la página, también con el teclado. Ctrl-C termina.\n"
        "Las horas, aquí y en la página, son de {zone}.\n",
        "transition": "nivel de la orden: de {from} a {to}, a {distance_m} m",
        "assurance": "la orden: {to} ({cause})",
        "alarm": "{unit} informa: {code}",
        "warning": "el centro avisa a {unit} ({level})",
        "presented": "{unit} presenta el aviso a quien lo lleva",
        "receipt": "el centro tiene el acuse de recibo de {unit}",
        "notice": "{unit} dice a quien lo lleva: {number}",
        "ended": "\nTerminado: todos los procesos han acabado y sus datos se han borrado.",
    },
    "en": {
        "setting_up": "Setting up an MQTT broker, the centre and two units with the real firmware "
        "under MicroPython;\nthe units make their keys and are enrolled over a serial cable...",
        "ready": "\nEverything runs. Open {url} in your browser.\n\n"
        "He (unit B1) comes by bicycle towards her (unit V1) from 1,140 m away:\n"
        "  after 25 s, at 1,000 m, she gets the pre-alert; he gets nothing to look for her by\n"
        "  after 1 min 50 s, at 500 m, the alert: both of them and the centre are warned\n"
        "  after 2 min 55 s, at 100 m, the breach; then he goes away, and it all begins again.\n"
        "Acknowledge the alarms on the page, by keyboard too. Ctrl-C ends it.\n"
        "Times of day, here and on the page, are those of {zone}.\n",
        "transition": "level of the order: from {from} to {to}, at {distance_m} m",
        "assurance": "the order: {to} ({cause})",
        "alarm": "{unit} reports: {code}",
        "warning": "the centre warns {unit} ({level})",
        "presented": "{unit} presents the warning to its wearer",
        "receipt": "the centre has the receipt of {unit}",
        "notice": "{unit} tells its wearer: {number}",
        "ended": "\nEnded: all processes have stopped, and their data is deleted.",
    },
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--language", choices=LANGUAGES, default=LANGUAGES[0], help="default: %(default)s")
    add("--console", default="127.0.0.1:8000", metavar="HOST:PORT", help="default: %(default)s")


def run(args: argparse.Namespace) -> int:
    """Play until Ctrl-C."""
    settings = load_settings(None, {"console": args.console})  # refused before it is set up
    end_on_signals()
    texts = TEXTS[args.language]
    scenario = load(SCENARIO, start_ms=time.time_ns() // 1_000_000, duration_s=DURATION_S)
    chronicle = Chronicle(scenario, teller(args.language, settings.time_zone))
    print(texts["setting_up"], flush=True)
    with scratch_folder() as folder:
        live = LiveWorld(scenario, chronicle, folder, console=args.console, language=args.language)
        try:
            with live:
                where = {"url": live.console_url, "zone": settings.time_zone}
                print(texts["ready"].format(**where), flush=True)
                live.run()
        except KeyboardInterrupt:
            print(texts["ended"])
    return 0


# Where the words of an event stand in the host's catalogue.
_WORDS = {
    "transition": {"from": "level", "to": "level"},
    "assurance": {"from": "condition", "to": "condition", "cause": "reason"},
    "alarm": {"code": "cause"},
    "warning": {"level": "level"},
    "notice": {"number": "unit_text"},
}


def teller(language: str, time_zone: str) -> Callable[[Event], None]:
    """Tells events in words, each with the time of day in a time zone."""
    zone = ZoneInfo(time_zone)

    def tell(event: Event) -> None:
        kind = event["type"]
        if kind not in TEXTS[language]:
            return
        words = {
            key: catalogue().text(f"{section}.{event[key]}", language)
            for key, section in _WORDS.get(kind, {}).items()
        }
        sentence = TEXTS[language][kind].format(**{**event, **words})
        at = datetime.fromisoformat(event["at"]).astimezone(zone)  # as the page has it
        print(f"{at:%H:%M:%S}  {sentence}", flush=True)

    return tell
