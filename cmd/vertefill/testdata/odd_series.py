"""Writes odd CT series of known content, runs `vertefill inspect --json` and `vertefill convert` on each, and compares.

usage: odd_series.py PROGRAM FOLDER [CASE...]    one line for every difference; the exit code is 1 when there is one
"""
import gzip
import io
import json
import math
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import zipfile

import numpy as np
import pydicom
import pydicom.encaps
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import (DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian)

rng = np.random.default_rng(20)
NX, NY = 14, 11
counter = 0


def uid(*parts):
    return pydicom.uid.generate_uid(prefix="2.25.", entropy_srcs=[str(p) for p in parts])


class Slice:
    """A CT image: where it lies, what is stored, and the CT numbers that this means."""

    def __init__(self, pos, row=(1, 0, 0), col=(0, 1, 0), dx=0.7, dy=0.7, nx=NX, ny=NY, slope=1.0, intercept=-1024.0, low=0, high=4095,
                 stored=None, dtype=np.uint16, bits=12, series="s", **more):
        global counter
        counter += 1
        self.pos, self.row, self.col, self.dx, self.dy = np.array(pos, float), np.array(row, float), np.array(col, float), dx, dy
        self.slope, self.intercept, self.bits, self.series, self.more = slope, intercept, bits, series, more
        self.stored = rng.integers(low, high, (ny, nx), endpoint=True).astype(dtype) if stored is None else stored
        self.hu = self.stored.astype(float) * slope + intercept
        self.number = counter

    def dataset(self):
        ds = Dataset()
        ds.SpecificCharacterSet = "ISO_IR 100"
        ds.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
        ds.SOPClassUID, ds.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.2", uid("image", self.number)
        ds.Modality, ds.PatientName, ds.PatientID = "CT", "Odd^Case", "1"
        ds.StudyInstanceUID, ds.SeriesInstanceUID, ds.FrameOfReferenceUID = uid("study"), uid("series", self.series), uid("frame")
        ds.StudyDate, ds.InstanceNumber, ds.SeriesNumber = "20260101", self.number, 1
        ds.ImagePositionPatient = [f"{x:.9g}" for x in self.pos]
        ds.ImageOrientationPatient = [f"{x:.9g}" for x in (*self.row, *self.col)]
        ds.PixelSpacing = [self.dy, self.dx]
        ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
        ds.Rows, ds.Columns = self.stored.shape
        size = self.stored.dtype.itemsize * 8
        ds.BitsAllocated, ds.BitsStored, ds.HighBit = size, self.bits, self.bits - 1
        ds.PixelRepresentation = int(self.stored.dtype.kind == "i")
        ds.RescaleSlope, ds.RescaleIntercept = self.slope, self.intercept
        ds.PixelData = self.stored.astype(self.stored.dtype.newbyteorder("<")).tobytes()
        ds["PixelData"].VR = "OW"
        for name, value in self.more.items():
            if value is None:
                delattr(ds, name)
            else:
                setattr(ds, name, value)
        return ds


def encode(ds, syntax=ExplicitVRLittleEndian, preamble=True, meta=True):
    if syntax == ExplicitVRBigEndian and ds.BitsAllocated == 16:
        ds.PixelData = np.frombuffer(ds.PixelData, "<u2").astype(">u2").tobytes()
    ds.is_little_endian, ds.is_implicit_VR = syntax != ExplicitVRBigEndian, syntax == ImplicitVRLittleEndian
    out = io.BytesIO()
    if not meta:
        pydicom.dcmwrite(out, ds, write_like_original=True)
        return out.getvalue()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = syntax
    ds.file_meta.MediaStorageSOPClassUID, ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPClassUID, getattr(ds, "SOPInstanceUID", "1.2")
    pydicom.dcmwrite(out, ds, write_like_original=False)
    return out.getvalue() if preamble else out.getvalue()[132:]


class Case:
    """Files, and what must come of them: volumes as lists of slices, files skipped by code, problems by code."""

    def __init__(self, volumes, files=None, skipped=None, problems=(), split=(), names=None, exact=True):
        volumes = [sorted(v, key=lambda s: s.pos @ np.cross(s.row, s.col)) for v in volumes]
        self.volumes, self.skipped, self.problems, self.split, self.exact = volumes, skipped or {}, set(problems), list(split), exact
        if files is None:
            files = [encode(s.dataset()) for v in volumes for s in v]
        self.files = {f"{i * 37 % 101:03d}-{i}": b for i, b in enumerate(files)} if isinstance(files, list) else files
        self.names = names
        self.entries = self.images = None  # files in all, when some are in archives; pictures, when files hold several


