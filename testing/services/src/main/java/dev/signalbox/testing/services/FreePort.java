package dev.signalbox.testing.services;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/** A port for a program that cannot choose one by itself. */
public final class FreePort {
    private FreePort() {}

    /** One of this machine's loopback address. Race: it is free now, and may be another's a moment later. */
    public static int find() {
        return find(1).getFirst();
    }

    /** So many of them, each another. */
    public static List<Integer> find(int count) {
        List<ServerSocket> open = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                open.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            }
            List<Integer> ports = open.stream().map(ServerSocket::getLocalPort).toList();
            for (ServerSocket each : open) {
                each.close();
            }
            return ports;
        } catch (IOException e) {
            throw new UncheckedIOException("no port is free", e);
        }
    }
}
