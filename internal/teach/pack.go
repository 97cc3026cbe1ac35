package teach

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/vertefill/vertefill/internal/dicomio"
	"github.com/vertefill/vertefill/internal/export"
)

// A packed case is a zip of its folder; a packed collection holds one folder a case. Bounds of what is unpacked:
const (
	maxPackedFiles = 100000
	maxPackedBytes = 16 << 30
)

// Pack writes the folder of a case as one file: case.json, the masks of the reference and the images. Other files stay behind; an
// image that is not de-identified is refused.
func Pack(dir, path string) error { return pack([]string{dir}, path, false) }

// PackAll writes the folders of several cases as one file.
func PackAll(dirs []string, path string) error { return pack(dirs, path, true) }

func pack(dirs []string, path string, many bool) error {
	var ids []string
	for _, dir := range dirs {
		c, err := Open(dir)
		if err != nil {
			return err
		}
		if slices.Contains(ids, c.ID) {
			return fmt.Errorf("teach: pack: two cases are called %q", c.ID)
		}
		ids = append(ids, c.ID)
	}
	return export.WriteFile(path, func(w io.Writer) error {
		z := zip.NewWriter(w)
		for n, dir := range dirs {
			files, err := content(dir)
			if err != nil {
				return fmt.Errorf("teach: pack: case %s: %w", ids[n], err)
			}
			for _, f := range files {
				name := f
				if many {
					name = ids[n] + "/" + f
				}
				if err := addFile(z, filepath.Join(dir, filepath.FromSlash(f)), name); err != nil {
					return fmt.Errorf("teach: pack: %w", err)
				}
			}
		}
		return z.Close()
	})
}

func addFile(z *zip.Writer, path, name string) error {
	in, err := os.Open(path)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := z.Create(name)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return err
}

// content lists the files of a case that make it up, with slashes: case.json, masks, images. The error says that an image holds an
// identity.
func content(dir string) (files []string, err error) {
	images := map[string]bool{}
	var identified error
	err = dicomio.EachFile(context.Background(), []string{dir}, nil, func(f *dicomio.File, err error) error {
		if err != nil {
			return nil // no image: judged by its name below
		}
		rel, err := filepath.Rel(dir, f.Path)
		if err != nil {
			return err
		}
		images[filepath.ToSlash(rel)] = true
		if f.Code(0x00120062) != "YES" && f.Text(0x00100010) != phantomName {
			identified = errors.New("an image is not de-identified: make the case with Save as teaching case")
		}
		return nil
	})
	if err == nil {
		err = identified
	}
	if err != nil {
		return nil, err
	}
	err = filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, p)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		if images[rel] || slices.Contains([]string{CaseFile, Masks.Vertebrae, Masks.Cement, Masks.Leaks}, rel) {
			files = append(files, rel)
		}
		return nil
	})
	return files, err
}

// phantomName is the patient of the digital phantoms.
const phantomName = "Phantom^Vertefill"

// Unpack is UnpackAll for a file with one case.
func Unpack(path, root string) (*Case, error) {
	list, err := UnpackAll(path, root)
	if err != nil {
		return nil, err
	}
	return list[0], nil
}

