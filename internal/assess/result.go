package assess

import (
	"github.com/vertefill/vertefill/internal/anatomy"
	"github.com/vertefill/vertefill/internal/diag"
	"github.com/vertefill/vertefill/internal/dicomio"
	"github.com/vertefill/vertefill/internal/geom"
	"github.com/vertefill/vertefill/internal/mesh"
	"github.com/vertefill/vertefill/internal/spine"
	"github.com/vertefill/vertefill/internal/volume"
)

// Result is the report with what it was made from, for drawing and export. It is immutable once returned.
type Result struct {
	Report   Report
	Findings []diag.Finding // Report.Quality before it was put into a language

	Post, Pre *volume.Volume  // Pre is nil without a pre CT
	Origin    *dicomio.Origin // of the post CT, for DICOM objects made from it; nil when it did not come from DICOM
	Spine     *spine.Spine    // on the post CT
	// PreFromPost carries post patient coordinates to pre patient coordinates at each vertebra that could be registered.
	PreFromPost map[anatomy.Level]geom.Affine[geom.PatientFrame, geom.PatientFrame]

	Cement *volume.Labels // anatomy.CementClass per voxel of the post grid, cropped to where there is any
	Leaks  []LeakRegion   // in the order of Report.Leaks

	// CementSurfaces are closed sub-voxel surfaces of the cement by class, for contours and 3D (post patient coordinates).
	CementSurfaces map[anatomy.CementClass]*mesh.Mesh

	// Lesion is the outline of lytic lesions by hand or of others; nil without one (post patient coordinates).
	Lesion *mesh.Mesh

	// Upto is the last stage of an interim result; empty when all are done.
	Upto Stage

	// Corrections is what a reader changed; nil as the program found it.
	Corrections *Corrections

	run *run // what Edited starts from
}

// LeakRegion is the extent of one leak.
type LeakRegion struct {
	ID      int
	Voxels  []geom.Index // of the post grid
	Surface *mesh.Mesh
}

// BodyMask returns the voxels of the post grid whose centres lie in a vertebral body, labelled by level.
func (r *Result) BodyMask() *volume.Labels {
	return r.Spine.Mask(r.Post.Grid)
}
