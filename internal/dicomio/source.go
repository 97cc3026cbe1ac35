package dicomio

import (
	"archive/zip"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"sync"
)

// source is the bytes of one file, on disk or in an archive. It can be opened again and again and by several goroutines.
type source interface {
	open() (blob, error)
}

// blob is an open source.
type blob struct {
	io.ReaderAt
	size  int64
	close func() error
}

// diskFile is an ordinary file, by path.
type diskFile string

func (p diskFile) open() (blob, error) {
	f, err := os.Open(string(p))
	if err != nil {
		return blob{}, err
	}
	st, err := f.Stat()
	if err != nil || !st.Mode().IsRegular() {
		f.Close()
		return blob{}, errors.Join(err, errNotRegular)
	}
	return blob{ReaderAt: f, size: st.Size(), close: f.Close}, nil
}

// archiveFile is the file of an archive. It is open only while an entry is read: on some systems an open file cannot be removed.
type archiveFile struct {
	path  string
	mu    sync.Mutex
	f     *os.File
	users int
}

func (a *archiveFile) acquire() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.users == 0 {
		f, err := os.Open(a.path)
		if err != nil {
			return err
		}
		a.f = f
	}
	a.users++
	return nil
}

func (a *archiveFile) release() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.users--; a.users == 0 {
		return a.f.Close()
	}
	return nil
}

// ReadAt implements io.ReaderAt between acquire and release.
func (a *archiveFile) ReadAt(b []byte, off int64) (int, error) { return a.f.ReadAt(b, off) }

// zipEntry is a file in an archive on disk, or in memory when disk is nil.
type zipEntry struct {
	file *zip.File
	data io.ReaderAt // of the whole archive
	disk *archiveFile
}

func (z zipEntry) open() (blob, error) {
	if z.file.UncompressedSize64 > maxInflated {
		return blob{}, errTooLarge
	}
	size := int64(z.file.UncompressedSize64)
	release := func() error { return nil }
	if z.disk != nil {
		if err := z.disk.acquire(); err != nil {
			return blob{}, err
		}
		release = z.disk.release
	}
	if z.file.Method == zip.Store {
		off, err := z.file.DataOffset()
		if err != nil {
			return blob{}, errors.Join(err, release())
		}
		return blob{ReaderAt: io.NewSectionReader(z.data, off, size), size: size, close: release}, nil
	}
	r, err := z.file.Open()
	if err != nil {
		return blob{}, errors.Join(err, release())
	}
	return blob{ReaderAt: newInflater(r), size: size, close: func() error { return errors.Join(r.Close(), release()) }}, nil
}

// Limits on archives. A study has a few thousand files; archives of archives are met, deeper ones are not.
const (
	maxEntries  = 200_000
	maxZipDepth = 2
	maxUnpacked = 2 * maxInflated // archives inside archives, together
)

// candidate is a file to look at.
type candidate struct {
	path string
	src  source
}

// walker lists the files under the paths of a scan: folders of any depth, archives, single files. The names come first, which is
// quick; expand then opens what may be an archive.
type walker struct {
	ctx     context.Context
	files   []string
	skipped []Skipped
	seen    map[string]bool // cleaned paths: a file given twice is read once
	found   func(candidate) // hears of every file in the order of the list

	unpacked int64 // bytes of archives inside archives
}

// path lists one path of the scan. Only a path that cannot be read at all is an error. A path that is itself a link is followed;
// links to folders inside a tree are not, since they may lead back into it.
func (w *walker) path(p string) error {
	st, err := os.Stat(p)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return refuse(CodeUnreadable, sayf("there is no file or folder %s", "il n’y a ni fichier ni dossier %s", p), err)
	case err != nil:
		return refuse(CodeUnreadable, sayf("%v: %s", "%v\u202f: %s", notRead(err), p), err)
	}
	if !st.IsDir() {
		if !strings.EqualFold(filepath.Base(p), "DICOMDIR") {
			w.file(p)
			return w.ctx.Err()
		}
		// A hint only: the files beside it decide. It is listed with them.
		if real, err := filepath.EvalSymlinks(p); err == nil {
			p = real
		}
		p = filepath.Dir(p)
	}
	root, err := filepath.EvalSymlinks(p)
	if err != nil {
		return refuse(CodeUnreadable, sayf("%v: %s", "%v\u202f: %s", notRead(err), p), err)
	}
	return filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if w.ctx.Err() != nil {
			return w.ctx.Err()
		}
		if rest, below := strings.CutPrefix(path, root); below {
			path = filepath.Join(p, rest) // as the caller named it
		}
		switch {
		case err != nil:
			w.skip(path, CodeUnreadable, notRead(err))
		case d.Type().IsRegular():
			w.file(path)
		case d.Type()&fs.ModeSymlink != 0:
			st, err := os.Stat(path)
			switch {
			case err == nil && st.Mode().IsRegular():
				w.file(path)
			case err == nil && st.IsDir():
				w.skip(path, CodeUnreadable, said{"a link to a folder: open that folder itself", "un lien vers un dossier\u202f: ouvrez ce dossier lui-même"})
			default:
				w.skip(path, CodeUnreadable, said{"a link that leads to no file", "un lien qui ne mène à aucun fichier"})
			}
		case !d.IsDir():
			w.skip(path, CodeUnreadable, errNotRegular)
		}
		return nil
	})
}