// UnpackAll puts the cases of a packed file into folders of their names below root and returns them. Every case is checked before
// any of them lands: what it says, that its images are de-identified, and that nothing else is in it. Nothing is written outside
// root, and nothing is left behind on failure; a case of a name that is there already is not touched.
func UnpackAll(path, root string) ([]*Case, error) {
	z, err := zip.OpenReader(path)
	if err != nil {
		return nil, fmt.Errorf("teach: %w: %s: %w", ErrCase, path, err)
	}
	defer z.Close()
	if len(z.File) > maxPackedFiles {
		return nil, fmt.Errorf("teach: %w: %s: %d files", ErrCase, path, len(z.File))
	}
	if err := os.MkdirAll(root, 0o755); err != nil {
		return nil, fmt.Errorf("teach: %w", err)
	}
	tmp, err := os.MkdirTemp(root, ".unpacking-")
	if err != nil {
		return nil, fmt.Errorf("teach: %w", err)
	}
	defer os.RemoveAll(tmp)
	left := int64(maxPackedBytes)
	for _, f := range z.File {
		if strings.HasSuffix(f.Name, "/") {
			continue
		}
		if !filepath.IsLocal(filepath.FromSlash(f.Name)) {
			return nil, fmt.Errorf("teach: %w: %s: a file would lie outside the case", ErrCase, path)
		}
		n, err := unpackOne(f, filepath.Join(tmp, filepath.FromSlash(f.Name)), left)
		if err != nil {
			return nil, fmt.Errorf("teach: %w: %s: %w", ErrCase, path, err)
		}
		left -= n
	}
	dirs, err := casesIn(tmp)
	if err != nil {
		return nil, fmt.Errorf("teach: %w: %s: %w", ErrCase, path, err)
	}
	var out []*Case
	for _, dir := range dirs {
		c, err := checked(dir, root)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(out, func(o *Case) bool { return strings.EqualFold(o.ID, c.ID) }) {
			return nil, fmt.Errorf("teach: %w: %s: two cases are called %q", ErrCase, path, c.ID)
		}
		out = append(out, c)
	}
	for i, c := range out {
		if err := os.Chmod(dirs[i], 0o755); err != nil {
			return nil, fmt.Errorf("teach: %w", err)
		}
		if err := os.Rename(dirs[i], filepath.Join(root, c.ID)); err != nil {
			for _, done := range out[:i] {
				os.RemoveAll(filepath.Join(root, done.ID))
			}
			return nil, fmt.Errorf("teach: %w", err)
		}
	}
	return out, nil
}

// casesIn lists the folders of the cases that were unpacked: the folder itself, or those in it.
func casesIn(tmp string) ([]string, error) {
	if _, err := os.Stat(filepath.Join(tmp, CaseFile)); err == nil {
		return []string{tmp}, nil
	}
	list, err := filepath.Glob(filepath.Join(tmp, "*", CaseFile))
	if err != nil || len(list) == 0 {
		return nil, errors.New("no case in it")
	}
	for i := range list {
		list[i] = filepath.Dir(list[i])
	}
	entries, err := os.ReadDir(tmp)
	if err != nil {
		return nil, err
	}
	if len(entries) != len(list) {
		return nil, errors.New("something in it belongs to no case")
	}
	return list, nil
}

// checked opens a case that was unpacked and makes sure that it may be kept.
func checked(dir, root string) (*Case, error) {
	c, err := Open(dir)
	if err != nil {
		return nil, err
	}
	if err := nameable(c.ID); err != nil {
		return nil, err
	}
	if _, err := os.Lstat(filepath.Join(root, c.ID)); err == nil {
		return nil, fmt.Errorf("teach: a case %q is already there: %s", c.ID, filepath.Join(root, c.ID))
	}
	files, err := content(dir)
	if err != nil {
		return nil, fmt.Errorf("teach: %w: %q: %w", ErrCase, c.ID, err)
	}
	err = filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, p)
		if err != nil {
			return err
		}
		if rel = filepath.ToSlash(rel); !slices.Contains(files, rel) && rel != truthFile {
			return errors.New("a file in it is neither image nor reference")
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("teach: %w: %q: %w", ErrCase, c.ID, err)
	}
	return c, nil
}

// truthFile lies beside the images of phantoms that were packed by older versions.
const truthFile = "truth.json"

func unpackOne(f *zip.File, path string, left int64) (int64, error) {
	in, err := f.Open()
	if err != nil {
		return 0, err
	}
	defer in.Close()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return 0, err
	}
	out, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return 0, err
	}
	n, err := io.Copy(out, io.LimitReader(in, left+1))
	if err == nil && n > left {
		err = fmt.Errorf("it unpacks to more than %d GiB", int64(maxPackedBytes)>>30)
	}
	if e := out.Close(); err == nil {
		err = e
	}
	return n, err
}
