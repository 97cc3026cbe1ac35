// Package dicomio reads DICOM: it finds the image files under a path, sorts them into series, volumes and runs, and loads these.
//
// Nothing that a file says is trusted: lengths, depths, counts and sizes are bounded by what is really there, before memory is
// reserved. Files that cannot be used are listed with a code and a sentence; pictures that cannot be decoded whole are marked and
// never look like good ones.
//
// The path of a file through the package: source (disk, archive) > parseFile (header up to the pixel data) > describe (what is kept
// of it) > group (series, stacks, runs) > Stack.Load or Run.Load (pixels > codec > HU). Geometry follows the positions and
// orientations of the pictures alone, in DICOM patient coordinates (LPS, mm); SliceThickness, SpacingBetweenSlices and SliceLocation
// are never used for it.
//
// The module github.com/suyashkumar/dicom is the source of the names of elements in Dump; it does not parse files here, because it
// panics on real ones and trusts lengths (docs/adr). Patient data stay in Patient and in Dump: no error carries them.
//
// The package writes nothing and judges nothing medical: roles of series are in package study.
package dicomio
