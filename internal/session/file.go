package session

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"strconv"
)

// Extension ends the names of session files and journals.
const Extension = ".vertefill"

// ErrNoSession says that a file is not a session.
var ErrNoSession = errors.New("session: this file is not a Vertefill session")

// maxLine bounds a record: a signed report of many leaks takes a few hundred kilobytes.
const maxLine = 64 << 20

// encode makes the line of a record.
func encode(r Record) ([]byte, error) {
	text, err := json.Marshal(r)
	if err != nil {
		return nil, fmt.Errorf("session: %w", err)
	}
	return fmt.Appendf(nil, "%08x %s\n", crc32.ChecksumIEEE(text), text), nil
}

// decode reads a line; ok is false when it is damaged or cut short.
func decode(line []byte) (r Record, ok bool) {
	sum, text, found := bytes.Cut(bytes.TrimSuffix(line, []byte{'\n'}), []byte{' '})
	want, err := strconv.ParseUint(string(sum), 16, 32)
	if !found || err != nil || uint32(want) != crc32.ChecksumIEEE(text) {
		return r, false
	}
	return r, json.Unmarshal(text, &r) == nil
}

// read adds up the records of r until its end or the first damaged line; good is the number of bytes before that.
func read(r io.Reader) (s State, good int64, err error) {
	in := bufio.NewReader(io.LimitReader(r, 1<<32))
	for {
		line, err := in.ReadBytes('\n')
		if err != nil || len(line) > maxLine { // a line without an end was cut short
			break
		}
		record, ok := decode(line)
		if !ok {
			break
		}
		if good == 0 && record.Op != OpStudy {
			return s, 0, ErrNoSession
		}
		if err := s.Apply(record); err != nil {
			return s, good, err
		}
		good += int64(len(line))
	}
	if good == 0 {
		return s, 0, ErrNoSession
	}
	return s, good, nil
}

// Read reads a session file or journal without writing to it.
func Read(path string) (State, error) {
	f, err := os.Open(path)
	if err != nil {
		return State{}, fmt.Errorf("session: %w", err)
	}
	defer f.Close()
	s, _, err := read(f)
	return s, err
}

// Write writes a state as a session file, beside the old one and then in its place, so that a full disk leaves one or the other.
func Write(path string, s State) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".session-*")
	if err != nil {
		return fmt.Errorf("session: %w", err)
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
			err = fmt.Errorf("session: %w", err)
		}
	}()
	for _, r := range s.Records() {
		line, err := encode(r)
		if err != nil {
			return err
		}
		if _, err := f.Write(line); err != nil {
			return err
		}
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
