// Package render makes pictures of CT volumes, label maps and surfaces without any window system: reformatted slices and slabs,
// window/level, contours, three-dimensional views, and the overlays burnt into key images. It reads nothing and draws into
// image.RGBA that the caller owns; the desktop window and the reports show the same pixels.
//
// Frames: geom.PatientFrame (LPS, mm), geom.PlaneFrame (mm in the reformatted plane: +X right, +Y down, +Z away from the viewer)
// and geom.ScreenFrame (pixels; integers are pixel centres). A picture is two steps: Reslice samples HU into an HUImage, a LUT
// turns HU into colours. Dragging the window repeats only the second. Pictures are never mirrored: a plane is a rotation.
//
// Long functions take a context and look at it at least once per strip of 16 rows; a cancelled call leaves a half-drawn picture.
package render

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
)

// ErrView is wrapped by errors about a view that cannot be drawn: no pixels, a singular plane, a buffer of the wrong size.
var ErrView = errors.New("render: view")

const (
	stripRows  = 16 // work unit and distance between looks at the context
	maxWorkers = 4  // more gain little: one thread nearly saturates memory
)

// strips calls work for the strips of rows [y0, y1) of a picture, several at a time, until done or cancelled.
func strips(ctx context.Context, height int, work func(y0, y1 int)) error {
	return parallel(ctx, (height+stripRows-1)/stripRows, func(s int) { work(s*stripRows, min(height, (s+1)*stripRows)) })
}

// workers is how many parts parallel works on at a time.
func workers() int { return min(runtime.GOMAXPROCS(0), maxWorkers) }

// parallel calls work for parts 0 to n-1, several at a time, until done or cancelled; all calls have returned when it does.
func parallel(ctx context.Context, n int, work func(part int)) error {
	var next atomic.Int64
	run := func() {
		for {
			part := int(next.Add(1)) - 1
			if part >= n || ctx.Err() != nil {
				return
			}
			work(part)
		}
	}
	var wg sync.WaitGroup
	for range min(workers(), n) - 1 {
		wg.Go(run)
	}
	run()
	wg.Wait()
	return ctx.Err()
}
