package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"calico-ebpf.test/live/recording"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/remotecommand"
	utilexec "k8s.io/utils/exec"
)

// runner starts commands "in the container" of a pod: as children of the server, each in a session of its own, with
// nothing on the PATH but recorded commands and some real tools.
type runner struct {
	pods     string
	command  string
	work     string
	mutex    sync.Mutex
	sessions map[int]bool
	folders  map[string]string
	podsRead os.FileInfo
}

func (r *runner) ExecInContainer(_ context.Context, pod string, _ types.UID, container string, argv []string,
	in io.Reader, out, errOut io.WriteCloser, _ bool, _ <-chan remotecommand.TerminalSize, _ time.Duration) error {
	folder, err := r.folderOf(pod)
	if err != nil {
		return err
	}
	path, err := r.makePath(folder)
	if err != nil {
		return err
	}
	program, err := lookUp(argv[0], path)
	if err != nil {
		return fmt.Errorf("failed to exec in container: OCI runtime exec failed: exec failed: "+
			"unable to start container process: exec: %q: executable file not found in $PATH", argv[0])
	}
	return r.run(&exec.Cmd{
		Path:        program,
		Args:        argv,
		Dir:         folder,
		Env:         []string{"PATH=" + path, "RECORDED_COMMANDS=" + r.commandsOf(folder)},
		SysProcAttr: &syscall.SysProcAttr{Setsid: true},
	}, in, out, errOut)
}

// As a container runtime does it: when the client goes away the process lives on, until it writes or reads.
func (r *runner) run(cmd *exec.Cmd, in io.Reader, out, errOut io.WriteCloser) error {
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	stdout, stderr := pipe(&cmd.Stdout), pipe(&cmd.Stderr)
	if err := cmd.Start(); err != nil {
		return err
	}
	r.remember(cmd.Process.Pid)
	_ = cmd.Stdout.(*os.File).Close()
	_ = cmd.Stderr.(*os.File).Close()
	go func() {
		if in != nil {
			_, _ = io.Copy(stdin, in)
		}
		_ = stdin.Close()
	}()
	var copies sync.WaitGroup
	copies.Go(func() { forward(out, stdout) })
	copies.Go(func() { forward(errOut, stderr) })
	copies.Wait()

	err = cmd.Wait()
	var failed *exec.ExitError
	if !errors.As(err, &failed) {
		return err
	}
	code := failed.ExitCode()
	if status, ok := failed.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		code = 128 + int(status.Signal())
	}
	return utilexec.CodeExitError{Err: err, Code: code}
}

func pipe(writer *io.Writer) *os.File {
	read, write, err := os.Pipe()
	if err != nil {
		panic(err)
	}
	*writer = write
	return read
}

// Closing the reading end makes the next write of the process end it by SIGPIPE.
func forward(to io.Writer, from *os.File) {
	if to == nil {
		to = io.Discard
	}
	_, _ = io.CopyBuffer(struct{ io.Writer }{to}, struct{ io.Reader }{from}, make([]byte, 32*1024))
	_ = from.Close()
}

func (r *runner) folderOf(pod string) (string, error) {
	about, err := os.Stat(r.pods)
	if err != nil {
		return "", err
	}
	r.mutex.Lock()
	defer r.mutex.Unlock()
	// It is replaced as a whole when it changes: it is another file then, or has another time.
	if r.podsRead == nil || !os.SameFile(about, r.podsRead) || !about.ModTime().Equal(r.podsRead.ModTime()) {
		bytes, err := os.ReadFile(r.pods)
		if err != nil {
			return "", err
		}
		r.folders = nil
		if err := json.Unmarshal(bytes, &r.folders); err != nil {
			return "", err
		}
		r.podsRead = about
	}
	folder, ok := r.folders[pod]
	if !ok {
		return "", fmt.Errorf("container of %s not found", pod)
	}
	return folder, nil
}

// makePath answers the PATH of a container: the node's own `bin` if it has one, then its recorded commands and the
// real tools as links. A node with a file `bare` has its own `bin` only: no shell, nothing.
func (r *runner) makePath(folder string) (string, error) {
	own := filepath.Join(folder, "bin")
	if _, err := os.Stat(filepath.Join(folder, "bare")); err == nil {
		return own, nil
	}
	commands := r.commandsOf(folder)
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if _, err := os.Stat(commands); err == nil {
		return own + ":" + filepath.Join(commands, "bin"), nil
	}
	return own + ":" + filepath.Join(commands, "bin"), r.makeCommands(folder, commands)
}

// commandsOf is where the recorded commands of a folder are made ready.
func (r *runner) commandsOf(folder string) string {
	hash := fnv.New64a()
	_, _ = hash.Write([]byte(folder))
	return filepath.Join(r.work, fmt.Sprintf("commands-%x", hash.Sum64()))
}

func (r *runner) makeCommands(folder, commands string) error {
	for _, name := range []string{"bin", "real"} {
		if err := os.MkdirAll(filepath.Join(commands, name), 0o700); err != nil {
			return err
		}
	}
	programs := recording.Programs(folder)
	for _, name := range programs {
		if err := os.Symlink(r.command, filepath.Join(commands, "bin", name)); err != nil {
			return err
		}
	}
	for _, name := range recording.RealTools {
		program, err := exec.LookPath(name)
		if err != nil {
			continue
		}
		place := "bin"
		if slices.Contains(programs, name) {
			place = "real"
		}
		if err := os.Symlink(program, filepath.Join(commands, place, name)); err != nil {
			return err
		}
	}
	return recording.WriteIndex(folder, commands)
}

func lookUp(name, path string) (string, error) {
	if strings.Contains(name, "/") {
		return "", os.ErrNotExist
	}
	for _, folder := range filepath.SplitList(path) {
		if info, err := os.Stat(filepath.Join(folder, name)); err == nil && info.Mode()&0o111 != 0 {
			return filepath.Join(folder, name), nil
		}
	}
	return "", os.ErrNotExist
}

func (r *runner) remember(pid int) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if r.sessions == nil {
		r.sessions = map[int]bool{}
	}
	r.sessions[pid] = true
}

type process struct {
	Pid  int      `json:"pid"`
	Argv []string `json:"argv"`
}

// processes lists what is alive in the sessions of the commands that were started, children included.
func (r *runner) processes() []process {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	found := []process{}
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, stat := range stats {
		bytes, err := os.ReadFile(stat)
		if err != nil {
			continue // It has just ended.
		}
		// `pid (name) state ppid pgrp session …`; a name may hold spaces and brackets.
		fields := strings.Fields(string(bytes[strings.LastIndexByte(string(bytes), ')')+1:]))
		session, _ := strconv.Atoi(fields[3])
		if fields[0] == "Z" || !r.sessions[session] {
			continue
		}
		pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(stat)))
		line, _ := os.ReadFile(filepath.Join(filepath.Dir(stat), "cmdline"))
		found = append(found, process{pid, strings.Split(strings.TrimSuffix(string(line), "\x00"), "\x00")})
	}
	return found
}

func (r *runner) killAll() {
	for _, process := range r.processes() {
		_ = syscall.Kill(process.Pid, syscall.SIGKILL)
	}
}
