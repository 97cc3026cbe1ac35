"""Runs `vertefill inspect --json` and `vertefill convert` on the real data sets and compares with gdcm and pydicom.

usage: real_series.py PROGRAM DATA SCRATCH    one line for every difference; the exit code is 1 when there is one
"""
import gzip
import json
import os
import struct
import subprocess
import sys
import zipfile

import numpy as np
import pydicom

PROGRAM, DATA, SCRATCH = sys.argv[1:]
# Lossy pictures are compared loosely: decoders may differ by one grey level, and scaling makes more of it.
LOSSY = {"1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.51", "1.2.840.10008.1.2.4.81", "1.2.840.10008.1.2.4.91"}
bad = []
compared = 0


def run(*args):
    return subprocess.run(args, capture_output=True, text=True, timeout=120)


def entries(path):
    """The files below a path, with those of archives unpacked."""
    for folder, _, names in os.walk(path):
        for n in sorted(names):
            p = os.path.join(folder, n)
            if zipfile.is_zipfile(p):
                out = os.path.join(SCRATCH, os.path.basename(path) + "-" + n)
                zipfile.ZipFile(p).extractall(out)
                yield from entries(out)
            else:
                yield p


def inspect(path):
    got = run(PROGRAM, "inspect", path, "--json")
    if got.returncode:
        bad.append(f"{path}: inspect: exit {got.returncode}: {got.stderr.strip()}")
        return None
    return json.loads(got.stdout)


def truth(path):
    """Stored values after the modality rescale, as frames, rows, columns; None when no other program decodes the file."""
    try:
        ds = pydicom.dcmread(path)
        if ds.file_meta.TransferSyntaxUID.is_compressed and not ds.file_meta.TransferSyntaxUID.is_deflated:
            raw = os.path.join(SCRATCH, "raw.dcm")
            if run("gdcmconv", "--raw", path, raw).returncode:
                return None
            return rescaled(pydicom.dcmread(raw), ds)
        return rescaled(ds, ds)
    except Exception:
        return None


def rescaled(ds, header):
    px = ds.pixel_array
    if ds.get("SamplesPerPixel", 1) != 1 or "ModalityLUTSequence" in ds or "SharedFunctionalGroupsSequence" in ds:
        return None
    px = px.reshape(-1, ds.Rows, ds.Columns).astype(float)
    return px * float(header.get("RescaleSlope", 1) or 1) + float(header.get("RescaleIntercept", 0) or 0)


def converted(path):
    out = os.path.join(SCRATCH, "out.nii.gz")
    got = run(PROGRAM, "convert", path, "--out", out)
    if got.returncode:
        return got.stderr.strip()
    b = gzip.open(out).read()
    nx, ny, nz = struct.unpack_from("<3h", b, 42)
    kind, = struct.unpack_from("<h", b, 70)
    return np.frombuffer(b, {4: "<i2", 16: "<f4"}[kind], nx * ny * nz, 352).reshape(nz, ny, nx).astype(float)


def compare(path):
    global compared
    want = truth(path)
    if want is None:
        return
    found = inspect(path)
    if not found or not found["series"]:
        return  # another kind of object, or refused with a reason
    s = found["series"][0]
    if not s["geometry"]:
        if not s["problems"]:
            bad.append(f"{path}: no volume, and no problem says why")
        return
    got = converted(path)
    if isinstance(got, str):
        bad.append(f"{path}: {got}")
    elif got.shape != want.shape:
        bad.append(f"{path}: shape {got.shape}, want {want.shape}")
    else:
        off = np.abs(got - want)
        if off.max() > 2e-3 and not (s["transferSyntax"] in LOSSY and off.mean() < 1):
            bad.append(f"{path}: off by up to {off.max():g}, in {np.count_nonzero(off > 2e-3)} voxels")
        compared += 1


for name in sorted(os.listdir(DATA)):
    folder = os.path.join(DATA, name)
    if name == "fuzz-a" or not os.path.isdir(folder):
        continue
    files = list(entries(folder))
    found = inspect(folder)
    if found is None:
        continue
    used = sum(s["files"] for s in found["series"])
    if used + len(found["skipped"]) != len(files):
        bad.append(f"{name}: {used} in series and {len(found['skipped'])} skipped of {len(files)} files")
    step = max(1, len(files) // 40)  # of a long series some are enough: they are all alike
    for i, path in enumerate(files):
        if i % step == 0 or name in ("odd-dicom-a", "ct-one-image-15-syntaxes"):
            compare(path)
print("\n".join(bad))
print(f"{compared} files compared")
sys.exit(bool(bad))
