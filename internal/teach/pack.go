package teach

import (
	"archive/zip"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/vertefill/vertefill/internal/export"
)

// A packed case is a zip of its folder. Bounds of what is unpacked:
const (
	maxPackedFiles = 20000
	maxPackedBytes = 4 << 30
)

// Pack writes the folder of a case as one file.
func Pack(dir, path string) error {
	if _, err := Open(dir); err != nil {
		return err
	}
	return export.WriteFile(path, func(w io.Writer) error {
		z := zip.NewWriter(w)
		err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || strings.HasPrefix(d.Name(), ".") {
				return err
			}
			rel, err := filepath.Rel(dir, p)
			if err != nil {
				return err
			}
			in, err := os.Open(p)
			if err != nil {
				return err
			}
			defer in.Close()
			out, err := z.Create(filepath.ToSlash(rel))
			if err != nil {
				return err
			}
			_, err = io.Copy(out, in)
			return err
		})
		if err != nil {
			return fmt.Errorf("teach: pack: %w", err)
		}
		return z.Close()
	})
}

// Unpack puts a packed case into a folder of its name below root and returns it. Nothing is written outside that folder, and nothing
// is left behind on failure; a case of that name that is there already is not touched.
func Unpack(path, root string) (*Case, error) {
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
	c, err := Open(tmp)
	if err != nil {
		return nil, err
	}
	if c.ID != filepath.Base(c.ID) || strings.HasPrefix(c.ID, ".") {
		return nil, fmt.Errorf("teach: %w: %q cannot be the name of a folder", ErrCase, c.ID)
	}
	dir := filepath.Join(root, c.ID)
	if _, err := os.Lstat(dir); err == nil {
		return nil, fmt.Errorf("teach: a case %q is already there: %s", c.ID, dir)
	}
	if err := os.Chmod(tmp, 0o755); err != nil {
		return nil, fmt.Errorf("teach: %w", err)
	}
	if err := os.Rename(tmp, dir); err != nil {
		return nil, fmt.Errorf("teach: %w", err)
	}
	return c, nil
}

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
