package exchange

import (
	"io"

	"github.com/vertefill/vertefill/internal/dicomout"
)

// WritePDF writes a document as Encapsulated PDF (PS3.3 A.45.1).
func (m Maker) WritePDF(w io.Writer, pdf []byte, title string, namesPatient bool) error {
	burned := "NO"
	if namesPatient {
		burned = "YES"
	}
	d := m.document(kind{classPDF, "DOC", "Vertefill report", 7005, 1, "report"}, title, "application/pdf", pdf)
	return dicomout.Write(w, append(d, dicomout.Dataset{
		{Tag: 0x00280301, VR: "CS", Value: burned}, {Tag: 0x00080064, VR: "CS", Value: "WSD"},
		Code{"18748-4", "LN", "Diagnostic imaging report"}.sequence(0x0040A043),
	}...))
}

// WriteSTL writes a binary STL surface in patient millimetres as Encapsulated STL (PS3.3 A.85.1).
func (m Maker) WriteSTL(w io.Writer, stl []byte, title string) error {
	d := m.document(kind{classSTL, "M3D", "Vertefill surfaces", 7006, 1, "surfaces"}, title, "model/stl", stl)
	d = append(d, m.frameOfReference()...)
	return dicomout.Write(w, append(d, dicomout.Dataset{
		m.referencedSeries(0x0008114A), {Tag: 0x00280301, VR: "CS", Value: "NO"},
		Millimetre.sequence(0x004008EA),
		Code{"85040-4", "LN", "CT 3D CAM model"}.sequence(0x0040A043),
		{Tag: 0x00687001, VR: "CS", Value: "NO"}, {Tag: 0x00687002, VR: "CS", Value: "NO"},
		{Tag: 0x00687003, VR: "SQ", Value: sct("261004008", "Diagnostic Intent").item()},
	}...))
}

// document returns what encapsulated documents share.
func (m Maker) document(k kind, title, mime string, content []byte) dicomout.Dataset {
	d := append(m.base(k), m.content()...)
	return append(d, dicomout.Dataset{
		{Tag: 0x0008002A, VR: "DT"}, {Tag: 0x00420010, VR: "ST", Value: m.text(title)}, {Tag: 0x00420012, VR: "LO", Value: mime},
		{Tag: 0x00420011, VR: "OB", Value: content}, {Tag: 0x00420015, VR: "UL", Value: len(content)},
		{Tag: 0x00420013, VR: "SQ", Value: m.imageItems()},
	}...)
}
