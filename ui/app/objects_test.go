package app_test

import (
	"io"
	"path/filepath"
	"testing"

	"github.com/vertefill/vertefill/internal/export"
	"github.com/vertefill/vertefill/internal/nifti"
	"github.com/vertefill/vertefill/ui/model"
	"github.com/vertefill/vertefill/ui/uitest/shot"
)

// A mask of another program, opened while a study is read, is drawn over its images and compared with the cement; it can be hidden
// and taken away, and a file that cannot be shown says why.
func TestFileOverTheImages(t *testing.T) {
	w := correcting(t, nil)
	s := w.app.State()
	before := shot.Draw(t, w.Size, w.Frame())
	path := filepath.Join(t.TempDir(), "theirs.nii.gz")
	if err := export.WriteFile(path, func(f io.Writer) error { return nifti.WriteLabels(f, s.Result.Cement, "") }); err != nil {
		t.Fatal(err)
	}
	w.app.Send(model.OpenPath{Path: path, Now: w.Now})
	w.Until("the file", func() bool { return len(s.Objects.List) == 1 })
	if s.Workspace != model.Read || !w.Has("theirs.nii.gz is shown over the images") || !w.Has("Dice 1.00") {
		t.Errorf("labels %q", w.Labels())
	}
	w.draw()
	if with := shot.Draw(t, w.Size, w.Frame()); string(with.Pix) == string(before.Pix) {
		t.Error("nothing of it is drawn")
	}
	w.Do("objects-hide")
	if len(s.Objects.Shown()) != 0 || len(s.Objects.List) != 1 {
		t.Error("not hidden")
	}
	w.Do("objects-drop")
	if len(s.Objects.List) != 0 {
		t.Error("not taken away")
	}
	broken := filepath.Join(t.TempDir(), "broken.nrrd")
	if err := export.WriteFile(broken, func(f io.Writer) error { _, err := f.Write([]byte("NRRD0004\n\nnothing")); return err }); err != nil {
		t.Fatal(err)
	}
	w.app.Send(model.OpenPath{Path: broken, Now: w.Now})
	w.Until("the reason", func() bool { return w.Has("The file is not shown") })
	if s.Study == nil || s.Result == nil {
		t.Error("the study is gone")
	}
}
