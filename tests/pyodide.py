"""Pyodide, to be served by oneself: python tests/pyodide.py [--wheels FOLDER] [FOLDER].

Puts the core and the NumPy wheel into FOLDER, every byte checked: the core against the npm
package, whose SHA-512 stands here, the wheel against the lock in it, and all against the pins in
`docs/live/config.json`. `--pin` writes those pins instead: the only way in which they change.
"""

import argparse
import base64
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import urllib.request
from email.parser import HeaderParser
from pathlib import Path
from zipfile import ZipFile

ROOT = Path(__file__).parents[1]
CONFIG = ROOT / "docs/live/config.json"
WHEELS = ROOT / "docs/vendor/wheels"
WEIGHTS = ROOT / "answers/transformers/weights/gpt.npz"
CACHE = ROOT / ".cache/pyodide"

VERSION = "0.27.7"
SHA512 = "RUSVJlhQdfWfgO9hVHCiXoG+nVZQRS5D9FzgpLJ/VcgGBLSAKoPL8kTiOikxbHQm1kRISeWUBdulEgO26qpSRA=="
CDN = f"https://cdn.jsdelivr.net/pyodide/v{VERSION}/full/"
CORE = ["pyodide.mjs", "pyodide.asm.js", "pyodide.asm.wasm", "python_stdlib.zip"]


def package() -> dict[str, bytes]:
    """The core files and the lock, from the npm package."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["npm", "pack", "--silent", f"pyodide@{VERSION}"]
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
        data = Path(folder, f"pyodide-{VERSION}.tgz").read_bytes()
        if base64.b64encode(hashlib.sha512(data).digest()).decode() != SHA512:
            raise ValueError(f"pyodide@{VERSION} is not the package that was pinned")
        with tarfile.open(Path(folder, f"pyodide-{VERSION}.tgz")) as tar:
            names = [*CORE, "pyodide-lock.json"]
            return {n: tar.extractfile(f"package/{n}").read() for n in names}


def numpy_wheel(lock: dict, wheels: Path | None) -> tuple[str, bytes]:
    """The name and the bytes of the NumPy wheel, from the folder `wheels` or else the CDN."""
    entry = lock["packages"]["numpy"]
    name = entry["file_name"]
    if wheels is not None and (wheels / name).exists():
        data = (wheels / name).read_bytes()
    else:
        with urllib.request.urlopen(CDN + name, timeout=60) as response:
            data = response.read()
    if hashlib.sha256(data).hexdigest() != entry["sha256"]:
        raise ValueError(f"{name} is not the wheel of Pyodide {VERSION}")
    return name, data


def pins(files: dict[str, bytes], lock: dict) -> dict:
    """What `config.json` says of the files: sizes, hashes, and a lock of no other packages."""
    own = [own_package(path) for path in sorted(WHEELS.glob("*.whl"))]
    packages = {"numpy": lock["packages"]["numpy"]} | {p["name"]: p for p in own}
    data = {name: ("pyodide", content) for name, content in files.items()}
    data |= {p["file_name"]: ("wheels", (WHEELS / p["file_name"]).read_bytes()) for p in own}
    data[WEIGHTS.name] = "live", WEIGHTS.read_bytes()
    return {
        "core": CORE,
        "files": {
            name: {
                "from": place,
                "size": len(content),
                "sha256": hashlib.sha256(content).hexdigest(),
            }
            for name, (place, content) in data.items()
        },
        "lock": {"info": lock["info"], "packages": packages},
    }


def own_package(path: Path) -> dict:
    """A wheel that the site serves, as a lock describes it, needing others of its kind."""
    with ZipFile(path) as wheel:
        (about,) = (n for n in wheel.namelist() if n.endswith(".dist-info/METADATA"))
        metadata = HeaderParser().parsestr(wheel.read(about).decode())
    others = {p.name.partition("-")[0].replace("_", "-") for p in WHEELS.glob("*.whl")}
    needs = {
        need.partition(";")[0].split("<")[0].split(">")[0].strip()
        for need in metadata.get_all("Requires-Dist", [])
        if "extra ==" not in need
    }
    name = metadata["Name"].lower().replace("_", "-")
    return {
        "name": name,
        "version": metadata["Version"],
        "file_name": path.name,
        "install_dir": "site",
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "package_type": "package",
        "imports": [name.replace("-", "_")],
        "depends": sorted(others & {need.replace("_", "-") for need in needs}),
        "unvendored_tests": False,
    }


def checked(folder: Path) -> bool:
    """Whether the folder holds all that `config.json` says comes from it, byte for byte."""
    files = json.loads(CONFIG.read_text())["files"]
    return all(
        (folder / name).is_file()
        and hashlib.sha256((folder / name).read_bytes()).hexdigest() == pin["sha256"]
        for name, pin in files.items()
        if pin["from"] == "pyodide"
    )


def fetch(folder: Path = CACHE, wheels: Path | None = None, pin: bool = False) -> Path:
    """The folder, with Pyodide in it.

    Raises:
        ValueError: Something that came is not what was pinned.
        OSError: Something could not be fetched.
    """
    if not pin and checked(folder):
        return folder
    files = package()
    lock = json.loads(files.pop("pyodide-lock.json"))
    name, data = numpy_wheel(lock, wheels)
    files[name] = data
    if pin:
        from answers.files import write

        config = json.loads(CONFIG.read_text()) | pins(files, lock)
        write(CONFIG, json.dumps(config, indent=2) + "\n")
    new = folder.with_name(f"{folder.name}.new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    for name, content in files.items():
        (new / name).write_bytes(content)
    if not checked(new):
        raise ValueError(f"{CONFIG} pins other files; `--pin` writes what it should say")
    shutil.rmtree(folder, ignore_errors=True)
    os.replace(new, folder)
    return folder


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=CACHE)
    parser.add_argument("--wheels", type=Path, help="where the NumPy wheel may lie")
    parser.add_argument("--pin", action="store_true", help="write the pins")
    arguments = parser.parse_args()
    try:
        folder = fetch(arguments.folder, arguments.wheels, arguments.pin)
    except (OSError, ValueError, subprocess.CalledProcessError) as error:
        sys.exit(f"Pyodide could not be fetched: {error}")
    size = sum(path.stat().st_size for path in folder.iterdir())
    print(f"Pyodide {VERSION} is in {folder}, {size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
