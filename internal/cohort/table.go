package cohort

import (
	"encoding/csv"
	"fmt"
	"io"
	"reflect"
	"strconv"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress/snappy"

	"github.com/vertefill/vertefill/internal/export"
)

// Table is a tidy table: every row one thing, every column one quantity, cells as text with a decimal point; an empty cell was not
// measured.
type Table struct {
	Name   string
	Fields []export.Field
	Rows   [][]string
}

// CSV writes the table with commas and a line of names.
func (t *Table) CSV(w io.Writer) error {
	c := csv.NewWriter(w)
	head := make([]string, len(t.Fields))
	for i, f := range t.Fields {
		head[i] = f.Name
	}
	err := c.Write(head)
	if err == nil {
		err = c.WriteAll(t.Rows)
	}
	if err != nil {
		return fmt.Errorf("cohort: table %s: %w", t.Name, err)
	}
	return nil
}

// Parquet writes the table as Apache Parquet: columns in the same order, typed, empty cells as null.
func (t *Table) Parquet(w io.Writer) error {
	kinds := map[string]reflect.Type{"string": reflect.TypeFor[*string](), "integer": reflect.TypeFor[*int64](), "number": reflect.TypeFor[*float64](), "boolean": reflect.TypeFor[*bool]()}
	fields := make([]reflect.StructField, len(t.Fields))
	for i, f := range t.Fields { // a struct keeps the order of its fields, unlike a parquet.Group
		fields[i] = reflect.StructField{Name: fmt.Sprint("F", i), Type: kinds[f.Type], Tag: reflect.StructTag(fmt.Sprintf("parquet:%q", f.Name+",optional"))}
	}
	schema := parquet.SchemaOf(reflect.New(reflect.StructOf(fields)).Elem().Interface())
	out := parquet.NewWriter(w, schema, parquet.Compression(&snappy.Codec{}), parquet.CreatedBy("vertefill", "", ""))
	rows := make([]parquet.Row, 0, len(t.Rows))
	for n, cells := range t.Rows {
		row := make(parquet.Row, len(cells))
		for i, s := range cells {
			v, err := typed(t.Fields[i].Type, s)
			if err != nil {
				return fmt.Errorf("cohort: table %s, row %d, column %s: %w", t.Name, n+1, t.Fields[i].Name, err)
			}
			if v == nil {
				row[i] = parquet.NullValue().Level(0, 0, i)
			} else {
				row[i] = parquet.ValueOf(v).Level(0, 1, i)
			}
		}
		rows = append(rows, row)
	}
	_, err := out.WriteRows(rows)
	if err == nil {
		err = out.Close()
	}
	if err != nil {
		return fmt.Errorf("cohort: table %s: %w", t.Name, err)
	}
	return nil
}

// typed reads a cell; nil is an empty one.
func typed(kind, s string) (any, error) {
	if s == "" {
		return nil, nil
	}
	switch kind {
	case "integer":
		return strconv.ParseInt(s, 10, 64)
	case "number":
		return strconv.ParseFloat(s, 64)
	case "boolean":
		return strconv.ParseBool(s)
	}
	return s, nil
}

// columnName keeps names of columns apart: a covariate called like a column of the program gets a tail.
func columnName(name string, taken map[string]bool) string {
	for taken[name] {
		name += "_"
	}
	taken[name] = true
	return name
}
