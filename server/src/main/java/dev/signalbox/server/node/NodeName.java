package dev.signalbox.server.node;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** What people know a node by that was given no name. */
public final class NodeName {
    private static final int MOST = 48;

    private NodeName() {}

    /** The name of the host, in letters that any name may have, and the process id; 64 characters at most. */
    public static String byDefault() {
        String host = hostName().replaceAll("[^A-Za-z0-9_.-]", "-");
        return host.substring(0, Math.min(MOST, host.length())) + "-"
                + ProcessHandle.current().pid();
    }

    /** A machine whose name cannot be resolved has a name all the same. */
    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "node";
        }
    }
}
