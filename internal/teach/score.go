package teach

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/vertefill/vertefill/internal/anatomy"
)

// Score is one judged answer of a learner, kept on this machine only.
type Score struct {
	Learner string    `json:"learner"` // the name the learner chose
	Case    string    `json:"case"`
	Time    time.Time `json:"time"`
	Answer  Answer    `json:"answer"`
	Points  float64   `json:"points"`
	Most    float64   `json:"most"`
	// Verdicts are what became of every question.
	Verdicts map[Question]Verdict `json:"verdicts,omitempty"`
}

// Book is the file of scores: one line of JSON a score, so that a crash loses at most the line being written.
type Book struct{ Path string }

// Add appends a score.
func (b Book) Add(s Score) error {
	if strings.TrimSpace(s.Learner) == "" {
		return errors.New("teach: a score needs the name of a learner")
	}
	if err := os.MkdirAll(filepath.Dir(b.Path), 0o700); err != nil {
		return fmt.Errorf("teach: scores: %w", err)
	}
	line, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("teach: scores: %w", err)
	}
	f, err := os.OpenFile(b.Path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("teach: scores: %w", err)
	}
	_, err = f.Write(append(line, '\n'))
	return errors.Join(err, f.Close())
}

// All reads every score in time; a line that was cut short is passed over.
func (b Book) All() ([]Score, error) {
	f, err := os.Open(b.Path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("teach: scores: %w", err)
	}
	defer f.Close()
	var out []Score
	in := bufio.NewScanner(f)
	in.Buffer(nil, 1<<20)
	for in.Scan() {
		var s Score
		if json.Unmarshal(in.Bytes(), &s) == nil && s.Learner != "" {
			out = append(out, s)
		}
	}
	if err := in.Err(); err != nil {
		return nil, fmt.Errorf("teach: scores: %w", err)
	}
	return out, nil
}

// Forget removes every score of a learner.
func (b Book) Forget(learner string) error {
	all, err := b.All()
	if err != nil || all == nil {
		return err
	}
	tmp := Book{b.Path + ".new"}
	os.Remove(tmp.Path)
	kept := 0
	for _, s := range all {
		if s.Learner != learner {
			kept++
			if err := tmp.Add(s); err != nil {
				return err
			}
		}
	}
	if kept == 0 {
		return os.Remove(b.Path)
	}
	if err := os.Rename(tmp.Path, b.Path); err != nil {
		return fmt.Errorf("teach: scores: %w", err)
	}
	return nil
}

// Standing is the sum of a learner's first answers: doing a case again does not raise it.
type Standing struct {
	Learner      string
	Cases        int
	Points, Most float64
}

// firstAnswers keeps the first score of every learner and case, in their order.
func firstAnswers(scores []Score) (out []Score) {
	seen := map[[2]string]bool{}
	for _, s := range scores {
		if key := [2]string{s.Learner, s.Case}; !seen[key] {
			seen[key] = true
			out = append(out, s)
		}
	}
	return out
}

// Class sums the scores by learner, the best share first.
func Class(scores []Score) []Standing {
	by := map[string]*Standing{}
	for _, s := range firstAnswers(scores) {
		t := by[s.Learner]
		if t == nil {
			t = &Standing{Learner: s.Learner}
			by[s.Learner] = t
		}
		t.Cases++
		t.Points += s.Points
		t.Most += s.Most
	}
	var out []Standing
	for _, t := range by {
		out = append(out, *t)
	}
	sort.Slice(out, func(i, j int) bool {
		a, b := out[i].Points*out[j].Most, out[j].Points*out[i].Most
		if a != b {
			return a > b
		}
		return out[i].Learner < out[j].Learner
	})
	return out
}

// Tally is how the class did with one question of a case, or of all cases where Case is empty: what to speak about.
type Tally struct {
	Case                 string
	Question             Question
	Right, Partly, Wrong int
}

// ByQuestion counts the verdicts on the first answers: of all cases first, then case by case, questions in the order of the quiz.
func ByQuestion(scores []Score) []Tally {
	type key struct {
		id string
		q  Question
	}
	count := map[key]*Tally{}
	ids := []string{""}
	for _, s := range firstAnswers(scores) {
		if !slices.Contains(ids, s.Case) {
			ids = append(ids, s.Case)
		}
		for q, v := range s.Verdicts {
			for _, id := range []string{"", s.Case} {
				t := count[key{id, q}]
				if t == nil {
					t = &Tally{Case: id, Question: q}
					count[key{id, q}] = t
				}
				switch v {
				case Right:
					t.Right++
				case Partly:
					t.Partly++
				case Wrong:
					t.Wrong++
				}
			}
		}
	}
	slices.Sort(ids)
	var out []Tally
	for _, id := range ids {
		for _, q := range questions {
			if t := count[key{id, q}]; t != nil {
				out = append(out, *t)
			}
		}
	}
	return out
}

// ClassCSV writes the standing of every learner as a row.
func ClassCSV(w io.Writer, class []Standing) error {
	c := csv.NewWriter(w)
	rows := [][]string{{"learner", "cases", "points", "most", "share"}}
	for _, s := range class {
		rows = append(rows, []string{s.Learner, strconv.Itoa(s.Cases), number(s.Points), number(s.Most), number(s.Points / s.Most)})
	}
	if err := c.WriteAll(rows); err != nil {
		return fmt.Errorf("teach: class: %w", err)
	}
	return nil
}

func number(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

// CSV writes every score as a row.
func CSV(w io.Writer, scores []Score) error {
	c := csv.NewWriter(w)
	rows := [][]string{{"learner", "case", "time", "level", "fill", "measured", "leaks", "types", "canal", "prior", "bodyDice", "bodyOffMl", "cementDice", "cementOffMl", "points", "most"}}
	for _, s := range scores {
		var leaks, prior []string
		for _, k := range s.Answer.Leaks {
			leaks = append(leaks, string(k))
		}
		for _, l := range s.Answer.Prior {
			prior = append(prior, l.String())
		}
		fill, measured, canal := "", "", string(s.Answer.Canal)
		if s.Answer.Fill >= 0 {
			fill = number(s.Answer.Fill)
		}
		if s.Answer.Measured != nil {
			measured = number(*s.Answer.Measured)
		}
		var types []string
		for _, k := range anatomy.Compartments {
			if t := s.Answer.Types[k]; t != "" {
				types = append(types, string(k)+":"+string(t))
			}
		}
		var drawn [4]string // Dice and error of the body, then of the cement
		for _, d := range s.Answer.Drawn {
			at := 0
			if d.Of == DrawnCement {
				at = 2
			}
			drawn[at] = strconv.FormatFloat(d.Dice, 'f', 3, 64)
			if off := d.OffML(); !math.IsNaN(off) && !math.IsInf(off, 0) {
				drawn[at+1] = strconv.FormatFloat(off, 'f', 3, 64)
			}
		}
		rows = append(rows, []string{s.Learner, s.Case, s.Time.UTC().Format(time.RFC3339), levelName(s.Answer.Level), fill, measured, strings.Join(leaks, " "), strings.Join(types, " "), canal, strings.Join(prior, " "), drawn[0], drawn[1], drawn[2], drawn[3], number(s.Points), number(s.Most)})
	}
	if err := c.WriteAll(rows); err != nil {
		return fmt.Errorf("teach: scores: %w", err)
	}
	return nil
}
