package cohort

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/vertefill/vertefill/internal/session"
)

// ReadingKey leads from the anonymous sessions of a reading list back to the cases. Whoever reads must not have it.
type ReadingKey struct {
	Schema  string         `json:"schema"`
	Entries []ReadingEntry `json:"entries"`
}

// ReadingEntry is one session.
type ReadingEntry struct {
	Reader  string        `json:"reader"` // with " again" for the second reading of a case
	Place   string        `json:"place"`  // folder of the session
	Case    string        `json:"case"`
	Session session.Study `json:"session"` // series UIDs that the anonymous images have
}

const keySchema = "vertefill.reading-list/1"

// ReadKey reads the key of a reading list.
func ReadKey(path string) (*ReadingKey, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("cohort: %w", err)
	}
	k := &ReadingKey{}
	if err := json.Unmarshal(b, k); err != nil {
		return nil, fmt.Errorf("cohort: key of a reading list: %w: %s", err, path)
	}
	if k.Schema != keySchema {
		return nil, fmt.Errorf("cohort: not the key of a reading list: %s", path)
	}
	return k, nil
}

// find returns the entry whose images a session is about, or nil.
func (k *ReadingKey) find(s session.Study) *ReadingEntry {
	for i := range k.Entries {
		if e := &k.Entries[i]; s.Post != "" && e.Session.Post == s.Post {
			return e
		}
	}
	return nil
}
