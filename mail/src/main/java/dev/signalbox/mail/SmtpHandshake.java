package dev.signalbox.mail;

import dev.signalbox.tls.Trust;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** From nothing to a connection that takes messages: connects, greets, encrypts, authenticates. Thread-safe. */
final class SmtpHandshake {
    private final SmtpOptions options;
    private final SmtpWatch watch;
    private final Trust trust;
    private final @Nullable TokenCache tokens;
    private final String host;

    SmtpHandshake(SmtpOptions options, SmtpWatch watch, @Nullable TokenCache tokens) {
        this.options = options;
        this.watch = watch;
        this.tokens = tokens;
        trust = Trust.of(options.caFile(), options.insecure());
        host = SingleLine.isAscii(options.host()) ? options.host() : Idna.toAscii(options.host());
    }

    /** Is ready before {@code end} in {@link System#nanoTime()}, or fails. */
    SmtpConnection open(long end) throws IOException {
        long now = System.nanoTime();
        long deadline = now + Math.min(options.timeouts().connect().toNanos(), end - now);
        var wire = new SmtpWire(connect(deadline), options.timeouts().write());
        wire.until(end);
        watch.add(wire);
        try {
            return greet(wire, deadline);
        } catch (IOException | RuntimeException e) {
            watch.remove(wire);
            wire.close();
            throw e;
        }
    }

    /** Tries all addresses of the host, in the resolver's order. */
    private Socket connect(long deadline) throws IOException {
        IOException last = new SocketTimeoutException(
                "not connected within " + options.timeouts().connect());
        for (var address : InetAddress.getAllByName(host)) {
            long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (left <= 0) {
                break;
            }
            var socket = new Socket();
            try {
                socket.setTcpNoDelay(true);
                socket.setKeepAlive(true);
                socket.connect(new InetSocketAddress(address, options.port()), (int) left);
                return socket;
            } catch (IOException e) {
                socket.close();
                last = e;
            }
        }
        throw last;
    }

    private SmtpConnection greet(SmtpWire wire, long deadline) throws IOException {
        boolean secure = options.encryption() == Encryption.TLS;
        if (secure) {
            encrypt(wire, deadline);
        }
        expect(wire.reply(options.timeouts().reply()), "greeted with");
        var server = ehlo(wire);
        if (!secure && starttls(wire, server, deadline)) {
            secure = true;
            server = ehlo(wire); // What was said before came without encryption and does not count.
        }
        if (options.auth().isPresent()) {
            new SmtpLogin(wire, server, options.timeouts().reply())
                    .run(options.auth().get(), tokens, secure || options.plaintextAuth());
        }
        return new SmtpConnection(wire, server, options.timeouts());
    }

    private Capabilities ehlo(SmtpWire wire) throws IOException {
        String name = options.helo().orElseGet(() -> literal(wire.socket().getLocalAddress()));
        var reply = ask(wire, "EHLO " + name);
        if (reply.isPositive()) {
            return Capabilities.of(wire.lines());
        }
        expect(ask(wire, "HELO " + name), "answered HELO with");
        return Capabilities.NONE;
    }

    private static String literal(InetAddress local) {
        String address = local.getHostAddress().replaceFirst("%.*", "");
        return address.contains(":") ? "[IPv6:" + address + "]" : "[" + address + "]";
    }

    private boolean starttls(SmtpWire wire, Capabilities server, long deadline) throws IOException {
        if (options.encryption() == Encryption.NONE) {
            return false;
        }
        var reply = server.has("STARTTLS") ? ask(wire, "STARTTLS") : null;
        if (reply != null && reply.isPositive()) {
            wire.checkNothingUnread();
            encrypt(wire, deadline);
            return true;
        }
        if (options.encryption() == Encryption.STARTTLS) {
            throw new IOException(
                    reply == null
                            ? "the server does not offer STARTTLS, and encryption is set to STARTTLS: nothing was sent"
                            : "the server answered STARTTLS with " + reply);
        }
        return false;
    }

    private void encrypt(SmtpWire wire, long deadline) throws IOException {
        long left = Math.max(1, deadline - System.nanoTime());
        wire.guard(Duration.ofNanos(left));
        try {
            var secure = trust.over(wire.socket(), host, options.port());
            secure.setSoTimeout((int) Math.max(1, TimeUnit.NANOSECONDS.toMillis(left)));
            secure.startHandshake();
            wire.upgrade(secure);
        } catch (SocketTimeoutException e) {
            throw new IOException("no TLS within " + options.timeouts().connect(), e);
        } catch (IOException e) {
            throw new IOException("TLS failed: " + e.getMessage(), e);
        } finally {
            wire.unguard();
        }
    }

    private SmtpReply ask(SmtpWire wire, String command) throws IOException {
        return wire.ask(command, options.timeouts().reply());
    }

    private static void expect(SmtpReply reply, String what) throws IOException {
        if (!reply.isPositive()) {
            throw new IOException("the server " + what + " " + reply);
        }
    }
}
