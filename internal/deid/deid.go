// Package deid takes the identity of patients out of DICOM files, by the Basic Application Level Confidentiality Profile of DICOM PS3.15
// Annex E and its options, and keeps what can be measured.
//
// The rule is by value representation, so that nothing unknown slips through: person names, application entities, dates, free text,
// unknown bytes and private elements go unless listed as harmless; UIDs are replaced; codes and numbers stay unless Annex E removes
// them. At the end every text that stays is searched for the words of the patient's own identity. Pixels are not changed: the package
// warns where they may show text or a face. It knows nothing of networks and keeps no record beside the mapping that it is given.
package deid

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/big"
	"strings"
	"time"

	"github.com/vertefill/vertefill/internal/dicomout"
)

// Dates says what becomes of dates and times.
type Dates string

// What becomes of dates.
const (
	RemoveDates Dates = ""      // empty, or a dummy where a value is demanded
	ShiftDates  Dates = "shift" // all dates of a patient by the same number of days; times of day stay
	KeepDates   Dates = "keep"
)

// Options of Annex E. The zero value is the Basic Profile alone.
type Options struct {
	Dates            Dates
	CleanDescriptors bool // keep descriptions, without the words of the patient's identity
	KeepUIDs         bool
	KeepPatient      bool // sex, age (at most 90 years), size, weight
	KeepDevice       bool // station and serial numbers
	KeepInstitution  bool
	KeepSafePrivate  bool // private elements that Annex E lists as safe
}

// Mapping leads from the replaced identities back to the true ones. It is a secret: whoever has it can undo everything.
type Mapping struct {
	Key      string             `json:"key"` // hexadecimal; makes UIDs, pseudonyms and shifts
	Patients map[string]Patient `json:"patients"`
	UIDs     map[string]string  `json:"uids"` // true to new
}

// Patient is one line of the mapping, under the true patient ID.
type Patient struct {
	Pseudonym string `json:"pseudonym"`
	ShiftDays int    `json:"shiftDays"` // added to dates when they are shifted
}

// NewMapping makes a mapping with a random key.
func NewMapping() (*Mapping, error) {
	key := make([]byte, 32)
	if _, err := rand.Read(key); err != nil {
		return nil, fmt.Errorf("deid: %w", err)
	}
	return &Mapping{Key: hex.EncodeToString(key), Patients: map[string]Patient{}, UIDs: map[string]string{}}, nil
}

// ParseMapping reads a mapping that was written earlier, so that files added later fit those of before.
func ParseMapping(b []byte) (*Mapping, error) {
	m := &Mapping{}
	if err := json.Unmarshal(b, m); err != nil {
		return nil, fmt.Errorf("deid: mapping: %w", err)
	}
	if k, err := hex.DecodeString(m.Key); err != nil || len(k) < 16 {
		return nil, fmt.Errorf("deid: mapping: no key in it")
	}
	if m.Patients == nil {
		m.Patients = map[string]Patient{}
	}
	if m.UIDs == nil {
		m.UIDs = map[string]string{}
	}
	return m, nil
}

// sum is a keyed hash: without the key nobody can try identities out.
func (m *Mapping) sum(kind, s string) []byte {
	h := hmac.New(sha256.New, []byte(m.Key))
	h.Write([]byte(kind + "\x00" + s))
	return h.Sum(nil)
}

// standardRoot begins the UIDs that the standard itself defines.
const standardRoot = "1.2.840.10008."

// UID returns the replacement of a UID, always the same; UIDs of the standard stay.
func (m *Mapping) UID(old string) string {
	if old == "" || strings.HasPrefix(old, standardRoot) {
		return old
	}
	if n, ok := m.UIDs[old]; ok {
		return n
	}
	b := m.sum("uid", old)[:16]
	b[6], b[8] = b[6]&0x0f|0x80, b[8]&0x3f|0x80
	n := "2.25." + new(big.Int).SetBytes(b).String()
	m.UIDs[old] = n
	return n
}

// Patient returns the line of a patient ID, made on first use.
func (m *Mapping) Patient(id string) Patient {
	if p, ok := m.Patients[id]; ok {
		return p
	}
	b := m.sum("patient", id)
	p := Patient{
		Pseudonym: "ANON-" + strings.ToUpper(hex.EncodeToString(b[:4])),
		ShiftDays: -30 - int(binary.LittleEndian.Uint32(b[4:])%3600), // one month to ten years earlier
	}
	m.Patients[id] = p
	return p
}

// Change counts what was done to one attribute.
type Change struct {
	Tag    dicomout.Tag `json:"-"`
	Name   string       `json:"tag"`
	Action Action       `json:"action"`
	Times  int          `json:"times"`
}

// Action is what was done to an attribute.
type Action string

// The actions of Annex E that are used.
const (
	Removed  Action = "removed"
	Emptied  Action = "emptied"
	Replaced Action = "replaced"
	Mapped   Action = "UID mapped"
	Shifted  Action = "shifted"
	Cleaned  Action = "cleaned"
)

// shiftDate moves a DA or the date of a DT; ok is false when it is none.
func shiftDate(s string, days int) (string, bool) {
	if len(s) < 8 {
		return "", false
	}
	t, err := time.Parse("20060102", s[:8])
	if err != nil {
		return "", false
	}
	return t.AddDate(0, 0, days).Format("20060102") + s[8:], true
}
