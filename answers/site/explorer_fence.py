"""Explorers on the pages: an `explorer` fence names one.

    ```explorer
    temperature
    ```

It is shown as it stands before it is moved; `answers.site.bundle` computes that.
"""

from html import escape

from pymdownx.superfences import SuperFencesException

from answers.site.bundle import explorers_shown


def fence(source: str, *args: object, **kwargs: object) -> str:
    """An `explorer` fence as `pymdownx.superfences` wants it formatted."""
    name, known = source.strip(), explorers_shown()
    if name not in known:
        # Any other exception would leave the fence as it stands, in silence.
        raise SuperFencesException(f"no explorer is called {name}")
    return explorer_html(name, known[name])


def explorer_html(name: str, entry: dict) -> str:
    """The figure as it begins, and the sliders that appear once it can be moved."""
    texts = zip(entry["sliders"], entry["starts"], entry["values"], strict=True)
    sliders = "".join(
        f"<label>{escape(label)} <output>{value}</output>"
        f'<input type="range" max="{last}" value="{start}" aria-valuetext="{value}">'
        "</label>"
        for (label, last), start, value in texts
    )
    return (
        f'<div class="explorer" data-explorer="{name}">'
        f'<figure class="drawing"><div class="explorer-chart">{entry["svg"]}</div>'
        f"<figcaption>{escape(entry['caption'])}</figcaption></figure>"
        f'<p class="explorer-facts" role="status">{facts(entry["facts"])}</p>'
        f'<div class="explorer-sliders" hidden>{sliders}</div>'
        '<p class="explorer-bar"></p></div>'
    )


def facts(texts: list[str]) -> str:
    """The numbers below the chart, as the page shows them."""
    return escape("; ".join(texts) + ".")
