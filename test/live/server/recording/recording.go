// Package recording reads what commands printed on a node: `probes.json` and the files beside it.
package recording

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"sync"
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
var RealTools = []string{"cat", "dd", "echo", "env", "false", "grep", "head", "kill", "printf", "sed", "seq", "sh", "sleep", "test",
	"timeout", "tr", "true", "yes"}

var unsafe = regexp.MustCompile(`[^A-Za-z0-9._-]`)

// WriteIndex writes what the programs of a container answer from into a folder, as `command.c` reads it.
func WriteIndex(recorded, folder string) error {
	var index bytes.Buffer
	word := func(text string) { index.WriteString(text + "\x00") }
	for _, command := range Commands(recorded) {
		word(strconv.Itoa(len(command.Argv)))
		for _, each := range command.Argv {
			word(each)
		}
		status := 0
		if command.ExitCode != nil {
			status = *command.ExitCode
		}
		word(strconv.Itoa(status))
		for _, stream := range []string{"out", "err"} {
			path, err := command.unpacked(recorded, stream, folder)
			if err != nil {
				return err
			}
			word(path)
		}
	}
	return os.WriteFile(filepath.Join(folder, "index"), index.Bytes(), 0o600)
}

// Where an output of a command can be read as it is: what is packed is unpacked into a folder.
func (c Command) unpacked(recorded, stream, folder string) (string, error) {
	name := unsafe.ReplaceAllString(c.ID, "_") + "." + stream
	if _, err := os.Stat(filepath.Join(recorded, name+".gz")); err != nil {
		return filepath.Join(recorded, name), nil
	}
	text, _ := ReadFile(filepath.Join(recorded, name))
	path := filepath.Join(folder, name)
	return path, os.WriteFile(path, text, 0o600)
}

// unpacked holds what packed files contain: many nodes answer from one recording, which stays as it is.
var unpacked sync.Map

// ReadFile reads a file that may be packed, with `.gz` after its name.
func ReadFile(path string) ([]byte, bool) {
	if text, err := os.ReadFile(path); err == nil {
		return text, true
	}
	if text, ok := unpacked.Load(path); ok {
		return text.([]byte), true
	}
	text, err := unpack(path + ".gz")
	if err != nil {
		return nil, false
	}
	unpacked.Store(path, text)
	return text, true
}

func unpack(path string) ([]byte, error) {
	packed, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer packed.Close()
	reader, err := gzip.NewReader(packed)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(reader)
}
