package main

import (
	"bytes"
	"net/http"
	"path/filepath"
	"strconv"

	"calico-ebpf.test/live/recording"
)

// serveLog answers `logs` with the recorded log of Felix, bounded as a kubelet does it.
func (r *runner) serveLog(w http.ResponseWriter, req *http.Request) {
	folder, err := r.folderOf(req.PathValue("namespace") + "/" + req.PathValue("pod"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	text, _ := recording.ReadFile(filepath.Join(folder, "felix.log.out"))
	query := req.URL.Query()
	if lines, err := strconv.Atoi(query.Get("tailLines")); err == nil {
		all := bytes.SplitAfter(text, []byte("\n"))
		text = bytes.Join(all[max(0, len(all)-1-lines):], nil)
	}
	if limit, err := strconv.Atoi(query.Get("limitBytes")); err == nil {
		text = text[:min(limit, len(text))]
	}
	_, _ = w.Write(text)
	if query.Get("follow") == "true" {
		_ = http.NewResponseController(w).Flush()
		<-req.Context().Done()
	}
}
