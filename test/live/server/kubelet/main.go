// A kubelet as far as `exec` and `logs` need one: it answers them for every pod from a folder of recorded commands.
package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"time"

	"k8s.io/apimachinery/pkg/util/remotecommand"
	streaming "k8s.io/kubelet/pkg/cri/streaming/remotecommand"
)

func main() {
	certificate := flag.String("certificate", "", "file of the serving certificate")
	key := flag.String("key", "", "file of its key")
	clients := flag.String("clients", "", "file of the authority of the clients' certificates")
	pods := flag.String("pods", "", "file that maps namespace/pod to the folder of a recorded node")
	command := flag.String("command", "", "program that plays a recorded command")
	work := flag.String("work", "", "folder for what the server makes")
	flag.Parse()

	runner := &runner{pods: *pods, command: *command, work: *work}
	kubelet := listen()
	control := listen()
	// The harness reads both ports from the first line, and stops the server by closing its standard input.
	fmt.Printf("{\"kubelet\":%d,\"control\":%d}\n", port(kubelet), port(control))
	go func() { log.Fatal(http.Serve(control, controlHandler(runner))) }()
	server := &http.Server{Handler: kubeletHandler(runner), TLSConfig: trust(*clients)}
	go func() { log.Fatal(server.ServeTLS(kubelet, *certificate, *key)) }()
	_, _ = io.Copy(io.Discard, os.Stdin)
	runner.killAll()
}

func kubeletHandler(runner *runner) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/exec/{namespace}/{pod}/{container}", func(w http.ResponseWriter, req *http.Request) {
		options, err := streaming.NewOptions(req)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		pod := req.PathValue("namespace") + "/" + req.PathValue("pod")
		streaming.ServeExec(w, req, runner, pod, "", req.PathValue("container"), req.URL.Query()["command"],
			options, 4*time.Hour, 30*time.Second, remotecommand.SupportedStreamingProtocols)
	})
	mux.HandleFunc("/containerLogs/{namespace}/{pod}/{container}", runner.serveLog)
	return mux
}

// What only tests ask: which processes are alive in the containers.
func controlHandler(runner *runner) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/processes", func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(runner.processes())
	})
	return mux
}

func trust(file string) *tls.Config {
	pem, err := os.ReadFile(file)
	if err != nil {
		log.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(pem)
	return &tls.Config{ClientCAs: pool, ClientAuth: tls.RequireAndVerifyClientCert}
}

func listen() net.Listener {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	return listener
}

func port(listener net.Listener) int {
	return listener.Addr().(*net.TCPAddr).Port
}
