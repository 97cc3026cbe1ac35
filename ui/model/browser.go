package model

// Browser is the folder browser with the preview of what a folder holds.
type Browser struct {
	Dir      string // the folder listed; empty before the first listing
	Entries  []Entry
	Unread   bool // the folder cannot be listed
	Selected int  // index in Entries, -1 for none
	Open     bool // the browser is shown though nothing is open yet
	Asked    int  // how often the field of the path was asked for
	Preview  *Study
	Empty    int // files looked at in a folder without images; 0 otherwise
}

// Entry is a folder or file of the listing.
type Entry struct {
	Name  string
	Dir   bool
	Bytes int64
}
