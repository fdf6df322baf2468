package dev.signalbox.ha.etcd;

/** A user of etcd, where its authentication is on. */
public record EtcdCredentials(String user, String password) {
    /** Without the password. */
    @Override
    public String toString() {
        return "EtcdCredentials[" + user + "]";
    }
}
