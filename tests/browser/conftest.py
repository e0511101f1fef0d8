"""Headless Chromium without a network, and the dossier page that it opens."""

import os
import shutil
from pathlib import Path

import pytest
from tests.dossier import sample as sample_module

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(item.fspath).parent == Path(__file__).parent:
            item.add_marker("browser")


@pytest.fixture(scope="session")
def sample():
    return sample_module


@pytest.fixture(scope="session")
def written(sample, tmp_path_factory):
    """The output folder of the sample dossier on disk."""
    from vesicle.dossier.bundle import bundle

    folder = tmp_path_factory.mktemp("dossier")
    for path, content in bundle(sample.sample_dossier()).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return folder


@pytest.fixture(scope="session")
def chromium():
    from playwright.sync_api import sync_playwright

    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        if os.environ.get("CI"):
            pytest.fail("headless Chromium is not installed; run: make setup")
        pytest.skip("headless Chromium is not installed; run: make setup")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


class Visit:
    """A page with all that it asked for and complained about."""

    def __init__(self, page):
        self.page = page
        self.requests, self.complaints = [], []
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self.requests.append(request.url))
        page.route("**/*", self._gate)

    def _gate(self, route):
        if route.request.url.startswith(("file:", "data:", "blob:")):
            route.continue_()
        else:
            route.abort()


@pytest.fixture
def visit(chromium, written):
    """Open the dossier: ``visit(width=..., scheme=...)``."""
    contexts = []

    def opened(*, width=1280, height=900, scheme="light", script=True):
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            accept_downloads=True,
            java_script_enabled=script,
            reduced_motion="reduce",
        )
        contexts.append(context)
        found = Visit(context.new_page())
        found.page.goto((written / "dossier.html").as_uri())
        return found

    yield opened
    for context in contexts:
        context.close()
