package dev.signalbox.delivery.webhook;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** Finds a host's addresses. Called on virtual threads; may block. */
interface HostResolver {
    InetAddress[] resolve(String host) throws UnknownHostException;
}
