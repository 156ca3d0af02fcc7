// Package recording reads what commands printed on a node: `probes.json` and the files beside it.
package recording

import (
	"compress/gzip"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
)

// Command is a recorded command as `probes.json` lists it.
type Command struct {
	ID       string   `json:"id"`
	Argv     []string `json:"argv"`
	ExitCode *int     `json:"exitCode"`
}

// Commands lists what was recorded of a node; nothing where there is no recording.
func Commands(folder string) []Command {
	var commands []Command
	if text, ok := ReadFile(filepath.Join(folder, "probes.json")); ok {
		_ = json.Unmarshal(text, &commands)
	}
	return commands
}

// Programs lists the programs that the recorded commands name: a real node has one form of Calico's tool, not both.
func Programs(folder string) []string {
	var names []string
	for _, command := range Commands(folder) {
		if len(command.Argv) > 0 && !slices.Contains(names, command.Argv[0]) {
			names = append(names, command.Argv[0])
		}
	}
	return names
}

// RealTools are the programs that a container has beside the recorded ones, and that run for real.
var RealTools = []string{"cat", "dd", "echo", "env", "false", "head", "kill", "printf", "seq", "sh", "sleep", "test",
	"timeout", "tr", "true", "yes"}

var unsafe = regexp.MustCompile(`[^A-Za-z0-9._-]`)

// Path is where the output of a command is; stream is `out` or `err`.
func (c Command) Path(folder, stream string) string {
	return filepath.Join(folder, unsafe.ReplaceAllString(c.ID, "_")+"."+stream)
}

// ReadFile reads a file that may be packed, with `.gz` after its name.
func ReadFile(path string) ([]byte, bool) {
	if text, err := os.ReadFile(path); err == nil {
		return text, true
	}
	packed, err := os.Open(path + ".gz")
	if err != nil {
		return nil, false
	}
	defer packed.Close()
	reader, err := gzip.NewReader(packed)
	if err != nil {
		return nil, false
	}
	text, err := io.ReadAll(reader)
	return text, err == nil
}
