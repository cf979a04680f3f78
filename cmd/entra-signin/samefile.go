package main

import (
	"errors"
	"os"
)

// errSameFile is what cat says too. Records that are appended to the file they are read from would have no end.
var errSameFile = errors.New("input file is output file")

// isOutput tells whether an input is the regular file that standard output goes to.
func (a *app) isOutput(in any) bool {
	from, ok := in.(*os.File)
	to, isFile := a.out.(*os.File)
	if !ok || !isFile {
		return false
	}
	source, err := from.Stat()
	if err != nil || !source.Mode().IsRegular() {
		return false
	}
	target, err := to.Stat()
	return err == nil && os.SameFile(source, target)
}
