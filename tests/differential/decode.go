// The engine's reading of bodies: Go's encoding/json into structs of the engine's shape.
//
// Standard input: "KIND LENGTH\n" and LENGTH bytes, again and again. For each goes out "STATUS LENGTH\n" and
// LENGTH bytes: status 0 and all fields as they were read, or status 400 and the error. A body is
// decoded as the engine's HTTP layer does it: one value, and nothing but white space behind it.
//
// Sources of names and types: the Engine API's reference, moby api/types.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
)

// words is a list that may be written as one string.
type words []string

func (w *words) UnmarshalJSON(b []byte) error {
	if len(b) == 0 {
		return nil
	}
	list := make([]string, 0, 1)
	if err := json.Unmarshal(b, &list); err != nil {
		var one string
		if err := json.Unmarshal(b, &one); err != nil {
			return err
		}
		list = append(list, one)
	}
	*w = list
	return nil
}

type empty struct{}

type execCreate struct {
	User                                    string
	Privileged, Tty                         bool
	ConsoleSize                             *[2]uint
	AttachStdin, AttachStderr, AttachStdout bool
	DetachKeys                              string
	Env                                     []string
	WorkingDir                              string
	Cmd                                     []string
}

type execStart struct {
	Detach, Tty bool
	ConsoleSize *[2]uint
}

type healthcheck struct {
	Test                                          []string
	Interval, Timeout, StartPeriod, StartInterval int64
	Retries                                       int
}

type config struct {
	Hostname, Domainname, User              string
	AttachStdin, AttachStdout, AttachStderr bool
	ExposedPorts                            map[string]empty
	Tty, OpenStdin, StdinOnce               bool
	Env                                     []string
	Cmd                                     words
	Healthcheck                             *healthcheck
	ArgsEscaped                             bool
	Image                                   string
	Volumes                                 map[string]empty
	WorkingDir                              string
	Entrypoint                              words
	NetworkDisabled                         bool
	MacAddress                              string
	OnBuild                                 []string
	Labels                                  map[string]string
	StopSignal                              string
	StopTimeout                             *int
	Shell                                   words
}

type device struct{ PathOnHost, PathInContainer, CgroupPermissions string }

type deviceRequest struct {
	Driver       string
	Count        int
	DeviceIDs    []string
	Capabilities [][]string
	Options      map[string]string
}

type weightDevice struct {
	Path   string
	Weight uint16
}

type throttleDevice struct {
	Path string
	Rate uint64
}

type ulimit struct {
	Name       string
	Hard, Soft int64
}

type resources struct {
	CpuShares, Memory, NanoCpus                                int64
	CgroupParent                                               string
	BlkioWeight                                                uint16
	BlkioWeightDevice                                          []*weightDevice
	BlkioDeviceReadBps, BlkioDeviceWriteBps                    []*throttleDevice
	BlkioDeviceReadIOps, BlkioDeviceWriteIOps                  []*throttleDevice
	CpuPeriod, CpuQuota, CpuRealtimePeriod, CpuRealtimeRuntime int64
	CpusetCpus, CpusetMems                                     string
	Devices                                                    []device
	DeviceCgroupRules                                          []string
	DeviceRequests                                             []deviceRequest
	KernelMemory, KernelMemoryTCP                              int64
	MemoryReservation, MemorySwap                              int64
	MemorySwappiness                                           *int64
	OomKillDisable                                             *bool
	PidsLimit                                                  *int64
	Ulimits                                                    []*ulimit
	CpuCount, CpuPercent                                       int64
	IOMaximumIOps, IOMaximumBandwidth                          uint64
}

type restart struct {
	Name              string
	MaximumRetryCount int
}

type port struct{ HostIp, HostPort string }

type driver struct {
	Name    string
	Options map[string]string
}

type volumeOptions struct {
	NoCopy       bool
	Labels       map[string]string
	Subpath      string
	DriverConfig *driver
}

type mount struct {
	Type, Source, Target string
	ReadOnly             bool
	Consistency          string
	BindOptions          *struct {
		Propagation                                                                  string
		NonRecursive, CreateMountpoint, ReadOnlyNonRecursive, ReadOnlyForceRecursive bool
	}
	VolumeOptions *volumeOptions
	ImageOptions  *struct{ Subpath string }
	TmpfsOptions  *struct {
		SizeBytes int64
		Mode      uint32
		Options   [][]string
	}
	ClusterOptions *empty
}

