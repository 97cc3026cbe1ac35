package cohort

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// resolved follows links to the file or folder meant; what cannot be followed stays as it is. WalkDir does not enter a root that is
// a link.
func resolved(path string) string {
	if p, err := filepath.EvalSymlinks(path); err == nil {
		return p
	}
	return path
}

// key is a hash of everything that a result depends on: every byte of the inputs, the parameters, the program. Where the files lie
// does not matter, so that a cohort may be moved.
func key(ctx context.Context, c *Case, program string, args []string) (string, error) {
	sum := sha256.New()
	fmt.Fprintf(sum, "%s\n%q\n%q\n%q\n", program, args, c.Seeds, c.Levels)
	type input struct{ role, path string }
	roots := []input{{"study", c.Study}, {"post", c.Post}, {"pre", c.Pre}, {"session", c.Session}}
	for _, f := range c.Fluoro {
		roots = append(roots, input{"fluoro", f})
	}
	for _, in := range roots {
		if in.path == "" {
			continue
		}
		root := resolved(in.path)
		fmt.Fprintf(sum, "\n%s\n", in.role)
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if err := ctx.Err(); err != nil {
				return err
			}
			if d.IsDir() {
				return nil
			}
			if info, err := os.Stat(path); err == nil && info.IsDir() {
				return nil // a link to a folder below the root is not followed
			}
			rel, err := filepath.Rel(root, path)
			if err != nil {
				return err
			}
			f, err := os.Open(path)
			if err != nil {
				return err
			}
			defer f.Close()
			fmt.Fprintf(sum, "\n%s\n", filepath.ToSlash(rel))
			n, err := io.Copy(sum, f)
			fmt.Fprintf(sum, "\n%d\n", n)
			return err
		})
		if err != nil {
			return "", fmt.Errorf("cohort: case %s: %w", c.ID, err)
		}
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}
