package importer

// extraFiles are files of a bundle beside the 17 tables.
func extraFiles() []string { return nil }
