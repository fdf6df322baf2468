package dev.signalbox.testing.simulator;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A mail server that accepts everything, keeps it, and sends nothing to anyone. It knows PIPELINING, 8BITMIME, SMTPUTF8, CHUNKING,
 * SIZE, AUTH (any name and password), and STARTTLS if it has a certificate. {@link Behaviour} makes it fail: of its faults, a
 * server error is 451 to the content and too many is 452; the others follow after the message was accepted. Recipients that
 * are to be refused get 550. Thread-safe; a virtual thread a connection, 1,000 at most.
 */
public final class SmtpSimulator implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SmtpSimulator.class);
    private static final int MOST_CONNECTIONS = 1_000;
    private static final int BACKLOG = 1_024;

    private final SmtpSimulatorOptions options;
    private final ServerSocket listener;
    private final Thread acceptor;
    private final SmtpSimulatorMailbox mailbox;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final Semaphore places = new Semaphore(MOST_CONNECTIONS);
    private final AtomicLong transactions = new AtomicLong();
    private volatile Behaviour behaviour;

    private SmtpSimulator(SmtpSimulatorOptions options, Consumer<SmtpSimulatorMessage> onMessage) {
        this.options = options;
        behaviour = options.behaviour();
        mailbox = new SmtpSimulatorMailbox(options.limit(), InstantSource.system(), onMessage);
        listener = listen(options);
        acceptor = Thread.ofPlatform().daemon().name("smtp-simulator").start(this::accept);
    }

    /**
     * Starts listening.
     *
     * @throws UncheckedIOException if the address cannot be bound
     */
    public static SmtpSimulator start(SmtpSimulatorOptions options) {
        return start(options, message -> {});
    }

    /** As {@link #start(SmtpSimulatorOptions)}; {@code onMessage} gets each message before its sender is answered. */
    public static SmtpSimulator start(SmtpSimulatorOptions options, Consumer<SmtpSimulatorMessage> onMessage) {
        var simulator = new SmtpSimulator(options, onMessage);
        LOG.info("SIMULATED mail server (nothing is sent to anyone) on {}:{}", options.host(), simulator.port());
        return simulator;
    }

    private static ServerSocket listen(SmtpSimulatorOptions options) {
        try {
            var socket = new ServerSocket();
            socket.bind(new InetSocketAddress(InetAddress.getByName(options.host()), options.port()), BACKLOG);
            return socket;
        } catch (IOException e) {
            String where = options.host() + ":" + options.port();
            throw new UncheckedIOException("the SMTP simulator cannot listen on " + where + ": " + e.getMessage(), e);
        }
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                var socket = listener.accept();
                if (places.tryAcquire()) {
                    sockets.add(socket);
                    mailbox.connected();
                    Thread.ofVirtual().name("smtp-simulator-connection").start(() -> talk(socket));
                } else {
                    socket.close();
                }
            } catch (IOException e) {
                LOG.debug("no more connections", e);
            }
        }
    }

    private void talk(Socket socket) {
        try (socket) {
            new SmtpSimulatorConversation(this, options, mailbox, socket).run();
        } catch (IOException e) {
            LOG.debug("a client has gone", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            sockets.remove(socket);
            places.release();
        }
    }

    /** What the next message meets. */
    Draw draw() {
        return new Draw(behaviour, transactions.incrementAndGet());
    }

    public int port() {
        return listener.getLocalPort();
    }

    public SmtpSimulatorStats stats() {
        return mailbox.stats();
    }

    /** The messages accepted last, the newest first. */
    public List<SmtpSimulatorMessage> messages(int limit) {
        return List.copyOf(mailbox.newest(limit));
    }

    public Behaviour behaviour() {
        return behaviour;
    }

    /** Takes effect with the next message. */
    public void behave(Behaviour changed) {
        behaviour = changed;
        LOG.info("SIMULATED mail server now behaves as {}", changed);
    }

    /** Forgets everything that was counted and accepted; the behaviour stays. */
    public void reset() {
        mailbox.reset();
    }

    /** Stops listening; conversations under way are cut. */
    @Override
    public void close() {
        closeQuietly(listener);
        awaitAcceptor();
        sockets.forEach(SmtpSimulator::closeQuietly);
    }

    /** Race: the port takes connections until the thread that waits for them has noticed. */
    private void awaitAcceptor() {
        try {
            acceptor.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void closeQuietly(AutoCloseable it) {
        try {
            it.close();
        } catch (Exception e) {
            LOG.debug("closing failed", e);
        }
    }
}