def stack(n=8, dz=1.5, z0=-200.0, **kw):
    return [Slice((-30, 20, z0 + k * dz), **kw) for k in range(n)]


def zipped(files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        for name, b in files.items():
            z.writestr(name, b)
    return out.getvalue()


def enhanced(slices, **shared):
    """One multi-frame object of the slices, each with its own groups, in any order; the rest is shared."""
    ds = slices[0].dataset()
    ds.SOPClassUID, ds.NumberOfFrames = "1.2.840.10008.5.1.4.1.1.2.1", len(slices)
    stacks = sorted({s.series for s in slices})
    for name in ("ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing", "RescaleSlope", "RescaleIntercept"):
        delattr(ds, name)
    first = slices[0]

    def item(**kw):
        d = Dataset()
        for k, v in kw.items():
            setattr(d, k, v)
        return d
    ds.SharedFunctionalGroupsSequence = Sequence([item(
        PlaneOrientationSequence=Sequence([item(ImageOrientationPatient=[*first.row, *first.col])]),
        PixelMeasuresSequence=Sequence([item(PixelSpacing=[first.dy, first.dx], SliceThickness=9)]),
        CTImageFrameTypeSequence=Sequence([item(FrameType=["ORIGINAL", "PRIMARY", "VOLUME", "NONE"])]))])
    order = rng.permutation(len(slices))
    ds.PerFrameFunctionalGroupsSequence = Sequence([item(
        PlanePositionSequence=Sequence([item(ImagePositionPatient=list(slices[k].pos))]),
        PixelValueTransformationSequence=Sequence([item(RescaleSlope=slices[k].slope, RescaleIntercept=slices[k].intercept, RescaleType="HU")]),
        FrameContentSequence=Sequence([item(StackID=str(1 + stacks.index(slices[k].series)), InStackPositionNumber=int(k) + 1, **shared)])) for k in order])
    ds.PixelData = b"".join(slices[k].stored.astype("<u2").tobytes() for k in order)
    ds["PixelData"].VR = "OW"
    return encode(ds)


def high_throughput(s, code, options):
    """A slice coded without loss by OpenJPH. pydicom does not know these transfer syntaxes, so the UID is put in afterwards."""
    with tempfile.TemporaryDirectory() as t:
        s.stored.astype("<u2").tofile(t + "/in.yuv")
        ny, nx = s.stored.shape
        subprocess.run(["ojph_compress", "-dims", "{%d,%d}" % (nx, ny), "-num_comps", "1", "-downsamp", "{1,1}", "-signed", "false", "-bit_depth", str(s.bits),
                        "-reversible", "true", "-i", t + "/in.yuv", "-o", t + "/out.j2c", *options], check=True, stdout=subprocess.DEVNULL)
        with open(t + "/out.j2c", "rb") as f:
            coded = f.read()
    ds = s.dataset()
    ds.PixelData = pydicom.encaps.encapsulate([coded], fragments_per_frame=2)
    ds["PixelData"].VR, ds["PixelData"].is_undefined_length = "OB", True
    old, new = b"UI\x16\x001.2.840.10008.1.2.4.90", b"UI\x18\x001.2.840.10008.1.2.4." + code.encode() + b"\0"
    return encode(ds, pydicom.uid.JPEG2000Lossless).replace(old, new, 1)


def unknown(b):
    """The elements of a data set in explicit VR little endian, each with VR UN but the pixel data."""
    out, off = b[:144 + struct.unpack_from("<I", b, 140)[0]], 144 + struct.unpack_from("<I", b, 140)[0]
    while off < len(b):
        tag, vr = b[off:off + 4], b[off + 4:off + 6]
        long = vr in (b"OB", b"OW", b"SQ", b"UN", b"UT")
        n, head = (struct.unpack_from("<I", b, off + 8)[0], 12) if long else (struct.unpack_from("<H", b, off + 6)[0], 8)
        value = b[off + head:off + head + n]
        out += tag + (vr if tag == b"\xe0\x7f\x10\0" else b"UN") + b"\0\0" + struct.pack("<I", n) + value
        off += head + n
    return out


def splice(b, before, more):
    at = b.index(before)
    return b[:at] + more + b[at:]


def cases():
    out = {}
    add = out.__setitem__
    s = stack()
    add("plain", Case([s]))
    s = stack()
    add("decreasing numbers", Case([s], [encode(x.dataset()) for x in reversed(s)]))
    s = stack(InstanceNumber=1)
    add("one number for all", Case([s]))
    s = stack(InstanceNumber=None)
    add("no number", Case([s]))
    s, lost = stack(9), stack(9)[4]
    lost.more["ImagePositionPatient"] = None
    add("one slice without position", Case([s[:4] + s[5:]], [encode(x.dataset()) for x in s[:4] + [lost] + s[5:]],
                                           problems=["no-position", "slices-missing"], exact=False))
    s = stack()
    add("the same objects twice", Case([s], [encode(x.dataset()) for x in s + s[2:5]], {"duplicate": 3}, ["duplicate-slices"]))
    s, again = stack(), stack()[2:4]
    add("slices sent again with new names", Case([s, again], [encode(x.dataset()) for x in s + again], split=["position"], problems=["mixed-series"]))
    a = stack(AcquisitionNumber=1)
    b = [Slice(x.pos, AcquisitionNumber=2) for x in a[:7]]
    add("two acquisitions", Case([a, b], split=["acquisition"], problems=["mixed-series"]))
    a, b = stack(ConvolutionKernel="B70f"), stack(6, ConvolutionKernel=["Br40d", "3"])
    add("two kernels", Case([a, b], split=["kernel"], problems=["mixed-series"]))
    a, b = stack(), stack(5, nx=9, ny=9)
    add("two matrices", Case([a, b], split=["matrix"], problems=["mixed-series"]))
    a, b = stack(), stack(5, dx=0.8, dy=0.8)
    add("two pixel sizes", Case([a, b], split=["pixel-spacing"], problems=["mixed-series"]))
    a, b = stack(), stack(5, FrameOfReferenceUID=uid("another frame"))
    add("two frames of reference", Case([a, b], split=["frame-of-reference"], problems=["mixed-series"]))
    a, b = stack(), stack(5, RescaleType="US")
    add("two units", Case([a, b], split=["units"], problems=["mixed-series", "hu-scale-unknown"]))
    a, b = stack(ContentTime="100000"), stack(7, ContentTime="100500")
    add("two times", Case([a, b], split=["time"], problems=["mixed-series"]))
    s, scout = stack(), Slice((-30, 20, -100), row=(1, 0, 0), col=(0, 0, -1), ImageType=["ORIGINAL", "PRIMARY", "LOCALIZER"])
    add("a scout", Case([s], [encode(x.dataset()) for x in [scout] + s], problems=["localizer"]))
    s, cross = stack(), [Slice((-30 + 0.7 * k, 20, -100), row=(0, 1, 0), col=(0, 0, -1)) for k in range(4)]
    add("two orientations", Case([s, cross], split=["orientation"], problems=["mixed-series"]))
    t = math.radians(18)
    s = [Slice((-30, 20, -200 + 2.5 * k), col=(0, math.cos(t), -math.sin(t))) for k in range(8)]
    add("gantry tilt", Case([s], problems=["gantry-tilt"]))
    r = np.array([0.6, 0.64, -0.48])
    c = np.array([-0.8, 0.48, -0.36])
    n = np.cross(r, c)
    s = [Slice(np.array([3, -2, 5]) + 1.1 * k * n, row=r, col=c, dx=0.5, dy=0.9) for k in range(8)]
    add("oblique, pixels not square", Case([s]))
    s = [Slice((30 + 2 * k, 20, 100), row=(0, 1, 0), col=(0, 0, -1)) for k in range(8)]
    add("sagittal from right to left", Case([s]))
    s = stack(10)
    for k, x in enumerate(s):
        x.pos[2] += 0.008 * (k % 3)
    add("jitter", Case([s], problems=["spacing-jitter"], exact=False))
    s = stack(12)
    add("a hole", Case([s[:7] + s[10:]], problems=["slices-missing"], exact=False))
    s = [Slice((0, 0, k * 0.5 if k < 6 else 3 + (k - 6) * 1.25)) for k in range(11)]
    add("two distances", Case([s], problems=["spacing-irregular"], exact=False))
    s = stack(1)
    add("one slice", Case([s]))
    s = [Slice((-30, 20, 1.5 * k), slope=0.37 + 0.11 * k, intercept=-1000.25 - k) for k in range(8)]
    add("fractional slope of each slice", Case([s]))
    s = [Slice((-30, 20, 1.5 * k), slope=2.0 - k % 2, intercept=-1024 + k) for k in range(8)]
    add("whole slope of each slice", Case([s]))
    s = stack(slope=-1.0, intercept=3000.0)
    add("negative slope", Case([s]))
    s = stack(dtype=np.int16, low=-32768, high=32767, bits=16, intercept=0.0)
    add("16 bit signed", Case([s]))
    s = stack(dtype=np.uint16, low=0, high=33000, bits=16)
    add("16 bit unsigned", Case([s]))
    s = stack(dtype=np.uint16, low=0, high=65535, bits=16, intercept=-8192.0)
    add("16 bit extended", Case([s]))
    s = stack(dtype=np.uint8, low=0, high=255, bits=8, nx=13)
    add("8 bit, odd length", Case([s], [encode(x.dataset()) for x in s]))
    s = stack(dtype=np.int16, low=-2048, high=2047, bits=12, intercept=0.0)
    add("12 bit signed", Case([s]))
    s = stack(bits=10, high=1023)
    high = []
    for x in s:
        d = x.dataset()
        d.HighBit = 15
        d.PixelData = (x.stored << 6 | 5).astype("<u2").tobytes()
        high.append(encode(d))
    add("values in the upper bits", Case([s], high))
    for name, syntax in (("implicit", ImplicitVRLittleEndian), ("big endian", ExplicitVRBigEndian), ("deflated", DeflatedExplicitVRLittleEndian)):
        s = stack(dtype=np.int16, low=-1024, high=3071, bits=16, intercept=0.0)
        add(name, Case([s], [encode(x.dataset(), syntax) for x in s]))
    s = stack()
    add("no preamble", Case([s], [encode(x.dataset(), preamble=False) for x in s]))
    s = stack()
    add("no meta information", Case([s], [encode(x.dataset(), ImplicitVRLittleEndian if k % 2 else ExplicitVRLittleEndian, meta=False) for k, x in enumerate(s)]))
    s = stack()
    syntaxes = [ImplicitVRLittleEndian, ExplicitVRBigEndian, DeflatedExplicitVRLittleEndian, ExplicitVRLittleEndian]
    add("a syntax for each", Case([s], [encode(x.dataset(), syntaxes[k % 4]) for k, x in enumerate(s)]))
    s = stack()
    rle = []
    for x in s:
        d = x.dataset()
        encode(d)
        d.compress(pydicom.uid.RLELossless)
        d.is_little_endian, d.is_implicit_VR = True, False
        b = io.BytesIO()
        pydicom.dcmwrite(b, d, write_like_original=False)
        rle.append(b.getvalue())
    add("RLE", Case([s], rle))
    s = stack()
    add("trailing bytes", Case([s], [encode(x.dataset()) + b"\0" * (3 + 100 * k) for k, x in enumerate(s)]))
    s = stack()
    cut = [encode(x.dataset()) for x in s]
    cut[3] = cut[3][:-40]
    s[3].hu = None
    add("a file cut short", Case([s], cut, problems=["truncated-pixels"]))
    s = stack()
    inner = {f"deep/{k}": encode(x.dataset()) for k, x in enumerate(s[4:])}
    outer = {f"IM{k}": encode(x.dataset()) for k, x in enumerate(s[:4])}
    outer["inner.zip"] = zipped(inner)
    case = Case([s], {"export.zip": zipped(outer)})
    case.entries = 8
    add("a zip in a zip", case)
    s = stack()
    files = {"a/b/c/d/e/" + str(k): encode(x.dataset()) for k, x in enumerate(s)}
    files |= {"README.TXT": b"Viewer, insert disc", "empty": b"", "a/AUTORUN.INF": b"[autorun]\r\nopen=viewer.exe", "x.dcm": b"\0" * 128 + b"DICM",
              "a/zeros": b"\0" * 4096, "broken.zip": b"PK\x03\x04 no archive"}
    add("among other files", Case([s], files, {"not-dicom": 4, "truncated": 1, "corrupt": 1}))
    for name, charset, who in (("Japanese name", ["", "ISO 2022 IR 87"], "Yamada^Tarou=山田^太郎=やまだ^たろう"),
                               ("Arabic name", "ISO_IR 127", "قباني^لنزار"), ("Thai name, description in UTF-8", "ISO_IR 192", "สมหญิง^ใจดี")):
        s = stack(4, SpecificCharacterSet=charset, PatientName=who, SeriesDescription="Bone" if isinstance(charset, list) else "وصف" if "127" in charset else "กระดูก")
        case = Case([s])
        case.names = s[0].more["SeriesDescription"]
        add(name, case)
    s = stack()
    d = Dataset()
    d.SOPClassUID = "1.2.840.10008.1.3.10"
    d.FileSetID, d.DirectoryRecordSequence = "DISC", Sequence([])
    for name in ("OffsetOfTheFirstDirectoryRecordOfTheRootDirectoryEntity", "OffsetOfTheLastDirectoryRecordOfTheRootDirectoryEntity", "FileSetConsistencyFlag"):
        setattr(d, name, 0)
    d.is_little_endian, d.is_implicit_VR = True, False
    d.file_meta = FileMetaDataset()
    d.file_meta.TransferSyntaxUID, d.file_meta.MediaStorageSOPClassUID = ExplicitVRLittleEndian, d.SOPClassUID
    d.file_meta.MediaStorageSOPInstanceUID = uid("directory")
    b = io.BytesIO()
    pydicom.dcmwrite(b, d, write_like_original=False)
    files = {f"DICOM/S1/IM{k}": encode(x.dataset()) for k, x in enumerate(s)} | {"DICOMDIR": b.getvalue()}
    case = Case([s], files, {"dicomdir": 1})
    case.open = "DICOMDIR"
    add("DICOMDIR", case)
    s = stack()
    case = Case([s], [enhanced(s)])
    case.images = 8
    add("enhanced", case)
    s = [Slice((-30, 20, 1.5 * k), slope=1.0 + k, intercept=-1024 - k) for k in range(8)]
    case = Case([s], [enhanced(s)])
    case.images = 8
    add("enhanced, a scale for each frame", case)
    a, b = stack(7), stack(5, series="other")
    case = Case([a, b], [enhanced(a + b)], split=["stack"], problems=["mixed-series"])
    case.images = 12
    add("two volumes in one file", case)
    s = stack()
    case = Case([s], [enhanced(s[:3]), enhanced(s[3:])])
    case.images = 8
    add("one volume in two files", case)
    s = stack(SOPClassUID="1.2.840.10008.5.1.4.1.1.7", Modality="OT", RescaleType="HU")
    add("secondary captures with a place", Case([s]))
    s = stack(SOPClassUID="1.2.840.10008.5.1.4.1.1.7", ImagePositionPatient=None, ImageOrientationPatient=None)
    add("secondary captures without", Case([], [encode(x.dataset()) for x in s], problems=["secondary-capture"]))
    s = stack()
    add("every VR unknown", Case([s], [unknown(encode(x.dataset())) for x in s]))
    s = stack()
    for x in s:
        inside = Dataset()
        inside.ImagePositionPatient, inside.SeriesInstanceUID = [9, 9, 9], "9.9"
        inside.is_undefined_length_sequence_item = True
        x.more["ReferencedImageSequence"] = Sequence([inside, inside])
        x.more["ReferencedImageSequence"].is_undefined_length = True
    add("positions inside sequences", Case([s]))
    s = stack()
    longs = b"\x09\0\x10\0LO\4\0TEST\x09\0\x01\x10SV\0\0\x08\0\0\0" + b"\xff" * 8 + b"\x09\0\x02\x10OV\0\0\x10\0\0\0" + b"\1" * 16
    add("64-bit private elements", Case([s], [splice(encode(x.dataset()), b"\x10\0\x10\0PN", longs) for x in s]))
    s = stack()
    add("wrong group length", Case([s], [b[:140] + b"\x07\0\0\0" + b[144:] for b in (encode(x.dataset()) for x in s)]))
    s = stack()
    names = ["é ü.dcm", "CON", "-o", "a b c", "!x", "1.zip.dcm", "..d", "山田"]
    add("odd names of files", Case([s], {f"{n}": encode(x.dataset()) for n, x in zip(names, s)}))
    s = [Slice((-30 + 0.4 * k, 20 - 0.1 * k, 1.5 * k)) for k in range(8)]
    add("shifted sideways", Case([s], problems=["gantry-tilt"]))
    s = stack(ImageOrientationPatient=None)
    add("no orientation", Case([], [encode(x.dataset()) for x in s], problems=["no-position"]))
    s = stack(PixelSpacing=None)
    add("no pixel size", Case([], [encode(x.dataset()) for x in s], problems=["no-spacing"]))
    s = stack(RescaleSlope=None, RescaleIntercept=None, slope=1.0, intercept=0.0)
    add("no scale", Case([s], problems=["hu-scale-unknown"]))
    s = stack()
    files = [encode(x.dataset()) for x in s]
    d = Slice((0, 0, 0), SeriesInstanceUID=None).dataset()
    add("no series", Case([s], files + [encode(d)], {"corrupt": 1}))
    s = stack(SOPInstanceUID="")
    add("no instance UID", Case([s]))
    s = stack(6)
    for k, x in enumerate(s):
        x.more["ImageOrientationPatient"] = [f"{v + 1e-4 * ((k + i) % 2):.6f}" for i, v in enumerate((1, 0, 0, 0, 1, 0))]
    add("directions rounded differently", Case([s], exact=False))
    s = [Slice((-30, 20, 1e-300 if k == 0 else 1.5 * k)) for k in range(6)]
    for k, x in enumerate(s):
        x.more["ImagePositionPatient"] = ["-30.00000", " 20 ", f"+{1.5 * k:.5E}"]
    add("numbers written oddly", Case([s]))
    s = stack(bits=16, high=4000, PixelPaddingValue=63536)
    for x in s:
        x.stored[:, :3] = 63536
        x.hu = x.stored.astype(float) - 1024
        x.hu[:, :3] = -1024
    add("padding as bright as metal", Case([s], problems=["padding-bright"]))
    s = stack(dtype=np.int16, bits=16, low=-1000, high=2000, intercept=-1024.0, PixelPaddingValue=-2000)
    for x in s:
        x.stored[:2] = -2000
        x.hu = x.stored.astype(float) - 1024
    add("padding darker than air", Case([s]))
    s = stack(Modality="OT", SOPClassUID="1.2.840.10008.5.1.4.1.1.7")
    add("captures with a position, whose numbers are no HU", Case([s], problems=["hu-scale-unknown"]))
    s = stack()
    ds = pydicom.dcmread(io.BytesIO(enhanced(s)))
    ds.SOPClassUID, ds.Modality = "1.2.840.10008.5.1.4.1.1.7.3", "OT"
    case = Case([s], [encode(ds)])
    case.images = len(s)
    add("multi-frame capture with positions", case)
    for code, options in (("201", []), ("202", ["-prog_order", "RPCL"]), ("203", [])) if shutil.which("ojph_compress") else ():
        s = stack(3, nx=40, ny=36)
        add("HTJ2K " + code, Case([s], [high_throughput(x, code, options) for x in s]))
    a, b = stack(series="a"), stack(5, series="b")
    case = Case([a], [encode(x.dataset()) for x in a + b])
    case.other = [b]
    add("two series in one folder", case)
    return out


def nifti(path):
    b = gzip.open(path).read()
    nx, ny, nz = struct.unpack_from("<3h", b, 42)
    kind, = struct.unpack_from("<h", b, 70)
    offset, slope, inter = struct.unpack_from("<3f", b, 108)
    m = np.array(struct.unpack_from("<12f", b, 280)).reshape(3, 4) * np.array([[-1], [-1], [1]])  # RAS to LPS
    return m, np.frombuffer(b, {4: "<i2", 16: "<f4"}[kind], nx * ny * nz, int(offset)).reshape(nz, ny, nx).astype(float)


def run(program, *args):
    return subprocess.run([program, *args], capture_output=True, text=True, timeout=60)


def same_volume(program, path, series, number, want, out, exact):
    got = run(program, "convert", path, "--series", series, "--volume", str(number), "--out", out)
    if got.returncode:
        return f"convert: exit {got.returncode}: {got.stderr.strip()}"
    m, hu = nifti(out)
    first = want[0]
    if hu.shape != (len(want), *first.stored.shape):
        return f"volume {number} has shape {hu.shape}, want {(len(want), *first.stored.shape)}"
    for k, s in enumerate(want):
        if s.hu is None:
            if not (np.isnan(hu[k]) | (hu[k] == -1024)).all():
                return f"slice {k} of volume {number} looks like a good one"
            if f"left empty: {k + 1}" not in got.stderr:
                return f"nothing is said about slice {k} of volume {number}: {got.stderr}"
            continue
        off = np.abs(hu[k] - s.hu).max()
        if off > 2e-3:
            return f"slice {k} of volume {number} is off by {off:g} HU"
        if exact:
            far = max(np.abs(m @ [i, j, k, 1] - (s.pos + i * s.dx * s.row + j * s.dy * s.col)).max() for i in (0, s.stored.shape[1] - 1) for j in (0, s.stored.shape[0] - 1))
            if far > 2e-3:
                return f"a corner of slice {k} of volume {number} is off by {far:g} mm"
    return None


def check(program, root, name, case):
    folder = os.path.join(root, name.replace(" ", "-"))
    for f, b in case.files.items():
        p = os.path.join(folder, f)
        os.makedirs(os.path.dirname(p), exist_ok=True)
        with open(p, "wb") as out:
            out.write(b)
    path = os.path.join(folder, getattr(case, "open", ""))
    got = run(program, "inspect", path, "--json")
    if got.returncode:
        yield f"inspect: exit {got.returncode}: {got.stderr.strip()}"
        return
    found = json.loads(got.stdout)
    skipped = {}
    for s in found["skipped"]:
        skipped[s["code"]] = skipped.get(s["code"], 0) + 1
    if skipped != case.skipped:
        yield f"skipped {skipped}, want {case.skipped}"
    images, used = (sum(s[what] for s in found["series"]) for what in ("images", "files"))
    if used + len(found["skipped"]) != (case.entries or len(case.files)):
        yield f"{used} files in series and {len(found['skipped'])} skipped of {case.entries or len(case.files)}"
    if images != (case.images or used):
        yield f"{images} images, want {case.images or used}"
    wanted = [case.volumes] + [[v] for v in getattr(case, "other", [])]
    if len(found["series"]) != len(wanted):
        yield f"{len(found['series'])} series, want {len(wanted)}"
        return
    by_uid = {s["seriesInstanceUID"]: s for s in found["series"]}
    for volumes in wanted:
        series = by_uid[uid("series", volumes[0][0].series)] if volumes else found["series"][0]
        if series["volumes"] != len(volumes) or len(series["stacks"]) != len(volumes):
            yield f"{series['volumes']} volumes in {len(series['stacks'])} stacks, want {len(volumes)}"
            continue
        split = [s["splitBy"] for s in series["stacks"][1:]]
        if split != case.split:
            yield f"split by {split}, want {case.split}"
        for n, v in enumerate(volumes):
            wrong = same_volume(program, path, series["seriesInstanceUID"], n + 1, v, os.path.join(folder, "out.nii.gz"), case.exact)
            os.path.exists(os.path.join(folder, "out.nii.gz")) and os.remove(os.path.join(folder, "out.nii.gz"))
            if wrong:
                yield wrong
    problems = {p["code"] for s in found["series"] for p in s["problems"]}
    if problems - {"padding-bright"} != case.problems - {"padding-bright"}:
        yield f"problems {sorted(problems)}, want {sorted(case.problems)}"
    if case.names and found["series"][0]["description"] != case.names:
        yield f"description {found['series'][0]['description']!r}, want {case.names!r}"


def main():
    program, root, only = sys.argv[1], sys.argv[2], sys.argv[3:]
    all_cases = cases()
    bad = 0
    for name, case in all_cases.items():
        if only and name not in only:
            continue
        for wrong in check(program, root, name, case):
            print(f"{name}: {wrong}")
            bad = 1
    print(f"{len(all_cases)} cases")
    return bad


sys.exit(main())
