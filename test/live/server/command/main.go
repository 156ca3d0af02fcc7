// Every recorded command: linked under the name of a program, it prints what that program printed when it was
// recorded with the same arguments. What is not recorded, and is a real tool, runs for real.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"syscall"

	"calico-ebpf.test/live/recording"
)

func main() {
	folder := os.Getenv("RECORDED_NODE")
	argv := slices.Clone(os.Args)
	argv[0] = filepath.Base(argv[0])
	for _, command := range recording.Commands(folder) {
		if slices.Equal(command.Argv, argv) {
			os.Exit(play(command, folder))
		}
	}
	if slices.Contains(recording.RealTools, argv[0]) {
		for _, place := range []string{"/usr/bin", "/bin"} {
			_ = syscall.Exec(filepath.Join(place, argv[0]), argv, os.Environ())
		}
	}
	fmt.Fprintf(os.Stderr, "Error: %q is not recorded\n", argv)
	os.Exit(127)
}

func play(command recording.Command, folder string) int {
	stderr, _ := recording.ReadFile(command.Path(folder, "err"))
	_, _ = os.Stderr.Write(stderr)
	stdout, _ := recording.ReadFile(command.Path(folder, "out"))
	_, _ = os.Stdout.Write(stdout)
	if command.ExitCode == nil {
		return 0
	}
	return *command.ExitCode
}
