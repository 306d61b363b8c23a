"""Takes the pictures of the README anew from a demo that it starts for this: `python scripts/screenshots.py`.

Needs Chromium and Chinese fonts (apt-get install chromium fonts-noto-cjk). With a folder as its argument the pictures
go there instead of docs/images.
"""

from __future__ import annotations

import io
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

REPOSITORY = Path(__file__).resolve().parent.parent
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
PATIENCE = 400
MOST_BYTES = 150_000
DESK = {"viewport": {"width": 1280, "height": 900}}
TELEPHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2}


@contextmanager
def demo() -> Iterator[str]:
    """A demo of its own in a folder that is thrown away; gives its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="linli_pictures_") as home:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("LINLI_")}
        environment = {**clean, "LINLI_HOME": home, "PYTHONPATH": str(REPOSITORY)}
        environment.pop("DATABASE_URL", None)
        server = subprocess.Popen(
            [sys.executable, "-m", "linli", "demo", "--port", str(port)], env=environment, cwd=home
        )
        try:
            _wait(server, f"http://127.0.0.1:{port}")
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(20)


def _wait(server: subprocess.Popen[bytes], address: str) -> None:
    for _second in range(PATIENCE):
        if server.poll() is not None:
            sys.exit("The demo ended before it was ready.")
        try:
            with urlopen(f"{address}/readyz", timeout=2):
                return
        except (URLError, OSError):
            time.sleep(1)
    sys.exit("The demo was not ready in time.")


@contextmanager
def visitor(
    browser: Browser, address: str, screen: dict[str, object], language: str = "zh-hans"
) -> Iterator[Page]:
    """A clean browser with this screen, on the tour's page."""
    context = browser.new_context(locale="zh-CN", reduced_motion="reduce", **screen)
    context.add_cookies([{"name": "language", "value": language, "url": address}])
    page = context.new_page()
    page.goto(f"{address}/demo/")
    yield page
    context.close()


def become(page: Page, role: str) -> None:
    """Press a role's button on the tour."""
    page.click(f'form[action="/demo/as/{role}/"] button')
    page.wait_for_load_state("networkidle")


def picture(page: Page, path: Path) -> None:
    """What is on the screen, with as few colours as the eye needs."""
    shot = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    shot.quantize(96, dither=Image.Dither.NONE).save(path, optimize=True)
    size = path.stat().st_size
    print(f"{path.name}: {shot.width} x {shot.height}, {size // 1000} kB")
    if size > MOST_BYTES:
        sys.exit(f"{path.name} is larger than {MOST_BYTES // 1000} kB.")


def residents(browser: Browser, address: str, folder: Path) -> None:
    """On a telephone: the public form, a case like a parcel, and who looked at one's data."""
    with visitor(browser, address, TELEPHONE) as page:
        page.goto(f"{address}/report/matters/")
        picture(page, folder / "report.png")
        page.fill("[name=text]", "小区东门人行道地砖翘起来两块，昨晚有老人绊倒。")
        page.fill("[name=phone]", "13800001234")
        page.click("main form .actions button")
        page.click("main form .actions button")
        number = page.inner_text(".done__number >> nth=0")
        with visitor(browser, address, DESK) as staff:
            become(staff, "call_taker")
            staff.goto(f"{address}/desk/cases/{number}/contact/")
            staff.click("main form .actions button")
        page.goto(f"{address}/follow/{number}/data/")
        picture(page, folder / "looks.png")
    with visitor(browser, address, TELEPHONE) as page:
        become(page, "resident")
        picture(page, folder / "follow.png")


def staff(browser: Browser, address: str, folder: Path) -> None:
    """The field app, and what stands on a desk, at a mediator's and in the command centre."""
    with visitor(browser, address, TELEPHONE) as page:
        become(page, "grid_worker")
        picture(page, folder / "field.png")
    for language, name in (("zh-hans", "desk.png"), ("en", "desk.en.png")):
        with visitor(browser, address, DESK, language) as page:
            become(page, "dispatcher")
            picture(page, folder / name)
    with visitor(browser, address, DESK) as page:
        become(page, "mediator")
        picture(page, folder / "mediator.png")
    with visitor(browser, address, DESK) as page:
        become(page, "duty_officer")
        picture(page, folder / "centre.png")
        page.goto(f"{address}/command/?wall=1")
        picture(page, folder / "wall.png")


def main() -> None:
    """Nine pictures: what residents see, what staff see, and one of them in English."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else REPOSITORY / "docs" / "images"
    with demo() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        residents(browser, address, folder)
        staff(browser, address, folder)
        browser.close()


if __name__ == "__main__":
    main()
