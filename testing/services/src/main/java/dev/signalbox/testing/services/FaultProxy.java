package dev.signalbox.testing.services;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A TCP proxy on loopback that breaks what passes through it: cuts connections, stalls them, delays them, or cuts them after
 * so many bytes. Thread-safe.
 */
public final class FaultProxy implements AutoCloseable {
    private static final int BUFFER = 16 * 1024;
    private static final long NO_CUT = Long.MAX_VALUE;

    private final InetSocketAddress target;
    private final ServerSocket listener;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final AtomicLong answerBytesBeforeCut = new AtomicLong(NO_CUT);
    private final AtomicLong requests = new AtomicLong();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final AtomicLong connections = new AtomicLong();
    private boolean stalled;
    /** Up to this one, connections are silent. */
    private volatile long lastSilent;

    private volatile boolean refusing;
    private volatile boolean swallowing;
    private volatile Duration delay = Duration.ZERO;

    private FaultProxy(InetSocketAddress target, ServerSocket listener) {
        this.target = target;
        this.listener = listener;
    }

    /** Starts a proxy on a free port before the given port of this machine. */
    public static FaultProxy before(int port) {
        try {
            InetAddress loopback = InetAddress.getLoopbackAddress();
            FaultProxy proxy =
                    new FaultProxy(new InetSocketAddress(loopback, port), new ServerSocket(0, 128, loopback));
            Thread.ofVirtual().name("fault-proxy").start(proxy::accept);
            return proxy;
        } catch (IOException e) {
            throw new UncheckedIOException("the proxy cannot listen", e);
        }
    }

    public int port() {
        return listener.getLocalPort();
    }

    /** How often bytes came from clients: for one that asks and waits, such as a database's, the number of its questions. */
    public long requests() {
        return requests.get();
    }

    /** Cuts all connections and refuses new ones until {@link #heal()}. */
    public void cut() {
        refusing = true;
        cutOnce();
    }

    /** Cuts all connections; new ones are welcome. */
    public void cutOnce() {
        swallowing = false;
        sockets.forEach(FaultProxy::closeQuietly);
    }

    /** Cuts everything, as {@link #cut()}, once the server has answered this many bytes more; they do not arrive. */
    public void cutAfterAnswering(long bytes) {
        answerBytesBeforeCut.set(bytes);
    }

    /** Lets clients be heard, but not one byte of the answers comes back; ends with {@link #cut()} or {@link #cutOnce()}. */
    public void swallowAnswers() {
        swallowing = true;
    }

    /** Holds all bytes back until {@link #heal()}; connections stay open. */
    public void stall() {
        setStalled(true);
    }

    /**
     * From now on nothing passes through the connections that are open, and neither side is told: as if a firewall had
     * forgotten them. New ones are welcome.
     */
    public void silence() {
        lastSilent = connections.get();
    }

    /** Makes each chunk of bytes wait in each direction. */
    public void delay(Duration each) {
        delay = each;
    }

    /** Ends all faults. */
    public void heal() {
        answerBytesBeforeCut.set(NO_CUT);
        refusing = false;
        delay = Duration.ZERO;
        setStalled(false);
    }

    private void setStalled(boolean newStalled) {
        lock.lock();
        try {
            stalled = newStalled;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void accept() {
        while (!listener.isClosed()) {
            Socket client = nextClient();
            if (client != null) {
                connect(client);
            }
        }
    }

    private @Nullable Socket nextClient() {
        try {
            return listener.accept();
        } catch (IOException e) {
            return null; // Closed, or the client is gone already; the loop looks which.
        }
    }

    private void connect(Socket client) {
        Socket server = new Socket();
        long number = connections.incrementAndGet();
        sockets.add(client);
        sockets.add(server);
        try {
            if (refusing) {
                throw new IOException("refusing");
            }
            server.connect(target);
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            pump(number, client, server, false);
            pump(number, server, client, true);
        } catch (IOException e) {
            end(client, server);
        }
    }

    private void pump(long number, Socket from, Socket to, boolean answers) {
        Thread.ofVirtual().name("fault-proxy-pump").start(() -> {
            try {
                copy(number, from.getInputStream(), to.getOutputStream(), answers);
            } catch (IOException | InterruptedException e) {
                // Either side is gone, which is what a proxy passes on by closing the other.
            } finally {
                end(from, to);
            }
        });
    }

    private void copy(long number, InputStream in, OutputStream out, boolean answers)
            throws IOException, InterruptedException {
        byte[] buffer = new byte[BUFFER];
        // Once bytes were swallowed, no later ones may pass: the client would take the answer to one question for that
        // to another.
        boolean swallowed = false;
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            awaitFlow();
            requests.addAndGet(answers ? 0 : 1);
            swallowed |= answers && swallowing;
            if (answers && answerBytesBeforeCut.addAndGet(-n) < 0) {
                cut();
                return;
            }
            if (number > lastSilent && !swallowed) {
                out.write(buffer, 0, n);
                out.flush();
            }
        }
    }

    private void awaitFlow() throws InterruptedException {
        if (!delay.isZero()) {
            Thread.sleep(delay);
        }
        lock.lockInterruptibly();
        try {
            while (stalled) {
                changed.await();
            }
        } finally {
            lock.unlock();
        }
    }

    private void end(Socket... ended) {
        for (Socket socket : ended) {
            sockets.remove(socket);
            closeQuietly(socket);
        }
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // It was being thrown away.
        }
    }

    @Override
    public void close() {
        heal();
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException("the proxy cannot close", e);
        }
        cutOnce();
    }
}
