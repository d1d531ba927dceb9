package redisstore_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/guard/guardtest"
	"github.com/wswarden/wswarden/guard/redisstore"
)

// putTicket puts a fresh ticket.
func putTicket(t *testing.T, s guard.Store, n byte) (guard.TicketHash, error) {
	t.Helper()
	now, hash := time.Now(), guard.TicketHash{n}
	_, err := s.PutTicket(t.Context(), hash, guard.Ticket{Identity: guard.Identity{User: "alice"}, Issued: now, Expires: now.Add(30 * time.Second)}, 5)
	return hash, err
}

// TestPassword: a password is sent, and no error quotes one.
func TestPassword(t *testing.T) {
	const right, wrong = "correct horse/battery@staple", "hunter2"
	r := guardtest.StartRedis(t, "--requirepass", right)
	given := func(password string) func(*redisstore.Config) {
		return func(c *redisstore.Config) { c.Password = password }
	}
	for name, s := range map[string]*redisstore.Store{
		"by setting": open(t, r.URL(), given(right)),
		"in address": open(t, "redis://:correct%20horse%2Fbattery%40staple@"+r.Address()),
		"in place":   open(t, "redis://:hunter2@"+r.Address(), given(right)),
	} {
		if err := s.Ping(t.Context()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, s := range map[string]*redisstore.Store{
		"none":  open(t, r.URL()),
		"wrong": open(t, "redis://user:hunter2@"+r.Address()),
	} {
		_, err := putTicket(t, s, 1)
		if err == nil || strings.Contains(err.Error(), wrong) || strings.Contains(err.Error(), right) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := redisstore.New(redisstore.Config{Address: "redis://user:hunter2@:bad"}); err == nil || strings.Contains(err.Error(), wrong) {
		t.Errorf("a bad address: %v", err)
	}
}

// authority signs certificates for 127.0.0.1.
type authority struct {
	dir  string
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	pool *x509.CertPool
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	a := &authority{dir: t.TempDir(), pool: x509.NewCertPool()}
	a.cert, a.key = a.sign(t, "ca", &x509.Certificate{IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign})
	a.pool.AddCert(a.cert)
	return a
}

// sign writes NAME.pem and NAME.key.
func (a *authority) sign(t *testing.T, name string, template *x509.Certificate) (*x509.Certificate, *ecdsa.PrivateKey) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template.SerialNumber, template.Subject = big.NewInt(time.Now().UnixNano()), pkix.Name{CommonName: name}
	template.NotBefore, template.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	parent, signer := a.cert, a.key
	if parent == nil {
		parent, signer = template, key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for file, block := range map[string]*pem.Block{name + ".pem": {Type: "CERTIFICATE", Bytes: der}, name + ".key": {Type: "PRIVATE KEY", Bytes: pkcs8}} {
		if err := os.WriteFile(filepath.Join(a.dir, file), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return cert, key
}

func (a *authority) file(name string) string { return filepath.Join(a.dir, name) }

// TestTLS: the server's certificate is verified, and the guard's is shown.
func TestTLS(t *testing.T) {
	ca := newAuthority(t)
	ca.sign(t, "server", &x509.Certificate{IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}})
	ca.sign(t, "guard", &x509.Certificate{ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}})
	r := guardtest.StartRedis(t, "--port", "0", "--tls-port", "{port}", "--tls-auth-clients", "yes",
		"--tls-cert-file", ca.file("server.pem"), "--tls-key-file", ca.file("server.key"), "--tls-ca-cert-file", ca.file("ca.pem"))
	pair, err := tls.LoadX509KeyPair(ca.file("guard.pem"), ca.file("guard.key"))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		scheme string
		tls    *tls.Config
		ok     bool
	}{
		"verified both ways":    {"rediss", &tls.Config{RootCAs: ca.pool, Certificates: []tls.Certificate{pair}}, true},
		"no certificate":        {"rediss", &tls.Config{RootCAs: ca.pool}, false},
		"an unknown authority":  {"rediss", &tls.Config{Certificates: []tls.Certificate{pair}}, false},
		"the system's":          {"rediss", nil, false},
		"no TLS":                {"redis", nil, false},
		"another server's name": {"rediss", &tls.Config{RootCAs: ca.pool, Certificates: []tls.Certificate{pair}, ServerName: "redis.example.com"}, false},
	} {
		s := open(t, c.scheme+"://"+r.Address(), func(cfg *redisstore.Config) { cfg.TLS = c.tls })
		if _, err := putTicket(t, s, 1); (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// replicaOf starts a replica and waits until it follows.
func replicaOf(t *testing.T, master *guardtest.Redis) *guardtest.Redis {
	t.Helper()
	r := guardtest.StartRedis(t, "--replicaof", "127.0.0.1", strconv.Itoa(master.Port))
	// A replica counts as connected before it is sent any command, so one that it
	// has taken in is what tells.
	eventually(t, "the replica does not follow", func() bool {
		info := master.Do("INFO", "replication")
		master.Do("SET", "followed", "1")
		_, offset, _ := strings.Cut(info, "master_repl_offset:")
		offset, _, _ = strings.Cut(offset, "\r\n")
		return offset != "" && offset != "0" && strings.Contains(info, "state=online,offset="+offset+",")
	})
	return r
}

// startMaster starts a server that takes replicas at once.
func startMaster(t *testing.T) *guardtest.Redis {
	return guardtest.StartRedis(t, "--repl-diskless-sync", "yes", "--repl-diskless-sync-delay", "0")
}

// TestConfirmReplicas: a redemption that no replica has does not count, and the
// ticket is burned.
func TestConfirmReplicas(t *testing.T) {
	master := startMaster(t)
	replica := replicaOf(t, master)
	s := open(t, master.URL(), func(c *redisstore.Config) { c.ConfirmReplicas = 1 })
	first, err := putTicket(t, s, 1)
	if err != nil {
		t.Fatal(err)
	}
	second, err := putTicket(t, s, 2)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.TakeTicket(t.Context(), first); err != nil {
		t.Errorf("with a replica: %v", err)
	}
	if _, err := s.TakeTicket(t.Context(), guard.TicketHash{9}); !errors.Is(err, guard.ErrTicketUnknown) {
		t.Errorf("an unknown ticket: %v", err)
	}
	revocation := guard.Revocation{User: "alice", At: time.Now(), Expires: time.Now().Add(time.Hour)}
	if err := s.Revoke(t.Context(), revocation); err != nil {
		t.Errorf("revoke with a replica: %v", err)
	}
	replica.Kill()
	eventually(t, "the master keeps its replica", func() bool { return master.Do("WAIT", "1", "10") == ":0" })
	if _, err := s.TakeTicket(t.Context(), second); err == nil || errors.Is(err, guard.ErrTicketUnknown) || errors.Is(err, guard.ErrTicketUsed) {
		t.Errorf("without a replica: %v, want that it could not be confirmed", err)
	}
	if err := s.Revoke(t.Context(), revocation); err == nil {
		t.Error("revoked without a replica")
	}
	plain := open(t, master.URL())
	if _, err := plain.TakeTicket(t.Context(), second); !errors.Is(err, guard.ErrTicketUsed) {
		t.Errorf("a ticket whose redemption was not confirmed: %v, want that it is used", err)
	}
}

// TestSentinel: when the master dies, the store finds the one that takes its
// place, and hears of revocations there.
func TestSentinel(t *testing.T) {
	if _, err := exec.LookPath("redis-sentinel"); err != nil {
		t.Fatal("redis-sentinel is not installed: run make setup (apt-get install -y redis-sentinel)")
	}
	master := startMaster(t)
	replica := replicaOf(t, master)
	sentinel := startSentinel(t, master)
	s := open(t, "redis+sentinel://"+sentinel+"?master=main")
	var missed, heard atomic.Int64
	go s.Watch(t.Context(), guard.RevocationWatch{Missed: func() { missed.Add(1) }, Revoked: func(guard.Revocation) { heard.Add(1) }})
	eventually(t, "the watch does not begin", func() bool { return missed.Load() > 0 })
	kept, err := putTicket(t, s, 1)
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "the replica does not have the ticket", func() bool { return replica.Do("DBSIZE") == master.Do("DBSIZE") })
	before := missed.Load()
	master.Kill()
	eventually(t, "no ticket can be put after the failover", func() bool {
		_, err := putTicket(t, s, 2)
		return err == nil
	})
	if _, err := s.TakeTicket(t.Context(), kept); err != nil {
		t.Errorf("a ticket from before the failover: %v", err)
	}
	eventually(t, "the watch does not begin again", func() bool { return missed.Load() > before })
	eventually(t, "nothing is heard of a revocation", func() bool {
		err := s.Revoke(t.Context(), guard.Revocation{User: "alice", At: time.Now(), Expires: time.Now().Add(time.Hour)})
		return err == nil && heard.Load() > 0
	})
}

// startSentinel starts a sentinel that alone decides over a master of the name
// main, and returns its address.
func startSentinel(t *testing.T, master *guardtest.Redis) string {
	t.Helper()
	port := guardtest.FreePort(t)
	file := filepath.Join(t.TempDir(), "sentinel.conf")
	text := fmt.Sprintf("port %d\nbind 127.0.0.1\nsentinel monitor main 127.0.0.1 %d 1\nsentinel down-after-milliseconds main 200\nsentinel failover-timeout main 2000\n", port, master.Port)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("redis-sentinel", file)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	address := net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	eventually(t, "the sentinel does not know the replica", func() bool {
		nc, err := net.Dial("tcp", address)
		if err != nil {
			return false
		}
		nc.Close()
		return guardtest.AskRedis(t, address, "", "SENTINEL", "REPLICAS", "main") == "*1"
	})
	return address
}

// startCluster starts three nodes that share the slots.
func startCluster(t *testing.T) []*guardtest.Redis {
	t.Helper()
	nodes := make([]*guardtest.Redis, 3)
	for i := range nodes {
		bus := guardtest.FreePort(t)
		nodes[i] = guardtest.StartRedis(t, "--cluster-enabled", "yes", "--cluster-port", strconv.Itoa(bus), "--cluster-node-timeout", "2000")
		if i > 0 {
			nodes[0].Do("CLUSTER", "MEET", "127.0.0.1", strconv.Itoa(nodes[i].Port), strconv.Itoa(bus))
		}
	}
	for i, slots := range [][2]string{{"0", "5460"}, {"5461", "10922"}, {"10923", "16383"}} {
		if answer := nodes[i].Do("CLUSTER", "ADDSLOTSRANGE", slots[0], slots[1]); answer != "+OK" {
			t.Fatal(answer)
		}
	}
	for _, n := range nodes {
		eventually(t, "the cluster does not come up", func() bool {
			return strings.HasPrefix(n.Do("GET", "x"), "$-1") || strings.HasPrefix(n.Do("GET", "x"), "-MOVED")
		})
	}
	return nodes
}

// TestCluster holds the store to what every store promises, in a cluster.
func TestCluster(t *testing.T) {
	nodes := startCluster(t)
	address := fmt.Sprintf("redis+cluster://%s,%s", nodes[0].Address(), nodes[1].Address())
	var n atomic.Int64
	guardtest.TestStore(t, func(t testing.TB) guard.Store {
		return open(t, address, func(c *redisstore.Config) { c.Prefix = fmt.Sprintf("test-%d:", n.Add(1)) })
	})
	for i, node := range nodes {
		if size := node.Do("DBSIZE"); size == ":0" {
			t.Errorf("node %d holds no key: the store does not spread", i)
		}
	}
}

// TestACL: the rights that docs/scaling.md names are enough, and none is asked
// for beyond them.
func TestACL(t *testing.T) {
	r := guardtest.StartRedis(t, "--user", "guard", "on", ">secret", "~wswarden:*", "&wswarden:revocations", "-@all",
		"+ping", "+set", "+get", "+strlen", "+lrem", "+eval", "+evalsha", "+wait", "+publish", "+subscribe", "+rpush", "+lrange", "+pexpire", "+del",
		"+hget", "+hgetall", "+hset", "+hdel", "+zadd", "+zrem", "+zscore", "+zremrangebyscore", "+time")
	guardtest.TestStore(t, func(t testing.TB) guard.Store {
		if answer := r.Do("FLUSHALL"); answer != "+OK" {
			t.Fatal(answer)
		}
		return open(t, "redis://guard:secret@"+r.Address())
	})
}
