package dev.signalbox.http;

import dev.signalbox.tls.Trust;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.channels.SocketChannel;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** Makes connections: finds the host, connects, shakes hands. Never uses a proxy. Thread-safe. */
final class Dialler {
    private final Trust trust;
    private final int largestBody;
    private final Consumer<HttpConnection> watched;

    /** @param watched told of each connection before its handshake, so that one that hangs can be broken */
    Dialler(Trust trust, int largestBody, Consumer<HttpConnection> watched) {
        this.trust = trust;
        this.largestBody = largestBody;
        this.watched = watched;
    }

    /** Tries the host's addresses in the resolver's order, each with its share of the time that is left. */
    HttpConnection dial(Origin origin, long until) throws IOException {
        InetAddress only = origin.address();
        InetAddress[] addresses = only == null ? resolve(origin.host(), until) : new InetAddress[] {only};
        IOException failure = new SocketTimeoutException("no time was left to connect");
        for (int i = 0; i < addresses.length; i++) {
            long now = System.nanoTime();
            long share = now + (until - now) / (addresses.length - i);
            try {
                return secured(connect(new InetSocketAddress(addresses[i], origin.port()), share), origin, share);
            } catch (IOException e) {
                failure = e;
            }
        }
        throw failure;
    }

    /** On a thread of its own, because the system's resolver knows no deadline; one that hangs ends when the system's does. */
    private static InetAddress[] resolve(String host, long until) throws IOException {
        var lookup = new FutureTask<>(() -> InetAddress.getAllByName(host));
        Thread.ofVirtual().name("http-resolver").start(lookup);
        try {
            return lookup.get(until - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw new IOException("this host has no address", e);
        } catch (TimeoutException e) {
            throw new IOException("the host's address was not found in time", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the host was looked up", e);
        }
    }

    private static SocketChannel connect(InetSocketAddress address, long until) throws IOException {
        var channel = SocketChannel.open();
        try {
            channel.socket().setTcpNoDelay(true);
            channel.socket().connect(address, millis(until));
            return channel;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private HttpConnection secured(SocketChannel channel, Origin origin, long until) throws IOException {
        try {
            if (!origin.secure()) {
                return watched(new HttpConnection(channel, channel.socket(), largestBody, until));
            }
            var secure = trust.over(channel.socket(), origin.host(), origin.port());
            var connection = watched(new HttpConnection(channel, secure, largestBody, until));
            secure.setSoTimeout(millis(until));
            secure.startHandshake();
            return connection;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private HttpConnection watched(HttpConnection connection) {
        watched.accept(connection);
        return connection;
    }

    private static int millis(long until) throws SocketTimeoutException {
        long millis = TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime());
        if (millis <= 0) {
            throw new SocketTimeoutException("no time was left to connect");
        }
        return (int) Math.min(millis, Integer.MAX_VALUE);
    }
}