func (w *walker) skip(path string, code Code, why said) {
	w.skipped = append(w.skipped, *code.because(path, why))
}

// notRead says that the system refused to read a file.
func notRead(err error) said {
	return sayf("cannot be read: %v", "ne peut pas être lu\u202f: %v", errText(err))
}

var errNotRegular = said{"not a regular file", "pas un fichier ordinaire"}

func (w *walker) file(path string) {
	clean := filepath.Clean(path)
	if w.seen[clean] {
		return
	}
	w.seen[clean] = true
	w.files = append(w.files, path)
}

// expand hands every listed file to found, archives by their entries. left hears how many listed names are still to come.
func (w *walker) expand(left func(names int)) {
	for i, path := range w.files {
		if w.ctx.Err() != nil {
			return
		}
		if looksLikeZip(path) {
			w.open(path)
		} else {
			w.found(candidate{path, diskFile(path)})
		}
		left(len(w.files) - i - 1)
	}
}

// open lists an archive on disk.
func (w *walker) open(path string) {
	a := &archiveFile{path: path}
	st, err := os.Stat(path)
	if err == nil {
		err = a.acquire()
	}
	if err != nil {
		w.skip(path, CodeUnreadable, notRead(err))
		return
	}
	defer a.release()
	w.archive(path, a, st.Size(), a, 1)
}

// zipHead begins every archive that holds a file.
const zipHead = "PK\x03\x04"

func looksLikeZip(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	var b [4]byte
	n, _ := io.ReadFull(f, b[:])
	return n == 4 && string(b[:]) == zipHead
}

// archive lists the entries of an archive.
func (w *walker) archive(path string, r io.ReaderAt, size int64, disk *archiveFile, depth int) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		w.skip(path, CodeCorrupt, sayf("a damaged archive: %v", "une archive endommagée\u202f: %v", err))
		return
	}
	if len(z.File) > maxEntries {
		w.skip(path, CodeTooLarge, sayf("an archive of %d files, %d are read at most", "une archive de %d fichiers, %d au plus sont lus", len(z.File), maxEntries))
		return
	}
	entries := append([]*zip.File(nil), z.File...)
	sort.SliceStable(entries, func(i, j int) bool { return entries[i].Name < entries[j].Name })
	for _, f := range entries {
		name := path + "!" + strings.ToValidUTF8(f.Name, "?")
		switch {
		case f.FileInfo().IsDir():
		case f.Flags&1 != 0:
			w.skip(name, CodeUnsupported, said{"encrypted: unpack the archive first", "chiffré\u202f: décompressez d’abord l’archive"})
		case !archived(f):
			w.found(candidate{name, zipEntry{f, r, disk}})
		case depth >= maxZipDepth:
			w.skip(name, CodeUnsupported, sayf("archives nested deeper than %d are not opened", "les archives imbriquées à plus de %d niveaux ne sont pas ouvertes", maxZipDepth))
		default:
			w.nested(name, zipEntry{f, r, disk}, depth)
		}
	}
}

// archived reports whether an entry is an archive itself, by its first bytes; its name may tell nothing.
func archived(f *zip.File) bool {
	if strings.HasSuffix(strings.ToLower(f.Name), ".zip") {
		return true
	}
	r, err := f.Open()
	if err != nil {
		return false
	}
	defer r.Close()
	var b [4]byte
	n, _ := io.ReadFull(r, b[:])
	return n == 4 && string(b[:]) == zipHead
}

// nested lists an archive inside an archive. A compressed one is unpacked into memory, where it stays as long as the inventory.
func (w *walker) nested(name string, z zipEntry, depth int) {
	b, err := z.open()
	if err != nil {
		w.skip(name, CodeUnreadable, notRead(err))
		return
	}
	defer b.close()
	in, packed := b.ReaderAt.(*inflater)
	if !packed {
		w.archive(name, b, b.size, z.disk, depth+1)
		return
	}
	if w.unpacked += b.size; w.unpacked > maxUnpacked {
		w.skip(name, CodeTooLarge, sayf("archives inside archives of more than %d MiB together", "des archives imbriquées de plus de %d Mio en tout", maxUnpacked>>20))
		return
	}
	n, err := in.readAll() // all of it, so that goroutines can read from it at once
	if err != nil {
		w.skip(name, CodeCorrupt, notRead(err))
		return
	}
	w.archive(name, in, n, nil, depth+1)
}

// errText returns the message of an error without the path that the caller prints already.
func errText(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}
