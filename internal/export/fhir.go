package export

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"

	"github.com/vertefill/vertefill/internal/assess"
	"github.com/vertefill/vertefill/internal/exchange"
	"github.com/vertefill/vertefill/internal/text"
)

type object = map[string]any

// Systems of codes and units in FHIR R4.
const (
	snomedSystem = "http://snomed.info/sct"
	unitSystem   = "http://unitsofmeasure.org"
	ownSystem    = "https://github.com/vertefill/vertefill/codes"
)

// FHIR writes the result as a FHIR R4 bundle (HL7 2019): a DiagnosticReport and one Observation a figure, of every vertebra and of
// every leak, each with its 90 % interval as components. The bundle names the patient only when the options do, by name and number
// without reference to a server; identifiers are made from the series, so equal results give equal bundles.
func FHIR(w io.Writer, r *assess.Report, o Options) error {
	o.Lang = o.lang()
	f := &fhir{r: r, l: o.Lang, t: words[o.Lang], o: o}
	for i := range r.Vertebrae {
		f.vertebra(&r.Vertebrae[i])
	}
	for i := range r.Leaks {
		f.leak(&r.Leaks[i])
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	if err := e.Encode(f.bundle()); err != nil {
		return fmt.Errorf("export: fhir: %w", err)
	}
	return nil
}

type fhir struct {
	r            *assess.Report
	l            text.Lang
	t            map[string]string
	o            Options
	observations []object
	references   []object
}

// uuid makes an identifier of the series and a name: bits of a digest in the form of version 8 (RFC 9562, free use).
func (f *fhir) uuid(name string) string {
	h := sha256.Sum256([]byte(seriesUID(f.r) + "\n" + name))
	h[6], h[8] = h[6]&0x0F|0x80, h[8]&0x3F|0x80
	return fmt.Sprintf("urn:uuid:%x-%x-%x-%x-%x", h[0:4], h[4:6], h[6:8], h[8:10], h[10:16])
}

func (f *fhir) status() string {
	if f.o.SignOff.Signed != "" {
		return "final"
	}
	return "preliminary"
}

func (f *fhir) subject(into object) object {
	if s := f.o.Study; !s.Anonymous() {
		subject := object{"type": "Patient", "display": s.Patient}
		if s.ID != "" {
			subject["identifier"] = object{"value": s.ID}
		}
		into["subject"] = subject
	}
	return into
}

func concept(code, display string) object {
	return object{"coding": []object{{"system": snomedSystem, "code": code, "display": display}}, "text": display}
}

func ownConcept(code, display string) object {
	return object{"coding": []object{{"system": ownSystem, "code": code, "display": display}}, "text": display}
}

// Codes of quantities: SNOMED CT where it has one, as in the DICOM context groups of measurements.
func volumeCode() object { return concept("118565006", "Volume") }
func ratioCode() object  { return concept("118586006", "Ratio") }

func quantity(value float64, unit, ucum string) object {
	return object{"value": value, "unit": unit, "system": unitSystem, "code": ucum}
}

// interval adds an interval to an observation.
func (f *fhir) interval(into object, i *assess.Interval, scale float64, unit, ucum string) {
	if i == nil {
		return
	}
	into["component"] = []object{
		{"code": ownConcept("interval-low", "lower end of the 90 % interval"), "valueQuantity": quantity(rounded(i[0]*scale), unit, ucum)},
		{"code": ownConcept("interval-high", "upper end of the 90 % interval"), "valueQuantity": quantity(rounded(i[1]*scale), unit, ucum)},
	}
}

func (f *fhir) observe(name string, code object, site object, fill func(object)) {
	o := f.subject(object{
		"resourceType": "Observation", "status": f.status(), "code": code, "bodySite": site,
		"category": []object{{"coding": []object{{"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "imaging"}}}},
		"device":   object{"display": "Vertefill " + f.r.Software.Version},
	})
	if uid := seriesUID(f.r); uid != "" {
		o["derivedFrom"] = []object{{"type": "ImagingStudy", "display": "CT series", "identifier": object{"system": "urn:dicom:uid", "value": "urn:oid:" + uid}}}
	}
	fill(o)
	id := f.uuid(name)
	f.observations = append(f.observations, object{"fullUrl": id, "resource": o})
	f.references = append(f.references, object{"reference": id, "display": name})
}

func (f *fhir) vertebra(v *assess.Vertebra) {
	code := exchange.Level(v.Level)
	site := object{"text": v.Level.String()}
	if code.Scheme == "SCT" {
		site["coding"] = []object{{"system": snomedSystem, "code": code.Value, "display": code.Meaning}}
	}
	name := v.Level.String()
	measure := func(what string, code object, value float64, unit, ucum string, i *assess.Interval, scale float64) {
		code["text"] = what
		f.observe(name+" "+what, code, site, func(o object) {
			o["valueQuantity"] = quantity(rounded(value*scale), unit, ucum)
			f.interval(o, i, scale, unit, ucum)
		})
	}
	measure("vertebral body volume", volumeCode(), v.BodyVolumeML, "mL", "mL", v.BodyVolumeIntervalML, 1)
	if v.CementInBodyML > 0 {
		measure("new cement in the body", volumeCode(), v.CementInBodyML, "mL", "mL", v.CementInBodyIntervalML, 1)
	}
	if v.PriorCementML > 0 {
		measure("prior cement in the body", volumeCode(), v.PriorCementML, "mL", "mL", nil, 1)
	}
	if v.CementInPedicleML > 0 {
		measure("new cement in pedicle or arch", volumeCode(), v.CementInPedicleML, "mL", "mL", nil, 1)
	}
	if v.CementInBodyML+v.PriorCementML > 0 {
		measure("fill ratio", ratioCode(), v.FillRatio, "%", "%", v.FillRatioInterval, 100)
	}
	if h := v.HeightsMM; h != nil {
		for _, x := range []struct {
			what string
			mm   float64
		}{{"anterior height", h.Anterior}, {"middle height", h.Middle}, {"posterior height", h.Posterior}} {
			measure(x.what, concept("410668003", "Length"), x.mm, "mm", "mm", nil, 1)
		}
	}
}

func (f *fhir) leak(k *assess.Leak) {
	name := fmt.Sprintf("leak %d", k.ID)
	f.observe(name, ownConcept("leak-"+string(k.Compartment), compartments[text.English][k.Compartment]+" cement leak"), object{"text": leakName(*k, f.l)}, func(o object) {
		o["valueQuantity"] = quantity(k.VolumeML, "mL", "mL")
		f.interval(o, k.VolumeIntervalML, 1, "mL", "mL")
		list, _ := o["component"].([]object)
		add := func(code, display string, value float64, unit, ucum string) {
			list = append(list, object{"code": ownConcept(code, display), "valueQuantity": quantity(rounded(value), unit, ucum)})
		}
		add("leak-length", "length", k.LengthMM, "mm", "mm")
		add("leak-reach", "reach from the surface of the body", k.ReachMM, "mm", "mm")
		if k.CanalEncroachmentMM != nil {
			add("canal-encroachment", "depth in the canal", *k.CanalEncroachmentMM, "mm", "mm")
		}
		if k.CanalEncroachmentFraction != nil {
			add("canal-encroachment-area", "share of the canal's area", 100**k.CanalEncroachmentFraction, "%", "%")
		}
		list = append(list, object{"code": ownConcept("leak-type", "type (Yeom 2003)"), "valueString": string(k.Type)})
		o["component"] = list
	})
}

func (f *fhir) bundle() object {
	report := f.subject(object{
		"resourceType": "DiagnosticReport", "status": f.status(), "language": string(f.l), "code": object{"text": title(f.r, f.l)}, "conclusion": plain(Summary(f.r, f.l)),
		"category": []object{{"coding": []object{{"system": "http://terminology.hl7.org/CodeSystem/v2-0074", "code": "RAD", "display": "Radiology"}}}},
	})
	if len(f.references) > 0 {
		report["result"] = f.references
	}
	if f.o.SignOff.Reader != "" {
		report["resultsInterpreter"] = []object{{"type": "Practitioner", "display": f.o.SignOff.Reader}}
	}
	if d := f.o.Study.Date; len(d) == 8 {
		report["effectiveDateTime"] = d[:4] + "-" + d[4:6] + "-" + d[6:]
	}
	entries := append([]object{{"fullUrl": f.uuid("report"), "resource": report}}, f.observations...)
	return object{"resourceType": "Bundle", "type": "collection", "entry": entries}
}

// rounded takes off the digits that multiplying by a hundred leaves.
func rounded(x float64) float64 {
	const digits = 1e6
	if x < 0 {
		return float64(int64(x*digits-0.5)) / digits
	}
	return float64(int64(x*digits+0.5)) / digits
}