type hostConfig struct {
	Binds           []string
	ContainerIDFile string
	LogConfig       struct {
		Type   string
		Config map[string]string
	}
	NetworkMode                 string
	PortBindings                map[string][]port
	RestartPolicy               restart
	AutoRemove                  bool
	VolumeDriver                string
	VolumesFrom                 []string
	ConsoleSize                 [2]uint
	Annotations                 map[string]string
	CapAdd, CapDrop             words
	CgroupnsMode                string
	Dns, DnsOptions, DnsSearch  []string
	ExtraHosts, GroupAdd        []string
	IpcMode, Cgroup             string
	Links                       []string
	OomScoreAdj                 int
	PidMode                     string
	Privileged, PublishAllPorts bool
	ReadonlyRootfs              bool
	SecurityOpt                 []string
	StorageOpt, Tmpfs           map[string]string
	UTSMode, UsernsMode         string
	ShmSize                     int64
	Sysctls                     map[string]string
	Runtime, Isolation          string
	resources
	Mounts                     []mount
	MaskedPaths, ReadonlyPaths []string
	Init                       *bool
}

type endpoint struct {
	IPAMConfig *struct {
		IPv4Address, IPv6Address string
		LinkLocalIPs             []string
	}
	Links, Aliases                            []string
	MacAddress                                string
	DriverOpts                                map[string]string
	GwPriority                                int
	NetworkID, EndpointID, Gateway, IPAddress string
	IPPrefixLen                               int
	IPv6Gateway, GlobalIPv6Address            string
	GlobalIPv6PrefixLen                       int
	DNSNames                                  []string
}

type containerCreate struct {
	*config
	HostConfig       *hostConfig
	NetworkingConfig *struct {
		EndpointsConfig map[string]*endpoint
	}
}

type containerUpdate struct {
	resources
	RestartPolicy restart
}

type ipamConfig struct {
	Subnet, IPRange, Gateway string
	AuxiliaryAddresses       map[string]string
}

type networkCreate struct {
	Name                   string
	CheckDuplicate         bool
	Driver, Scope          string
	EnableIPv4, EnableIPv6 *bool
	IPAM                   *struct {
		Driver  string
		Options map[string]string
		Config  []ipamConfig
	}
	Internal, Attachable, Ingress, ConfigOnly bool
	ConfigFrom                                *struct{ Network string }
	Options, Labels                           map[string]string
}

type networkConnect struct {
	Container      string
	EndpointConfig *endpoint
}

type networkDisconnect struct {
	Container string
	Force     bool
}

type volumeCreate struct {
	Name, Driver       string
	DriverOpts, Labels map[string]string
	ClusterVolumeSpec  *map[string]interface{}
}

func target(kind string) interface{} {
	switch kind {
	case "exec-create":
		return &execCreate{}
	case "exec-start":
		return &execStart{}
	case "container-create":
		return &containerCreate{config: &config{}}
	case "container-update":
		return &containerUpdate{}
	case "network-create":
		return &networkCreate{}
	case "network-connect":
		return &networkConnect{}
	case "network-disconnect":
		return &networkDisconnect{}
	case "volume-create":
		return &volumeCreate{}
	case "commit":
		return &config{}
	}
	return nil
}

// An empty body takes all defaults, as a request without one does.
func decode(body []byte, into interface{}) error {
	if len(bytes.TrimSpace(body)) == 0 {
		return nil
	}
	d := json.NewDecoder(bytes.NewReader(body))
	if err := d.Decode(into); err != nil {
		return err
	}
	if d.More() {
		return errors.New("data behind the value")
	}
	return nil
}

func main() {
	in, out := bufio.NewReader(os.Stdin), bufio.NewWriter(os.Stdout)
	for {
		var kind string
		var size int
		if _, err := fmt.Fscanf(in, "%s %d\n", &kind, &size); err != nil {
			return
		}
		body := make([]byte, size)
		if _, err := io.ReadFull(in, body); err != nil {
			os.Exit(1)
		}
		into, status := target(kind), 0
		if into == nil {
			os.Exit(2)
		}
		text := []byte(nil)
		if err := decode(body, into); err != nil {
			status, text = 400, []byte(err.Error())
		} else if text, err = json.Marshal(into); err != nil {
			os.Exit(3)
		}
		fmt.Fprintf(out, "%d %d\n%s", status, len(text), text)
		out.Flush()
	}
}
